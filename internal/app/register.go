package app

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// Bounds of what the public may ask of the register's state at once. The ops
// API and the verdict of each release have the rest.
const (
	registerVerdicts = 10  // of what came last
	registerFindings = 20  // of a verdict
	registerNames    = 10  // of a finding
	registerHeld     = 5   // candidates that wait: as many as are kept
	registerHeldMore = 100 // names of a finding or a class of the candidate held last
	registerNotices  = 10
)

// register is what the public may know of what was judged and decided. It is
// made when something was learned, never for a request (P5).
func (m *known) register() *api.Register { return m.now.Load().register }

// registerOf makes it of what was just learned.
func (m *known) registerOf(k *knowledge) *api.Register {
	r := &api.Register{Verdicts: registerVerdictsOf(k), HeldTotal: k.docket.Held()}
	judged := map[uint64]*api.HeldCandidate{}
	for i := range k.docket.Candidates {
		c := &k.docket.Candidates[i]
		if c.State != fest.CandidateHeld || len(r.Held) == registerHeld {
			continue
		}
		held := m.judged[c.Act]
		if held == nil {
			held = m.heldCandidate(c)
		}
		judged[c.Act] = held
		if len(r.Held) == 0 {
			r.Held = append(r.Held, *held)
			continue
		}
		r.Held = append(r.Held, withoutNames(held))
	}
	m.judged = judged
	if f := k.docket.Frozen; f != nil {
		r.Frozen = &api.Freeze{Since: f.At.UTC(), Until: f.Until, Reason: f.Reason}
	}
	return r
}

// registerVerdictsOf are the last verdicts and decisions. A candidate that
// became a release, or was left by one, is told of by the release.
func registerVerdictsOf(k *knowledge) []api.RegisterVerdict {
	var out []api.RegisterVerdict
	for i := range k.releases[:min(registerVerdicts, len(k.releases))] {
		r := &k.releases[i].Release
		v := api.RegisterVerdict{Outcome: api.OutcomePassed, At: r.PublishedAt.UTC(), Serial: &r.Serial, RetrievalDate: r.Content.RetrievalDate,
			Digest: r.Content.Digest, Reason: r.Reason, Findings: []fest.Finding{}}
		switch r.Cause {
		case fest.CauseRollback: // nothing was judged
			v.Outcome = api.OutcomeRolledBack
			out = append(out, v)
			continue
		case fest.CauseApproval:
			v.Outcome = api.OutcomeApproved
		default:
		}
		v.Findings, v.FindingsTotal = firstFindings(r.Content.Findings, registerNames)
		out = append(out, v)
	}
	for i := range k.docket.Candidates {
		c := &k.docket.Candidates[i]
		v := api.RegisterVerdict{Outcome: api.OutcomeHeld, At: c.HeldAt.UTC(), RetrievalDate: c.Content.RetrievalDate, Digest: c.Content.Digest}
		if d := c.Decision; d != nil {
			if d.Serial != 0 {
				continue
			}
			v.Outcome, v.At, v.Reason = api.OutcomeRejected, d.At.UTC(), d.Reason
		}
		v.Findings, v.FindingsTotal = firstFindings(c.Content.Findings, registerNames)
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b api.RegisterVerdict) int { return b.At.Compare(a.At) })
	return out[:min(registerVerdicts, len(out))]
}

// firstFindings are the first, those that hold before the others, each with so
// many names; and how many there are.
func firstFindings(findings []fest.Finding, names int) (first []fest.Finding, total int) {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b fest.Finding) int { return cmp.Compare(holdsLast(a), holdsLast(b)) })
	first = append([]fest.Finding{}, sorted[:min(registerFindings, len(sorted))]...)
	for i := range first {
		f := &first[i]
		f.Affected = slices.Clone(f.Affected[:min(names, len(f.Affected))]) // the others are let go
	}
	return first, len(findings)
}

func holdsLast(f fest.Finding) int {
	if f.Severity == fest.SeverityHold {
		return 0
	}
	return 1
}

// heldCandidate is a candidate for the public. Where the verdict is not at
// hand, which is so of none that is kept, the findings are those of its content.
func (m *known) heldCandidate(c *fest.Candidate) *api.HeldCandidate {
	h := &api.HeldCandidate{Digest: c.Content.Digest, RetrievalDate: c.Content.RetrievalDate, Filter: c.Content.Filter, HeldAt: c.HeldAt.UTC(),
		Counts: c.Content.Counts, Removed: []fest.Loss{}}
	if c.Baseline != 0 {
		h.Baseline = &c.Baseline
	}
	if h.Counts == nil {
		h.Counts = fest.Counts{}
	}
	h.Findings, h.FindingsTotal = firstFindings(c.Content.Findings, registerHeldMore)
	if len(c.Verdict) == 0 {
		return h
	}
	var v gate.Verdict
	if err := json.Unmarshal(c.Verdict, &v); err != nil {
		m.log.Error("a verdict cannot be read; the state of the register has what its content says", "digest", c.Content.Digest.Short(), "error", err)
		return h
	}
	holding := make([]fest.Finding, 0, len(v.Holding()))
	for _, f := range v.Holding() {
		holding = append(holding, f.Finding)
	}
	h.Findings, h.FindingsTotal = firstFindings(holding, registerHeldMore)
	h.Removed = append(h.Removed, v.Removed...)
	if v.Removed == nil {
		h.Removed = append(h.Removed, lossesFound(holding)...)
	}
	h.Waiting = registerWaiting(&v.Waiting)
	return h
}

// lossesFound is what findings say is gone, for verdicts of before they had
// all of it: those that compare with what is served, once for each class.
func lossesFound(holding []fest.Finding) []fest.Loss {
	var out []fest.Loss
	for _, f := range holding {
		if (f.Rule == gate.RuleRemoved || f.Rule == gate.RuleClassGone) && f.Class != "" {
			out = append(out, fest.Loss{Class: f.Class, Count: f.Count, First: append([]fest.Affected{}, f.Affected[:min(registerHeldMore, len(f.Affected))]...)})
		}
	}
	return out
}

func registerWaiting(w *gate.Waiting) *api.RegisterWaiting {
	if len(w.Notifications) == 0 && w.NextDate == "" {
		return nil
	}
	out := &api.RegisterWaiting{Notices: []api.RegisterNotice{}, NoticesTotal: len(w.Notifications), NextDate: w.NextDate}
	for _, n := range w.Notifications[:min(registerNotices, len(w.Notifications))] {
		out.Notices = append(out.Notices, api.RegisterNotice{Type: n.Type, Headline: n.Headline})
	}
	return out
}

// withoutNames is a candidate that is not the one held last: of it the numbers
// are enough, for names are what is big.
func withoutNames(h *api.HeldCandidate) api.HeldCandidate {
	out := *h
	out.Findings = slices.Clone(h.Findings)
	for i := range out.Findings {
		out.Findings[i].Affected = nil
	}
	out.Removed = slices.Clone(h.Removed)
	for i := range out.Removed {
		out.Removed[i].First = []fest.Affected{}
	}
	return out
}
