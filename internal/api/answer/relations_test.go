package answer_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
)

// sorted puts the lists of relations in an order to compare them in.
func sorted(r reference.Relations) reference.Relations {
	for name, list := range r {
		slices.Sort(list)
		if r[name] = slices.Compact(list); len(list) == 0 {
			delete(r, name)
		}
	}
	return r
}

func ids[T any](list *answer.List[T], id func(T) string) []string {
	var out []string
	for _, one := range list.Items {
		out = append(out, id(one))
	}
	return out
}

func idOf(r answer.Reference) string { return r.ID }

// references of an answer, as the reference has relations.
func ofIngredient(a *answer.IngredientRelations) reference.Relations {
	out := reference.Relations{
		"moieties": ids(a.Moieties, idOf), "salts": ids(a.Salts, idOf),
		"packages": ids(a.Packages, func(p answer.RelatedPackage) string { return p.ID }),
	}
	for _, s := range a.Strengths.Items {
		for _, one := range s.IngredientStrengths {
			out["strengths"] = append(out["strengths"], one.ID)
		}
	}
	for name, list := range map[string]*answer.List[answer.RelatedSubstances]{"drugs": a.Drugs, "generics": a.Generics} {
		for _, d := range list.Items {
			how := map[bool]string{false: " single", true: " combination"}[d.Combination] + map[bool]string{false: " withoutStrength", true: " withStrength"}[d.StrengthStated]
			out[name+how] = append(out[name+how], d.ID)
		}
	}
	return out
}

func spcOf(out reference.Relations, s *answer.SPC) {
	for _, l := range s.Links {
		on := "spc " + map[fest.Resource]string{fest.ResourceDrugs: "drug", fest.ResourcePackages: "package"}[l.On.Resource]
		out[on] = append(out[on], l.URL)
	}
}

func ofDrug(a *answer.DrugRelations) reference.Relations {
	out := reference.Relations{
		"packages": ids(a.Packages, func(p answer.RelatedPackage) string { return p.ID }), "generics": ids(a.Generics, idOf),
		"doses": ids(a.Doses, func(d answer.RelatedDose) string { return d.ID }),
	}
	for _, i := range a.Ingredients.Items {
		if i.ActiveSubstance != nil {
			out["ingredients"] = append(out["ingredients"], i.ActiveSubstance.ID)
		}
		if i.IngredientStrength != nil {
			out["strengths"] = append(out["strengths"], i.IngredientStrength.ID)
		}
	}
	spcOf(out, a.SPC)
	return out
}

func ofPackage(a *answer.PackageRelations) reference.Relations {
	out := reference.Relations{"generics": ids(a.Generics, idOf), "doses": ids(a.Doses, func(d answer.RelatedDose) string { return d.ID })}
	for _, p := range a.Parts {
		out["drugs"] = append(out["drugs"], p.Drug.ID)
	}
	spcOf(out, a.SPC)
	return out
}

func ofGeneric(a *answer.GenericRelations) reference.Relations {
	out := reference.Relations{
		"drugs": ids(a.Drugs, idOf), "packages": ids(a.Packages, func(p answer.RelatedPackage) string { return p.ID }),
		"alsoDispensable": ids(a.Also, func(p answer.AlsoDispensable) string { return p.ID }),
	}
	for _, u := range a.Units {
		out["units"] = append(out["units"], u.Code)
	}
	return out
}

