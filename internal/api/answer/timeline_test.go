package answer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
)

// standing is what a timeline says of a day, or the reference: kind by kind, as
// text. Of reimbursement it is how many codes hold.
type standing map[answer.SpanKind]string

func onDay(spans []answer.Span, day rules.Day) standing {
	var prices, substitution []string
	prescribe, dispense := map[string]int{}, map[string]int{}
	out := standing{}
	for i := range spans {
		s := &spans[i]
		if s.FirstDay != "" && day < s.FirstDay || s.LastDay != "" && s.LastDay < day {
			continue
		}
		switch s.Kind {
		case answer.SpanAvailability:
			out[s.Kind] += string(s.State)
		case answer.SpanPrice:
			prices = append(prices, fmt.Sprint(s.Price.Type.Code, " ", s.Price.Price.Value, " ", s.Price.From, " ", s.Price.Until))
		case answer.SpanSubstitution:
			substitution = append(substitution, s.Group.ID)
		case answer.SpanReimbursement:
			n := 1
			if s.Codes != nil {
				n = s.Codes.Total
			}
			dispense[s.Group.ID] += n
			if !s.NotPrescribable && (s.LastPrescribeDay == "" || day <= s.LastPrescribeDay) {
				prescribe[s.Group.ID] += n
			}
		}
	}
	slices.Sort(prices)
	out[answer.SpanPrice], out[answer.SpanSubstitution] = strings.Join(prices, ";"), strings.Join(substitution, ";")
	out[answer.SpanReimbursement] = fmt.Sprint(prescribe, dispense)
	return out
}

func ofReference(s *reference.DayStanding, prices []fest.Price) standing {
	var holding []string
	for _, i := range s.Prices {
		holding = append(holding, priceText(&prices[i]))
	}
	slices.Sort(holding)
	count := func(list []string) map[string]int {
		out := map[string]int{}
		for _, one := range list {
			group, _, _ := strings.Cut(one, " ")
			out[group]++
		}
		return out
	}
	out := standing{
		answer.SpanPrice: strings.Join(holding, ";"), answer.SpanSubstitution: s.Substitution,
		answer.SpanReimbursement: fmt.Sprint(count(s.Prescribe), count(s.Dispense)),
	}
	if s.Availability != "" {
		out[answer.SpanAvailability] = s.Availability
	}
	return out
}

func pricesOf(e *fest.Entry) ([]fest.Price, bool) {
	switch o := e.Object.(type) {
	case *fest.Package:
		return o.Prices, true
	case *fest.BreastProsthesis:
		return o.Prices, true
	case *fest.MedicalConsumable:
		return o.Prices, true
	case *fest.Nutrient:
		return o.Prices, true
	default:
		return nil, false
	}
}

// The timeline of every product says for every day what the slow reading of
// the rules says of it; and what is upcoming on a day is how that day differs
// from the one before.
func TestTimelineAndUpcomingAreTheReferences(t *testing.T) {
	for name, make := range contents {
		t.Run(name, func(t *testing.T) {
			entries := make(t)
			changes := compareTimelines(t, entries)
			if name == "small sample" && changes < 100 {
				t.Errorf("only %d changes", changes)
			}
		})
	}
}

