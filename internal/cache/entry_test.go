package cache_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

func TestEntry(t *testing.T) {
	group := func(id string) fest.ReimbursementGroup {
		return fest.ReimbursementGroup{ID: fest.ID(id), RequiresReimbursementCode: "true", Conditions: []fest.Ref{"ID_C"}}
	}
	one := &fest.Reimbursement{RequiresProductLink: "true", RequiresDecision: "false", ReimbursementGroups: []fest.ReimbursementGroup{group("ID_1"), group("ID_2")}}
	s := open(t,
		entry(fest.ClassReimbursement, "R", one),
		entry(fest.ClassCondition, "C", &fest.Condition{ID: "ID_C", Text: "x"}),
		entry(fest.ClassDrug, "D", &fest.Drug{Medicine: fest.Medicine{Atc: atc("N02BE01")}, ID: ptr(fest.ID("ID_D"))}))
	for _, want := range one.ReimbursementGroups {
		found := s.ByKey(nil, fest.ResourceReimbursements, string(want.ID))
		if len(found) != 1 {
			t.Fatalf("%s: found %d", want.ID, len(found))
		}
		e, err := s.Entry(found[0])
		if err != nil {
			t.Fatal(err)
		}
		got, ok := e.Object.(*fest.Reimbursement)
		if !ok || e.Class != fest.ClassReimbursement || e.EntryID != "ID_E-R" {
			t.Fatalf("%s: got %s %s, %T", want.ID, e.Class, e.EntryID, e.Object)
		}
		if d := cmp.Diff([]fest.ReimbursementGroup{want}, got.ReimbursementGroups); d != "" {
			t.Errorf("%s: -want +got:\n%s", want.ID, d)
		}
	}
	for name, i := range map[string]cache.Index{"an ATC code": s.ByKey(nil, cache.ResourceATC, "N02BE01")[0], "no item": 1 << 30} {
		if e, err := s.Entry(i); !errors.Is(err, cache.ErrNoEntry) || e != nil {
			t.Errorf("%s: got %v, %v", name, e, err)
		}
	}
}
