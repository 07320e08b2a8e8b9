package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// remapped says, per mapping, what it is in words and how much may move.
func remapped(m mapping) (what string, count int) {
	switch m {
	case mapATC:
		return "ATC code", 20
	case mapPrescriptionGroup:
		return "prescription group", 20
	case mapStrength:
		return "strength", 10
	case mapIngredient:
		return "ingredient", 10
	case mapDrug:
		return "drug", 20
	default:
		return "relevance", 20
	}
}

// ruleRemap: an object keeps its id and becomes something else. Counts do not
// show it, and clients act on it. Filling what was empty is no re-mapping
// (R144), emptying it is. Strengths are compared by value (R42).
func ruleRemap(name string, m mapping) rule {
	what, count := remapped(m)
	return rule{
		name:    name,
		numbers: shareAndCount,
		limit:   Limit{Severity: fest.SeverityHold, Share: 0.005, Count: count},
		classes: withColumn(m),
		meaning: "Objects have kept their ids and moved to another " + what + ".",
		advice:  "See whether many moved to one value: then the file is wrong. A yearly revision (ATC, January) is spread over many and announced.",
		check: func(j *judgement) {
			if j.served == nil || j.baseline == nil {
				return
			}
			for _, c := range j.rule.classes {
				j.checkRemap(c, m, what)
			}
		},
	}
}

func (j *judgement) checkRemap(c class, m mapping, what string) {
	b, a := j.baseline, j.candidate
	column := c.column(m)
	pairs := j.served.of(c).pairs
	var affected []fest.Affected
	to := map[string]int{}
	had := 0
	for _, p := range pairs {
		before := b.value(c, column, p.before)
		if before == "" {
			continue
		}
		had++
		after := a.value(c, column, p.after)
		if after == before {
			continue
		}
		to[after]++
		x := a.affected(c, p.after)
		x.Name = strings.TrimPrefix(fmt.Sprintf("%s: %s → %s", x.Name, before, orElse(after, "(none)")), ": ")
		affected = append(affected, x)
	}
	measured, limit := levelOf(len(affected), had), j.limit(c, had)
	if m == mapATC && j.cfg.Parameters.ATCYear.covers(string(a.Document.RetrievalDate)) {
		limit.Share = max(limit.Share, j.cfg.Parameters.ATCYear.Share)
	}
	if len(affected) == 0 || !measured.exceeds(limit) {
		return
	}
	j.report(Finding{Finding: fest.Finding{
		Class: c.String(), Count: len(affected), Affected: affected,
		Text: fmt.Sprintf("%d of %d %s (%s) have moved to another %s, most of them (%d) to %s; more than %s and more than %d is held",
			len(affected), had, c, percent(measured.Share), what, to[mostOf(to)], orElse(mostOf(to), "(none)"), percent(limit.Share), limit.Count),
	}, Measured: measured, Limit: limit, Against: AgainstServed})
}

// mostOf is the commonest key, the first of equals.
func mostOf(n map[string]int) string {
	keys := make([]string, 0, len(n))
	for k := range n {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	best := ""
	for i, k := range keys {
		if i == 0 || n[k] > n[best] {
			best = k
		}
	}
	return best
}
