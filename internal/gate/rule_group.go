package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// toldGroups is how many groups a text names; the data have every object.
const toldGroups = 10

// group is part of a class: what shares an ATC level 3, or a code list.
type group struct {
	name    string
	size    int
	removed []uint32
}

// groups parts the objects of a class, and says how many of each are gone. An
// object that belongs to no group has the name "".
func (c *comparison) groups(k class, name func(row uint32) string) []group {
	byName := map[string]*group{}
	of := func(row uint32) *group {
		n := name(row)
		if byName[n] == nil {
			byName[n] = &group{name: n}
		}
		return byName[n]
	}
	for row := range c.before.count(k) {
		of(uint32(row)).size++
	}
	for _, row := range c.of(k).removed {
		g := of(row)
		g.removed = append(g.removed, row)
	}
	delete(byName, "")
	out := make([]group, 0, len(byName))
	for _, g := range byName {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b group) int { return cmp.Compare(a.name, b.name) })
	return out
}

// ruleRemovedATC: a whole kind of medicine can vanish within the share that a
// class may lose.
func ruleRemovedATC() rule {
	return rule{
		name:    RuleRemovedATC,
		numbers: shareAndCount,
		limit:   Limit{Severity: fest.SeverityHold, Share: 0.25, Count: 3},
		classes: only(fest.ClassDrug, fest.ClassGeneric, fest.ClassPackage),
		meaning: "Much of one kind of medicine (ATC level 3) is gone, however little that is of all.",
		advice:  adviceRemoved,
		check: func(j *judgement) {
			for _, c := range j.rule.classes {
				column := c.column(mapATC)
				j.checkGroups(c, "ATC groups", func(row uint32) string { return atcLevel3(j.baseline.value(c, column, row)) })
			}
		},
	}
}

// ruleRemovedCodeList: the same, of the elements of one code list.
func ruleRemovedCodeList() rule {
	return rule{
		name:    RuleRemovedCodeList,
		numbers: shareAndCount,
		limit:   Limit{Severity: fest.SeverityHold, Share: 0.25, Count: 3},
		classes: []class{classElements},
		meaning: "Much of one code list is gone, however little that is of all lists.",
		advice:  adviceRemoved,
		check: func(j *judgement) {
			j.checkGroups(classElements, "code lists", func(row uint32) string { return j.codeList(row) })
		},
	}
}

// codeList names the code list of an element of the served release.
func (j *judgement) codeList(row uint32) string {
	t := &j.baseline.tables[classElements]
	return j.baseline.text[t.parent[row]]
}

func (j *judgement) checkGroups(c class, what string, name func(row uint32) string) {
	if j.served == nil || j.baseline == nil || j.gone[c] || len(j.served.of(c).removed) == 0 {
		return
	}
	var worst Level
	var worstLimit Level
	var told []string
	var rows []uint32
	for _, g := range j.served.groups(c, name) {
		measured, limit := levelOf(len(g.removed), g.size), j.limit(c, g.size)
		if !measured.exceeds(limit) || j.emptied[g.name] {
			continue
		}
		if worst.Count == 0 || measured.Share > worst.Share {
			worst, worstLimit = measured, limit
		}
		told = append(told, fmt.Sprintf("%s %d of %d", g.name, len(g.removed), g.size))
		rows = append(rows, g.removed...)
	}
	if len(told) == 0 {
		return
	}
	slices.Sort(rows)
	n := len(told)
	if n > toldGroups {
		told = append(told[:toldGroups], fmt.Sprintf("and %d more", n-toldGroups))
	}
	j.reportRemoved(j.served, c, rows, worst, worstLimit, fmt.Sprintf("%d %s have lost more than %s of their %s, and at least %d: %s",
		n, what, percent(worstLimit.Share), c, worstLimit.Count+1, strings.Join(told, ", ")))
}

// emptiedLists reports the code lists that had elements and have none: those
// that are still there without, and those that are gone as a whole.
func (j *judgement) emptiedLists() {
	if j.gone[classElements] {
		return
	}
	for _, g := range j.served.groups(classElements, j.codeList) {
		if len(g.removed) < g.size || j.candidate.elements(g.name) > 0 {
			continue
		}
		j.emptied[g.name] = true
		j.reportRemoved(j.served, classElements, g.removed, levelOf(g.size, g.size), Level{},
			fmt.Sprintf("the code list %s%s is emptied: all %d elements are gone since the served release", g.name, j.listName(g.name), g.size))
	}
}

// elements is how many elements a code list has.
func (f *Facts) elements(oid string) int {
	n, ok := f.lookup(oid)
	if !ok {
		return 0
	}
	parents := f.tables[classElements].parent
	from, _ := slices.BinarySearch(parents, n)
	until, _ := slices.BinarySearch(parents, n+1)
	return until - from
}

func (j *judgement) listName(oid string) string {
	c := class(fest.ClassCodeSystem)
	for row := range j.baseline.count(c) {
		if j.baseline.key(c, uint32(row)) == oid {
			return " (" + j.baseline.name(c, uint32(row)) + ")"
		}
	}
	return ""
}

// atcLevel3 is the pharmacological group of a code: N02B of N02BE01, QN02B of
// a veterinary one (R65). Codes that are no ATC (WITHOUT, ZV80AA…) belong to
// none (R115).
func atcLevel3(code string) string {
	n := 4
	if strings.HasPrefix(code, "Q") {
		n = 5
	}
	if len(code) < n {
		return ""
	}
	code = code[:n]
	letters := code[n-4:]
	if upper(letters[0]) && digit(letters[1]) && digit(letters[2]) && upper(letters[3]) {
		return code
	}
	return ""
}

func upper(b byte) bool { return b >= 'A' && b <= 'Z' }
func digit(b byte) bool { return b >= '0' && b <= '9' }
