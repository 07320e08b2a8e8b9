//go:build !race

package fullsize_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/sample"
)

// The answers at full size, compared with the reference: as many random
// questions as fit into the time, at most a million, from a fixed seed.
const answersMost = 1_000_000

// answersTime is for each kind of question; make reference gives more.
var answersTime = func() time.Duration {
	text := os.Getenv("FESTD_REFERENCE_TIME")
	if text == "" {
		return 8 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		panic("FESTD_REFERENCE_TIME=" + text + ": want a duration, such as 10m")
	}
	return d
}()

// full is the content of full size, and its entries.
var full = sync.OnceValues(func() (*cache.Snapshot, []*fest.Entry) {
	b := cache.NewBuilder(cache.Options{Sample: true, InMemory: true})
	defer b.Discard()
	c := fest.Content{Counts: fest.Counts{}}
	var entries []*fest.Entry
	for e := range sample.Full(1).Entries() {
		p, err := b.Prepare(e)
		if err == nil {
			err = b.Add(p, len(entries))
		}
		if err != nil {
			panic(err)
		}
		c.Counts.Add(e)
		entries = append(entries, e)
	}
	var buf bytes.Buffer
	if err := b.Finish(context.Background(), c, &buf); err != nil {
		panic(err)
	}
	s, err := cache.OpenBytes(buf.Bytes(), fest.Release{Serial: 1, Content: c}, noXML{})
	if err != nil {
		panic(err)
	}
	return s, entries
})

func TestSubstitutionAtFullSize(t *testing.T) {
	snap, entries := full()
	// What the reference looks at: the rest would only take its time.
	var few, packages []*fest.Entry
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Package:
			few = append(few, e)
			if o.PackageSubstitutionGroup != nil {
				packages = append(packages, e)
			}
		case *fest.SubstitutionGroup:
			few = append(few, e)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 94))
	until, n := time.Now().Add(answersTime), 0
	for ; n < answersMost && time.Now().Before(until); n++ {
		e := packages[rnd.IntN(len(packages))]
		day := sample.DefaultRetrieved().AddDate(0, 0, rnd.IntN(800)-400).Format("2006-01-02")
		r := answer.New(snap, rules.Day(day), rules.Set{})
		p, ok := r.Package(fest.Ref(e.Items()[0].Key))
		if !ok {
			t.Fatalf("no package %s", e.EntryID)
		}
		s := r.Substitution(p)
		want := reference.Substitutes(few, e, day)
		if want.State == "unsure" {
			want.State = "over"
		}
		got := reference.Substitution{State: string(s.State), Free: idsOf(s.Free), Limited: idsOf(s.Limited), NotObtainable: idsOf(s.NotObtainable)}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(want, "Remark", "Unsure", "Lowest")); d != "" {
			t.Fatalf("%s on %s, -reference +answer:\n%s", e.EntryID, day, d)
		}
		var lowest, reckoned []string
		for _, l := range s.Lowest {
			for _, ref := range l.Packages {
				reckoned = append(reckoned, ref.ID)
			}
		}
		for _, ids := range want.Lowest {
			lowest = append(lowest, ids...)
		}
		slices.Sort(lowest)
		slices.Sort(reckoned)
		if !slices.Equal(lowest, reckoned) {
			t.Fatalf("%s on %s: lowest %v, want %v", e.EntryID, day, reckoned, lowest)
		}
	}
	t.Logf("%d questions", n)
	if n < 100 {
		t.Errorf("only %d questions were asked", n)
	}
}

func TestReimbursementAtFullSize(t *testing.T) {
	snap, entries := full()
	var groups, products []*fest.Entry
	for _, e := range entries {
		switch e.Object.(type) {
		case *fest.Reimbursement:
			groups = append(groups, e)
		case *fest.Package, *fest.Generic:
			products = append(products, e)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 80))
	until, n := time.Now().Add(answersTime), 0
	for ; n < answersMost && time.Now().Before(until); n++ {
		e := products[rnd.IntN(len(products))]
		day := sample.DefaultRetrieved().AddDate(0, 0, rnd.IntN(800)-400).Format("2006-01-02")
		r := answer.New(snap, rules.Day(day), rules.Set{})
		var got answer.Reimbursement
		var links []fest.ProductReimbursement
		switch o := e.Object.(type) {
		case *fest.Package:
			p, _ := r.Package(fest.Ref(e.Items()[0].Key))
			got, links = r.PackageReimbursement(p, ""), o.Reimbursements
		case *fest.Generic:
			g, _ := r.Generic(fest.Ref(o.ID))
			got, links = r.GenericReimbursement(g, ""), o.Reimbursements
		}
		want := reference.Reimbursed(groups, links, true, day)
		kinds := []string{}
		for _, k := range got.Prescribable {
			kinds = append(kinds, string(k))
		}
		if want.State != string(got.State) || !slices.Equal(want.Prescribable, kinds) || len(want.Groups) != len(got.Groups) {
			t.Fatalf("%s on %s: %s by %v, %d groups; want %s by %v, %d", e.EntryID, day, got.State, kinds, len(got.Groups), want.State, want.Prescribable, len(want.Groups))
		}
		for _, g := range got.Groups {
			prescribing, dispensing := want.Groups[g.ID].Prescribe.State, want.Groups[g.ID].Dispense.State
			if string(g.Prescribing.State) != prescribing || string(g.Dispensing.State) != dispensing || len(g.Codes) != len(want.Groups[g.ID].Codes) {
				t.Fatalf("%s on %s, group %s: %+v, %+v; want %s, %s", e.EntryID, day, g.ID, g.Prescribing, g.Dispensing, prescribing, dispensing)
			}
		}
	}
	t.Logf("%d questions", n)
	if n < 100 {
		t.Errorf("only %d questions were asked", n)
	}
}

func idsOf(list []answer.SubstitutionMember) (out []string) {
	for _, m := range list {
		out = append(out, m.ID)
	}
	return out
}

// noXML stands in for the source: no question asks for it.
type noXML struct{}

func (noXML) Slice(int) (fest.Slice, error) { return fest.Slice{}, errors.New("no source") }
func (noXML) Close() error                  { return nil }
