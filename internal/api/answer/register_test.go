package answer_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// Every reference of the extracts leads to what has the id, and back: what a
// thing refers to lists it among those that refer to it.
func TestForwardAndBackward(t *testing.T) {
	for name, entries := range contents {
		t.Run(name, func(t *testing.T) {
			r := register(t, entries(t))
			followed := map[string]int{}
			// follow checks that the object is among what refers to its target.
			follow := func(what string, object any, known bool, back any) {
				if !known {
					return // an extract; R145
				}
				followed[what]++
				if !contains(r, back, r.Key(object)) {
					t.Errorf("%s: %v is not led back to", what, r.Reference(object))
				}
			}
			for i := range r.Snapshot().Len(fest.ResourcePackages) {
				page, _ := r.Snapshot().List(fest.ResourcePackages, nil, 0, 1<<30)
				p, ok := r.Object(page.Items[i]).(*fest.Package)
				if !ok {
					t.Fatalf("package %d is none", i)
				}
				for k := range p.PackageInformation {
					ref := p.PackageInformation[k].Drug
					_, known := r.Drug(ref)
					follow("drug", p, known, r.PackagesOfDrug(ref))
				}
				if g := p.PackageSubstitutionGroup; g != nil {
					_, known := r.SubstitutionGroup(g.SubstitutionGroup)
					follow("substitution group", p, known, r.MembersOf(fest.ID(g.SubstitutionGroup)))
				}
				for k := range p.Reimbursements {
					for _, ref := range p.Reimbursements[k].ReimbursementGroups {
						g, known := r.ReimbursementGroup(ref)
						follow("reimbursement", p, known, r.PackagesOfReimbursement(fest.ID(ref)))
						if known && string(g.ID) != string(ref) {
							t.Errorf("group %s is %s", ref, g.ID)
						}
					}
				}
				for _, ref := range p.Conditions {
					_, known := r.Condition(ref)
					follow("condition", p, known, r.PackagesOfCondition(ref))
				}
				if found := r.PackagesOfItemNumber(string(p.ItemNumber)); !slices.Contains(found, p) {
					t.Errorf("%s is not found by its number", p.ItemNumber)
				}
			}
			page, _ := r.Snapshot().List(fest.ResourceGenerics, nil, 0, 1<<30)
			for _, i := range page.Items {
				g, _ := r.Object(i).(*fest.Generic)
				for _, ref := range g.Drugs {
					_, known := r.Drug(ref)
					follow("generic of drug", g, known, r.GenericsOfDrug(ref))
				}
				for _, ref := range g.Packages {
					_, known := r.Package(ref)
					follow("generic of package", g, known, r.GenericsOfPackage(ref))
				}
				for k := range g.SortedActiveSubstancesWithStrength {
					ref := g.SortedActiveSubstancesWithStrength[k].ActiveSubstanceWithStrength
					s, known := r.IngredientStrength(ref)
					follow("strength", g, known, r.GenericsOfStrength(ref))
					if known {
						follow("ingredient", g, true, r.GenericsOf(s.ActiveSubstance))
						follow("ingredient of strength", s, true, r.StrengthsOf(s.ActiveSubstance))
					}
				}
			}
			if err := r.Err(); err != nil {
				t.Fatal(err)
			}
			for _, what := range []string{"drug", "substitution group", "reimbursement", "generic of drug", "generic of package", "strength", "ingredient"} {
				if name == "small sample" && followed[what] == 0 {
					t.Errorf("no reference to a %s was followed", what)
				}
			}
		})
	}
}

// contains reports whether a list of objects has that key.
func contains(r *answer.Register, list any, key string) bool {
	switch l := list.(type) {
	case []*fest.Package:
		return slices.ContainsFunc(l, func(o *fest.Package) bool { return r.Key(o) == key })
	case []*fest.Generic:
		return slices.ContainsFunc(l, func(o *fest.Generic) bool { return r.Key(o) == key })
	case []*fest.IngredientStrength:
		return slices.ContainsFunc(l, func(o *fest.IngredientStrength) bool { return r.Key(o) == key })
	default:
		panic(fmt.Sprintf("%T", list))
	}
}

