package cache_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// backwards says which filter of a resource follows which references of its
// entries backwards: the values under which an item is found.
var backwards = []struct {
	resource fest.Resource
	filter   string
	values   func(object any) []fest.Ref
}{
	{fest.ResourceIngredients, "salt", func(o any) []fest.Ref { return o.(*fest.Ingredient).FullActiveSubstances }},
	{fest.ResourceIngredients, "reimbursement", func(o any) []fest.Ref { return linksOf(o.(*fest.Ingredient).Reimbursements) }},
	{fest.ResourceDrugs, "ingredientStrength", func(o any) []fest.Ref { return strengthsOf(o.(*fest.Drug).SortedActiveSubstancesWithStrength) }},
	{fest.ResourceDrugs, "condition", func(o any) []fest.Ref { return o.(*fest.Drug).Conditions }},
	{fest.ResourceGenerics, "ingredientStrength", func(o any) []fest.Ref { return strengthsOf(o.(*fest.Generic).SortedActiveSubstancesWithStrength) }},
	{fest.ResourceGenerics, "drug", func(o any) []fest.Ref { return o.(*fest.Generic).Drugs }},
	{fest.ResourceGenerics, "package", func(o any) []fest.Ref { return o.(*fest.Generic).Packages }},
	{fest.ResourceGenerics, "reimbursement", func(o any) []fest.Ref { return linksOf(o.(*fest.Generic).Reimbursements) }},
	{fest.ResourceGenerics, "condition", func(o any) []fest.Ref { return o.(*fest.Generic).Conditions }},
	{fest.ResourcePackages, "reimbursement", func(o any) []fest.Ref { return linksOf(o.(*fest.Package).Reimbursements) }},
	{fest.ResourcePackages, "condition", func(o any) []fest.Ref { return o.(*fest.Package).Conditions }},
	{fest.ResourceCommodities, "reimbursement", func(o any) []fest.Ref {
		if r := commodityOf(o).Reimbursement; r != nil {
			return r.ReimbursementGroups
		}
		return nil
	}},
	{fest.ResourceCommodities, "condition", func(o any) []fest.Ref {
		if p := commodityOf(o).ProductInformation; p != nil {
			return p.Conditions
		}
		return nil
	}},
	{fest.ResourceReimbursements, "condition", func(o any) []fest.Ref {
		g := &o.(*fest.Reimbursement).ReimbursementGroups[0]
		out := slices.Clone(g.Conditions)
		for _, code := range g.ReimbursementCodes {
			for _, c := range code.ReimbursementConditions {
				out = append(out, c.Condition)
			}
		}
		return out
	}},
}

func linksOf(links []fest.ProductReimbursement) (out []fest.Ref) {
	for _, l := range links {
		out = append(out, l.ReimbursementGroups...)
	}
	return out
}

func strengthsOf(sorted []fest.SortedStrength) (out []fest.Ref) {
	for _, s := range sorted {
		out = append(out, s.ActiveSubstanceWithStrength)
	}
	return out
}

func commodityOf(object any) *fest.Commodity {
	switch o := object.(type) {
	case *fest.BreastProsthesis:
		return &o.Commodity
	case *fest.MedicalConsumable:
		return &o.Commodity
	case *fest.Nutrient:
		return &o.Commodity
	}
	return &fest.Commodity{}
}

// The filters that follow references backwards find exactly what a look at
// every entry finds, over all that the entries refer to.
func TestBackwardsAgainstLinearScan(t *testing.T) {
	// What is referred to twice, from several places, and by nothing.
	link := []fest.ProductReimbursement{{ReimbursementGroups: []fest.Ref{"RG-1", "RG-2"}}, {ReimbursementGroups: []fest.Ref{"RG-1"}}}
	medicine := fest.Medicine{Conditions: []fest.Ref{"C-2", "C-1"}, Reimbursements: link}
	repeated := append(world(),
		entry(fest.ClassIngredient, "I-LINK", &fest.Ingredient{ID: "I-LINK", Reimbursements: link, FullActiveSubstances: []fest.Ref{"I-KODEIN-P"}}),
		entry(fest.ClassDrug, "D-LINK", &fest.Drug{ID: ptr(fest.ID("D-LINK")), Medicine: medicine}),
		entry(fest.ClassGeneric, "G-LINK", &fest.Generic{ID: "G-LINK", Medicine: medicine, Drugs: []fest.Ref{"D-LINK", "D-PARACET"}, Packages: []fest.Ref{"P-1"}}),
		entry(fest.ClassPackage, "P-LINK", &fest.Package{ID: ptr(fest.ID("P-LINK")), Medicine: medicine}),
		entry(fest.ClassBreastProsthesis, "B-LINK", &fest.BreastProsthesis{Commodity: fest.Commodity{ItemNumber: "1", Reimbursement: &link[0],
			ProductInformation: &fest.CommodityInformation{Conditions: []fest.Ref{"C-1"}}}}),
		entry(fest.ClassReimbursement, "R-LINK", &fest.Reimbursement{ReimbursementGroups: []fest.ReimbursementGroup{{ID: "RG-LINK", Conditions: []fest.Ref{"C-1"},
			ReimbursementCodes: []fest.ReimbursementCode{{ReimbursementConditions: []fest.ReimbursementCondition{{Condition: "C-1"}, {Condition: "C-2"}}}}}}}))
	for name, entries := range map[string][]*fest.Entry{"sample": smallEntries(), "world": repeated, "extract": realEntries(t, "mini/fest-mini-ns.xml.gz")} {
		s := open(t, entries...)
		used := map[string]bool{}
		for _, b := range backwards {
			all, err := s.List(b.resource, nil, 0, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			want := map[fest.Ref][]cache.Index{"": nil, "nothing": nil}
			for _, i := range all.Items {
				e, err := s.Entry(i)
				if err != nil {
					t.Fatal(err)
				}
				for _, ref := range b.values(e.Object) {
					if n := len(want[ref]); n == 0 || want[ref][n-1] != i {
						want[ref] = append(want[ref], i)
					}
				}
			}
			for ref, items := range want {
				page, err := s.List(b.resource, []cache.Query{{Filter: b.filter, Value: string(ref)}}, 0, 1<<20)
				if err != nil {
					t.Fatal(err)
				}
				used[string(b.resource)+"?"+b.filter] = used[string(b.resource)+"?"+b.filter] || len(items) > 0
				if d := cmp.Diff(items, page.Items); d != "" {
					t.Errorf("%s: %s?%s=%s: -want +got:\n%s", name, b.resource, b.filter, ref, d)
				}
			}
		}
		for _, b := range backwards {
			if name == "world" && !used[string(b.resource)+"?"+b.filter] {
				t.Errorf("%s?%s finds nothing", b.resource, b.filter)
			}
		}
	}
}