// daysOfProduct are the days on which something of a product begins or ends,
// and those about them.
func daysOfProduct(e *fest.Entry, groups map[fest.Ref]*fest.SubstitutionGroup) []rules.Day {
	days := map[rules.Day]bool{today: true, "1900-01-01": true, "2099-12-31": true, "2016-01-01": true, "2022-07-01": true}
	around := func(dates ...*fest.Date) {
		for _, d := range dates {
			for _, n := range []int{-1, 0, 1} {
				if d != nil {
					days[shifted(*d, n)] = true
				}
			}
		}
	}
	prices, _ := pricesOf(e)
	for i := range prices {
		around(prices[i].ValidFromDate, prices[i].ValidUntilDate)
	}
	if p, ok := e.Object.(*fest.Package); ok {
		for i := range p.Reimbursements {
			around(&p.Reimbursements[i].ValidFromDate, p.Reimbursements[i].PrescribeUntilDate, p.Reimbursements[i].DispenseUntilDate)
		}
		if m := p.MarketingInformation; m != nil {
			around(m.MarketingDate, m.WithdrawalDate, m.TemporarilyDiscontinuedDate)
			for _, d := range []*fest.Date{m.WithdrawalDate, m.TemporarilyDiscontinuedDate} {
				for n := 88; d != nil && n < 95; n++ { // three months
					days[shifted(*d, n)] = true
				}
			}
		}
		if link := p.PackageSubstitutionGroup; link != nil {
			around(link.ValidFromDate, link.ValidUntilDate)
			if g := groups[link.SubstitutionGroup]; g != nil {
				around(g.ValidFromDate, g.ValidUntilDate)
			}
		}
	}
	out := []rules.Day{}
	for d := range days {
		out = append(out, d)
	}
	slices.Sort(out)
	return out
}

func compareTimelines(t *testing.T, entries []*fest.Entry) (changes int) {
	t.Helper()
	snap := open(t, entries)
	r := answer.New(snap, today, rules.Set{})
	standings := reference.NewStandings(entries)
	up, err := r.Upcoming("", "", "", "", &answer.Paging{})
	if err != nil {
		t.Fatal(err)
	}
	type place struct {
		day  rules.Day
		kind answer.SpanKind
		id   string
	}
	upcoming := map[place][]answer.Change{}
	for i, item := range up.Items {
		if i > 0 && item.Date < up.Items[i-1].Date {
			t.Fatalf("%s stands after %s", item.Date, up.Items[i-1].Date)
		}
		upcoming[place{item.Date, item.Kind, string(item.Product.Resource) + item.Product.ID}] = item.Changes
	}
	groups := map[fest.Ref]*fest.SubstitutionGroup{}
	for _, e := range entries {
		if g, ok := e.Object.(*fest.SubstitutionGroup); ok {
			groups[fest.Ref(g.ID)] = g
		}
	}
	for _, e := range entries {
		prices, ok := pricesOf(e)
		if !ok {
			continue
		}
		key := e.Items()[0].Key
		i, _ := r.Find(e.Class.Resource(), key)
		line := r.Timeline(r.Object(i), &answer.Paging{})
		if !slices.IsSortedFunc(line.Spans.Items, func(a, b answer.Span) int { return strings.Compare(string(a.FirstDay), string(b.FirstDay)) }) {
			t.Errorf("%s: not in the order of the days", key)
		}
		for _, s := range line.Spans.Items {
			if len(s.Rules) == 0 {
				t.Errorf("%s: a span names no rule: %+v", key, s)
			}
		}
		for _, day := range daysOfProduct(e, groups) {
			now, _ := standings.On(e, string(day))
			want, got := ofReference(&now, prices), onDay(line.Spans.Items, day)
			for _, kind := range answer.SpanKinds() {
				if want[kind] != got[kind] {
					t.Fatalf("%s on %s: %s is %q, want %q", key, day, kind, got[kind], want[kind])
				}
			}
			before, _ := standings.On(e, string(shifted(fest.Date(day), -1)))
			was := ofReference(&before, prices)
			for _, kind := range answer.SpanKinds() {
				at := place{day, kind, string(e.Class.Resource()) + key}
				if was[kind] != want[kind] {
					changes++
					if upcoming[at] == nil {
						t.Errorf("%s: nothing is upcoming on %s, and %s becomes %q from %q", key, day, kind, want[kind], was[kind])
					}
				} else if of := upcoming[at]; len(of) == 1 && kind != answer.SpanReimbursement { // one group's end may be another's beginning
					t.Errorf("%s: %+v on %s, and %s is as before, %q", key, of, day, kind, want[kind])
				}
			}
		}
	}
	return changes
}
