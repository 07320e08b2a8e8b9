//go:build !race

package fullsize_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/sample"
)

// day is a random day near those of the data.
func randomDay(rnd *rand.Rand) string {
	return sample.DefaultRetrieved().AddDate(0, 0, rnd.IntN(1600)-800).Format("2006-01-02")
}

// Random packages and commodities on random days: availability, prices, and
// what the timeline says of the day.
func TestTimelinesAtFullSize(t *testing.T) {
	snap, entries := full()
	standings := reference.NewStandings(entries)
	var products []*fest.Entry
	var conditions []*fest.Entry
	for _, e := range entries {
		switch e.Object.(type) {
		case *fest.Package, *fest.BreastProsthesis, *fest.MedicalConsumable, *fest.Nutrient:
			products = append(products, e)
		case *fest.Condition:
			conditions = append(conditions, e)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 51))
	until, n := time.Now().Add(answersTime), 0
	for ; n < answersMost && time.Now().Before(until); n++ {
		e, day := products[rnd.IntN(len(products))], randomDay(rnd)
		r := answer.New(snap, rules.Day(day), rules.Set{})
		i, ok := r.Find(e.Class.Resource(), e.Items()[0].Key)
		if !ok {
			t.Fatalf("no %s", e.EntryID)
		}
		want, _ := standings.On(e, day)
		prices, _ := r.Prices(r.Object(i))
		if len(prices.Now) != len(want.Prices) {
			t.Fatalf("%s on %s: %d prices, want %d", e.EntryID, day, len(prices.Now), len(want.Prices))
		}
		prescribe, dispense, holding, state, group := 0, 0, 0, "", ""
		line := r.Timeline(r.Object(i), &answer.Paging{})
		for _, s := range line.Spans.Items {
			if s.When != answer.Is {
				continue
			}
			switch s.Kind {
			case answer.SpanAvailability:
				state = string(s.State)
			case answer.SpanPrice:
				holding++
			case answer.SpanSubstitution:
				group = s.Group.ID
			case answer.SpanReimbursement:
				codes := 1
				if s.Codes != nil {
					codes = s.Codes.Total
				}
				if dispense += codes; !s.NotPrescribable && (s.LastPrescribeDay == "" || rules.Day(day) <= s.LastPrescribeDay) {
					prescribe += codes
				}
			}
		}
		if state != want.Availability || holding != len(want.Prices) || group != want.Substitution || dispense != len(want.Dispense) || prescribe != len(want.Prescribe) {
			t.Fatalf("%s on %s: %s, %d prices, group %q, %d and %d codes; want %+v", e.EntryID, day, state, holding, group, prescribe, dispense, want)
		}
		if p, ok := e.Object.(*fest.Package); ok {
			own, _ := r.Package(fest.Ref(e.Items()[0].Key))
			a := r.PackageAvailability(own)
			if value, reason := reference.Prescribable(conditions, p, day); string(a.Prescribable.Value) != value || a.Prescribable.Reason != reason || string(a.Dispensable.Value) != reference.Dispensable(p, day) {
				t.Fatalf("%s on %s: %+v, want %s %s", e.EntryID, day, a, value, reason)
			}
		}
	}
	t.Logf("%d questions", n)
	if n < 100 {
		t.Errorf("only %d questions were asked", n)
	}
}

