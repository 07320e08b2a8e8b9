package cache_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
)

// The key tables against a linear scan over the same entries.
func TestTablesAgainstLinearScan(t *testing.T) {
	letters := rapid.SampledFrom([]string{"a", "B", "ø", "Å", "æ", "é", " ", "-", "1"})
	name := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(letters, 0, 6).Draw(t, "letters"), "") })
	code := rapid.SampledFrom([]string{"", "N", "N02", "N02B", "N02BE", "N02BE01", "N02BE51", "N02BA01", "A", "A10", "A10BA02", "QA10BA02", "WITHOUT"})
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 130).Draw(rt, "drugs")
		var entries []*fest.Entry
		var drugs []*fest.Drug
		for i := range n {
			d := &fest.Drug{ID: ptr(fest.ID(fmt.Sprintf("D%d", i))), BrandName: fest.Text(name.Draw(rt, "brand"))}
			d.NameFormStrength = fest.Text(name.Draw(rt, "name"))
			if c := code.Draw(rt, "code"); c != "" {
				d.Atc = atc(c)
			}
			d.PrescriptionGroup.Code = rapid.SampledFrom([]string{"A", "B", "C", "CF", "F"}).Draw(rt, "group")
			drugs = append(drugs, d)
			entries = append(entries, entry(fest.ClassDrug, fmt.Sprintf("D%d", i), d))
		}
		s := open(t, entries...)
		want := func(ok func(*fest.Drug) bool) []string {
			out := []string{}
			for _, d := range drugs {
				if ok(d) {
					out = append(out, string(*d.ID))
				}
			}
			return out
		}
		byName := func(q string) func(*fest.Drug) bool {
			return func(d *fest.Drug) bool {
				for _, text := range []string{string(d.BrandName), string(d.NameFormStrength)} {
					if text == "" {
						continue
					}
					if strings.HasPrefix(search.Fold(text), search.Fold(q)) {
						return true
					}
					for _, sp := range search.Spellings() {
						if v, ok := search.AppendVariant(nil, text, sp); ok && strings.HasPrefix(string(v), search.Fold(q)) {
							return true
						}
					}
				}
				return false
			}
		}
		byATC := func(q string) func(*fest.Drug) bool {
			return func(d *fest.Drug) bool {
				return d.Atc != nil && (d.Atc.Code == q || len(q) < 7 && strings.HasPrefix(d.Atc.Code, q) && q != "")
			}
		}
		byGroup := func(q string) func(*fest.Drug) bool {
			return func(d *fest.Drug) bool {
				c := d.PrescriptionGroup.Code
				return c == q || c == "CF" && (q == "C" || q == "F")
			}
		}
		qName, qCode, qGroup := name.Draw(rt, "q name"), code.Draw(rt, "q code"), rapid.SampledFrom([]string{"A", "C", "F", "CF", "X"}).Draw(rt, "q group")
		for _, c := range []struct {
			q  []cache.Query
			ok []func(*fest.Drug) bool
		}{
			{[]cache.Query{{Filter: "name", Value: qName}}, []func(*fest.Drug) bool{byName(qName)}},
			{[]cache.Query{{Filter: "atc", Value: qCode}}, []func(*fest.Drug) bool{byATC(qCode)}},
			{[]cache.Query{{Filter: "prescriptionGroup", Value: qGroup}}, []func(*fest.Drug) bool{byGroup(qGroup)}},
			{
				[]cache.Query{{Filter: "name", Value: qName}, {Filter: "atc", Value: qCode}, {Filter: "prescriptionGroup", Value: qGroup}},
				[]func(*fest.Drug) bool{byName(qName), byATC(qCode), byGroup(qGroup)},
			},
		} {
			page, err := s.List(fest.ResourceDrugs, c.q, 0, 1000)
			if err != nil {
				rt.Fatal(err)
			}
			wanted := want(func(d *fest.Drug) bool {
				return !slices.ContainsFunc(c.ok, func(ok func(*fest.Drug) bool) bool { return !ok(d) })
			})
			if diff := cmp.Diff(wanted, keys(s, page.Items)); diff != "" {
				rt.Fatalf("%v: -want +got:\n%s", c.q, diff)
			}
		}
		for i := range n {
			id := fmt.Sprintf("D%d", i)
			if got := keys(s, s.ByKey(nil, fest.ResourceDrugs, id)); len(got) != 1 || got[0] != id {
				rt.Fatalf("%s: %v", id, got)
			}
		}
	})
}

// Items that share one key, however many, are all found, in order.
func TestManyItemsOfOneKey(t *testing.T) {
	var entries []*fest.Entry
	for i := range 3000 {
		e := entry(fest.ClassNutrient, "same", &fest.Nutrient{Commodity: fest.Commodity{ItemNumber: "800001", Name: fest.Text(fmt.Sprint(i))}})
		entries = append(entries, e)
	}
	s := open(t, entries...)
	for _, key := range []string{"800001", "ID_E-same"} {
		got := s.ByKey(nil, fest.ResourceCommodities, key)
		if len(got) != 3000 || !slices.IsSorted(got) {
			t.Errorf("%s: %d items", key, len(got))
		}
	}
}
