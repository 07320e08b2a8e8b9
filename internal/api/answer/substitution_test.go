package answer_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/reference/rewritten"
	"github.com/festd/festd/internal/rules"
)

// daysOf are days to ask about: those on which something of the entries
// begins, ends or is close to it, and some others.
func daysOf(entries []*fest.Entry) []rules.Day {
	days := map[rules.Day]bool{today: true, "2000-01-01": true, "2099-12-31": true}
	around := func(dates ...*fest.Date) {
		for _, d := range dates {
			if d == nil {
				continue
			}
			for _, n := range []int{-1, 0, 1} {
				days[shifted(*d, n)] = true
			}
		}
	}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.SubstitutionGroup:
			around(o.ValidFromDate, o.ValidUntilDate)
		case *fest.Package:
			if g := o.PackageSubstitutionGroup; g != nil {
				around(g.ValidFromDate, g.ValidUntilDate)
			}
			if m := o.MarketingInformation; m != nil && m.WithdrawalDate != nil {
				around(m.WithdrawalDate)
			}
		}
	}
	out := make([]rules.Day, 0, len(days))
	for d := range days {
		out = append(out, d)
	}
	slices.Sort(out)
	if most := 24; len(out) > most { // evenly
		for i := range most {
			out[i] = out[i*len(out)/most]
		}
		out = out[:most]
	}
	return out
}

// Every package of the extracts, on every day on which something changes, as
// the slow reading of the rules says.
func TestSubstitutionIsTheReferences(t *testing.T) {
	for name, make := range contents {
		t.Run(name, func(t *testing.T) {
			entries := make(t)
			compareSubstitution(t, entries, daysOf(entries))
		})
	}
}

