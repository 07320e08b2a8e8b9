package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// Releases implements [api.Admin]: all of them, without verdicts and findings.
func (a *Admin) Releases(ctx context.Context) (api.AdminState, error) {
	l, err := a.ledger(ctx)
	if err != nil {
		return api.AdminState{}, err
	}
	s := api.AdminState{
		Stream: a.loader.store.Stream(), Serial: l.current.Serial, Releases: []api.AdminRelease{}, Candidates: []fest.Candidate{},
		Rejected: slices.Sorted(maps.Keys(l.docket.Rejected)), Frozen: l.docket.Frozen, Advisory: l.docket.Advisory, Waivers: l.waivers(a),
	}
	for i := range l.records {
		r := l.records[i].Release
		r.Content.Findings = nil
		kept, onDisk := l.kept(l.subject(r.Content.Digest, &l.records[i]))
		s.Releases = append(s.Releases, api.AdminRelease{Release: &r, Kept: kept, OnDisk: onDisk})
	}
	for _, c := range l.docket.Candidates {
		c.Verdict, c.Content.Findings = nil, nil
		s.Candidates = append(s.Candidates, c)
	}
	return s, nil
}

// waivers are those that have not expired.
func (l *ledger) waivers(a *Admin) []fest.Act {
	var out []fest.Act
	for _, act := range l.docket.Waivers {
		var w gate.Waiver
		if json.Unmarshal(act.Waiver, &w) == nil && a.now().Before(w.Expires) {
			out = append(out, act)
		}
	}
	return out
}

// Release implements [api.Admin].
func (a *Admin) Release(ctx context.Context, ref string) (api.AdminRelease, error) {
	l, err := a.ledger(ctx)
	if err != nil {
		return api.AdminRelease{}, err
	}
	s, err := l.find(ref)
	if err != nil {
		return api.AdminRelease{}, err
	}
	if err := a.whole(ctx, s.candidate); err != nil {
		return api.AdminRelease{}, err
	}
	out := api.AdminRelease{Candidate: s.candidate}
	out.Kept, out.OnDisk = l.kept(s)
	if s.release != nil {
		out.Release = &s.release.Release
	}
	out.Verdict, out.Text, err = l.verdict(s, out.Kept)
	return out, err
}

// whole adds to a candidate what the audit log's list leaves out; nil is fine.
func (a *Admin) whole(ctx context.Context, c *fest.Candidate) error {
	if c == nil || len(c.Verdict) > 0 {
		return nil
	}
	act, err := a.loader.store.Act(ctx, c.Act)
	if err != nil {
		return adminError(fmt.Errorf("reading the verdict on %s: %w", c.Content.Digest.Short(), err))
	}
	if act.Candidate != nil {
		c.Verdict, c.Content.Findings = act.Candidate.Verdict, act.Candidate.Content.Findings
	}
	return nil
}

// verdict is what the gate said of a content, as data and for people. Of what
// passed by itself the findings are known, not what was measured.
func (l *ledger) verdict(s subject, kept bool) (json.RawMessage, string, error) {
	o := gate.TextOptions{Digest: s.digest, Source: s.source.Location, Kept: kept}
	var v gate.Verdict
	if c := s.candidate; c != nil && len(c.Verdict) > 0 {
		if err := json.Unmarshal(c.Verdict, &v); err != nil {
			return nil, "", fmt.Errorf("the verdict on %s: %w", s.digest.Short(), err)
		}
		o.Served, o.Decided = c.Baseline, c.State != fest.CandidateHeld
		return c.Verdict, v.Text(o), nil
	}
	v = gate.Verdict{
		JudgedAt: s.release.PublishedAt, Findings: []gate.Finding{},
		Candidate: &gate.Summary{Filter: s.content.Filter, RetrievalDate: s.content.RetrievalDate, Counts: s.content.Counts},
	}
	o.Decided = true
	for _, f := range s.content.Findings {
		v.Held = v.Held || f.Severity == fest.SeverityHold
		v.Findings = append(v.Findings, gate.Finding{Finding: f, Measured: gate.Level{Count: f.Count}})
	}
	data, err := json.Marshal(v)
	return data, v.Text(o), err
}

// Diff implements [api.Admin].
func (a *Admin) Diff(ctx context.Context, from, to string) (*cache.Comparison, error) {
	l, err := a.ledger(ctx)
	if err != nil {
		return nil, err
	}
	var snaps [2]*cache.Snapshot
	for i, ref := range [...]string{from, to} {
		s, err := l.find(ref)
		if err != nil {
			return nil, err
		}
		rel := fest.Release{Content: s.content, Source: s.source, Stream: a.loader.store.Stream()}
		if s.release != nil {
			rel = s.release.Release
		}
		if snaps[i], err = a.loader.snapshot(ctx, rel); err != nil {
			return nil, adminError(fmt.Errorf("opening %s: %w", name(s), err))
		}
		defer snaps[i].Close()
	}
	return cache.Compare(ctx, snaps[0], snaps[1])
}

// name is a content as people know it.
func name(s subject) string {
	if s.release != nil {
		return fmt.Sprintf("release %d", s.release.Serial)
	}
	return "candidate " + s.digest.Short()
}

// Audit implements [api.Admin].
func (a *Admin) Audit(ctx context.Context) ([]fest.Act, error) {
	acts, err := a.loader.store.Acts(ctx)
	if err != nil {
		return nil, adminError(err)
	}
	acts = slices.Clone(acts)
	slices.Reverse(acts)
	return acts, nil
}