// What is upcoming on random days: each product of it stands differently from
// the day before, and of random products none that does is left out.
func TestUpcomingAtFullSize(t *testing.T) {
	snap, entries := full()
	standings := reference.NewStandings(entries)
	products := map[string]*fest.Entry{}
	var all []*fest.Entry
	for _, e := range entries {
		switch e.Object.(type) {
		case *fest.Package, *fest.BreastProsthesis, *fest.MedicalConsumable, *fest.Nutrient:
			products[string(e.Class.Resource())+" "+e.Items()[0].Key] = e
			all = append(all, e)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 102))
	start := time.Now()
	r := answer.New(snap, rules.Day(randomDay(rnd)), rules.Set{})
	whole, err := r.Upcoming("1900-01-01", "", "", "", &answer.Paging{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d changes, their table in %v", whole.Total, time.Since(start))
	until, found := time.Now().Add(answersTime), 0
	for n := 0; n < answersMost && time.Now().Before(until); n++ {
		day := randomDay(rnd)
		if n%10 == 0 {
			day = day[:8] + "01" // most things change on the first
		}
		before := rules.Day(shift(day, -1))
		r := answer.New(snap, rules.Day(day), rules.Set{})
		up, err := r.Upcoming(rules.Day(day), rules.Day(day), "", "", &answer.Paging{})
		if err != nil {
			t.Fatal(err)
		}
		in := map[string]bool{}
		for k, item := range up.Items {
			key := string(item.Product.Resource) + " " + item.Product.ID
			if in[key] = true; k%50 > 0 { // the reference takes its time
				continue
			}
			found++
			now, _ := standings.On(products[key], day)
			was, _ := standings.On(products[key], string(before))
			if same(&was, &now) && len(item.Changes) < 2 {
				t.Fatalf("%s on %s: %+v, and all is as before", key, day, item.Changes)
			}
		}
		for range 200 {
			e := all[rnd.IntN(len(all))]
			now, _ := standings.On(e, day)
			was, _ := standings.On(e, string(before))
			if key := string(e.Class.Resource()) + " " + e.Items()[0].Key; !same(&was, &now) && !in[key] {
				t.Fatalf("%s on %s is not upcoming: %+v, before %+v", key, day, now, was)
			}
		}
	}
	t.Logf("%d changes looked at", found)
	if found == 0 {
		t.Error("nothing changed")
	}
}

func same(a, b *reference.DayStanding) bool {
	return a.Availability == b.Availability && slices.Equal(a.Prices, b.Prices) && a.Substitution == b.Substitution &&
		slices.Equal(a.Prescribe, b.Prescribe) && slices.Equal(a.Dispense, b.Dispense)
}

func shift(day string, days int) string {
	d, err := time.Parse("2006-01-02", day)
	if err != nil {
		panic(err)
	}
	return d.AddDate(0, 0, days).Format("2006-01-02")
}

// Relations of random ingredients, drugs, packages and generics.
func TestRelationsAtFullSize(t *testing.T) {
	snap, entries := full()
	var few []*fest.Entry // the rest has no relations
	for _, e := range entries {
		switch e.Object.(type) {
		case *fest.Ingredient, *fest.IngredientStrength, *fest.Drug, *fest.Generic, *fest.Package, *fest.Dose, *fest.SubstitutionGroup:
			few = append(few, e)
		}
	}
	rnd, all := rand.New(rand.NewPCG(1, 35)), &answer.Paging{}
	until, asked := time.Now().Add(answersTime), map[string]int{}
	for n := 0; n < answersMost && time.Now().Before(until); n++ {
		e, day := few[rnd.IntN(len(few))], randomDay(rnd)
		if n%4 == 0 { // there are few of them
			for e.Class != fest.ClassIngredient && e.Class != fest.ClassGeneric {
				e = few[rnd.IntN(len(few))]
			}
		}
		key := e.Items()[0].Key
		r := answer.New(snap, rules.Day(day), rules.Set{})
		i, ok := r.Find(e.Class.Resource(), key)
		if !ok {
			t.Fatalf("no %s", key)
		}
		var want reference.Relations
		got := reference.Relations{}
		switch o := e.Object.(type) {
		case *fest.Ingredient:
			if asked["ingredients"] > 60 { // the reference takes a second for some
				continue
			}
			read, _ := r.Object(i).(*fest.Ingredient)
			a := r.IngredientRelations(read, all)
			want = reference.IngredientRelations(few, key)
			for _, p := range a.Packages.Items {
				got["packages"] = append(got["packages"], p.ID)
			}
			for name, list := range map[string]*answer.List[answer.RelatedSubstances]{"drugs": a.Drugs, "generics": a.Generics} {
				for _, d := range list.Items {
					got[name] = append(got[name], d.ID)
				}
			}
			for name, list := range want { // how they hold it is compared in the small
				if of, _, found := strings.Cut(name, " "); found {
					delete(want, name)
					want[of] = append(want[of], list...)
				}
			}
			delete(want, "strengths")
			delete(want, "salts")
			delete(want, "moieties")
		case *fest.Drug:
			read, _ := r.Object(i).(*fest.Drug)
			a := r.DrugRelations(read, all)
			all := reference.DrugRelations(few, o, key)
			want = reference.Relations{"packages": all["packages"], "generics": all["generics"], "doses": all["doses"]}
			for _, p := range a.Packages.Items {
				got["packages"] = append(got["packages"], p.ID)
			}
			for _, g := range a.Generics.Items {
				got["generics"] = append(got["generics"], g.ID)
			}
			for _, d := range a.Doses.Items {
				got["doses"] = append(got["doses"], d.ID)
			}
		case *fest.Package:
			read, _ := r.Object(i).(*fest.Package)
			a := r.PackageRelations(read, all)
			all := reference.PackageRelations(few, o, key)
			want = reference.Relations{"drugs": all["drugs"], "generics": all["generics"], "doses": all["doses"]}
			for _, p := range a.Parts {
				got["drugs"] = append(got["drugs"], p.Drug.ID)
			}
			for _, g := range a.Generics.Items {
				got["generics"] = append(got["generics"], g.ID)
			}
			for _, d := range a.Doses.Items {
				got["doses"] = append(got["doses"], d.ID)
			}
		case *fest.Generic:
			read, _ := r.Object(i).(*fest.Generic)
			a := r.GenericRelations(read, all)
			all := reference.GenericRelations(few, o, day)
			want = reference.Relations{"packages": all["packages"], "alsoDispensable": all["alsoDispensable"]}
			for _, p := range a.Packages.Items {
				got["packages"] = append(got["packages"], p.ID)
			}
			for _, p := range a.Also.Items {
				got["alsoDispensable"] = append(got["alsoDispensable"], p.ID)
			}
		default:
			continue
		}
		asked[string(e.Class.Resource())]++
		for _, name := range []string{"drugs", "generics", "packages", "doses", "alsoDispensable"} {
			w, g := slices.Clone(want[name]), slices.Clone(got[name])
			slices.Sort(w)
			slices.Sort(g)
			if !slices.Equal(slices.Compact(w), slices.Compact(g)) {
				t.Fatalf("%s %s on %s: %s are %v, want %v", e.Class, key, day, name, g, w)
			}
		}
	}
	t.Logf("asked %v", asked)
	for _, res := range []string{"ingredients", "drugs", "packages", "generics"} {
		if asked[res] == 0 {
			t.Errorf("no question about %s", res)
		}
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
