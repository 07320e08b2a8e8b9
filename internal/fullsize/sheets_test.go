//go:build !race

package fullsize_test

import (
	"encoding/json"
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

// sheetFacts are what a sheet and the reference both say.
type sheetFacts struct {
	Validity, Reimbursed fest.Duration
	Prescribe, Dispense  string
	Own, Some            []string // conditions
	Notes, SomeNotes     []string
	Dosages              []string
	Codes, DispenseCodes []string
}

// equal is faster than a comparison that says what differs.
func (f *sheetFacts) equal(o *sheetFacts) bool {
	return f.Validity == o.Validity && f.Reimbursed == o.Reimbursed && f.Prescribe == o.Prescribe && f.Dispense == o.Dispense &&
		slices.Equal(f.Own, o.Own) && slices.Equal(f.Some, o.Some) && slices.Equal(f.Notes, o.Notes) && slices.Equal(f.SomeNotes, o.SomeNotes) &&
		slices.Equal(f.Dosages, o.Dosages) && slices.Equal(f.Codes, o.Codes) && slices.Equal(f.DispenseCodes, o.DispenseCodes)
}

// Sheets of generics, packages and drugs, for any audience and sex.
func TestSheetsAtFullSize(t *testing.T) {
	t.Parallel()
	_, entries := full()
	var about []*fest.Entry
	for _, e := range entries {
		switch e.Object.(type) {
		case *fest.Generic, *fest.Package, *fest.Drug:
			about = append(about, e)
		}
	}
	ref, rnd := reference.NewSheet(release()), rand.New(rand.NewPCG(1, 126))
	q := questions[*fest.Entry]{kind: "sheets", seed: 105, about: about, days: boundaries}
	q.ask(t, func(r *answer.Register, e *fest.Entry, day string) (compared, full int) {
		sex, audience := []string{"", "1", "2"}[rnd.IntN(3)], []string{"", "1", "4", "5"}[rnd.IntN(4)]
		item := e.Items()[0]
		i, ok := r.Find(item.Resource, item.Key)
		if !ok {
			t.Fatalf("no %s", item.Key)
		}
		s, ok := r.Sheet(i, answer.SheetQuestion{Audience: audience, Sex: rules.Sex(sex)})
		if !ok {
			t.Fatalf("%s has no sheet", item.Key)
		}
		want, got := factsBy(ref, e.Object, day, audience, sex), factsOf(&s)
		if !want.equal(&got) {
			t.Fatalf("%s on %s for %q, %q, -reference +answer:\n%s", item.Key, day, audience, sex, cmp.Diff(want, got, cmpopts.EquateEmpty()))
		}
		if got.Validity != "" || len(got.Own)+len(got.Notes)+len(got.Dosages)+len(got.DispenseCodes) > 0 {
			full = 1
		}
		return 1, full
	})
}

func factsBy(s *reference.Sheet, object any, day, audience, sex string) sheetFacts {
	f := sheetFacts{Validity: s.Validity(object, sex), Reimbursed: s.Reimbursed(object), Dosages: s.Dosages(object)}
	f.Prescribe, f.Dispense = s.Prescribable(object, day)
	f.Notes, f.SomeNotes = s.Notifications(object, day, audience)
	f.Codes, f.DispenseCodes = s.Codes(object, day)
	own, some := s.Conditions(object)
	for _, id := range own {
		f.Own = append(f.Own, string(id))
	}
	for _, id := range some {
		f.Some = append(f.Some, string(id))
	}
	return f
}

func factsOf(s *answer.Sheet) sheetFacts {
	f := sheetFacts{Validity: s.Validity.Duration, Prescribe: string(s.Prescribable.Value), Dispense: string(s.Dispensable.Value)}
	if w := s.Validity.WhenReimbursed; w != nil {
		f.Reimbursed = w.Duration
	}
	for _, c := range s.Conditions.Own {
		f.Own = append(f.Own, c.ID)
	}
	for _, c := range s.Conditions.OnSomeProducts {
		f.Some = append(f.Some, c.ID)
	}
	for _, n := range s.Notifications.Own {
		f.Notes = append(f.Notes, n.ID)
	}
	for _, n := range s.Notifications.OnSomeProducts {
		f.SomeNotes = append(f.SomeNotes, n.ID)
	}
	for _, d := range s.Dosages {
		for _, k := range d.ShortDoses {
			for _, text := range k.Texts {
				if !slices.Contains(f.Dosages, text.Text) {
					f.Dosages = append(f.Dosages, text.Text)
				}
			}
		}
	}
	for _, g := range s.Reimbursement.Groups {
		add := func(name string, prescribe, dispense *answer.Holding) {
			if prescribe.State == answer.HoldingState(rules.Valid) {
				f.Codes = append(f.Codes, name)
			}
			if dispense.State == answer.HoldingState(rules.Valid) {
				f.DispenseCodes = append(f.DispenseCodes, name)
			}
		}
		for i := range g.Codes {
			c := &g.Codes[i]
			add(g.ID+" "+strings.TrimPrefix(c.System, "urn:oid:")+" "+c.Code, &c.Prescribing, &c.Dispensing)
		}
		if g.RequiresCode != nil && !*g.RequiresCode {
			add(g.ID, g.Prescribing, g.Dispensing)
		}
	}
	for _, list := range [][]string{f.Own, f.Some, f.Notes, f.SomeNotes, f.Codes, f.DispenseCodes} {
		slices.Sort(list)
	}
	f.Codes, f.DispenseCodes = slices.Compact(f.Codes), slices.Compact(f.DispenseCodes)
	return f
}

// prescriptions are as many lines as a check takes: packages by number, of a
// list of patients that have some in common.
func prescriptions(entries []*fest.Entry, lines, different int) *answer.PrescriptionQuestion {
	rnd := rand.New(rand.NewPCG(1, 7))
	var packages []*fest.Package
	for _, e := range entries {
		if p, ok := e.Object.(*fest.Package); ok {
			packages = append(packages, p)
		}
	}
	chosen := make([]*fest.Package, different)
	for i := range chosen {
		chosen[i] = packages[rnd.IntN(len(packages))]
	}
	q := &answer.PrescriptionQuestion{Lines: make([]answer.PrescriptionLine, lines)}
	for i := range q.Lines {
		q.Lines[i].ItemNumber = string(chosen[i%different].ItemNumber)
	}
	return q
}

// A whole check is answered well within the time of a request.
func TestPrescriptionCheckAtFullSize(t *testing.T) {
	snap, entries := full()
	for _, different := range []int{100, 500} {
		q := prescriptions(entries, 500, different)
		start := time.Now()
		r := answer.New(snap, "2026-09-09", rules.Set{})
		c := r.CheckPrescriptions(q)
		took := time.Since(start)
		if r.Err() != nil || len(c.Lines) != 500 {
			t.Fatalf("%d lines, %v", len(c.Lines), r.Err())
		}
		for i := range c.Lines {
			if l := &c.Lines[i]; l.State == answer.LineUnknown || l.State == answer.LineInvalid || l.State == answer.LineFound && l.Facts == nil {
				t.Fatalf("line %d: %s", i, l.State)
			}
		}
		t.Logf("500 lines of %d packages: %v", different, took)
		if took > 2*time.Second {
			t.Errorf("500 lines of %d packages took %v", different, took)
		}
	}
}

func BenchmarkPrescriptionCheck500(b *testing.B) {
	snap, entries := full()
	for name, different := range map[string]int{"100 packages": 100, "500 packages": 500} {
		q := prescriptions(entries, 500, different)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				answer.New(snap, "2026-09-09", rules.Set{}).CheckPrescriptions(q)
			}
		})
		b.Run(name+", as JSON", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out, err := json.Marshal(answer.New(snap, "2026-09-09", rules.Set{}).CheckPrescriptions(q))
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(out)))
			}
		})
	}
}
