package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
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
	// Approval publishes the candidate although it is held, rejected, or
	// publications are frozen. Optional.
	Approval *fest.Approval
	// Docket gives what people decided until now: rejected contents, a freeze,
	// waivers. Optional: nobody decided anything.
	Docket func(ctx context.Context) (*fest.Docket, error)
	// Hold takes a candidate that was held, with its verdict, after its content
	// was sealed and its snapshot is in place. It is not called for a candidate
	// that is held already, for the same reasons beside the same release.
	// Optional: nothing of it is kept.
	Hold func(ctx context.Context, c fest.Candidate) error
}

// judge asks the gate about the candidate. The probes go through the lookups
// of its own snapshot, the one that is then published.
func (r *run) judge(ctx context.Context, snapshot string, c *fest.Content, current fest.Release, d *decided) (*gate.Verdict, error) {
	baseline, anchor, err := r.Gate.Facts(ctx, current)
	switch {
	case err == nil:
	case r.Gate.Approval == nil:
		return nil, fmt.Errorf("the gate has nothing to compare with, the served release cannot be read "+
			"(import its source again, or approve this file): %w", err)
	default: // a person answers for what cannot be compared
		baseline, anchor = nil, nil
	}
	config := r.Gate.Config
	now := time.Now()
	if config.Waivers, err = Waivers(config.Waivers, d.docket, now); err != nil {
		return nil, err
	}
	snap, err := cache.OpenFile(snapshot, fest.Release{Content: *c}, noXML{})
	if err != nil {
		return nil, fmt.Errorf("opening the candidate: %w", err)
	}
	defer snap.Close()
	v := Judge(r.facts(), baseline, anchor, config, now, snap)
	if f := d.docket.Frozen; f != nil {
		v.Freeze(f.By, f.Reason, f.At, f.Until)
	}
	c.Findings = v.All()
	if !v.Held && d.rejected == nil {
		return v, nil
	}
	if r.Gate.Approval == nil {
		return v, &HeldError{Verdict: v, Digest: c.Digest, Rejected: d.rejected, content: *c}
	}
	approval := *r.Gate.Approval
	approval.At, approval.Baseline = now.UTC(), current.Serial
	c.Approval = &approval
	return v, nil
}

// Judge asks the gate about a candidate, by the lookups of its snapshot.
func Judge(candidate, baseline, anchor *gate.Facts, config gate.Config, now time.Time, snap *cache.Snapshot) *gate.Verdict {
	v := gate.Judge(candidate, baseline, anchor, config, now, probe{snap})
	return &v
}

// Waivers adds those of the docket that have not expired.
func Waivers(configured []gate.Waiver, d *fest.Docket, now time.Time) ([]gate.Waiver, error) {
	all := slices.Clone(configured)
	for _, a := range d.Waivers {
		var w gate.Waiver
		if err := json.Unmarshal(a.Waiver, &w); err != nil {
			return nil, fmt.Errorf("waiver %d of the audit log: %w", a.ID, err)
		}
		if now.Before(w.Expires) {
			all = append(all, w)
		}
	}
	return all, nil
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
