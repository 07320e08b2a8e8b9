package gate

import (
	"fmt"

	"github.com/festd/festd/internal/fest"
)

const adviceRemoved = "Look up some of the names in DMP's own search. If they are still there, the file is damaged: reject it and fetch it again. " +
	"If DMP has announced that they go, approve."

// ruleClassGone: a class that had objects has none, or a code list is emptied
// of its elements. Whatever the size, that is no ordinary fortnight.
func ruleClassGone() rule {
	return rule{
		name:    RuleClassGone,
		limit:   Limit{Severity: fest.SeverityHold},
		classes: allClasses(),
		meaning: "A whole class of objects, or all of a code list, is gone.",
		advice:  adviceRemoved,
		check: func(j *judgement) {
			if j.served == nil || j.baseline == nil {
				return
			}
			for _, c := range allClasses() {
				n := j.baseline.count(c)
				if n == 0 || j.candidate.count(c) > 0 {
					continue
				}
				j.gone[c] = true
				j.reportRemoved(j.served, c, j.served.of(c).removed, Level{Count: n, Of: n, Share: 1}, Level{},
					fmt.Sprintf("all %d %s are gone since the served release", n, c))
			}
			j.emptiedLists()
		},
	}
}

// ruleRemoved: how much of a class may go at once. Commodities change by the
// quarter, most of them under the item numbers they had (R133); notifications
// live from weeks to years (R143).
func ruleRemoved() rule {
	small := bound(0.05, 1)
	return rule{
		name:    RuleRemoved,
		numbers: shareAndCount,
		limit: Limit{Severity: fest.SeverityHold, Share: 0.02, Count: 5, Small: &small, Classes: map[string]Bound{
			fest.ClassNotification.String():      share(0.40),
			fest.ClassBreastProsthesis.String():  share(0.20),
			fest.ClassMedicalConsumable.String(): share(0.20),
			fest.ClassNutrient.String():          share(0.20),
			// They go with their groups, some of which have a hundred.
			fest.CountReimbursementCodes: share(0.05),
		}},
		classes: allClasses(),
		meaning: "More of this class is gone since the served release than goes in an ordinary fortnight.",
		advice:  adviceRemoved,
		check:   func(j *judgement) { j.checkRemoved(j.served, "the served release") },
	}
}

// ruleRemovedAnchor: a little every night adds up, and nothing that compares
// with yesterday can see it.
func ruleRemovedAnchor() rule {
	small := bound(0.05, 1)
	return rule{
		name:    RuleRemovedAnchor,
		numbers: shareAndCount,
		limit: Limit{Severity: fest.SeverityHold, Share: 0.05, Count: 5, Small: &small, Classes: map[string]Bound{
			// The anchor is up to 60 days old: four fortnights, one quarter.
			fest.ClassNotification.String():      share(0.70),
			fest.ClassBreastProsthesis.String():  share(0.30),
			fest.ClassMedicalConsumable.String(): share(0.30),
			fest.ClassNutrient.String():          share(0.30),
			fest.CountReimbursementCodes:         share(0.15),
		}},
		classes: allClasses(),
		meaning: "The class has been shrinking: since the anchor, the last release that a person approved, more is gone than weeks explain.",
		advice:  adviceRemoved + " An approval makes this file the new anchor.",
		check: func(j *judgement) {
			if j.anchored != nil {
				j.checkRemoved(j.anchored, "the anchor")
			}
		},
	}
}

func (j *judgement) checkRemoved(at *comparison, since string) {
	if at == nil || j.baseline == nil {
		return
	}
	for _, c := range allClasses() {
		if j.gone[c] {
			continue // said already, and all are named there
		}
		if at.against == AgainstAnchor && at.before == j.baseline && j.removed[c] {
			continue // the same comparison, said already
		}
		size := at.before.count(c)
		removed := at.of(c).removed
		measured, limit := levelOf(len(removed), size), j.limit(c, size)
		if !measured.exceeds(limit) {
			continue
		}
		j.removed[c] = true
		j.reportRemoved(at, c, removed, measured, limit, fmt.Sprintf("%d of %d %s (%s) are gone since %s; more than %s and more than %d is held",
			len(removed), size, c, percent(measured.Share), since, percent(limit.Share), limit.Count))
	}
}

func (j *judgement) reportRemoved(at *comparison, c class, rows []uint32, measured, limit Level, text string) {
	f := Finding{
		Finding:  fest.Finding{Class: c.String(), Count: len(rows), Text: text, Affected: make([]fest.Affected, 0, len(rows))},
		Measured: measured, Limit: limit, Against: at.against,
	}
	for _, row := range rows {
		f.Affected = append(f.Affected, at.before.affected(c, row))
	}
	j.report(f)
}
