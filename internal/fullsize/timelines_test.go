//go:build !race

package fullsize_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
)

// Packages and commodities: availability, prices, and what the timeline says of
// the day.
func TestTimelinesAtFullSize(t *testing.T) {
	t.Parallel()
	_, entries := full()
	standings := reference.NewStandings(entries)
	var products []*fest.Entry
	for _, e := range entries {
		switch e.Object.(type) {
		case *fest.Package, *fest.BreastProsthesis, *fest.MedicalConsumable, *fest.Nutrient:
			products = append(products, e)
		}
	}
	q := questions[*fest.Entry]{kind: "timelines", seed: 51, about: products, days: boundaries}
	q.ask(t, func(r *answer.Register, e *fest.Entry, day string) (compared, full int) {
		i, ok := r.Find(e.Class.Resource(), e.Items()[0].Key)
		if !ok {
			t.Fatalf("no %s", e.EntryID)
		}
		product := r.Object(i)
		comparePrices(t, r, e, product, day)
		line := r.Timeline(product, &answer.Paging{})
		standing, _ := standings.On(e, day)
		want, got := standingOf(&standing, pricesOf(e)), lineOn(line.Spans.Items, rules.Day(day))
		if !want.equal(&got) {
			t.Fatalf("%s on %s, -reference +answer:\n%s", e.EntryID, day, cmp.Diff(want, got, cmpopts.EquateEmpty()))
		}
		if p, ok := e.Object.(*fest.Package); ok {
			own, _ := r.Package(fest.Ref(e.Items()[0].Key))
			a := r.PackageAvailability(own)
			if value, reason := release().Prescribable(p, day); string(a.State) != reference.Availability(p, day) || string(a.Prescribable.Value) != value ||
				a.Prescribable.Reason != reason || string(a.Dispensable.Value) != reference.Dispensable(p, day) {
				t.Fatalf("%s on %s: %+v, want %s %s", e.EntryID, day, a, value, reason)
			}
		}
		if len(want.Prices)+len(want.Codes) > 0 || want.Substitution != "" {
			full = 1
		}
		return 1, full
	})
}

// standing is what holds for a product on a day.
type standing struct {
	Availability, Substitution string
	Prices                     []price
	// Codes are how many codes of each reimbursement group hold, for
	// prescribing and for dispensing.
	Codes map[string][2]int
}

type price struct{ Type, Value, From, Until string }

func (s *standing) equal(o *standing) bool {
	return s.Availability == o.Availability && s.Substitution == o.Substitution && samePrices(s.Prices, o.Prices) && equalCodes(s.Codes, o.Codes)
}

func equalCodes(a, b map[string][2]int) bool {
	for group, n := range a {
		if b[group] != n {
			return false
		}
	}
	return len(a) == len(b)
}

// samePrices compares them in any order.
func samePrices(a, b []price) bool {
	for _, p := range a {
		if !slices.Contains(b, p) {
			return false
		}
	}
	return len(a) == len(b)
}

func standingOf(s *reference.DayStanding, prices []fest.Price) standing {
	out := standing{Availability: s.Availability, Substitution: s.Substitution, Prices: pricesAt(prices, s.Prices), Codes: map[string][2]int{}}
	for k, list := range [][]string{s.Prescribe, s.Dispense} {
		for _, one := range list {
			group, _, _ := strings.Cut(one, " ")
			n := out.Codes[group]
			n[k]++
			out.Codes[group] = n
		}
	}
	return out
}

// lineOn is what a timeline says of a day, by the days of its spans.
func lineOn(spans []answer.Span, day rules.Day) standing {
	out := standing{Codes: map[string][2]int{}}
	for i := range spans {
		s := &spans[i]
		holds := (s.FirstDay == "" || s.FirstDay <= day) && (s.LastDay == "" || day <= s.LastDay)
		if holds != (s.When == answer.Is) {
			out.Availability += "a span that " + string(s.When) + ", and is from " + string(s.FirstDay) + " until " + string(s.LastDay) + "; "
		}
		if !holds {
			continue
		}
		switch s.Kind {
		case answer.SpanAvailability:
			out.Availability += string(s.State)
		case answer.SpanPrice:
			out.Prices = append(out.Prices, priceOf(s.Price))
		case answer.SpanSubstitution:
			out.Substitution += s.Group.ID
		case answer.SpanReimbursement:
			codes, n := 1, out.Codes[s.Group.ID]
			if s.Codes != nil {
				codes = s.Codes.Total
			}
			n[1] += codes
			if !s.NotPrescribable && (s.LastPrescribeDay == "" || day <= s.LastPrescribeDay) {
				n[0] += codes
			}
			out.Codes[s.Group.ID] = n
		}
	}
	return out
}

func pricesOf(e *fest.Entry) []fest.Price {
	switch o := e.Object.(type) {
	case *fest.Package:
		return o.Prices
	case *fest.BreastProsthesis:
		return o.Prices
	case *fest.MedicalConsumable:
		return o.Prices
	case *fest.Nutrient:
		return o.Prices
	default:
		return nil
	}
}

func comparePrices(t *testing.T, r *answer.Register, e *fest.Entry, product any, day string) {
	t.Helper()
	prices := pricesOf(e)
	want := reference.PricesOn(prices, day)
	got, ok := r.Prices(product)
	inOrder := func(places []int, list []answer.Price) bool {
		return slices.Equal(pricesAt(prices, places), pricesIn(list))
	}
	if !ok || string(got.State) != want.State || got.Doubtful != want.Doubtful || !samePrices(pricesAt(prices, want.Now), pricesIn(got.Now)) ||
		!inOrder(want.Coming, got.Coming) || !inOrder(want.Past, got.Past) {
		t.Fatalf("%s on %s: prices are %+v, want %+v of %+v", e.EntryID, day, got, want, prices)
	}
}

func priceOf(p *answer.Price) price {
	return price{p.Type.Code, string(p.Price.Value), string(p.From), string(p.Until)}
}

func pricesIn(list []answer.Price) (out []price) {
	for i := range list {
		out = append(out, priceOf(&list[i]))
	}
	return out
}

// pricesAt are those at some places of a product's list.
func pricesAt(list []fest.Price, places []int) (out []price) {
	for _, i := range places {
		p := &list[i]
		out = append(out, price{p.PriceType.Code, p.Price.Value, answer.TextOf(p.ValidFromDate), answer.TextOf(p.ValidUntilDate)})
	}
	return out
}

// What is upcoming on random days: each product of it stands differently from
// the day before, and of random products none that does is left out.
func TestUpcomingAtFullSize(t *testing.T) {
	t.Parallel()
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
	start = time.Now()
	until, found, asked := start.Add(answersTime()), 0, 0
	for n := 0; found+asked < answersMost && (found == 0 || time.Now().Before(until)); n++ {
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
			asked++
			e := all[rnd.IntN(len(all))]
			now, _ := standings.On(e, day)
			was, _ := standings.On(e, string(before))
			if key := string(e.Class.Resource()) + " " + e.Items()[0].Key; !same(&was, &now) && !in[key] {
				t.Fatalf("%s on %s is not upcoming: %+v, before %+v", key, day, now, was)
			}
		}
	}
	report(t, "upcoming", found+asked, found, start)
}

func same(a, b *reference.DayStanding) bool {
	return a.Availability == b.Availability && slices.Equal(a.Prices, b.Prices) && a.Substitution == b.Substitution &&
		slices.Equal(a.Prescribe, b.Prescribe) && slices.Equal(a.Dispense, b.Dispense)
}
