package festdb

import (
	"time"

	"github.com/festd/festd/internal/fest"
)

// keptCandidates is how many held candidates keep their content and source:
// those held last. A person decides about one or two.
const keptCandidates = 5

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
