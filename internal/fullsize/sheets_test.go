//go:build !race

package fullsize_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/sample"
)

// sheetEntries are what sheets are about, and all that bears on them.
func sheetEntries(entries []*fest.Entry) (asked, all []*fest.Entry) {
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Generic, *fest.Package, *fest.Drug:
			asked, all = append(asked, e), append(all, e)
		case *fest.Condition, *fest.Notification, *fest.Reimbursement, *fest.ShortDose:
			all = append(all, e)
		case *fest.CodeSystem:
			if list := answer.ListOf(string(o.Info.OID)); list == "7478" || list == "7480" {
				all = append(all, e)
			}
		}
	}
	return asked, all
}

// sheetFacts are what a sheet and the reference both say.
type sheetFacts struct {
	Validity, Reimbursed fest.Duration
	Prescribe, Dispense  string
	Own, Some, Notes     []string
	Dosages              []string
}

func TestSheetsAtFullSize(t *testing.T) {
	snap, entries := full()
	asked, all := sheetEntries(entries)
	ref := reference.NewSheet(all)
	rnd := rand.New(rand.NewPCG(1, 105))
	until, n := time.Now().Add(answersTime), 0
	for ; n < answersMost && time.Now().Before(until); n++ {
		e := asked[rnd.IntN(len(asked))]
		day := sample.DefaultRetrieved().AddDate(0, 0, rnd.IntN(800)-400).Format("2006-01-02")
		sex := []string{"", "1", "2"}[rnd.IntN(3)]
		r := answer.New(snap, rules.Day(day), rules.Set{})
		item := e.Items()[0]
		i, ok := r.Find(item.Resource, item.Key)
		if !ok {
			t.Fatalf("no %s", item.Key)
		}
		s, ok := r.Sheet(i, answer.SheetQuestion{Sex: rules.Sex(sex)})
		if !ok || r.Err() != nil {
			t.Fatalf("%s has no sheet: %v", item.Key, r.Err())
		}
		want := sheetFacts{Validity: ref.Validity(e.Object, sex), Reimbursed: ref.Reimbursed(e.Object), Dosages: ref.Dosages(e.Object)}
		want.Prescribe, want.Dispense = ref.Prescribable(e.Object, day)
		want.Notes, _ = ref.Notifications(e.Object, day, "")
		own, some := ref.Conditions(e.Object)
		for _, id := range own {
			want.Own = append(want.Own, string(id))
		}
		for _, id := range some {
			want.Some = append(want.Some, string(id))
		}
		if d := cmp.Diff(want, factsOf(&s), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%s on %s, -reference +answer:\n%s", item.Key, day, d)
		}
	}
	t.Logf("%d sheets", n)
	if n < 50 {
		t.Errorf("only %d sheets were asked", n)
	}
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
	for _, d := range s.Dosages {
		for _, k := range d.ShortDoses {
			for _, text := range k.Texts {
				if !slices.Contains(f.Dosages, text.Text) {
					f.Dosages = append(f.Dosages, text.Text)
				}
			}
		}
	}
	for _, list := range [][]string{f.Own, f.Some, f.Notes} {
		slices.Sort(list)
	}
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
