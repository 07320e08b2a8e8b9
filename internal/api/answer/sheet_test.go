package answer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
)

// sheetAnswer is a sheet in the reference's words.
type sheetAnswer struct {
	Validity, Reimbursed fest.Duration
	Own, Some            []string // conditions
	Notes, SomeNotes     []string
	Dosages              []string
	Prescribe, Dispense  string
	Codes, DispenseCodes []string
}

func sheetInWords(s *answer.Sheet) sheetAnswer {
	a := sheetAnswer{Validity: s.Validity.Duration, Prescribe: string(s.Prescribable.Value), Dispense: string(s.Dispensable.Value)}
	if w := s.Validity.WhenReimbursed; w != nil {
		a.Reimbursed = w.Duration
	}
	for _, list := range []struct {
		from []answer.SheetCondition
		to   *[]string
	}{{s.Conditions.Own, &a.Own}, {s.Conditions.OnSomeProducts, &a.Some}} {
		for _, c := range list.from {
			*list.to = append(*list.to, c.ID)
		}
	}
	for _, list := range []struct {
		from []answer.SheetNotification
		to   *[]string
	}{{s.Notifications.Own, &a.Notes}, {s.Notifications.OnSomeProducts, &a.SomeNotes}} {
		for _, n := range list.from {
			*list.to = append(*list.to, n.ID)
		}
	}
	for _, d := range s.Dosages {
		for _, k := range d.ShortDoses {
			for _, t := range k.Texts {
				if !slices.Contains(a.Dosages, t.Text) {
					a.Dosages = append(a.Dosages, t.Text)
				}
			}
		}
	}
	for _, g := range s.Reimbursement.Groups {
		for _, c := range g.Codes {
			a.add(g.ID+" "+strings.TrimPrefix(c.System, "urn:oid:")+" "+c.Code, &c.Prescribing, &c.Dispensing)
		}
		if g.RequiresCode != nil && !*g.RequiresCode {
			a.add(g.ID, g.Prescribing, g.Dispensing)
		}
	}
	for _, list := range [][]string{a.Own, a.Some, a.Notes, a.SomeNotes, a.Codes, a.DispenseCodes} {
		slices.Sort(list)
	}
	a.Codes, a.DispenseCodes = slices.Compact(a.Codes), slices.Compact(a.DispenseCodes)
	return a
}

func (a *sheetAnswer) add(name string, prescribe, dispense *answer.Holding) {
	if prescribe.State == answer.HoldingState(rules.Valid) {
		a.Codes = append(a.Codes, name)
	}
	if dispense.State == answer.HoldingState(rules.Valid) {
		a.DispenseCodes = append(a.DispenseCodes, name)
	}
}

func sheetByReference(s *reference.Sheet, object any, day, audience, sex string) sheetAnswer {
	text := func(refs []fest.Ref) (out []string) {
		for _, r := range refs {
			out = append(out, string(r))
		}
		return out
	}
	own, some := s.Conditions(object)
	a := sheetAnswer{Validity: s.Validity(object, sex), Reimbursed: s.Reimbursed(object), Own: text(own), Some: text(some), Dosages: s.Dosages(object)}
	a.Notes, a.SomeNotes = s.Notifications(object, day, audience)
	a.Prescribe, a.Dispense = s.Prescribable(object, day)
	a.Codes, a.DispenseCodes = s.Codes(object, day)
	return a
}

// sheetResources are what has sheets.
var sheetResources = []fest.Resource{fest.ResourceGenerics, fest.ResourcePackages, fest.ResourceDrugs}

