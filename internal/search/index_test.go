package search

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// maker makes an input from texts.
type maker struct {
	in    Input
	known map[string]uint32
}

func (m *maker) text(s string) uint32 {
	if n, ok := m.known[s]; ok {
		return n
	}
	m.in.Texts = append(m.in.Texts, s...)
	m.in.TextEnds = append(m.in.TextEnds, uint32(len(m.in.Texts)))
	m.known[s] = uint32(len(m.in.TextEnds) - 1)
	return m.known[s]
}

// add adds a document; texts are "field=text", the name first.
func (m *maker) add(d Document, offers []uint32, texts ...string) {
	for i, t := range texts {
		name, text, _ := strings.Cut(t, "=")
		f := Field(slices.Index(fieldNames[:], name))
		n := m.text(text)
		if i == 0 {
			d.Name = n
		}
		m.in.Fields = append(m.in.Fields, Text{f, n})
	}
	d.Item = uint32(len(m.in.Documents))
	m.in.DocOffers = append(m.in.DocOffers, offers...)
	d.FieldsEnd, d.OffersEnd = uint32(len(m.in.Fields)), uint32(len(m.in.DocOffers))
	m.in.Documents = append(m.in.Documents, d)
}

// some is a small input with everything in it.
func some() *Input {
	m := &maker{known: map[string]uint32{}}
	m.in.ATC = []Value{{m.text("N02"), m.text("Analgetika")}, {m.text("N02BE01"), m.text("Paracetamol")}, {m.text("N02BE05"), m.text("Propacetamol")}}
	m.in.Forms = []Value{{m.text("53"), m.text("Tablett")}, {m.text("99"), m.text("Øyedråper")}}
	m.in.Groups = []Value{{m.text("C"), m.text("Reseptgruppe C")}, {m.text("CF"), m.text("Reseptgruppe CF")}}
	m.in.Offers = []Offer{
		{Marketing: m.text(JoinDates("2020-01-01", "", "")) + 1},
		{Marketing: m.text(JoinDates("2027-01-01", "", "")) + 1, Link: m.text(JoinDates("", "")) + 1, Group: m.text(JoinDates("2020-01-01", "2026-01-01")) + 1},
		{},
	}
	m.add(Document{Kind: KindPackage, ATC: 2, Form: 1, Group: 1, ItemNumber: m.text("007421") + 1}, []uint32{0}, "nameFormStrength=Paracet tab 500 mg", "itemNumber=007421", "atc=N02BE01")
	m.add(Document{Kind: KindDrug, ATC: 2, Form: 1, Group: 2}, []uint32{0, 1}, "nameFormStrength=Paracet tab 500 mg", "activeSubstance=Paracetamol")
	m.add(Document{Kind: KindGeneric, ATC: 2, Form: 1, Group: 2}, []uint32{1}, "nameFormStrength=Paracetamol tab 500 mg", "brandName=Paracet", "brandName=Pinex")
	m.add(Document{Kind: KindGeneric, ATC: 2, Form: 1, Group: 2}, []uint32{0}, "nameFormStrength=Paracetamol tab 1 g", "brandName=Pamol")
	m.add(Document{Kind: KindDrug, Form: 2}, nil, "nameFormStrength=Østrodråper øyedr 0,5 mg/ml")
	m.add(Document{Kind: KindIngredient}, nil, "name=Østradiol", "nameEnglish=Estradiol")
	m.add(Document{Kind: KindIngredient}, nil, "name=Ostradion")
	m.add(Document{Kind: KindATC, ATC: 2}, nil, "name=Paracetamol", "atc=N02BE01")
	m.add(Document{Kind: KindATC, ATC: 1}, nil, "name=Analgetika", "atc=N02")
	m.add(Document{Kind: KindNutrient}, nil, "name=Paracetfri drikk")
	return &m.in
}

