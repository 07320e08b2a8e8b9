package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// Strengths are shown as they are given, numerator over denominator, with their
// operator (R36); 5 mg/5 ml is not made 1 mg/ml (R37).
func TestDisplays(t *testing.T) {
	pq := func(v, u string) *fest.PQ { return &fest.PQ{Value: v, Unit: u} }
	op := func(c string) fest.CV { return fest.CV{Code: c} }
	text := func(s string) *fest.Text { x := fest.Text(s); return &x }
	upper := fest.Decimal("10")
	long := strings.Repeat("Gjelder 12 ", 20)
	for _, tc := range []struct {
		class  fest.Class
		object any
		want   string
		of     fest.Ref
	}{
		{fest.ClassIngredient, &fest.Ingredient{Name: `Øst"r`}, `Øst\"r`, ""},
		{fest.ClassIngredientStrength, &fest.IngredientStrength{Strength: *pq("50", "mg"), ActiveSubstance: "I"}, "50 mg", "I"},
		{fest.ClassIngredientStrength, &fest.IngredientStrength{Strength: *pq("1", "mg"), StrengthDenominator: pq("1", "ml"), StrengthOperator: op("L")}, "1 mg/ml", ""},
		{fest.ClassIngredientStrength, &fest.IngredientStrength{Strength: *pq("5", "mg"), StrengthDenominator: pq("5", "ml"), StrengthOperator: op("M")}, "< 5 mg/5 ml", ""},
		{fest.ClassIngredientStrength, &fest.IngredientStrength{Strength: *pq("5", "mg"), StrengthDenominator: pq("1", ""), StrengthOperator: op("S")}, "> 5 mg", ""},
		{fest.ClassIngredientStrength, &fest.IngredientStrength{Strength: *pq("5", "mg"), StrengthUpperValue: &upper, StrengthOperator: op("I")}, "5–10 mg", ""},
		{fest.ClassDrug, &fest.Drug{BrandName: "Paracet"}, "Paracet", ""},
		{fest.ClassDrug, &fest.Drug{Medicine: fest.Medicine{NameFormStrength: "Paracet tab 500 mg"}, BrandName: "Paracet"}, "Paracet tab 500 mg", ""},
		{fest.ClassPackage, &fest.Package{Medicine: fest.Medicine{NameFormStrength: "Paracet tab 500 mg"}, ItemNumber: "007"}, "Paracet tab 500 mg (007)", ""},
		{fest.ClassNutrient, &fest.Nutrient{Commodity: fest.Commodity{Name: "Drikk"}}, "Drikk", ""},
		{fest.ClassSubstitutionGroup, &fest.SubstitutionGroup{Code: fest.CS{Code: "001219"}}, "001219", ""},
		{fest.ClassReimbursement, &fest.Reimbursement{StatutoryAuthority: fest.CV{Code: "200", Display: "§2"}, ReimbursementGroups: []fest.ReimbursementGroup{{GroupNumber: fest.CV{Code: "C09CA06_1"}}}}, "C09CA06_1 (§2)", ""},
		{fest.ClassCondition, &fest.Condition{ConditionNumber: text("34"), Text: "x"}, "34", ""},
		{fest.ClassCondition, &fest.Condition{Text: "Kort"}, "Kort", ""},
		{fest.ClassCondition, &fest.Condition{ConditionNumber: text(""), Text: fest.Text(long)}, strings.TrimSpace(long[:77]) + "…", ""},
		{fest.ClassCondition, &fest.Condition{Text: fest.Text(strings.Repeat("å", 90))}, strings.Repeat("å", 80) + "…", ""},
		{fest.ClassInteraction, &fest.Interaction{SubstanceGroups: []fest.SubstanceGroup{{Name: text("A")}, {}, {Name: text("B")}}}, "A – B", ""},
		{fest.ClassInteraction, &fest.Interaction{ClinicalConsequence: "Økt", SubstanceGroups: []fest.SubstanceGroup{{}}}, "Økt", ""},
	} {
		e := &fest.Entry{Class: tc.class, Object: tc.object}
		got, of := wire.AppendDisplay(nil, e, fest.Item{})
		var plain string
		if err := json.Unmarshal([]byte(`"`+tc.want+`"`), &plain); err != nil {
			t.Fatal(err)
		}
		if text, again := wire.Display(e, fest.Item{}); text != plain || again != of {
			t.Errorf("%s: as text %q of %q", tc.class, text, again)
		}
		if string(got) != tc.want || of != tc.of {
			t.Errorf("%s: got %q of %q, want %q of %q", tc.class, got, of, tc.want, tc.of)
		}
	}
	for _, class := range fest.Classes() {
		if got, _ := wire.AppendDisplay(nil, populate(t, class), fest.Item{}); len(got) == 0 {
			t.Errorf("%s has no display", class)
		}
	}
}
