package gate

import (
	"fmt"
	"slices"
	"time"

	"github.com/festd/festd/internal/fest"
)

// RuleFrozen is no rule of the gate: a person froze publications, and every
// file is held until they are thawed, whatever else was found.
const RuleFrozen = "frozen"

// Freeze adds to a verdict that publications are frozen: by whom, why, since
// when, and until when (nil: until somebody thaws them). Files that a person
// approves are published all the same.
func (v *Verdict) Freeze(by, reason string, since time.Time, until *time.Time) {
	end := "until somebody ends it"
	if until != nil {
		end = "until " + until.UTC().Format("2006-01-02 15:04 UTC")
	}
	v.Held = true
	v.Findings = slices.Insert(v.Findings, 0, Finding{
		Finding: fest.Finding{
			Rule: RuleFrozen, Severity: fest.SeverityHold, Count: 1,
			Text: fmt.Sprintf("publications are frozen since %s by %s, %s: %s", since.UTC().Format("2006-01-02 15:04 UTC"), by, end, reason),
		},
		Measured: Level{Count: 1},
	})
}

func (v *Verdict) frozen() bool { return len(v.Findings) > 0 && v.Findings[0].Rule == RuleFrozen }