func index(t testing.TB) *Index {
	t.Helper()
	b, err := Build(some())
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// today is a day on which the offers are marketed, coming, and not stated.
func today(x *Index) *Day {
	return x.On([]OfferState{{Market: Marketed}, {NotYetMarketed, true}, {Market: NotStated}})
}

// names are the kinds and names of what a search finds.
func names(t testing.TB, x *Index, text string, f Filter) []string {
	t.Helper()
	q, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, h := range x.Search(q, today(x), &f, 0, 100).Hits {
		facts := x.Facts(h.Document, today(x))
		out = append(out, facts.Kind.String()+" "+facts.Name)
	}
	return out
}

const (
	generic500 = "generic Paracetamol tab 500 mg"
	generic1   = "generic Paracetamol tab 1 g"
	drug       = "drug Paracet tab 500 mg"
	pack       = "package Paracet tab 500 mg"
	drops      = "drug Østrodråper øyedr 0,5 mg/ml"
	atcCode    = "atc Paracetamol"
	drink      = "nutrient Paracetfri drikk"
)

func TestOrder(t *testing.T) {
	x := index(t)
	for _, tc := range []struct {
		query string
		want  []string
	}{
		{"paracet", []string{generic500, drug, pack, generic1, atcCode, drink}},       // the exact brand first (R59), then beginnings
		{"paracetamol", []string{generic1, generic500, atcCode, drug}},                // what can be had first; the name before the substance
		{"paracet 500", []string{generic500, drug, pack}},                             //
		{"mg 500 paracet", []string{generic500, drug, pack}},                          // any order
		{"paracet 500mg tab", []string{generic500, drug, pack}},                       //
		{"0.5mg", []string{drops}},                                                    //
		{"007421", []string{pack}},                                                    //
		{"0074", []string{pack}},                                                      //
		{"n02be", []string{atcCode, pack}},                                            // only those have the code as a text
		{"østradiol", []string{"ingredient Østradiol", "ingredient Ostradion"}},       // one typo away, and last
		{"oestradiol", []string{"ingredient Østradiol", "ingredient Ostradion"}},      // two
		{"ostradio", []string{"ingredient Ostradion", "ingredient Østradiol"}},        // spelt as typed first
		{"østradio", []string{"ingredient Østradiol", "ingredient Ostradion"}},        //
		{"paracetmaol 1 g", []string{generic1}},                                       //
		{"pinex", []string{generic500}},                                               // R59
		{"ØYEDR", []string{drops}},                                                    //
		{"paracet xyzzy", []string{generic500, drug, pack, generic1, atcCode, drink}}, // nothing has both
		{"xyzzy", []string{}},                                                         //
		{"…", []string{}},                                                             //
	} {
		if diff := cmp.Diff(tc.want, names(t, x, tc.query, Filter{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.query, diff)
		}
	}
}

func TestFilters(t *testing.T) {
	x := index(t)
	yes, no := true, false
	for name, tc := range map[string]struct {
		f    Filter
		want []string
	}{
		"kind":              {Filter{Kinds: map[Kind]bool{KindPackage: true, KindNutrient: true}}, []string{pack, drink}},
		"atc":               {Filter{ATC: "N02"}, []string{generic500, drug, pack, generic1, atcCode}},
		"atc of level 5":    {Filter{ATC: "N02BE05"}, []string{}},
		"form code":         {Filter{Form: "53"}, []string{generic500, drug, pack, generic1}},
		"form name":         {Filter{Form: "TABL"}, []string{generic500, drug, pack, generic1}},
		"form that is none": {Filter{Form: "krem"}, []string{}},
		"group C finds CF":  {Filter{Groups: []string{"C"}}, []string{generic500, drug, pack, generic1}},
		"group CF":          {Filter{Groups: []string{"CF"}}, []string{generic500, drug, generic1}},
		"can be had":        {Filter{Markets: map[Market]bool{Marketed: true}}, []string{drug, pack, generic1}}, // the drug by one of its packages
		"not yet":           {Filter{Markets: map[Market]bool{NotYetMarketed: true}}, []string{generic500}},
		"substitutable":     {Filter{Substitutable: &yes}, []string{generic500, drug}},
		"not substitutable": {Filter{Substitutable: &no}, []string{pack, generic1, atcCode, drink}},
	} {
		if diff := cmp.Diff(tc.want, names(t, x, "paracet", tc.f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := names(t, x, "parcaet", Filter{Exact: true}); len(got) > 0 {
		t.Errorf("without typos: %v", got)
	}
	if got := names(t, x, "oye", Filter{Form: "oye"}); !slices.Equal(got, []string{drops}) {
		t.Errorf("a form with other letters: %v", got)
	}
	if got := names(t, x, "oyedr", Filter{Form: "øyedraa"}); !slices.Equal(got, []string{drops}) {
		t.Errorf("a form with other letters: %v", got)
	}
}

func TestFacets(t *testing.T) {
	x := index(t)
	q, err := Parse("paracet")
	if err != nil {
		t.Fatal(err)
	}
	res := x.Search(q, today(x), &Filter{}, 0, 1)
	f := &res.Facets
	if f.Kinds[KindGeneric] != 2 || f.Kinds[KindPackage] != 1 || f.Markets[Marketed] != 3 || f.Markets[NotYetMarketed] != 1 || f.Markets[NotApplicable] != 2 || f.Substitutable != 2 {
		t.Errorf("%+v", f)
	}
	if diff := cmp.Diff([]Count{{"N02", "Analgetika", 5}}, x.ATC(f, 3, 10)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Count{{"N02BE01", "Paracetamol", 5}}, x.ATC(f, 7, 10)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Count{{"53", "Tablett", 4}}, x.Forms(f, 10)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Count{{"CF", "Reseptgruppe CF", 3}}, x.Groups(f, 1)); diff != "" {
		t.Error(diff)
	}
}

func TestPagesMakeUpTheWhole(t *testing.T) {
	x := index(t)
	q, err := Parse("para")
	if err != nil {
		t.Fatal(err)
	}
	whole := x.Search(q, today(x), &Filter{}, 0, 100).Hits
	if len(whole) < 6 {
		t.Fatalf("%d hits", len(whole))
	}
	for size := 1; size <= len(whole); size++ {
		var got []Hit
		for at := 0; ; at += size {
			page := x.Search(q, today(x), &Filter{}, at, size).Hits
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
		}
		if diff := cmp.Diff(whole, got); diff != "" {
			t.Errorf("pages of %d: %s", size, diff)
		}
	}
}

func TestHighlights(t *testing.T) {
	x := index(t)
	for _, tc := range []struct {
		query string
		want  []string // of the first hit, in brackets
	}{
		{"paracet 500 mg", []string{"[Paracetamol] tab [500 mg]", "[Paracet]"}},
		{"500 paracet", []string{"[Paracetamol] tab [500] mg", "[Paracet]"}},
		{"oestrodraaper", []string{"[Østrodråper] øyedr 0,5 mg/ml"}},
		{"0.5mg ostro", []string{"[Østrodråper] øyedr [0,5 mg]/ml"}},
		{"pinexx", []string{"[Pinex]"}},
	} {
		q, err := Parse(tc.query)
		if err != nil {
			t.Fatal(err)
		}
		res := x.Search(q, today(x), &Filter{}, 0, 1)
		if len(res.Hits) == 0 {
			t.Errorf("%q finds nothing", tc.query)
			continue
		}
		var got []string
		for _, m := range x.Highlight(res.Hits[0].Document, q, false, 4) {
			text := []rune(m.Text) // no surrogates in these
			for i := len(m.Highlights) - 1; i >= 0; i-- {
				h := m.Highlights[i]
				text = slices.Insert(text, h[1], ']')
				text = slices.Insert(text, h[0], '[')
			}
			got = append(got, string(text))
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%q: %s", tc.query, diff)
		}
	}
	if got := inUTF16("🦷 ø ab", [][2]int{{5, 7}, {8, 10}}); !slices.Equal(got, [][2]int{{3, 4}, {5, 7}}) {
		t.Errorf("offsets %v", got)
	}
}

// ask asks an index everything, so that what is wrong with it shows.
func ask(x *Index) {
	day := x.On(make([]OfferState, len(x.Offers())))
	for _, text := range []string{"p", "paracet 500 mg", "parcaet", "østradiol", "n02be", "xyzzy tab", "0"} {
		q, err := Parse(text)
		if err != nil {
			panic(err)
		}
		res := x.Search(q, day, &Filter{ATC: "N"}, 0, 100)
		res = x.Search(q, day, &Filter{Form: "tab", Groups: []string{"C"}}, 0, 100+res.Total)
		x.ATC(&res.Facets, 3, 10)
		x.Forms(&res.Facets, 10)
		for i := range x.Len() {
			x.Facts(uint32(i), day)
			x.Highlight(uint32(i), q, false, 10)
		}
	}
}

// Bytes that are not an index are refused, or lead nowhere.
func TestDamage(t *testing.T) {
	b, err := Build(some())
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for at := range b {
		for _, bit := range []byte{1, 0x80} {
			bad := bytes.Clone(b)
			bad[at] ^= bit
			x, err := Open(bad)
			if err != nil {
				if !errors.Is(err, ErrDamaged) {
					t.Fatal(err)
				}
				refused++
				continue
			}
			ask(x)
		}
	}
	if refused < len(b)/4 {
		t.Errorf("only %d of %d were refused", refused, 2*len(b))
	}
	for n := range b {
		if _, err := Open(b[:n]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	x, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.CheckItems(uint32(x.Len())); err != nil {
		t.Error(err)
	}
	if err := x.CheckItems(uint32(x.Len()) - 1); !errors.Is(err, ErrDamaged) {
		t.Errorf("an item too many: %v", err)
	}
}

func TestEmptyIndex(t *testing.T) {
	b, err := Build(&Input{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	ask(x)
}

func ExampleIndex_Search() {
	b, err := Build(some())
	if err != nil {
		panic(err)
	}
	x, err := Open(b)
	if err != nil {
		panic(err)
	}
	q, err := Parse("pracet 500mg")
	if err != nil {
		panic(err)
	}
	day := x.On(nil)
	for _, hit := range x.Search(q, day, &Filter{}, 0, 3).Hits {
		fmt.Println(x.Facts(hit.Document, day).Name, hit.Class)
	}
	// Output:
	// Paracetamol tab 500 mg typo
	// Paracet tab 500 mg typo
	// Paracet tab 500 mg typo
}

// What has the number with its unit comes before what has both, apart.
func TestStrengthsStandTogether(t *testing.T) {
	m := &maker{known: map[string]uint32{}}
	m.add(Document{Kind: KindDrug}, nil, "nameFormStrength=Alfa tab 50 stk 10 mg")
	m.add(Document{Kind: KindDrug}, nil, "nameFormStrength=Beta tab 50 mg")
	b, err := Build(&m.in)
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"50 mg", "50mg", "tab 50 mg"} {
		parsed, err := Parse(q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range x.Search(parsed, x.On(nil), &Filter{}, 0, 9).Hits {
			got = append(got, x.Facts(h.Document, x.On(nil)).Name)
		}
		if diff := cmp.Diff([]string{"Beta tab 50 mg", "Alfa tab 50 stk 10 mg"}, got); diff != "" {
			t.Errorf("%q: %s", q, diff)
		}
	}
}

// Codes are found as they are written, also where that looks like a number with
// decimals or like several words; and units as they are written, too.
func TestCodesAreFoundAsTheyAreWritten(t *testing.T) {
	m := &maker{known: map[string]uint32{}}
	codes := []string{"4302.10", "AB-12/3", "0042.5A", "12 345", "007.10", "00777-7", "C07E", "c08u5"}
	for i, code := range codes {
		m.add(Document{Kind: KindMedicalConsumable}, nil, fmt.Sprintf("name=Vare%d", i), "productNumber="+code)
	}
	m.add(Document{Kind: KindNotification}, nil, "headline=Gi 500 milligram eller 100 enheter")
	b, err := Build(&m.in)
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	found := func(text string) (out []string) {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		res := x.Search(q, x.On(nil), &Filter{}, 0, 9)
		for _, h := range res.Hits {
			out = append(out, x.Facts(h.Document, x.On(nil)).Name)
			if len(x.Highlight(h.Document, q, false, 4)) == 0 {
				t.Errorf("%q finds %s, and nothing shows why", text, out[len(out)-1])
			}
		}
		if len(res.Missed) > 0 {
			t.Errorf("%q: without %v", text, res.Missed)
		}
		return out
	}
	for i, code := range codes {
		for _, typed := range []string{code, strings.ToLower(code), " " + code + " "} {
			if got := found(typed); !slices.Equal(got, []string{fmt.Sprintf("Vare%d", i)}) {
				t.Errorf("%q finds %v", typed, got)
			}
		}
	}
	for _, typed := range []string{"500 milligram", "milligram", "500 mg", "milligr", "100 enh", "enheter 100", "100 ie"} {
		if got := found(typed); len(got) != 1 {
			t.Errorf("%q finds %v", typed, got)
		}
	}
}

// What no document can pass is told apart from what none of those found passes.
func TestFiltersThatNothingPasses(t *testing.T) {
	x := index(t)
	for name, tc := range map[string]struct {
		f                 Filter
		atc, form, groups bool
	}{
		"no filter":  {},
		"known":      {f: Filter{ATC: "N02", Form: "tab", Groups: []string{"C", "X"}}},
		"no code":    {f: Filter{ATC: "V"}, atc: true},
		"too long":   {f: Filter{ATC: "N02BE011"}, atc: true},
		"no form":    {f: Filter{Form: "krem"}, form: true},
		"no group":   {f: Filter{Groups: []string{"A", "B"}}, groups: true},
		"C finds CF": {f: Filter{Groups: []string{"F"}}},
	} {
		atc, form, groups := x.Nothing(&tc.f)
		if atc != tc.atc || form != tc.form || groups != tc.groups {
			t.Errorf("%s: %v %v %v", name, atc, form, groups)
		}
	}
	if got := x.AllGroups(); !slices.Equal(got, []string{"C", "CF"}) {
		t.Errorf("groups %v", got)
	}
}

// An index answers many at once, each as if alone.
func TestManySearchAtOnce(t *testing.T) {
	x := index(t)
	queries := []string{"paracet", "paracet 500 mg", "parcaetamol", "østradiol", "n02be", "xyzzy", "paracet xyzzy", "tab mg a b c d"}
	want := make([][]string, len(queries))
	for i, q := range queries {
		want[i] = names(t, x, q, Filter{})
	}
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := range 20 * len(queries) {
				k := (i + g) % len(queries)
				if got := names(t, x, queries[k], Filter{}); !slices.Equal(got, want[k]) {
					t.Errorf("%q: %v, alone %v", queries[k], got, want[k])
				}
			}
		})
	}
	wg.Wait()
}
