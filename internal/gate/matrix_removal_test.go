package gate_test

import (
	"cmp"
	"fmt"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// removal is how many of a class may go; as many more are held.
type removal struct {
	class  string
	before func() *world // nil: the ordinary world
	most   int
	also   []string // what goes with them
	name   string   // of the case; "" = the class
}

// prostheses is the ordinary world with sixty breast prostheses.
func prostheses() *world {
	w := newWorld()
	for i := range 60 {
		w.add(fest.ClassBreastProsthesis, &fest.BreastProsthesis{Commodity: commodity(i+200_000, ordinarySizes())})
	}
	return w
}

// left is the ordinary world with so many of the class.
func left(class string, n int) func() *world {
	return func() *world {
		w := newWorld()
		had := 0
		for _, e := range w.entries {
			if e.Class.String() == class {
				had++
			}
		}
		dropFirst(class, had-n)(w)
		return w
	}
}

// removals are a rule's cells under and over for each.
func removals(config func(c *gate.Config), all ...removal) (below, above []guardCase) {
	for _, r := range all {
		name := cmp.Or(r.name, r.class)
		below = append(below, guardCase{name: name, before: r.before, after: dropFirst(r.class, r.most), config: config})
		above = append(above, guardCase{name: name, before: r.before, after: dropFirst(r.class, r.most+1), config: config, want: append(r.also, r.class)})
	}
	return below, above
}

func removalGuards() map[string]guard {
	// The interactions go with their substances, the codes of a group with it.
	substances := []string{"interaction-substances"}
	below, above := removals(nil,
		removal{class: "interactions", most: 8, also: substances}, removal{class: "substitution-groups", most: 5}, // 2 % and five
		removal{class: "conditions", most: 6}, removal{class: "conditions", before: left("conditions", 10), most: 1, name: "conditions of ten"}, // small: 5 % and one
		removal{class: "notifications", most: 24}, removal{class: "reimbursement-codes", most: 45},
		removal{class: "medical-consumables", most: 120}, removal{class: "nutrients", most: 12}, removal{class: "breast-prostheses", before: prostheses, most: 12},
	)
	// What is served is the anchor here; the rule that compares with it is silenced.
	anchor := quiet(gate.RuleRemoved)
	belowAnchor, aboveAnchor := removals(anchor,
		removal{class: "interactions", most: 20, also: substances}, removal{class: "substitution-groups", most: 12}, // 5 %
		removal{class: "conditions", most: 6}, removal{class: "conditions", before: left("conditions", 10), most: 1, name: "conditions of ten"}, // small: 5 % and one
		removal{class: "notifications", most: 42}, removal{class: "reimbursement-codes", most: 135},
		removal{class: "medical-consumables", most: 180}, removal{class: "nutrients", most: 18}, removal{class: "breast-prostheses", before: prostheses, most: 18},
	)
	gone := []guardCase{{name: "all of a class, as another rule says", after: dropFirst("conditions", 120), config: quiet()}}
	newcomers := []guardCase{{name: "a class that had none", before: lacking("conditions"), after: func(w *world) { w.add(fest.ClassCondition, condition(1)) }}}
	several := []guardCase{{name: "whatever is missing", after: dropFirst("interactions", 300)}}

	// Of one ATC level 3 the world has 100 drugs, 50 generics and 120 packages.
	kinds := []removal{{class: "drugs", most: 25}, {class: "generics", most: 12}, {class: "packages", most: 30}}
	var belowKind, aboveKind, missingKind []guardCase
	for _, k := range kinds {
		belowKind = append(belowKind, guardCase{name: k.class, after: dropKind(k.class, k.most)})
		aboveKind = append(aboveKind, guardCase{name: k.class, after: dropKind(k.class, k.most+1), want: []string{k.class}})
		few := func() *world { w := newWorld(); keepKind(w, k.class, 7); return w }
		belowKind = append(belowKind, guardCase{name: k.class + ", three of seven", before: few, after: dropKind(k.class, 3)})
		aboveKind = append(aboveKind, guardCase{name: k.class + ", four of seven", before: few, after: dropKind(k.class, 4), want: []string{k.class}})
		missingKind = append(missingKind, guardCase{name: k.class, before: lacking(k.class)},
			guardCase{name: k.class + " of that kind", before: func() *world { w := newWorld(); keepKind(w, k.class, 0); return w }})
	}

	cut := func(list, n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, s *fest.CodeSystem) {
				if i == list {
					s.Elements = s.Elements[:len(s.Elements)-n]
				}
			})
		}
	}
	elements := []string{"code-system-elements"}
	return map[string]guard{
		gate.RuleClassGone: {cases: map[string][]guardCase{
			under: {{name: "all but one", after: dropFirst("conditions", 119)}, {name: "a list of which one element is left", after: cut(1, 39)}},
			over: {{name: "all", after: dropFirst("conditions", 120), want: []string{"conditions"}},
				{name: "all elements of a list", after: cut(1, 40), want: elements}},
			empty: {{name: "an empty file", after: nothing, want: []string{
				"code-system-elements", "code-systems", "conditions", "doses", "drugs", "generic-packages", "generics", "ingredient-strengths", "ingredients",
				"interaction-substances", "interactions", "interactions-not-assessed", "medical-consumables", "notifications", "nutrients", "packages",
				"reimbursement-codes", "reimbursement-groups", "reimbursements", "short-doses", "substitution-groups"}}},
			missing: {{name: "there was none", before: lacking("conditions")}},
			first:   {{name: "without a class", after: dropFirst("conditions", 120)}},
		}},
		gate.RuleRemoved: {cases: map[string][]guardCase{under: below, over: above, empty: gone, missing: newcomers, first: several}},
		gate.RuleRemovedAnchor: {cases: map[string][]guardCase{
			under: belowAnchor, over: aboveAnchor, empty: gone, missing: newcomers, first: several,
		}},
		gate.RuleRemovedATC: {cases: map[string][]guardCase{
			under: belowKind, over: aboveKind, missing: missingKind,
			empty: {
				{name: "all of a kind", after: dropKind("packages", 120), want: []string{"packages"}},
				{name: "all of the class, as another rule says", after: dropFirst("packages", 1200)},
			},
			first: {{name: "without a kind", after: dropKind("drugs", 100)}},
		}},
		gate.RuleRemovedCodeList: {cases: map[string][]guardCase{
			under: {{name: "25 %", after: cut(1, 10)}, {name: "three of twelve", after: cut(2, 3)}},
			over:  {{name: "more than 25 %", after: cut(1, 11), want: elements}, {name: "four of twelve", after: cut(2, 4), want: elements}},
			empty: {{name: "the list is emptied, as another rule says", after: cut(1, 40)}},
			missing: {{name: "the list had no element", before: func() *world { w := newWorld(); cut(1, 40)(w); return w }},
				{name: "no list at all", before: lacking("code-systems")}},
			first: {{name: "a short list", after: cut(1, 39)}},
		}},
	}
}

// theKind is the ATC level 3 that cases take from.
const theKind = "N01A"

func ofKind(e *fest.Entry, class string) bool {
	if e.Class.String() != class {
		return false
	}
	var a *fest.CV
	switch o := e.Object.(type) {
	case *fest.Drug:
		a = o.Atc
	case *fest.Generic:
		a = o.Atc
	case *fest.Package:
		a = o.Atc
	}
	return a != nil && a.Code[:4] == theKind
}

// dropKind removes the first n of the kind.
func dropKind(class string, n int) func(w *world) {
	return func(w *world) {
		var kept []*fest.Entry
		for _, e := range w.entries {
			if n > 0 && ofKind(e, class) {
				n--
				continue
			}
			kept = append(kept, e)
		}
		if n > 0 {
			panic(fmt.Sprintf("the world has %d too few %s of %s", n, class, theKind))
		}
		w.entries = kept
	}
}

// keepKind leaves n of the kind.
func keepKind(w *world, class string, n int) {
	had := 0
	for _, e := range w.entries {
		if ofKind(e, class) {
			had++
		}
	}
	dropKind(class, had-n)(w)
}
