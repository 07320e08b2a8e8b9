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
	"github.com/festd/festd/internal/reference/rewritten"
	"github.com/festd/festd/internal/rules"
)

// reimbursementDays are days on which something of the entries' reimbursement
// begins or ends, or is close to it.
func reimbursementDays(entries []*fest.Entry, most int) []rules.Day {
	days := map[rules.Day]bool{}
	around := func(dates ...*fest.Date) {
		for _, d := range dates {
			if d != nil && *d != "" {
				for _, n := range []int{-1, 0, 1} {
					days[shifted(*d, n)] = true
				}
			}
		}
	}
	links := func(list []fest.ProductReimbursement) {
		for i := range list {
			around(&list[i].ValidFromDate, list[i].PrescribeUntilDate, list[i].DispenseUntilDate)
		}
	}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Package:
			links(o.Reimbursements)
		case *fest.Generic:
			links(o.Reimbursements)
		case *fest.Reimbursement:
			for i := range o.ReimbursementGroups {
				for _, c := range o.ReimbursementGroups[i].ReimbursementCodes {
					around(&c.ValidFromDate, c.PrescribeUntilDate, c.DispenseUntilDate)
					for k := range c.ReimbursementConditions {
						around(c.ReimbursementConditions[k].ToDate)
					}
				}
			}
		}
	}
	out := []rules.Day{}
	for d := range days {
		out = append(out, d)
	}
	slices.Sort(out)
	if len(out) > most { // evenly
		for i := range most {
			out[i] = out[i*len(out)/most]
		}
		out = out[:most]
	}
	return append(out, today)
}

// Every product of the extracts with all that its links lead to, as the slow
// reading of the rules says, on days on which something changes.
func TestReimbursementIsTheReferences(t *testing.T) {
	for name, make := range contents {
		t.Run(name, func(t *testing.T) {
			entries := make(t)
			compareReimbursement(t, entries, reimbursementDays(entries, 4))
		})
	}
}

func compareReimbursement(t *testing.T, entries []*fest.Entry, days []rules.Day) map[string]int {
	t.Helper()
	snap := open(t, entries)
	ref := reference.NewRegister(entries)
	states := map[string]int{}
	for _, day := range days {
		r := answer.New(snap, day, rules.Set{})
		for _, e := range entries {
			links, commodity := reference.Links(e)
			var ask func() answer.Reimbursement
			for _, it := range e.Items() {
				i, ok := r.Find(it.Resource, it.Key)
				if !ok {
					t.Fatalf("no %s %s", it.Resource, it.Key)
				}
				if other := r.Entry(i); other.EntryID != e.EntryID { // of one key
					continue
				}
				switch o := r.Object(i).(type) {
				case *fest.Package:
					ask = func() answer.Reimbursement { return r.PackageReimbursement(o, "") }
				case *fest.Generic:
					ask = func() answer.Reimbursement { return r.GenericReimbursement(o, "") }
				case *fest.BreastProsthesis, *fest.MedicalConsumable, *fest.Nutrient:
					c, _ := r.Commodity(it.Key)
					ask = func() answer.Reimbursement { return r.CommodityReimbursement(c, "") }
				}
			}
			if ask == nil {
				continue
			}
			got := ask()
			want := ref.Reimbursed(links, !commodity, string(day))
			states[want.State]++
			if d := cmp.Diff(want, rewritten.Reimbursement(&got), cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("%s on %s, -reference +answer:\n%s", got.Subject.Display, day, d)
			}
			if stated := len(want.Prescribable) > 0; stated != (got.Statement == "") {
				t.Fatalf("%s on %s: R84: %q", got.Subject.Display, day, got.Statement)
			}
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return states
}

// Every ATC code that a group has, and those above it, as the reference says.
func TestATCReimbursementIsTheReferences(t *testing.T) {
	for name, make := range contents {
		t.Run(name, func(t *testing.T) {
			entries := make(t)
			snap, ref := open(t, entries), reference.NewRegister(entries)
			codes := []string{"N02BE01", "X", "WITHOUT"}
			for _, e := range entries {
				of, _ := e.Object.(*fest.Reimbursement)
				if of == nil {
					continue
				}
				for i := range of.ReimbursementGroups {
					if atc := of.ReimbursementGroups[i].Atc; atc != nil {
						for n := 1; n <= len(atc.Code); n++ {
							codes = append(codes, atc.Code[:n])
						}
					}
				}
			}
			slices.Sort(codes)
			for _, day := range reimbursementDays(entries, 3) {
				for _, code := range slices.Compact(codes) {
					if code == "" || rules.ATCLevel(code) == 0 && code != "WITHOUT" {
						continue
					}
					r := answer.New(snap, day, rules.Set{})
					got := r.ATCReimbursement(code, "")
					want := ref.GroupsOfATC(code, string(day))
					if rules.ATCLevel(code) <= 2 { // the many groups of these are listed alone
						for id, g := range want {
							g.Codes, g.Conditions = nil, nil
							want[id] = g
						}
					}
					if d := cmp.Diff(want, rewritten.Groups(got.Groups, got.Mixtures), cmpopts.EquateEmpty()); d != "" {
						t.Fatalf("%s on %s, -reference +answer:\n%s", code, day, d)
					}
				}
			}
		})
	}
}

// Every diagnosis code, as the reference says.
func TestDiagnosisReimbursementIsTheReferences(t *testing.T) {
	for name, make := range contents {
		t.Run(name, func(t *testing.T) {
			entries := make(t)
			snap, ref := open(t, entries), reference.NewRegister(entries)
			type question struct {
				classification, code string
			}
			asked := map[question]bool{{answer.ICPC2, "NONE"}: true, {answer.ICD10, "NONE"}: true}
			for _, e := range entries {
				of, _ := e.Object.(*fest.Reimbursement)
				if of == nil {
					continue
				}
				for i := range of.ReimbursementGroups {
					for _, c := range of.ReimbursementGroups[i].ReimbursementCodes {
						// In both: the same text in the other is another code.
						asked[question{answer.ICPC2, c.Code.Code}], asked[question{answer.ICD10, c.Code.Code}] = true, true
						asked[question{answer.ICD10, strings.ReplaceAll(c.Code.Code, ".", "")}] = true
					}
				}
			}
			for _, day := range reimbursementDays(entries, 1) {
				for q := range asked {
					r := answer.New(snap, day, rules.Set{})
					got := r.DiagnosisReimbursement(q.classification, q.code, "", true)
					if err := r.Err(); err != nil {
						t.Fatal(err)
					}
					want := ref.Diagnosed(q.classification == answer.ICPC2, q.code, string(day))
					if d := cmp.Diff(want, rewritten.Diagnosis(&got), cmpopts.EquateEmpty()); d != "" {
						t.Fatalf("%s %s on %s, -reference +answer:\n%s", q.classification, q.code, day, d)
					}
				}
			}
		})
	}
}
