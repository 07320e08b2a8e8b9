package gate_test

import (
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// What is held says what would have left, of every class: within its limit,
// too, for whoever reads it asks what is missing, not which rule saw it.
func TestHeldSaysWhatWouldHaveLeft(t *testing.T) {
	size := ordinarySizes()
	size.interactions = 2000
	w := removeFirst[fest.Interaction](worldOf(size), 150)
	w = removeFirst[fest.SubstitutionGroup](w, 2)
	v := gate.Judge(w.fortnight().facts(), worldOf(size).facts(), nil, gate.Default(), now(), nil)
	if !v.Held {
		t.Fatal("it passed")
	}
	got := map[string]fest.Loss{}
	for _, l := range v.Removed {
		got[l.Class] = l
	}
	if l := got["interactions"]; l.Count != 150 || l.Of != 2000 || len(l.First) != 100 || l.First[0].ID == "" {
		t.Errorf("interactions: %d of %d, %d named; want 150 of 2000, the first 100 named", l.Count, l.Of, len(l.First))
	}
	if l := got["substitution-groups"]; l.Count != 2 || len(l.First) != 2 || l.First[0].Name == "" {
		t.Errorf("substitution groups: %+v; want both by name, though their rule lets them go", l)
	}
	if l, ok := got["drugs"]; ok {
		t.Errorf("drugs: %+v; want nothing of what lost nothing", l)
	}
	if v := gate.Judge(worldOf(size).fortnight().facts(), worldOf(size).facts(), nil, gate.Default(), now(), nil); v.Held || v.Removed != nil {
		t.Errorf("a passing file: held %v, %v", v.Held, v.Removed)
	}
}