// forEach is a register's object of each entry of a class.
func forEach[T any](t testing.TB, r *answer.Register, entries []*fest.Entry, do func(key string, made, read *T)) {
	t.Helper()
	n := 0
	for _, e := range entries {
		made, ok := e.Object.(*T)
		if !ok {
			continue
		}
		items := e.Items()
		i, ok := r.Find(e.Class.Resource(), items[0].Key)
		if !ok {
			t.Fatalf("nothing has the key %s", items[0].Key)
		}
		read, ok := r.Object(i).(*T)
		if !ok {
			t.Fatalf("%s is another thing", items[0].Key)
		}
		n++
		do(items[0].Key, made, read)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
}

// All relations of the extracts, as the slow reading of the rules has them.
func TestRelationsAreTheReferences(t *testing.T) {
	for name, make := range contents {
		t.Run(name, func(t *testing.T) { compareRelations(t, make(t), daysOf(make(t))[:6]) })
	}
}

func compareRelations(t *testing.T, entries []*fest.Entry, days []rules.Day) {
	t.Helper()
	snap, ref := open(t, entries), reference.NewRegister(entries)
	r, all := answer.New(snap, today, rules.Set{}), &answer.Paging{}
	differ := func(key string, want, got reference.Relations) {
		if d := cmp.Diff(sorted(want), sorted(got), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: -reference +answer:\n%s", key, d)
		}
	}
	forEach(t, r, entries, func(key string, _, i *fest.Ingredient) {
		a := r.IngredientRelations(i, all)
		differ(key, ref.IngredientRelations(fest.Ref(key)), ofIngredient(&a))
		if n := a.DrugCounts; n.SingleWithStrength+n.SingleWithoutStrength+n.CombinationWithStrength+n.CombinationWithoutStrength != a.Drugs.Total {
			t.Errorf("%s: %+v of %d", key, n, a.Drugs.Total)
		}
	})
	derived := reference.NewInteractions(entries)
	forEach(t, r, entries, func(key string, _, i *fest.Ingredient) {
		a, want := r.IngredientRelations(i, all), derived.Derived(fest.ID(key))
		for _, c := range a.DerivedATC { // R43
			if !slices.Contains(want, c.Code) {
				t.Errorf("%s: %s is derived, want %v", key, c.Code, want)
			}
		}
		if len(a.DerivedATC) < len(want) && a.DrugCounts.CombinationWithStrength+a.DrugCounts.CombinationWithoutStrength == 0 {
			t.Errorf("%s: %v are derived, want %v", key, a.DerivedATC, want)
		}
	})
	forEach(t, r, entries, func(key string, made, d *fest.Dose) {
		a := r.DoseRelations(d, all)
		got := ids(a.Packages, func(p answer.RelatedPackage) string { return p.ID })
		if want := reference.DoseRelations(made); !sameSet(got, want["packages"]) || a.Drug.ID != want["drugs"][0] {
			t.Errorf("%s: %v of %s, want %v", key, got, a.Drug.ID, want)
		}
	})
	forEach(t, r, entries, func(key string, made, d *fest.Drug) {
		a := r.DrugRelations(d, all)
		want := ref.DrugRelations(made, fest.Ref(key))
		differ(key, want, ofDrug(&a))
		c := r.DrugGenerics(d, all)
		if got := ids(c.Generics, func(g answer.ConvertedGeneric) string { return g.ID }); !sameSet(got, want["generics"]) || (c.State == answer.ConversionNone) != (len(got) == 0) || c.Packages != len(want["packages"]) {
			t.Errorf("%s: converted to %v, %s, %d packages; want %v", key, got, c.State, c.Packages, want)
		}
	})
	forEach(t, r, entries, func(key string, made, p *fest.Package) {
		a := r.PackageRelations(p, all)
		differ(key, ref.PackageRelations(made, fest.Ref(key)), ofPackage(&a))
	})
	for _, day := range append(days, today) {
		r := answer.New(snap, day, rules.Set{})
		forEach(t, r, entries, func(key string, made, g *fest.Generic) {
			a := r.GenericRelations(g, all)
			differ(key, ref.GenericRelations(made, string(day)), ofGeneric(&a))
			if want := ref.GenericPrescribable(made, string(day)); string(a.Prescribable.Value) != want {
				t.Errorf("%s on %s: prescribable %s, want %s", key, day, a.Prescribable.Value, want)
			}
			for _, p := range a.Packages.Items {
				if p.ItemNumber == "" {
					continue // not in the extract
				}
				pack, _ := r.Package(fest.Ref(p.ID))
				value, _ := ref.Prescribable(pack, string(day))
				if string(p.Prescribable) != value || string(p.State) != reference.Availability(pack, string(day)) || string(p.Dispensable) != reference.Dispensable(pack, string(day)) {
					t.Errorf("%s on %s: %+v", p.ID, day, p)
				}
			}
		})
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// Availability and prices of every product of the extracts, on every day on
// which something changes.
func TestAvailabilityAndPricesAreTheReferences(t *testing.T) {
	for name, make := range contents {
		t.Run(name, func(t *testing.T) {
			entries := make(t)
			snap, ref := open(t, entries), reference.NewRegister(entries)
			for _, day := range daysOf(entries) {
				r := answer.New(snap, day, rules.Set{})
				forEach(t, r, entries, func(key string, made, p *fest.Package) {
					a := r.PackageAvailability(p)
					value, reason := ref.Prescribable(made, string(day))
					if string(a.State) != reference.Availability(made, string(day)) || string(a.Dispensable.Value) != reference.Dispensable(made, string(day)) ||
						string(a.Prescribable.Value) != value || a.Prescribable.Reason != reason {
						t.Errorf("%s on %s: %+v; want %s %s", key, day, a, value, reason)
					}
					comparePrices(t, r, key, day, made.Prices, p)
				})
				forEach(t, r, entries, func(key string, made, c *fest.MedicalConsumable) { comparePrices(t, r, key, day, made.Prices, c) })
				forEach(t, r, entries, func(key string, made, c *fest.Nutrient) { comparePrices(t, r, key, day, made.Prices, c) })
			}
		})
	}
}

func comparePrices(t *testing.T, r *answer.Register, key string, day rules.Day, prices []fest.Price, product any) {
	t.Helper()
	a, ok := r.Prices(product)
	if !ok {
		t.Fatalf("%s has no prices", key)
	}
	want := reference.PricesOn(prices, string(day))
	for name, list := range map[string]struct {
		want []int
		got  []answer.Price
	}{"now": {want.Now, a.Now}, "coming": {want.Coming, a.Coming}, "past": {want.Past, a.Past}} {
		var w, g []string
		for _, i := range list.want {
			w = append(w, priceText(&prices[i]))
		}
		for _, p := range list.got {
			g = append(g, fmt.Sprint(p.Type.Code, " ", p.Price.Value, " ", p.From, " ", p.Until))
		}
		if name == "now" { // in the order of the types
			slices.Sort(w)
			slices.Sort(g)
		}
		if !slices.Equal(w, g) {
			t.Errorf("%s on %s: %s %v, want %v", key, day, name, g, w)
		}
	}
	if string(a.State) != want.State || a.Doubtful != want.Doubtful || len(a.Now)+len(a.Coming)+len(a.Past) != len(prices) {
		t.Errorf("%s on %s: %s, %v; want %+v", key, day, a.State, a.Doubtful, want)
	}
}

func priceText(p *fest.Price) string {
	return fmt.Sprint(p.PriceType.Code, " ", p.Price.Value, " ", answer.TextOf(p.ValidFromDate), " ", answer.TextOf(p.ValidUntilDate))
}

// The tree of product groups, as the slow reading of the rules has it.
func TestProductGroupsAreTheReferences(t *testing.T) {
	for name, make := range contents {
		t.Run(name, func(t *testing.T) {
			entries := make(t)
			r := register(t, entries)
			want := reference.ProductGroups(entries)
			list, ok, err := r.ProductGroups("", true, &answer.Paging{})
			if err != nil || !ok {
				t.Fatal(err, ok)
			}
			if list.Total != len(want) {
				t.Errorf("%d groups, want %d", list.Total, len(want))
			}
			for _, g := range list.Items {
				code := g.Code.Code
				w, ok := want[code]
				if !ok {
					t.Errorf("%s is no group", code)
				}
				d, ok, err := r.ProductGroup(code, &answer.Paging{})
				if err != nil || !ok {
					t.Fatal(err, ok)
				}
				parent := ""
				if d.Parent != nil {
					parent = d.Parent.Code
				}
				got := reference.ProductGroup{
					Parent: parent, Children: ids(d.ChildList, func(g answer.ProductGroup) string { return g.Code.Code }), Commodities: d.Items.Total,
					Prescribable: d.Prescribable.Value == rules.Yes, Reason: d.Prescribable.Reason,
				}
				for _, c := range d.Conditions {
					got.Conditions = append(got.Conditions, c.ID)
				}
				if diff := cmp.Diff(w, got, cmpopts.EquateEmpty()); diff != "" || d.Commodities != w.Commodities {
					t.Errorf("%s: -reference +answer:\n%s", code, diff)
				}
			}
			if name == "small sample" && len(want) < 30 {
				t.Errorf("only %d groups", len(want))
			}
		})
	}
}
