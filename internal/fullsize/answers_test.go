//go:build !race

package fullsize_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/reference/rewritten"
	"github.com/festd/festd/internal/sample"
)

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

// release is what the reference makes of the entries.
var release = sync.OnceValue(func() *reference.Register {
	_, entries := full()
	return reference.NewRegister(entries)
})

func TestSubstitutionAtFullSize(t *testing.T) {
	t.Parallel()
	_, entries := full()
	var packages []*fest.Entry
	for _, e := range entries {
		if p, ok := e.Object.(*fest.Package); ok && p.PackageSubstitutionGroup != nil {
			packages = append(packages, e)
		}
	}
	q := questions[*fest.Entry]{kind: "substitution", seed: 94, about: packages, days: boundaries}
	q.ask(t, func(r *answer.Register, e *fest.Entry, day string) (compared, full int) {
		p, ok := r.Package(fest.Ref(e.Items()[0].Key))
		if !ok {
			t.Fatalf("no package %s", e.EntryID)
		}
		s := r.Substitution(p)
		want, got := release().Substitutes(e, day), rewritten.Substitution(&s)
		slices.Sort(want.Unsure)
		if !sameSubstitution(&want, &got) {
			t.Fatalf("%s on %s, -reference +answer:\n%s", e.EntryID, day, cmp.Diff(want, got, cmpopts.EquateEmpty()))
		}
		if len(got.Free)+len(got.Limited)+len(got.NotObtainable)+len(got.Unsure) > 0 {
			full = 1
		}
		return 1, full
	})
}

// sameSubstitution is faster than a comparison that says what differs.
func sameSubstitution(a, b *reference.Substitution) bool {
	return a.State == b.State && a.Remark == b.Remark && slices.Equal(a.Free, b.Free) && slices.Equal(a.Limited, b.Limited) &&
		slices.Equal(a.NotObtainable, b.NotObtainable) && slices.Equal(a.Unsure, b.Unsure) && maps.EqualFunc(a.Lowest, b.Lowest, slices.Equal[[]string])
}

func TestReimbursementAtFullSize(t *testing.T) {
	t.Parallel()
	_, entries := full()
	var products []*fest.Entry
	for _, e := range entries {
		switch e.Object.(type) {
		case *fest.Package, *fest.Generic, *fest.BreastProsthesis, *fest.MedicalConsumable, *fest.Nutrient:
			products = append(products, e)
		}
	}
	q := questions[*fest.Entry]{kind: "reimbursement", seed: 80, about: products, days: boundaries}
	q.ask(t, func(r *answer.Register, e *fest.Entry, day string) (compared, full int) {
		key := e.Items()[0].Key
		var s answer.Reimbursement
		switch o := e.Object.(type) {
		case *fest.Package:
			p, _ := r.Package(fest.Ref(key))
			s = r.PackageReimbursement(p, "")
		case *fest.Generic:
			g, _ := r.Generic(fest.Ref(o.ID))
			s = r.GenericReimbursement(g, "")
		default:
			c, _ := r.Commodity(key)
			s = r.CommodityReimbursement(c, "")
		}
		links, commodity := reference.Links(e)
		want, got := release().Reimbursed(links, !commodity, day), rewritten.Reimbursement(&s)
		if !sameReimbursement(&want, &got) {
			t.Fatalf("%s on %s, -reference +answer:\n%s", e.EntryID, day, cmp.Diff(want, got, cmpopts.EquateEmpty()))
		}
		if stated := len(want.Prescribable) > 0; stated != (s.Statement == "") {
			t.Fatalf("%s on %s: R84: %q", e.EntryID, day, s.Statement)
		}
		return 1, min(1, len(want.Groups))
	})
}

// sameReimbursement is faster than a comparison that says what differs.
func sameReimbursement(a, b *reference.Reimbursement) bool {
	return a.State == b.State && slices.Equal(a.Prescribable, b.Prescribable) && slices.Equal(a.Individual, b.Individual) &&
		maps.EqualFunc(a.Groups, b.Groups, func(g, h reference.ReimbursedGroup) bool {
			return g.Kind == h.Kind && g.Prescribe == h.Prescribe && g.Dispense == h.Dispense && slices.Equal(g.Conditions, h.Conditions) && sameCodes(g.Codes, h.Codes)
		})
}

func sameCodes(a, b []reference.ReimbursedCode) bool {
	return slices.EqualFunc(a, b, func(c, d reference.ReimbursedCode) bool {
		return c.System == d.System && c.Code == d.Code && c.Prescribe == d.Prescribe && c.Dispense == d.Dispense && slices.Equal(c.Conditions, d.Conditions)
	})
}

// diagnosis is a code that is asked about, and the days of its entries.
type diagnosis struct {
	classification, code string
	days                 []string
}

// diagnoses are all codes of reimbursement groups in their classification; a
// tenth of them also in the other, where the same text is another code, and
// without their dot (R89).
func diagnoses(entries []*fest.Entry) []diagnosis {
	days := map[[2]string][]string{}
	for _, e := range entries {
		of, ok := e.Object.(*fest.Reimbursement)
		if !ok {
			continue
		}
		for i := range of.ReimbursementGroups {
			codes := of.ReimbursementGroups[i].ReimbursementCodes
			for k := range codes {
				name := [2]string{answer.ICD10, codes[k].Code.Code}
				if system := codes[k].Code.System; strings.HasSuffix(system, ".7170") || strings.HasSuffix(system, ".7434") {
					name[0] = answer.ICPC2
				}
				datesIn(reflect.ValueOf(&codes[k]), func(day string) { days[name] = append(days[name], day) })
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(days), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var out []diagnosis
	for i, name := range names {
		slices.Sort(days[name])
		on := slices.Compact(days[name])
		out = append(out, diagnosis{name[0], name[1], on})
		if i%10 == 0 {
			other := map[string]string{answer.ICPC2: answer.ICD10, answer.ICD10: answer.ICPC2}[name[0]]
			out = append(out, diagnosis{other, name[1], on})
			if plain := strings.ReplaceAll(name[1], ".", ""); plain != name[1] {
				out = append(out, diagnosis{name[0], plain, on})
			}
		}
	}
	return out
}

// What diagnosis codes give the right to, with all products for which a code
// and the product's link hold.
func TestDiagnosesAtFullSize(t *testing.T) {
	t.Parallel()
	_, entries := full()
	products := 0
	q := questions[diagnosis]{kind: "diagnoses", seed: 89, about: diagnoses(entries), days: func(d diagnosis) []string { return d.days }}
	q.ask(t, func(r *answer.Register, about diagnosis, day string) (compared, full int) {
		s := r.DiagnosisReimbursement(about.classification, about.code, "", true)
		want, got := release().Diagnosed(about.classification == answer.ICPC2, about.code, day), rewritten.Diagnosis(&s)
		same := maps.EqualFunc(want, got, func(a, b reference.DiagnosedGroup) bool {
			return sameCodes(a.Codes, b.Codes) && slices.Equal(a.Products, b.Products)
		})
		if !same {
			t.Fatalf("%s %s on %s, -reference +answer:\n%s", about.classification, about.code, day, cmp.Diff(want, got, cmpopts.EquateEmpty()))
		}
		for _, g := range got {
			products += len(g.Products)
		}
		return 1, min(1, len(got))
	})
	t.Logf("%d products in them", products)
}

// noXML stands in for the source: no question asks for it.
type noXML struct{}

func (noXML) Slice(int) (fest.Slice, error) { return fest.Slice{}, errors.New("no source") }
func (noXML) Close() error                  { return nil }