func compareSubstitution(t *testing.T, entries []*fest.Entry, days []rules.Day) map[string]int {
	t.Helper()
	snap := open(t, entries)
	ref := reference.NewRegister(entries)
	states := map[string]int{}
	for _, day := range days {
		r := answer.New(snap, day, rules.Set{})
		for _, e := range entries {
			p, ok := e.Object.(*fest.Package)
			if !ok {
				continue
			}
			key := e.Items()[0].Key
			own, ok := r.Package(fest.Ref(key))
			if !ok {
				t.Fatalf("no package %s", key)
			}
			s := r.Substitution(own)
			want := ref.Substitutes(e, string(day))
			slices.Sort(want.Unsure)
			states[want.State]++
			if d := cmp.Diff(want, rewritten.Substitution(&s), cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("%s (%s) on %s, -reference +answer:\n%s", key, p.NameFormStrength, day, d)
			}
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return states
}

// groups is a content with a group of packages that differ in all that
// matters.
func groups() []*fest.Entry {
	group := func(id string, remark fest.Boolean, text string) *fest.Entry {
		g := &fest.SubstitutionGroup{ID: fest.ID(id), Code: fest.CS{Code: "00" + id, Display: "GRUPPE " + id}, RemarkRegardingSubstitution: remark}
		if text != "" {
			g.SubstitutionDescription = ptr(fest.Text(text))
		}
		return entry(fest.ClassSubstitutionGroup, g)
	}
	pack := func(id, group, amount, unit string, change ...func(*fest.Package)) *fest.Entry {
		p := &fest.Package{ID: ptr(fest.ID(id)), ItemNumber: fest.Number("0" + id), MarketingInformation: &fest.MarketingInformation{MarketingDate: ptr(fest.Date("2020-01-01"))}}
		p.NameFormStrength = fest.Text("Pakning " + id)
		p.PackageInformation = []fest.PackageInformation{{PackageSize: fest.Text(amount), Quantity: fest.Decimal(amount), PackageUnit: cv("7452", unit, unit)}}
		p.PackageSubstitutionGroup = &fest.PackageSubstitutionGroup{SubstitutionGroup: fest.Ref(group)}
		for _, f := range change {
			f(p)
		}
		return entry(fest.ClassPackage, p)
	}
	retail := func(kind, value string) func(*fest.Package) {
		return func(p *fest.Package) {
			p.Prices = append(p.Prices, fest.Price{PriceType: cv("7453", kind, "AUP"), Price: fest.MO{Value: value, Currency: "NOK"}})
		}
	}
	until := func(day fest.Date) func(*fest.Package) {
		return func(p *fest.Package) { p.PackageSubstitutionGroup.ValidUntilDate = &day }
	}
	withdrawn := func(day fest.Date) func(*fest.Package) {
		return func(p *fest.Package) { p.MarketingInformation.WithdrawalDate = &day }
	}
	ended := entry(fest.ClassSubstitutionGroup, &fest.SubstitutionGroup{ID: "ENDED", RemarkRegardingSubstitution: "false", ValidUntilDate: ptr(fest.Date("2026-09-09"))})
	return []*fest.Entry{
		group("FREE", "false", ""), group("LIMITED", "true", "Kun ved førstegangs forskrivning"), ended,
		pack("A", "FREE", "100", "stk", retail("4", "100")),
		pack("B", "FREE", "98", "stk", retail("4", "98")),                   // the same per unit
		pack("C", "FREE", "30", "stk", retail("4", "29.99")),                // the lowest
		pack("D", "FREE", "100", "stk"),                                     // no price
		pack("E", "FREE", "100", "ml", retail("4", "1")),                    // another unit
		pack("F", "FREE", "100", "stk", retail("4", "1"), retail("3", "2")), // below the purchase price
		pack("G", "FREE", "100", "stk", retail("4", "0.10"), withdrawn("2026-01-01")),
		pack("H", "FREE", "100", "stk", withdrawn("2026-08-01")), // selling out
		pack("I", "FREE", "100", "stk", until("2026-09-09")),
		pack("J", "FREE", "100", "stk", until("2026-09-08")),
		pack("K", "FREE", "100", "stk", func(p *fest.Package) { p.PackageSubstitutionGroup.ValidFromDate = ptr(fest.Date("2026-09-10")) }),
		pack("L", "FREE", "100", "stk", func(p *fest.Package) { p.MarketingInformation = nil }),
		pack("M", "LIMITED", "100", "stk"), pack("N", "LIMITED", "100", "stk"),
		pack("O", "GONE", "100", "stk"),
		pack("P", "FREE", "100", "stk", func(p *fest.Package) { p.PackageSubstitutionGroup = nil }),
		pack("Q", "ENDED", "100", "stk"), pack("R", "ENDED", "100", "stk"),
		entry(fest.ClassGeneric, &fest.Generic{ID: "GENERIC-1", Packages: []fest.Ref{"A", "B"}}),
		entry(fest.ClassGeneric, &fest.Generic{ID: "GENERIC-2", Packages: []fest.Ref{"C"}}),
	}
}

func TestSubstitution(t *testing.T) {
	snap := open(t, groups())
	type answered struct {
		state                             answer.SubstitutionState
		free, limited, gone, unsure, best []string
	}
	ask := func(day rules.Day, id string, rulesOff ...string) (answered, answer.Substitution) {
		t.Helper()
		r := answer.New(snap, day, off(t, rulesOff...))
		p, ok := r.Package(fest.Ref(id))
		if !ok {
			t.Fatal(id)
		}
		s := r.Substitution(p)
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		a := rewritten.Substitution(&s)
		return answered{s.State, a.Free, a.Limited, a.NotObtainable, a.Unsure, a.Lowest["stk NOK"]}, s
	}
	for _, test := range []struct {
		name, id string
		day      rules.Day
		off      []string
		want     answered
	}{
		{"the lowest per unit first, then other units, then no price (R99)", "A", today, nil,
			answered{"substitutable", []string{"C", "B", "E", "D", "F", "H", "L"}, nil, []string{"G"}, []string{"I"}, []string{"C"}}},
		{"the package itself may be the lowest", "C", today, nil,
			answered{"substitutable", []string{"A", "B", "E", "D", "F", "H", "L"}, nil, []string{"G"}, []string{"I"}, []string{"C"}}},
		{"another unit: its own first", "E", today, nil,
			answered{"substitutable", []string{"C", "A", "B", "D", "F", "H", "L"}, nil, []string{"G"}, []string{"I"}, []string{"C"}}},
		{"one that cannot be had can be substituted", "G", today, nil,
			answered{"substitutable", []string{"C", "A", "B", "E", "D", "F", "H", "L"}, nil, nil, []string{"I"}, []string{"C"}}},
		{"the remark limits (R96)", "M", today, nil, answered{state: "limited", limited: []string{"N"}}},
		{"no group stated (R95)", "P", today, nil, answered{state: "notStated"}},
		{"a group that the release has not (R145)", "O", today, nil, answered{state: "unknownGroup"}},
		{"its own until-date (R6)", "I", today, nil, answered{state: "over"}},
		{"its own until-date, R6 off", "I", today, []string{"R6"}, answered{state: "unsure"}},
		{"the day before its until-date", "I", "2026-09-08", nil,
			answered{"substitutable", []string{"C", "A", "B", "E", "D", "F", "H", "L"}, nil, []string{"G"}, []string{"J"}, []string{"C"}}},
		{"over (R94)", "J", today, nil, answered{state: "over"}},
		{"not yet (R2, R94)", "K", today, nil, answered{state: "notYet"}},
		{"the first day (R2)", "K", "2026-09-10", nil,
			answered{"substitutable", []string{"C", "A", "B", "E", "D", "F", "H", "L"}, nil, []string{"G"}, nil, []string{"C"}}},
		{"the group ends (R95)", "Q", today, nil, answered{state: "over"}},
		{"the group's last day", "Q", "2026-09-08", nil, answered{"substitutable", []string{"R"}, nil, nil, nil, nil}},
		{"R98 off: nobody is told apart", "A", today, []string{"R98"},
			answered{"substitutable", []string{"G", "C", "B", "E", "D", "F", "H", "L"}, nil, nil, []string{"I"}, []string{"G"}}},
		{"R99 off: by item number", "A", today, []string{"R99"},
			answered{"substitutable", []string{"B", "C", "D", "E", "F", "H", "L"}, nil, []string{"G"}, []string{"I"}, nil}},
	} {
		got, s := ask(test.day, test.id, test.off...)
		if d := cmp.Diff(test.want, got, cmp.AllowUnexported(answered{}), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, d)
		}
		if test.off != nil && !cmp.Equal(s.SwitchedOff, test.off) {
			t.Errorf("%s: switched off %v", test.name, s.SwitchedOff)
		}
	}

	_, s := ask(today, "A")
	if d := cmp.Diff(answer.Basis{Rules: []string{"R94", "R97", "R98", "R99", "R6"}, Inferred: []string{"R98", "R99", "R6"}}, s.Basis); d != "" {
		t.Errorf("basis: %s", d)
	}
	c := s.Free[0]
	if c.MaximumRetailPrice.PerUnit != "0.9997" || c.MaximumRetailPrice.Price.Value != "29.99" || c.Generics[0].ID != "GENERIC-2" || c.ItemNumber != "0C" {
		t.Errorf("C is %+v", c)
	}
	if s.Asked.Generics[0].ID != "GENERIC-1" || len(s.Free[3].Generics) != 0 {
		t.Error("R97: each member names its own generics")
	}
	if h := s.Free[5].Availability; s.Free[5].ID != "H" || h.State != rules.SellingOut || h.Until != "2026-11-01" {
		t.Errorf("H is %+v", h)
	}
	if l := s.Free[6].Availability; l.State != rules.NotStated || l.Dispensable.Value != rules.Unknown {
		t.Errorf("R28: not stated is not no: %+v", l)
	}
	if f := s.Free[4].MaximumRetailPrice; !f.Doubtful || f.PerUnit != "" {
		t.Errorf("R101: %+v", f)
	}
	_, s = ask(today, "A", "R98")
	if s.Asked.Availability != nil || s.Free[0].Availability != nil || s.NotObtainable != nil {
		t.Error("R98 is off: no availability")
	}
	_, s = ask(today, "A", "R99")
	if s.Lowest != nil || s.Free[1].MaximumRetailPrice.PerUnit != "" || s.Free[1].MaximumRetailPrice.Price == nil {
		t.Error("R99 is off: the price stays, nothing is reckoned")
	}
	if _, s = ask(today, "M"); s.Remark == nil || !s.Remark.Limits || s.Remark.Text != "Kun ved førstegangs forskrivning" || s.Free == nil || len(s.Free) > 0 {
		t.Errorf("R96: %+v", s)
	}
	if _, s = ask(today, "J"); s.Free != nil || s.NotObtainable != nil {
		t.Error("lists of a package without a place in a group are left out")
	}
}

// The reference and the answer, over the made-up groups on each of many days.
func TestSubstitutionOfMadeUpGroups(t *testing.T) {
	states := compareSubstitution(t, groups(), daysOf(groups()))
	for _, state := range []string{"substitutable", "limited", "notStated", "unknownGroup", "notYet", "over", "unsure"} {
		if states[state] == 0 {
			t.Errorf("nothing was %s", state)
		}
	}
}
