package gate

import (
	"fmt"

	"github.com/festd/festd/internal/fest"
)

// ruleFirstRelease: with no release before it, a content can only be judged by
// floors and sentinels. In production it needs both, or a person.
func ruleFirstRelease() rule {
	return rule{
		name:       RuleFirstRelease,
		limit:      Limit{Severity: fest.SeverityNote},
		production: true,
		meaning:    "There is no release to compare with, and too little else vouches for this file.",
		advice: "Compare the counts with what DMP says of the release and approve, or configure floors for this filter and sentinels, " +
			"and import again.",
		check: func(j *judgement) {
			if j.baseline != nil {
				return
			}
			var lacks string
			switch floors, sentinels := len(j.cfg.Floors[j.candidate.Filter]) > 0, j.sentinels() > 0; {
			case j.otherFilter:
				return // the filter's finding holds already
			case floors && sentinels && j.probe != nil:
				return
			case !floors && !sentinels:
				lacks = fmt.Sprintf("neither floors nor sentinels are configured for the filter %s", j.candidate.Filter)
			case !floors:
				lacks = fmt.Sprintf("no floors are configured for the filter %s", j.candidate.Filter)
			case !sentinels:
				lacks = fmt.Sprintf("no sentinels are configured for the filter %s", j.candidate.Filter)
			default:
				lacks = "the sentinels could not be looked up"
			}
			j.report(Finding{Finding: fest.Finding{
				Count: 1, Text: "this would be the first release: there is nothing to compare it with, and " + lacks,
			}, Measured: Level{Count: 1}})
		},
	}
}

// ruleFloor: a class holds at least so many objects, whatever was served
// before. It is what stops an empty file on an empty store.
func ruleFloor() rule {
	return rule{
		name:       RuleFloor,
		limit:      Limit{Severity: fest.SeverityNote},
		production: true,
		classes:    allClasses(),
		meaning:    "The file holds fewer objects of this class than any usable extract of its filter.",
		advice:     "The file is cut short, empty in part, or another extract than its filter says. Fetch it again; do not approve unless DMP confirms.",
		check: func(j *judgement) {
			for _, c := range allClasses() {
				floor, ok := j.cfg.Floors[j.candidate.Filter][c.String()]
				if n := j.candidate.count(c); ok && n < floor {
					j.report(Finding{Finding: fest.Finding{
						Class: c.String(), Count: floor - n,
						Text: fmt.Sprintf("the file has %d %s; a usable extract %s has at least %d", n, c, j.candidate.Filter, floor),
					}, Measured: Level{Count: n}, Limit: Level{Count: floor}})
				}
			}
		},
	}
}

// ruleSentinel: what must exist is found, through the lookups that clients
// will use, in the very snapshot that would be served.
func ruleSentinel() rule {
	return rule{
		name:       RuleSentinel,
		limit:      Limit{Severity: fest.SeverityNote},
		production: true,
		meaning:    "Something that every usable extract has was not found by the lookups that clients use.",
		advice:     "Either the file lacks it or the lookups do not find it. Both are reasons not to approve; `server check` of the last good file tells which.",
		check: func(j *judgement) {
			if j.probe == nil {
				return // of a first release that is said by its own rule
			}
			var lost []fest.Affected
			for i := range j.cfg.Sentinels {
				s := &j.cfg.Sentinels[i]
				if !s.appliesTo(j.candidate.Filter) {
					continue
				}
				what := string(s.Resource) + " "
				if s.By != "" {
					what += s.By + "="
				}
				what += s.Value
				switch n, err := j.probe.Find(s.Resource, s.By, s.Value); {
				case err != nil:
					lost = append(lost, fest.Affected{ID: what, Name: "lookup failed: " + err.Error()})
				case n == 0:
					lost = append(lost, fest.Affected{ID: what, Name: s.Name})
				}
			}
			if len(lost) == 0 {
				return
			}
			text := fmt.Sprintf("%d of %d sentinels were not found in the candidate, first: %s", len(lost), j.sentinels(), lost[0].ID)
			j.report(Finding{Finding: fest.Finding{Count: len(lost), Text: text, Affected: lost}, Measured: levelOf(len(lost), j.sentinels())})
		},
	}
}
