package answer_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

func lineOf(l answer.Line) answer.PrescriptionLine { return answer.PrescriptionLine{Line: l} }

// Each line is answered in its place, with a state of its own.
func TestPrescriptionLinesHaveTheirOwnStates(t *testing.T) {
	w := newWard()
	w.condition("C", "60", "5")
	w.packages[0].MarketingInformation.DiscontinuedItemNumber = ptr(fest.Number("099999"))
	w.packages[0].BarCodes = []fest.Number{"7046261234565"}
	twin := *w.packages[1]
	twin.ID, twin.ItemNumber = ptr(fest.ID("P3")), "012341"
	w.add(fest.ClassPackage, &twin)
	w.add(fest.ClassNutrient, &fest.Nutrient{Commodity: fest.Commodity{ItemNumber: "900001", Name: "Drikk"}})
	r := register(t, w.entries())
	q := &answer.PrescriptionQuestion{KnownSince: "2026-08-01T03:00:00", Lines: []answer.PrescriptionLine{
		lineOf(answer.Line{ID: "G"}), lineOf(answer.Line{ItemNumber: "099999"}), lineOf(answer.Line{GTIN: "07046261234565"}), lineOf(answer.Line{ItemNumber: "012341"}),
		lineOf(answer.Line{ItemNumber: "900001"}), lineOf(answer.Line{ID: "C"}), lineOf(answer.Line{ID: "NOTHING"}),
		{Problem: &answer.LineProblem{Pointer: "/lines/7", Detail: "wrong"}}, {Line: answer.Line{ID: "D1"}, Day: "2019-12-31"}, lineOf(answer.Line{ID: "D1"}),
	}}
	c := r.CheckPrescriptions(q)
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	var got []string
	for i := range c.Lines {
		l := &c.Lines[i]
		line := string(l.State)
		if l.TakenAs != nil {
			line += " " + l.TakenAs.ID
		}
		if l.Facts != nil {
			line += " " + string(l.Facts.Prescribable.Value)
		}
		got = append(got, line)
		if l.Line != i {
			t.Errorf("line %d says that it is %d", i, l.Line)
		}
	}
	want := []string{"found G yes", "found P1 yes", "found P1 yes", "several", "found 900001", "noMedicine C", "unknown", "invalid", "found D1 no", "found D1 yes"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if l := c.Lines[1]; !l.OutgoingItemNumber || c.Lines[2].OutgoingItemNumber || len(l.Generics) != 1 {
		t.Errorf("R18, R59: %+v", l)
	}
	if n := len(c.Lines[3].Choices); n != 2 {
		t.Errorf("R21: %d choices", n)
	}
	if o := c.Lines[4].Commodity; o == nil || o.Prescribable.Reason != "single-item" || o.Reimbursement.State != answer.ReimbursementNoneStated {
		t.Errorf("R131: %+v", o)
	}
	if c.Lines[6].KnownSince != q.KnownSince || c.Lines[7].Error == nil || c.Lines[7].Date != "" {
		t.Errorf("R26: %+v %+v", c.Lines[6], c.Lines[7])
	}
	if a, b := c.Lines[8], c.Lines[9]; a.Date != "2019-12-31" || a.Facts.Prescribable.Reason != "no-package-prescribable" || b.Date != today {
		t.Errorf("each of its own day: %+v %+v", a, b)
	}
	if c.Counts[answer.LineFound] != 6 || c.Counts[answer.LineUnknown] != 1 {
		t.Errorf("%v", c.Counts)
	}
	// Lines of one thing on one day share what was found.
	if c.Lines[1].Facts != c.Lines[2].Facts || c.Lines[8].Facts == c.Lines[9].Facts {
		t.Error("what was found is not shared, or shared over days")
	}
}

// What a check says of a thing is what its sheet says.
func TestPrescriptionCheckIsTheSheets(t *testing.T) {
	for name, entries := range contents {
		t.Run(name, func(t *testing.T) {
			r := register(t, entries(t))
			var q answer.PrescriptionQuestion
			q.Audience = "1"
			var sheets []answer.Sheet
			for _, res := range sheetResources {
				page, _ := r.Snapshot().List(res, nil, 0, 1<<30)
				for k, i := range page.Items {
					if k%4 != 0 {
						continue
					}
					s, ok := r.Sheet(i, answer.SheetQuestion{Audience: "1"})
					if !ok {
						t.Fatalf("no sheet of %s", r.Snapshot().Item(i).Key)
					}
					sheets = append(sheets, s)
					q.Lines = append(q.Lines, lineOf(answer.Line{ID: s.Subject.ID}))
				}
			}
			other := answer.New(r.Snapshot(), today, rules.Set{})
			c := other.CheckPrescriptions(&q)
			if r.Err() != nil || other.Err() != nil || len(c.Lines) != len(sheets) || len(sheets) == 0 {
				t.Fatalf("%d lines, %d sheets: %v %v", len(c.Lines), len(sheets), r.Err(), other.Err())
			}
			for i := range c.Lines {
				if d := cmp.Diff(&sheets[i].SheetFacts, c.Lines[i].Facts); d != "" {
					t.Fatalf("%s, -sheet +check:\n%s", sheets[i].Subject.ID, d)
				}
			}
		})
	}
}

// What is gone says since when, and what may be prescribed in its place: what
// FEST names first, then what is closest, of each what can be had first.
func TestR18R19R25SuccessorsOfWhatIsGone(t *testing.T) {
	w := newWard()
	pack := func(id, number, drug string, change func(*fest.Package)) {
		p := *w.packages[0]
		p.ID, p.ItemNumber = ptr(fest.ID(id)), fest.Number(number)
		p.PackageInformation = []fest.PackageInformation{{Drug: fest.Ref(drug), PackageSize: "98", Quantity: "98", PackageUnit: cv("7452", "stk", "stykk")}}
		if change != nil {
			change(&p)
		}
		w.add(fest.ClassPackage, &p)
	}
	pack("P-SOON", "012350", "D1", func(p *fest.Package) {
		p.MarketingInformation = &fest.MarketingInformation{MarketingDate: ptr(fest.Date("2027-01-01"))}
	})
	pack("P-NOW", "012351", "D1", nil)
	group := &fest.SubstitutionGroup{ID: "SG", Code: fest.CS{Code: "000001"}, RemarkRegardingSubstitution: "false"}
	w.add(fest.ClassSubstitutionGroup, group)
	place := &fest.PackageSubstitutionGroup{SubstitutionGroup: "SG"}
	w.packages[0].PackageSubstitutionGroup, w.packages[1].PackageSubstitutionGroup = place, place
	before := w.entries()
	after := slices.DeleteFunc(slices.Clone(before), func(e *fest.Entry) bool { return e.ObjectID() == "P1" })
	was, is := open(t, before), open(t, after).WithRelease(fest.Release{Serial: 2, Stream: "test", Content: fest.Content{Document: fest.Document{RetrievalDate: "2026-09-22T03:09:06"}}})
	t.Cleanup(is.Close)
	data, err := cache.Leaving(t.Context(), was, is)
	if err != nil {
		t.Fatal(err)
	}
	graves, err := cache.OpenGraveyard([]cache.RemovedSet{{Serial: 2, RetrievalDate: "2026-09-22T03:09:06", Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	is.SetRemoved(graves)
	r := answer.New(is, today, rules.Set{})
	c := r.CheckPrescriptions(&answer.PrescriptionQuestion{Lines: []answer.PrescriptionLine{lineOf(answer.Line{ID: "P1"}), lineOf(answer.Line{ItemNumber: "012341"})}})
	for i := range c.Lines {
		l := &c.Lines[i]
		if l.State != answer.LineRemoved || l.Facts != nil || l.Removed == nil || l.Removed.RemovedIn.RetrievalDate != "2026-09-22T03:09:06" {
			t.Fatalf("R25: line %d: %+v", i, l)
		}
		var got []string
		for _, s := range l.Successors {
			got = append(got, fmt.Sprintf("%d %s %s %s", s.Rank, s.ID, s.Reason, s.Prescribable))
		}
		want := []string{"1 P-NOW same-drug yes", "2 P-SOON same-drug no", "3 P2 same-substitution-group yes", "4 G same-generic yes"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("line %d -want +got:\n%s", i, d)
		}
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
}
