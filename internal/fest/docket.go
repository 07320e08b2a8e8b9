package fest

import (
	"slices"
	"time"
)

// Docket is what the releases and the acts of a store add up to.
type Docket struct {
	// Candidates are all contents that the gate ever held, the one held last
	// first; of several verdicts on one content the last.
	Candidates []Candidate
	// Rejected are the contents that are not published without an approval:
	// those that a person rejected, and those that a rollback left.
	Rejected map[Digest]Decision
	// Frozen is the act that stopped publications; nil: nothing does.
	Frozen *Act
	// Advisory is what answers carry; nil: nothing.
	Advisory *Act
	// Waivers are the acts that expect a finding, oldest first, expired ones
	// among them: the gate knows when they expire.
	Waivers []Act
}

// NewDocket adds up releases and acts, each in any order, as of now.
func NewDocket(releases []Release, acts []Act, now time.Time) *Docket {
	releases, acts = slices.Clone(releases), slices.Clone(acts)
	slices.SortFunc(releases, func(a, b Release) int { return compare(a.Serial, b.Serial) })
	slices.SortFunc(acts, func(a, b Act) int { return compare(a.ID, b.ID) })
	d := &Docket{Rejected: map[Digest]Decision{}}
	for _, r := range releases {
		for len(acts) > 0 && acts[0].After < r.Serial {
			d.act(acts[0], now)
			acts = acts[1:]
		}
		d.publication(r)
	}
	for _, a := range acts {
		d.act(a, now)
	}
	slices.Reverse(d.Candidates)
	return d
}

func compare[T Serial | uint64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

func (d *Docket) publication(r Release) {
	decision := Decision{By: r.By, Reason: r.Reason, At: r.PublishedAt, Serial: r.Serial}
	delete(d.Rejected, r.Content.Digest)
	d.decide(r.Content.Digest, CandidatePublished, decision)
	if r.Cause == CauseRollback && r.Left != "" && r.Left != r.Content.Digest {
		d.Rejected[r.Left] = decision
		d.decide(r.Left, CandidateRejected, decision)
	}
}

func (d *Docket) act(a Act, now time.Time) {
	stands := a.Until == nil || now.Before(*a.Until)
	switch a.Kind {
	case ActHold:
		if a.Candidate == nil {
			return
		}
		c := *a.Candidate
		c.Act, c.State, c.Decision, c.HeldAt = a.ID, CandidateHeld, nil, a.At
		d.Candidates = slices.DeleteFunc(d.Candidates, func(x Candidate) bool { return x.Content.Digest == c.Content.Digest })
		d.Candidates = append(d.Candidates, c)
	case ActReject:
		decision := Decision{By: a.By, Reason: a.Reason, At: a.At}
		d.Rejected[a.Content] = decision
		d.decide(a.Content, CandidateRejected, decision)
	case ActFreeze:
		d.Frozen = nil
		if stands {
			d.Frozen = &a
		}
	case ActUnfreeze:
		d.Frozen = nil
	case ActAdvise:
		d.Advisory = nil
		if stands {
			d.Advisory = &a
		}
	case ActWithdraw:
		d.Advisory = nil
	case ActWaive:
		d.Waivers = append(d.Waivers, a)
	case ActHistory, ActAdopt, ActUnchanged:
	}
}

func (d *Docket) decide(digest Digest, s CandidateState, by Decision) {
	for i := range d.Candidates {
		if c := &d.Candidates[i]; c.Content.Digest == digest {
			c.State, c.Decision = s, &by
		}
	}
}

// Candidate returns the candidate with that digest.
func (d *Docket) Candidate(digest Digest) (Candidate, bool) {
	for _, c := range d.Candidates {
		if c.Content.Digest == digest {
			return c, true
		}
	}
	return Candidate{}, false
}

// Held counts the candidates that wait for a person.
func (d *Docket) Held() int {
	n := 0
	for _, c := range d.Candidates {
		if c.State == CandidateHeld {
			n++
		}
	}
	return n
}
