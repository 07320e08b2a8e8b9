package gate

import (
	"fmt"

	"github.com/festd/festd/internal/fest"
)

// ruleAdded: doubled rows, or another file than thought.
func ruleAdded() rule {
	return rule{
		name:    RuleAdded,
		numbers: shareAndCount,
		limit:   Limit{Severity: fest.SeverityHold, Share: 0.25, Count: 50},
		classes: allClasses(),
		meaning: "The class has grown by more than an ordinary fortnight brings.",
		advice:  "Doubled rows, another extract than the filter says, or a large addition that DMP has announced. Only the last is to be approved.",
		check: func(j *judgement) {
			if j.served == nil || j.baseline == nil {
				return
			}
			for _, c := range allClasses() {
				size, added := j.baseline.count(c), j.served.of(c).added
				measured, limit := levelOf(len(added), size), j.limit(c, size)
				if !measured.exceeds(limit) {
					continue
				}
				text := fmt.Sprintf("%d %s are new beside %d in the served release (%s); more than %s and more than %d is held",
					len(added), c, size, percent(measured.Share), percent(limit.Share), limit.Count)
				if size == 0 {
					text = fmt.Sprintf("%d %s are new: the served release has none; more than %d is held", len(added), c, limit.Count)
				}
				f := Finding{Finding: fest.Finding{Class: c.String(), Count: len(added), Text: text}, Measured: measured, Limit: limit, Against: AgainstServed}
				for _, row := range added {
					f.Affected = append(f.Affected, j.candidate.affected(c, row))
				}
				j.report(f)
			}
		},
	}
}

// ruleChanged compares what objects say, leaving out entry id and time, prices
// and links that come and go by date: DMP re-issues entries in bulk and
// re-prices most packages each January (R141, R142). Filling a field that was
// empty and repeating one that was single are no changes either (R144).
func ruleChanged() rule {
	return rule{
		name:    RuleChanged,
		numbers: shareAndCount,
		limit:   Limit{Severity: fest.SeverityHold, Share: 0.40, Count: 5},
		classes: without(class.keyOnly),
		meaning: "Too much of the class says something else than in the served release, prices and dated links left out.",
		advice:  "Compare a few with what is served. Garbled letters, shifted columns or renamed codes show at once; an announced revision may be approved.",
		check: func(j *judgement) {
			if j.served == nil || j.baseline == nil {
				return
			}
			for _, c := range j.rule.classes {
				pairs := j.served.of(c).pairs
				b, a := &j.baseline.tables[c], &j.candidate.tables[c]
				var changed []uint32
				for _, p := range pairs {
					if a.changed(p.after, b, p.before) {
						changed = append(changed, p.after)
					}
				}
				measured, limit := levelOf(len(changed), len(pairs)), j.limit(c, len(pairs))
				if len(changed) == 0 || !measured.exceeds(limit) {
					continue
				}
				f := Finding{Finding: fest.Finding{
					Class: c.String(), Count: len(changed),
					Text: fmt.Sprintf("%d of %d %s (%s) have changed since the served release; more than %s and more than %d is held",
						len(changed), len(pairs), c, percent(measured.Share), percent(limit.Share), limit.Count),
				}, Measured: measured, Limit: limit, Against: AgainstServed}
				for _, row := range changed {
					f.Affected = append(f.Affected, j.candidate.affected(c, row))
				}
				j.report(f)
			}
		},
	}
}
