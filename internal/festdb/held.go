package festdb

import (
	"slices"
	"time"

	"github.com/festd/festd/internal/fest"
)

// keptCandidates is how many held candidates keep their content and source:
// those held last. A person decides about one or two.
const keptCandidates = 5

// Lean leaves out of acts what is big and nobody needs at hand: verdict and
// findings of candidates that were decided about, that were held anew since, or
// that are not, or were not, among the newest that wait. A source that is bad for weeks adds
// thousands of names with every file. [Store.Act] has them.
func Lean(releases []fest.Release, acts []fest.Act, now time.Time) []fest.Act {
	whole := map[uint64]bool{}
	for _, c := range fest.NewDocket(releases, acts, now).Candidates {
		if c.State == fest.CandidateHeld && len(whole) < keptCandidates {
			whole[c.Act] = true
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
		out[i].Candidate = &lean
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
