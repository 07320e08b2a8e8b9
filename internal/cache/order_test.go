package cache_test

import (
	"testing"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// The order of substances is for display and starts anywhere; what is found by
// them does not depend on it (R41). A form is found whatever a product tastes of,
// which its name says (R45), and two drugs alike in all but id stay two (R44).
func TestFindingIgnoresOrderAndTaste(t *testing.T) {
	t.Parallel()
	drug := func(id, name string, taste *fest.CS, order ...fest.SortedStrength) *fest.Entry {
		d := &fest.Drug{ID: ptr(fest.ID(id)), BrandName: "Duo", SortedActiveSubstancesWithStrength: order, Taste: taste}
		d.NameFormStrength, d.PharmaceuticalFormShort = fest.Text(name), &fest.CV{Code: "22", System: fest.OIDRoot + "7448", Display: "Mikstur"}
		return entry(fest.ClassDrug, id, d)
	}
	strength := func(id string, of fest.Ref) *fest.Entry {
		return entry(fest.ClassIngredientStrength, id, &fest.IngredientStrength{ID: fest.ID(id), Strength: fest.PQ{Value: "5", Unit: "mg"}, ActiveSubstance: of})
	}
	a := func(at fest.Integer) fest.SortedStrength {
		return fest.SortedStrength{Sorting: at, ActiveSubstanceWithStrength: "ID_SA"}
	}
	b := func(at fest.Integer) fest.SortedStrength {
		return fest.SortedStrength{Sorting: at, ActiveSubstanceWithStrength: "ID_SB"}
	}
	s := open(t,
		ingredientOf("ID_A", "Aa"), ingredientOf("ID_B", "Bb"), strength("ID_SA", "ID_A"), strength("ID_SB", "ID_B"),
		drug("ID_1", "Duo mikst 5 mg", nil, a("1"), b("2")), drug("ID_2", "Duo mikst 5 mg", nil, a("7"), b("3")),
		drug("ID_3", "Duo mikst m/jordbærsmak 5 mg", &fest.CS{Code: "4", Display: "Jordbær"}, b("0"), a("0")),
	)
	for _, q := range []cache.Query{
		{Filter: "ingredient", Value: "ID_A"}, {Filter: "ingredient", Value: "ID_B"}, {Filter: "ingredientStrength", Value: "ID_SA"}, {Filter: "form", Value: "mikstur"}, {Filter: "form", Value: "22"},
		{Filter: "name", Value: "duo mikst"},
	} {
		page, err := s.List(fest.ResourceDrugs, []cache.Query{q}, 0, 10)
		if err != nil || page.Total != 3 {
			t.Errorf("%v: %d of 3, %v", q, page.Total, err)
		}
	}
}