func TestReferencesAndValues(t *testing.T) {
	entries := []*fest.Entry{
		entry(fest.ClassIngredient, &fest.Ingredient{ID: "I", Name: `Øst"radiol`}),
		entry(fest.ClassIngredientStrength, &fest.IngredientStrength{ID: "S", Strength: fest.PQ{Value: "2.50", Unit: "mg"}, ActiveSubstance: "I"}),
		entry(fest.ClassNutrient, &fest.Nutrient{Commodity: fest.Commodity{ItemNumber: "012345", Name: "Drikk"}}),
		entry(fest.ClassReimbursement, &fest.Reimbursement{StatutoryAuthority: cv("7427", "200", "§2"), ReimbursementGroups: []fest.ReimbursementGroup{
			{ID: "RG-1", GroupNumber: cv("7451", "A", "A")}, {ID: "RG-2", GroupNumber: cv("7451", "B", "B")}}}),
	}
	r := register(t, entries)
	s, ok := r.IngredientStrength("S")
	if !ok {
		t.Fatal("no strength")
	}
	if again, _ := r.IngredientStrength("S"); again != s {
		t.Error("decoded twice")
	}
	c, ok := r.Commodity("012345")
	if !ok || r.EntryOf(c).Class != fest.ClassNutrient {
		t.Fatalf("commodity %v, %v", c, ok)
	}
	g, ok := r.ReimbursementGroup("RG-2")
	if !ok || g.Of.StatutoryAuthority.Code != "200" {
		t.Fatalf("group %v, %v", g, ok)
	}
	for _, absent := range []fest.Ref{"", "rg-2", "ID_ENTRY", "nothing"} { // exactly the id
		if g, ok := r.ReimbursementGroup(absent); ok {
			t.Errorf("%q is %v", absent, g.ID)
		}
	}
	// An id of another resource is none of this.
	if d, ok := r.Drug("S"); ok {
		t.Errorf("a strength as drug: %v", d)
	}
	got, err := json.Marshal([]any{
		r.Reference(s), r.Reference(c), r.Reference(g), r.ReferenceTo(fest.ResourceDrugs, "gone"), r.ReferenceTo(fest.ResourceIngredients, "I"),
		answer.QuantityOf(&s.Strength), answer.QuantityOf(&fest.PQ{Value: "007"}), answer.MoneyOf(&fest.MO{Value: "1.90", Currency: "NOK"}),
		answer.CodeOf(&fest.CV{Code: "x", System: fest.OIDRoot + "7452", OriginalText: "o"}), answer.CodeOfList(&fest.CS{Code: "C"}, "7421"),
		answer.CodeOf(nil), answer.CodeOfList(&fest.CS{}, "7421"), answer.QuantityOf(nil), answer.MoneyOf(nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"resource":"ingredient-strengths","id":"S","display":"Øst\"radiol 2.50 mg"},{"resource":"commodities","id":"012345","display":"Drikk"},` +
		`{"resource":"reimbursements","id":"RG-2","display":"B (§2)"},{"resource":"drugs","id":"gone"},{"resource":"ingredients","id":"I","display":"Øst\"radiol"},` +
		`{"value":2.50,"unit":"mg"},{"value":"007"},{"value":1.90,"currency":"NOK"},` +
		`{"code":"x","system":"urn:oid:2.16.578.1.12.4.1.1.7452","originalText":"o"},{"code":"C","system":"urn:oid:2.16.578.1.12.4.1.1.7421"},null,null,null,null]`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestBasis(t *testing.T) {
	r := answer.New(open(t, nil), today, off(t, "R98"))
	got := r.Basis("R94", "R98", "R99", "R94")
	r.Cite(&got, "R98", "R6")
	want := answer.Basis{Rules: []string{"R94", "R99", "R6"}, Inferred: []string{"R99", "R6"}, SwitchedOff: []string{"R98"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if r.On("R98") || !r.On("R99") {
		t.Error("R98 is off, R99 on")
	}
	v := r.VerdictOf(rules.Answer{Value: rules.No, Reason: "selling-out", Rules: []string{"R50", "R51"}})
	if d := cmp.Diff(answer.Verdict{Value: rules.No, Reason: "selling-out", Basis: answer.Basis{Rules: []string{"R50", "R51"}}}, v); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
