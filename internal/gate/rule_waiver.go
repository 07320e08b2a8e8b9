package gate

import (
	"fmt"
	"time"

	"github.com/festd/festd/internal/fest"
)

// ruleWaiverExpired: what was expected until a day is expected no more; the
// configuration can be tidied.
func ruleWaiverExpired() rule {
	return rule{
		name:    RuleWaiverExpired,
		limit:   Limit{Severity: fest.SeverityNote},
		classes: allClasses(),
		meaning: "A waiver has expired and waives nothing any more.",
		advice:  "Remove it from the configuration, or renew it if what it expects is still to come.",
		check: func(j *judgement) {
			for i := range j.cfg.Waivers {
				if w := &j.cfg.Waivers[i]; !j.now.Before(w.Expires) {
					j.report(Finding{Finding: fest.Finding{
						Class: w.Class, Path: w.Path, Count: 1,
						Text: fmt.Sprintf("the waiver of %s expired on %s: %s", w.Rule, w.Expires.UTC().Format(time.DateOnly), w.Reason),
					}, Measured: Level{Count: 1}})
				}
			}
		},
	}
}
