//go:build !race

package fullsize_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
)

// relationLists are the lists of each resource that are compared: each is an
// answer. What its related packages are on the day is compared with them.
var relationLists = map[fest.Resource][]string{
	fest.ResourceIngredients: {
		"moieties", "salts", "strengths", "packages",
		"drugs single withStrength", "drugs single withoutStrength", "drugs combination withStrength", "drugs combination withoutStrength",
		"generics single withStrength", "generics single withoutStrength", "generics combination withStrength", "generics combination withoutStrength",
	},
	fest.ResourceDrugs:    {"ingredients", "strengths", "packages", "generics", "doses", "spc drug", "spc package"},
	fest.ResourcePackages: {"drugs", "generics", "doses", "spc drug", "spc package"},
	fest.ResourceGenerics: {"drugs", "packages", "units", "alsoDispensable"},
	fest.ResourceDoses:    {"drugs", "packages"},
}

func TestRelationsAtFullSize(t *testing.T) {
	t.Parallel()
	_, entries := full()
	var about []*fest.Entry
	for _, e := range entries {
		if relationLists[e.Class.Resource()] != nil {
			about = append(about, e)
		}
	}
	asked := map[fest.Resource]int{}
	q := questions[*fest.Entry]{kind: "relations", seed: 35, about: about, days: boundaries, least: 1000}
	q.ask(t, func(r *answer.Register, e *fest.Entry, day string) (compared, full int) {
		resource, key := e.Class.Resource(), e.Items()[0].Key
		i, ok := r.Find(resource, key)
		if !ok {
			t.Fatalf("no %s", key)
		}
		want, got, packages := relationsOf(t, r, e, r.Object(i), day)
		for _, p := range packages {
			comparePackage(t, r, &p, day)
		}
		for name := range got {
			slices.Sort(got[name])
			got[name] = slices.Compact(got[name])
		}
		for _, name := range relationLists[resource] {
			if !slices.Equal(want[name], got[name]) {
				t.Fatalf("%s %s on %s: %s, -reference +answer:\n%s", e.Class, key, day, name, cmp.Diff(want[name], got[name]))
			}
			if compared++; len(got[name]) > 0 {
				full++
			}
			delete(want, name)
			delete(got, name)
		}
		if len(want)+len(got) > 0 {
			t.Fatalf("%s %s: %v and %v are not in the table of lists", e.Class, key, want, got)
		}
		asked[resource]++
		return compared, full
	})
	t.Logf("asked %v", asked)
	for resource := range relationLists {
		if asked[resource] == 0 {
			t.Errorf("no question about %s", resource)
		}
	}
}

