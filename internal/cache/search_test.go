package cache_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/sample"
	"github.com/festd/festd/internal/search"
)

// searched returns everything that the index finds, as resource, key and how,
// in order.
func searched(t interface{ Fatal(...any) }, s *cache.Snapshot, text string) []string {
	return searchedOn(t, s, undated(s.Search()), text)
}

func searchedOn(t interface{ Fatal(...any) }, s *cache.Snapshot, day *search.Day, text string) []string {
	q, err := search.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	x := s.Search()
	res := x.Search(q, day, &search.Filter{}, 0, x.Len())
	out := []string{}
	if len(res.Missed) > 0 {
		out = append(out, fmt.Sprintf("without %q", res.Missed))
	}
	for _, h := range res.Hits {
		it := s.Item(cache.Index(x.Facts(h.Document, day).Item))
		out = append(out, fmt.Sprintf("%s/%s %s", it.Resource, it.Key, h.Class))
	}
	if res.Total != len(res.Hits) {
		t.Fatal("total ", res.Total, " of ", len(res.Hits))
	}
	return out
}

// undated is a day on which nothing is known of any package.
func undated(x *search.Index) *search.Day {
	states := make([]search.OfferState, len(x.Offers()))
	for i := range states {
		states[i].Market = search.NotStated
	}
	return x.On(states)
}

// scannedFor is the same by the reference.
func scannedFor(ref *reference.Search, text string) []string {
	a := ref.Find(text)
	out := []string{}
	if len(a.Missing) > 0 {
		q, _ := search.Parse(text) // for the words as typed
		var missing []string
		for _, i := range a.Missing {
			missing = append(missing, q.Texts()[i])
		}
		out = append(out, fmt.Sprintf("without %q", missing))
	}
	for _, f := range a.Found {
		out = append(out, fmt.Sprintf("%s/%s %s", f.Resource, f.Key, f.Match))
	}
	return out
}

func smallEntries() (out []*fest.Entry) {
	for e := range sample.Small(time.Date(2026, 9, 8, 3, 9, 6, 0, time.UTC)).Entries() {
		out = append(out, e)
	}
	return out
}

func realEntries(t testing.TB, file string) (out []*fest.Entry) {
	t.Helper()
	f, err := m30.Open(festtest.File(t, file), m30.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, d := m30.NewReader(f, m30.DefaultLimits()), m30.NewDecoder(m30.DefaultLimits())
	for s, err := range r.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		e, err := d.Decode(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// extracts are the contents that are searched in these tests.
var extracts = map[string]func(testing.TB) []*fest.Entry{
	"small sample":                    func(testing.TB) []*fest.Entry { return smallEntries() },
	"mini/fest-mini-ns.xml.gz":        func(t testing.TB) []*fest.Entry { t.Helper(); return realEntries(t, "mini/fest-mini-ns.xml.gz") },
	"mini/fest-utdrag-2026-09-08.xml": func(t testing.TB) []*fest.Entry { t.Helper(); return realEntries(t, "mini/fest-utdrag-2026-09-08.xml") },
}

// The index finds what a look at every entry finds, in the same order: words
// and beginnings of words of the content itself, with and without typos; and
// what each was taken from is among it.
func TestSearchAgainstLinearScan(t *testing.T) {
	for name, load := range extracts {
		t.Run(name, func(t *testing.T) {
			entries := load(t)
			s := open(t, entries...)
			const day = rules.Day("2026-09-11")
			on := dated(s.Search(), day)
			ref := reference.NewSearch(entries, marketOn(day))
			if s.Search().Len() != ref.Len() {
				t.Fatalf("%d documents, the reference has %d", s.Search().Len(), ref.Len())
			}
			rnd := rand.New(rand.NewPCG(1, uint64(len(entries))))
			for range 400 {
				drawn := ref.Draw(rnd)
				q := drawn.Text
				for range rnd.IntN(3) {
					q += " " + ref.Draw(rnd).Text
				}
				want, got := scannedFor(ref, q), searchedOn(t, s, on, q)
				if !slices.Equal(want, got) {
					t.Fatalf("%q (-reference +index):\n%s", q, cmp.Diff(want, got))
				}
				if from := fmt.Sprintf("%s/%s ", drawn.Of.Resource, drawn.Of.Key); q == drawn.Text && !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, from) }) {
					t.Errorf("%q does not find %s", q, from)
				}
			}
		})
	}
}

// marketOn is how a package can be had on a day, as its place in the order.
func marketOn(day rules.Day) func(*fest.MarketingInformation) int {
	return func(m *fest.MarketingInformation) int {
		state, _ := search.MarketOf(string(rules.AvailabilityOf(m, day).Market))
		return int(state)
	}
}

