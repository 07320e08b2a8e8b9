package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// Gate is what a run judges its candidate by.
type Gate struct {
	// Config has every threshold. Mandatory.
	Config gate.Config
	// Facts gives the facts of the release served and of the anchor (DESIGN
	// §7); nil for what there is not. Mandatory.
	Facts func(ctx context.Context, served fest.Release) (baseline, anchor *gate.Facts, err error)
	// Keep takes the candidate's facts when it is published, so that the next
	// import need not make them again. Mandatory.
	Keep func(fest.Digest, *gate.Facts) error
	// Approval publishes the candidate although it is held. Optional.
	Approval *fest.Approval
}

// HeldError means that the file is a usable FEST file, but must not be published unseen.
type HeldError struct{ Verdict *gate.Verdict }

func (e *HeldError) Error() string {
	holding := e.Verdict.Holding()
	return fmt.Sprintf("held by the gate, findings: %d; the first: %s", len(holding), holding[0].Text)
}

// judge asks the gate about the candidate. The probes go through the lookups
// of its own snapshot, the one that is then published.
func (r *run) judge(ctx context.Context, snapshot string, c *fest.Content, current fest.Release) (*gate.Verdict, error) {
	baseline, anchor, err := r.Gate.Facts(ctx, current)
	switch {
	case err == nil:
	case r.Gate.Approval == nil:
		return nil, fmt.Errorf("the gate has nothing to compare with, the served release cannot be read "+
			"(import its source again, or approve this file): %w", err)
	default: // a person answers for what cannot be compared
		baseline, anchor = nil, nil
	}
	snap, err := cache.OpenFile(snapshot, fest.Release{Content: *c}, noXML{})
	if err != nil {
		return nil, fmt.Errorf("opening the candidate: %w", err)
	}
	defer snap.Close()
	v := gate.Judge(r.facts(), baseline, anchor, r.Gate.Config, time.Now(), probe{snap})
	c.Findings = v.All()
	if !v.Held {
		return &v, nil
	}
	if r.Gate.Approval == nil {
		return &v, &HeldError{&v}
	}
	approval := *r.Gate.Approval
	approval.At, approval.Baseline = time.Now().UTC(), current.Serial
	c.Approval = &approval
	return &v, nil
}

// probe looks things up in a snapshot as clients do.
type probe struct{ snap *cache.Snapshot }

// Find implements gate.Probe.
func (p probe) Find(res fest.Resource, by, value string) (int, error) {
	if by == "" {
		return len(p.snap.ByKey(nil, res, value)), nil
	}
	page, err := p.snap.List(res, []cache.Query{{Filter: by, Value: value}}, 0, 1)
	return page.Total, err
}

// noXML stands for the source slices, which probes do not ask for.
type noXML struct{}

func (noXML) Slice(int) (fest.Slice, error) { return fest.Slice{}, fmt.Errorf("no XML in a rehearsal") }
func (noXML) Close() error                  { return nil }