// relationsOf are those of the reference and of the answer, and the packages
// among these.
func relationsOf(t *testing.T, r *answer.Register, e *fest.Entry, object any, day string) (want, got reference.Relations, packages []answer.RelatedPackage) {
	t.Helper()
	all, id := &answer.Paging{}, fest.Ref(e.Items()[0].Key)
	got = reference.Relations{}
	switch o := object.(type) {
	case *fest.Ingredient:
		a := r.IngredientRelations(o, all)
		want, packages = release().IngredientRelations(id), a.Packages.Items
		addReferences(got, "moieties", a.Moieties.Items)
		addReferences(got, "salts", a.Salts.Items)
		for _, s := range a.Strengths.Items {
			for _, one := range s.IngredientStrengths {
				got["strengths"] = append(got["strengths"], one.ID)
			}
		}
		for name, list := range map[string]*answer.List[answer.RelatedSubstances]{"drugs": a.Drugs, "generics": a.Generics} {
			for i := range list.Items {
				d := &list.Items[i]
				how := map[bool]string{false: " single", true: " combination"}[d.Combination] + map[bool]string{false: " withoutStrength", true: " withStrength"}[d.StrengthStated]
				got[name+how] = append(got[name+how], d.ID)
			}
		}
	case *fest.Drug:
		a := r.DrugRelations(o, all)
		want, packages = release().DrugRelations(e.Object.(*fest.Drug), id), a.Packages.Items
		addReferences(got, "generics", a.Generics.Items)
		for _, d := range a.Doses.Items {
			got["doses"] = append(got["doses"], d.ID)
		}
		for _, i := range a.Ingredients.Items {
			if i.ActiveSubstance != nil {
				got["ingredients"] = append(got["ingredients"], i.ActiveSubstance.ID)
			}
			if i.IngredientStrength != nil {
				got["strengths"] = append(got["strengths"], i.IngredientStrength.ID)
			}
		}
		addSPC(got, a.SPC)
	case *fest.Package:
		a := r.PackageRelations(o, all)
		want = release().PackageRelations(e.Object.(*fest.Package), id)
		addReferences(got, "generics", a.Generics.Items)
		for _, p := range a.Parts {
			got["drugs"] = append(got["drugs"], p.Drug.ID)
		}
		for _, d := range a.Doses.Items {
			got["doses"] = append(got["doses"], d.ID)
		}
		addSPC(got, a.SPC)
	case *fest.Generic:
		a := r.GenericRelations(o, all)
		want, packages = release().GenericRelations(e.Object.(*fest.Generic), day), a.Packages.Items
		addReferences(got, "drugs", a.Drugs.Items)
		for _, u := range a.Units {
			got["units"] = append(got["units"], u.Code)
		}
		for i := range a.Also.Items {
			got["alsoDispensable"] = append(got["alsoDispensable"], a.Also.Items[i].ID)
			comparePackage(t, r, &a.Also.Items[i].RelatedPackage, day)
		}
		if value := release().GenericPrescribable(e.Object.(*fest.Generic), day); string(a.Prescribable.Value) != value {
			t.Fatalf("%s on %s: prescribable %s, want %s", id, day, a.Prescribable.Value, value)
		}
	case *fest.Dose:
		a := r.DoseRelations(o, all)
		want, packages = reference.DoseRelations(e.Object.(*fest.Dose)), a.Packages.Items
		got["drugs"] = []string{a.Drug.ID}
	}
	for i := range packages {
		got["packages"] = append(got["packages"], packages[i].ID)
	}
	return want, got, packages
}

// comparePackage compares what a related package is on the day; of one that the
// release has not, only the id is known.
func comparePackage(t *testing.T, r *answer.Register, p *answer.RelatedPackage, day string) {
	t.Helper()
	own, ok := r.Package(fest.Ref(p.ID))
	if !ok {
		if p.State != "" {
			t.Fatalf("%s on %s: %+v is not in the release", p.ID, day, p)
		}
		return
	}
	value, _ := release().Prescribable(own, day)
	if string(p.State) != reference.Availability(own, day) || string(p.Prescribable) != value || string(p.Dispensable) != reference.Dispensable(own, day) {
		t.Fatalf("%s on %s: %+v, want prescribable %s", p.ID, day, p, value)
	}
}

func addReferences(to reference.Relations, name string, list []answer.Reference) {
	for i := range list {
		to[name] = append(to[name], list[i].ID)
	}
}

func addSPC(to reference.Relations, s *answer.SPC) {
	for _, l := range s.Links {
		on := map[fest.Resource]string{fest.ResourceDrugs: "spc drug", fest.ResourcePackages: "spc package"}[l.On.Resource]
		to[on] = append(to[on], l.URL)
	}
}

func TestProductGroupsAtFullSize(t *testing.T) {
	snap, entries := full()
	var few []*fest.Entry
	for _, e := range entries {
		switch e.Object.(type) {
		case *fest.CodeSystem, *fest.Reimbursement, *fest.Condition, *fest.BreastProsthesis, *fest.MedicalConsumable, *fest.Nutrient:
			few = append(few, e)
		}
	}
	r := answer.New(snap, "2026-09-09", rules.Set{})
	want := reference.ProductGroups(few)
	list, _, err := r.ProductGroups("", true, &answer.Paging{})
	if err != nil || list.Total != len(want) || len(want) < 30 {
		t.Fatalf("%v; %d groups, want %d", err, list.Total, len(want))
	}
	for _, g := range list.Items {
		w := want[g.Code.Code]
		if (g.Prescribable.Value == rules.Yes) != w.Prescribable || g.Prescribable.Reason != w.Reason || g.Commodities != w.Commodities || g.Children != len(w.Children) {
			t.Errorf("%s: %+v, want %+v", g.Code.Code, g, w)
		}
	}
}
