package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/festd/festd/internal/app"
)

// gateFlags choose the thresholds of the gate (docs/GATE.md).
type gateFlags struct {
	GateProfile string `help:"Thresholds of the gate: production, where floors and sentinels hold, or default." enum:",default,production" default:""`
	GateConfig  string `help:"JSON file with thresholds that differ from the profile's." type:"existingfile" placeholder:"FILE"`
}

func (f *gateFlags) config() (app.GateConfig, error) {
	var text []byte
	if f.GateConfig != "" {
		var err error
		if text, err = os.ReadFile(f.GateConfig); err != nil {
			return app.GateConfig{}, err
		}
	}
	c, err := app.ParseGateConfig(text, f.GateProfile)
	if err != nil {
		return c, fmt.Errorf("--gate-config %s: %w", f.GateConfig, err)
	}
	return c, nil
}

// approvalFlags publish a file although the gate holds it.
type approvalFlags struct {
	ApproveBy     string `help:"Publish although the gate holds the file: who answers for it." env:"-" placeholder:"NAME"`
	ApproveReason string `help:"…and why." env:"-" placeholder:"TEXT"`
}

func (f *approvalFlags) approval() (*app.Approval, error) {
	switch {
	case f.ApproveBy == "" && f.ApproveReason == "":
		return nil, nil
	case f.ApproveBy == "" || f.ApproveReason == "":
		return nil, errors.New("an approval needs both: --approve-by NAME and --approve-reason TEXT")
	default:
		return &app.Approval{By: f.ApproveBy, Reason: f.ApproveReason}, nil
	}
}
