package festdb

import (
	"slices"
	"time"

	"github.com/festd/festd/internal/fest"
)

// keptCandidates is how many held candidates keep their content and source:
// those held last. A person decides about one or two.
const keptCandidates = 5

// Of so many candidates, the newest, the findings are at hand after the names
// of what they concern are not, and of each so many findings.
const (
	toldCandidates = 20
	toldFindings   = 20
)

// Lean leaves out of acts what is big and nobody needs at hand: the verdict and
// the names of candidates that were decided about, that were held anew since, or
// that are not, or were not, among the newest that wait; and the findings of all
// but the newest. A source that is bad for weeks adds thousands of names with
// every file. [Store.Act] has them.
func Lean(releases []fest.Release, acts []fest.Act, now time.Time) []fest.Act {
	whole, told := map[uint64]bool{}, map[uint64]bool{}
	for i, c := range fest.NewDocket(releases, acts, now).Candidates {
		if c.State == fest.CandidateHeld && len(whole) < keptCandidates {
			whole[c.Act] = true
		}
		if i < toldCandidates {
			told[c.Act] = true
		}
	}
	out := slices.Clone(acts)
	for i := range out {
		c := out[i].Candidate
		if c == nil || whole[out[i].ID] || c.Verdict == nil && c.Content.Findings == nil {
			continue
		}
		lean := *c
		lean.Verdict, lean.Content.Findings = nil, nil
		if told[out[i].ID] {
			lean.Content.Findings = unnamed(c.Content.Findings)
		}
		out[i].Candidate = &lean
	}
	return out
}

// unnamed is the first findings without the names of what they concern.
func unnamed(findings []fest.Finding) []fest.Finding {
	out := slices.Clone(findings[:min(toldFindings, len(findings))])
	for i := range out {
		out[i].Affected = nil
	}
	return out
}

// HeldDigests are the contents and sources that held candidates need.
func HeldDigests(releases []fest.Release, acts []fest.Act, now time.Time) []fest.Digest {
	var list []fest.Digest
	n := 0
	for _, c := range fest.NewDocket(releases, acts, now).Candidates {
		if c.State == fest.CandidateHeld && n < keptCandidates {
			n++
			list = append(list, c.Content.Digest, c.Source.Digest)
		}
	}
	return list
}