func compareSheets(t *testing.T, entries []*fest.Entry, days []rules.Day, every int) map[string]int {
	t.Helper()
	snap, ref := open(t, entries), reference.NewSheet(reference.NewRegister(entries))
	seen := map[string]int{}
	ask := []struct{ audience, sex string }{{"", ""}, {"1", "1"}, {"4", "2"}, {"5", "9"}}
	n := 0
	for _, day := range days {
		r := answer.New(snap, day, rules.Set{})
		for _, e := range entries {
			items := e.Items()
			if len(items) != 1 || !slices.Contains(sheetResources, items[0].Resource) {
				continue
			}
			if n++; n%every != 0 {
				continue
			}
			i, ok := r.Find(items[0].Resource, items[0].Key)
			if !ok {
				t.Fatalf("no %s", items[0].Key)
			}
			q := ask[n/every%len(ask)]
			s, ok := r.Sheet(i, answer.SheetQuestion{Audience: q.audience, Sex: rules.Sex(strings.Trim(q.sex, "9"))})
			if !ok {
				t.Fatalf("%s has no sheet", items[0].Key)
			}
			want, got := sheetByReference(ref, e.Object, string(day), q.audience, q.sex), sheetInWords(&s)
			if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("%s (%s) on %s for %+v, -reference +answer:\n%s", items[0].Key, s.NameFormStrength, day, q, d)
			}
			noteSheet(seen, &got)
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return seen
}

// noteSheet notes what a comparison has seen, so that it cannot pass for want of
// something to compare.
func noteSheet(seen map[string]int, a *sheetAnswer) {
	for what, yes := range map[string]bool{
		"validity": a.Validity != "", "type 28": a.Reimbursed != "", "condition": len(a.Own) > 0, "condition on some": len(a.Some) > 0,
		"notification": len(a.Notes) > 0, "notification on some": len(a.SomeNotes) > 0, "dosage": len(a.Dosages) > 0, "code": len(a.Codes) > 0,
		"dispense only": len(a.DispenseCodes) > len(a.Codes), "prescribable " + a.Prescribe: true, "dispensable " + a.Dispense: true,
	} {
		if yes {
			seen[what]++
		}
	}
}

// Every generic, package and drug of the extracts and of the sample, as the
// slow reading of the rules says, on the days on which something changes.
func TestSheetIsTheReferences(t *testing.T) {
	for name, entries := range contents {
		t.Run(name, func(t *testing.T) {
			all := entries(t)
			days := sheetDays(all)
			every := 1
			if len(all) > 400 {
				every = 3 // each on some of the days
			}
			seen := compareSheets(t, all, days, every)
			if name != "small sample" {
				return
			}
			for _, what := range []string{
				"validity", "type 28", "condition", "condition on some", "notification", "notification on some", "dosage", "code", "dispense only",
				"prescribable yes", "prescribable no", "dispensable yes", "dispensable no",
			} {
				if seen[what] == 0 {
					t.Errorf("nothing with %s was compared: %v", what, seen)
				}
			}
		})
	}
}

// sheetDays are days around those on which a package, a reimbursement or a
// notification begins or ends: a handful.
func sheetDays(entries []*fest.Entry) []rules.Day {
	days := map[rules.Day]bool{today: true}
	kept := []rules.Day{today} // one on which something may be dispensed and not prescribed, too
	around := func(dates ...*fest.Date) {
		for _, d := range dates {
			if d != nil {
				days[shifted(*d, 0)], days[shifted(*d, 1)] = true, true
			}
		}
	}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Package:
			if m := o.MarketingInformation; m != nil {
				around(m.WithdrawalDate, m.TemporarilyDiscontinuedDate)
			}
			for i := range o.Reimbursements {
				if until := o.Reimbursements[i].PrescribeUntilDate; until != nil && len(kept) == 1 {
					kept = append(kept, shifted(*until, 1))
				}
				around(o.Reimbursements[i].PrescribeUntilDate, o.Reimbursements[i].DispenseUntilDate)
			}
		case *fest.Notification:
			around(&o.FromDate)
		}
	}
	out := make([]rules.Day, 0, len(days))
	for d := range days {
		out = append(out, d)
	}
	slices.Sort(out)
	const most = 12
	if len(out) > most {
		for i := range most - len(kept) {
			out[i] = out[i*len(out)/(most-len(kept))]
		}
		out = append(out[:most-len(kept)], kept...)
	}
	return out
}
