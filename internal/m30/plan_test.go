package m30

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

// Elements that lost their namespace are matched by parent type and name. That
// is only safe while no type has two fields of one name, and no entry has an
// object or inline field of the name of an envelope field.
func TestLocalNamesAreUnique(t *testing.T) {
	seen := map[*plan]bool{}
	var check func(string, *plan, map[string]bool)
	check = func(where string, p *plan, names map[string]bool) {
		if seen[p] {
			return
		}
		seen[p] = true
		for _, f := range p.fields {
			if names[f.Element] {
				t.Errorf("%s has two elements of the name %s", where, f.Element)
			}
			names[f.Element] = true
			if f.plan != nil {
				check(where+"/"+f.Element, f.plan, map[string]bool{})
			}
		}
		if len(p.fields) > 64 {
			t.Errorf("%s has more fields than a word has bits", where)
		}
	}
	check("FEST", allPlans().document, map[string]bool{})
	for name, e := range allPlans().entries {
		names := map[string]bool{}
		for _, f := range e.envelope.fields {
			names[f.Element] = true
		}
		for _, o := range e.objects {
			if names[o.element] {
				t.Errorf("%s has two elements of the name %s", name, o.element)
			}
			names[o.element] = true
			check(o.element, o.plan, map[string]bool{})
		}
		if e.inline != nil {
			check(e.element, e.inline.plan, names)
		}
	}
	if len(allPlans().entries) != len(fest.Catalogues()) {
		t.Errorf("%d plans for %d catalogues", len(allPlans().entries), len(fest.Catalogues()))
	}
}

func TestEveryRuleHasItsText(t *testing.T) {
	tally := newTally(DefaultLimits())
	for _, rule := range []string{
		fest.RuleNamespaceLost, fest.RuleUnknownElement, fest.RuleUnknownAttribute, fest.RuleMissingElement, fest.RuleRepeatedElement,
		fest.RuleUnexpectedText, fest.RuleEntryWithout, fest.RuleIncrement, fest.RuleCatalogueOrder,
	} {
		tally.add(note{rule: rule, path: "P"}, 1)
	}
	for _, f := range tally.Findings() {
		if f.Text == "P  (1 ×)" || f.Severity == "" {
			t.Errorf("%s has the text %q", f.Rule, f.Text)
		}
	}
}