// dated is the day as the index has it.
func dated(x *search.Index, day rules.Day) *search.Day {
	states := make([]search.OfferState, len(x.Offers()))
	for i, o := range x.Offers() {
		var m *fest.MarketingInformation
		if o.Marketing {
			on := func(s string) *fest.Date {
				if s == "" {
					return nil
				}
				return ptr(fest.Date(s))
			}
			m = &fest.MarketingInformation{MarketingDate: on(o.MarketingDate), WithdrawalDate: on(o.Withdrawal), TemporarilyDiscontinuedDate: on(o.TemporarilyDiscontinued)}
		}
		states[i].Market = search.Market(marketOn(day)(m)) //nolint:gosec // a few states
	}
	return x.On(states)
}

// The same over random names.
func TestSearchAgainstLinearScanOfRandomNames(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "B", "ab", "ø", "Å", "æ", "é", " ", " ", "-", "1", "50", "0,5", "2.50", " mg", "mg", "ml", "%", "/", "x", "µg", "på", "IE", "para", "cet", "amol", "🦷", "A\u030a"})
	name := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(part, 1, 7).Draw(t, "parts"), "") })
	rapid.Check(t, func(rt *rapid.T) {
		var entries []*fest.Entry
		for i := range rapid.IntRange(0, 30).Draw(rt, "n") {
			id, n := fmt.Sprintf("X%d", i), name.Draw(rt, "name")
			switch i % 3 {
			case 0:
				d := &fest.Drug{ID: ptr(fest.ID(id)), BrandName: fest.Text(name.Draw(rt, "brand"))}
				d.NameFormStrength = fest.Text(n)
				entries = append(entries, entry(fest.ClassDrug, id, d))
			case 1:
				g := &fest.Generic{ID: fest.ID(id), Drugs: []fest.Ref{fest.Ref(fmt.Sprintf("X%d", i-1))}}
				g.NameFormStrength = fest.Text(n)
				for range rapid.IntRange(0, 2).Draw(rt, "substances") {
					ref := fest.Ref(fmt.Sprintf("X%d", 3*rapid.IntRange(0, 9).Draw(rt, "substance")+2))
					g.SortedActiveSubstancesWithoutStrength = append(g.SortedActiveSubstancesWithoutStrength, fest.SortedSubstance{ActiveSubstance: ref})
				}
				entries = append(entries, entry(fest.ClassGeneric, id, g))
			default:
				entries = append(entries, entry(fest.ClassIngredient, id, &fest.Ingredient{ID: fest.ID(id), Name: fest.Text(n), NameEnglish: ptr(fest.Text(name.Draw(rt, "english")))}))
			}
		}
		s, ref := open(t, entries...), reference.NewSearch(entries, nil)
		q := name.Draw(rt, "query")
		if want, got := scannedFor(ref, q), searched(rt, s, q); !slices.Equal(want, got) {
			rt.Fatalf("%q (-reference +index):\n%s", q, cmp.Diff(want, got))
		}
	})
}

// A generic is called by all names of the substances that its name has, so it
// comes first also for who types the English one (R59); the one that it starts
// with counts as its start.
func TestGenericsAreCalledByTheirSubstances(t *testing.T) {
	ingredient := func(id, name, english string, salts ...fest.Ref) *fest.Entry {
		return entry(fest.ClassIngredient, id, &fest.Ingredient{ID: fest.ID(id), Name: fest.Text(name), NameEnglish: ptr(fest.Text(english)), FullActiveSubstances: salts})
	}
	generic := func(id, name string, substances ...fest.Ref) *fest.Entry {
		g := &fest.Generic{ID: fest.ID(id)}
		g.NameFormStrength = fest.Text(name)
		for _, s := range substances {
			g.SortedActiveSubstancesWithoutStrength = append(g.SortedActiveSubstancesWithoutStrength, fest.SortedSubstance{ActiveSubstance: s})
		}
		return entry(fest.ClassGeneric, id, g)
	}
	s := open(t,
		ingredient("O", "Ofloksacin", "Ofloxacin", "OH"), ingredient("OH", "Ofloksacinhydroklorid", "Ofloxacin Hydrochloride"),
		ingredient("K", "Kodein", "Codeine"), ingredient("J", "Jern", "Iron"),
		generic("G1", "Kodein/Ofloksacin tab", "K", "O"), generic("G2", "Ofloksacin tab 200 mg", "O"), generic("G3", "Ofloksacin tab 400 mg", "OH"),
		generic("G4", "Alle Ofloksaciner tab", "O"), generic("G5", "Blanding mikst", "J", "O"), generic("G6", "Jerntilskudd", "J"))
	for q, want := range map[string][]string{
		"ofloxacin":    {"generics/G2 exact", "generics/G3 exact", "generics/G1 exact", "ingredients/O exact", "ingredients/OH exact", "generics/G4 exact", "generics/G5 exact"},
		"codeine":      {"generics/G1 exact", "ingredients/K exact"},
		"iron":         {"ingredients/J exact", "generics/G5 exact", "generics/G6 exact"}, // neither has it in its name
		"hydrochlorid": {"ingredients/OH prefix", "generics/G3 prefix"},                   // the salt is not in its name
	} {
		if diff := cmp.Diff(want, searched(t, s, q)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", q, diff)
		}
	}
}
