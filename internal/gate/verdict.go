package gate

import (
	"time"

	"github.com/festd/festd/internal/fest"
)

// Verdict says whether a candidate may be published, and why. It is data, as
// the ledger and the ops API have it; [Verdict.Text] is for people.
type Verdict struct {
	Held      bool      `json:"held"`
	Profile   Profile   `json:"profile"`
	JudgedAt  time.Time `json:"judgedAt"`
	Candidate *Summary  `json:"candidate"`
	Baseline  *Summary  `json:"baseline,omitempty"`
	Anchor    *Summary  `json:"anchor,omitempty"`
	// Findings: first those that hold, then those waived, then notes; each in
	// the order of the rules.
	Findings []Finding `json:"findings"`
	// Removed is what would have left with a candidate that is held, beside the
	// release served and whatever the limits: every class that loses something,
	// in the order of the classes.
	Removed []fest.Loss `json:"removed,omitempty"`
	// Waiting is what clients do not get while the candidate is held.
	Waiting Waiting `json:"waiting"`
}

// Summary is what a verdict says of a content.
type Summary struct {
	Filter        fest.Filter   `json:"filter"`
	RetrievalDate fest.DateTime `json:"retrievalDate"`
	Counts        fest.Counts   `json:"counts"`
}

func summaryOf(f *Facts) *Summary {
	if f == nil {
		return nil
	}
	return &Summary{Filter: f.Filter, RetrievalDate: f.Document.RetrievalDate, Counts: f.Counts()}
}

// Holding returns the findings that hold the candidate.
func (v *Verdict) Holding() []Finding {
	for i := range v.Findings {
		if v.Findings[i].Severity != fest.SeverityHold {
			return v.Findings[:i]
		}
	}
	return v.Findings
}

// All returns the findings without what the gate adds to them, as a content
// keeps them.
func (v *Verdict) All() []fest.Finding {
	out := make([]fest.Finding, len(v.Findings))
	for i := range v.Findings {
		out[i] = v.Findings[i].Finding
	}
	return out
}
