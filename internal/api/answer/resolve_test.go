package answer_test

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
)

const knownSince = "2024-01-15T03:00:00"

func resolve(t testing.TB, r *answer.Register, code, system string) *answer.Resolution {
	t.Helper()
	found, err := r.Resolve(code, system, knownSince)
	if err == nil {
		err = r.Err()
	}
	if err != nil {
		t.Fatalf("%q, %q: %v", code, system, err)
	}
	return found
}

// identifiersOf are all texts that something in the entries is called by.
func identifiersOf(entries []*fest.Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, string(e.EntryID))
		for _, it := range e.Items() {
			out = append(out, it.Key)
		}
		switch o := e.Object.(type) {
		case *fest.Package:
			out = append(out, string(o.ItemNumber))
			if m := o.MarketingInformation; m != nil && m.DiscontinuedItemNumber != nil {
				out = append(out, string(*m.DiscontinuedItemNumber))
			}
			for _, code := range o.BarCodes {
				out = append(out, string(code))
			}
		case *fest.Dose:
			if o.LmrNumber != nil {
				out = append(out, string(*o.LmrNumber))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(slices.DeleteFunc(out, func(s string) bool { return s == "" || rules.ATCLevel(strings.ToUpper(s)) > 0 }))
}

// Whatever names something finds all that it names, and nothing else (R14,
// R16–R18, R20–R23).
func TestResolveEqualsTheReference(t *testing.T) {
	for name, entries := range contents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := entries(t)
			r := register(t, all)
			texts := identifiersOf(all)
			step := 1 + len(texts)/4000
			for i := 0; i < len(texts); i += step {
				var got []reference.Named
				for _, m := range resolve(t, r, texts[i], "").Matches {
					got = append(got, reference.Named{Resource: m.Resource, Key: m.ID, EntryID: fest.EntryID(m.EntryID)})
				}
				order := func(a, b reference.Named) int {
					return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Key, b.Key), cmp.Compare(a.EntryID, b.EntryID))
				}
				if diff := gocmp.Diff(reference.NamedBy(all, texts[i]), got, cmpopts.SortSlices(func(a, b reference.Named) bool { return order(a, b) < 0 })); diff != "" {
					t.Errorf("%q (-reference +got):\n%s", texts[i], diff)
				}
			}
			if len(texts) < 50 {
				t.Errorf("only %d identifiers", len(texts))
			}
		})
	}
}

const (
	guidDrug    = "6B1F6B0E-0000-4000-8000-0000000000D1"
	guidGeneric = "6B1F6B0E-0000-4000-8000-0000000000E1"
	guidPackage = "6B1F6B0E-0000-4000-8000-0000000000A1"
	guidDose    = "6B1F6B0E-0000-4000-8000-0000000000B1"
	guidIngr    = "6B1F6B0E-0000-4000-8000-0000000000C1"
)

// named are entries with identifiers of all kinds.
func named() []*fest.Entry {
	atc := cv("7180", "N02BE01", "Paracetamol")
	drug := &fest.Drug{ID: ptr(fest.ID("ID_" + guidDrug)), BrandName: "Paracet"}
	drug.NameFormStrength, drug.Atc = "Paracet tab 500 mg", &atc
	generic := &fest.Generic{ID: "ID_" + guidGeneric}
	generic.NameFormStrength, generic.Atc = "Paracetamol tab 500 mg", &atc
	pack := &fest.Package{
		ID: ptr(fest.ID("ID_" + guidPackage)), ItemNumber: "007421", BarCodes: []fest.Number{"7046260074217"},
		MarketingInformation: &fest.MarketingInformation{DiscontinuedItemNumber: ptr(fest.Number("007420"))},
	}
	pack.NameFormStrength = "Paracet tab 500 mg"
	dose := &fest.Dose{ID: "ID_" + guidDose, LmrNumber: ptr(fest.Number("0123456")), Drug: fest.Ref("ID_" + guidDrug)}
	dose.NameFormStrength = "Paracet tab 500 mg"
	out := []*fest.Entry{
		entry(fest.ClassIngredient, &fest.Ingredient{ID: "ID_" + guidIngr, Name: "Paracetamol"}),
		entry(fest.ClassDrug, drug), entry(fest.ClassGeneric, generic), entry(fest.ClassPackage, pack), entry(fest.ClassDose, dose),
		entry(fest.ClassNutrient, &fest.Nutrient{Commodity: fest.Commodity{ItemNumber: "007421", Name: "Næringsdrikk"}}),
	}
	for i, e := range out {
		e.EntryID = fest.EntryID("ID_ENTRY-" + string(rune('a'+i)))
	}
	return out
}

// One identifier in all its forms: six families of URIs, with and without ID_,
// numbers, scans, in any case, with what people and programs put around it.
func TestResolveTakesEveryForm(t *testing.T) {
	r := register(t, named())
	const (
		item = "packages itemNumber, commodities itemNumber"
		drug = "drugs id"
	)
	for _, test := range []struct{ code, system, want string }{
		{"ID_" + guidDrug, "", drug}, {guidDrug, "", drug}, {strings.ToLower(guidDrug), "", drug}, {" id_" + strings.ToLower(guidDrug) + "\u00a0", "", drug},
		{"\ufeffID_" + guidDrug, "", drug}, {"id_entry-b", "", ""}, {"ID_ENTRY-b", "", "drugs entryId"},
		{"ID_" + guidDrug, "http://ehelse.no/fhir/CodeSystem/FEST", drug}, {"007421", "http://ehelse.no/fhir/CodeSystem/FEST", item},
		{guidIngr, "http://ehelse.no/FESTSubstance", "ingredients id"}, {guidDrug, "http://ehelse.no/FESTMedication", drug},
		{guidIngr, "http://ehelse.no/FESTMedication", ""},
		{guidDrug, "http://nhn.no/kj/fhir/CodeSystem/DrugTradeName", drug}, {guidIngr, "http://nhn.no/kj/fhir/CodeSystem/ActiveSubstance", "ingredients id"},
		{"n02be01", "http://nhn.no/kj/fhir/CodeSystem/ATC", "atc atc"},
		{"ID_" + guidDose, "http://dmp.no/fhir/NamingSystem/festLegemiddelDose", "doses id"},
		{guidDrug, "http://dmp.no/fhir/NamingSystem/festLegemiddelMerkevare", drug},
		{guidPackage, "http://dmp.no/fhir/NamingSystem/festLegemiddelPakning", "packages id"},
		{guidGeneric, "http://dmp.no/fhir/NamingSystem/festLegemiddelVirkestoff", "generics id"},
		{"007420", "http://dmp.no/fhir/NamingSystem/fest-varenummer", "packages outgoingItemNumber"},
		{"0123456", "http://dmp.no/fhir/NamingSystem/lmrLopenummer", "doses lmrNumber"},
		{guidDrug, "http://ehelse.no/fhir/CodeSystem/FEST/KatLegemiddelMerkevare", drug},
		{guidDose, "http://ehelse.no/fhir/CodeSystem/FEST/KatLegemiddeldose", "doses id"},
		{guidPackage, "http://legemiddelverket.no/fhir/SAFEST/MedicinalProductPackaged", "packages id"},
		{"007421", "http://legemiddelverket.no/fhir/StructureDefinition/safest-itemnumber", item},
		{guidPackage, "http://legemiddelverket.no/FEST/LegemiddelPakningID", "packages id"}, {guidIngr, "http://legemiddelverket.no/FEST/VirkestoffID", "ingredients id"},
		{"007421", "https://farmalogg.no/varenummer", item}, {"7046260074217", "https://farmalogg.no/produktkode/GTIN", "packages gtin"},
		{"07046260074217", "https://farmalogg.no/produktkode/NTIN", "packages gtin"}, {"7046260074217", "https://www.gs1.org/gtin", "packages gtin"},
		{"N02BE01", "http://www.whocc.no/atc", "atc atc"}, {"N02BE", "urn:oid:2.16.578.1.12.4.1.1.7180", "atc atc"}, {"N02BE01", "2.16.578.1.12.4.1.1.7180", "atc atc"},
		{"N02BE01", "https://www.WHOCC.no/atc/|2026", "atc atc"}, {" N02BE01 ", "", "atc atc"},
		{"007421", "", item}, {"00 74 21", "", item}, {"007420", "", "packages outgoingItemNumber"}, {"7421", "", ""},
		{"0123456", "", "doses lmrNumber"}, {"7046260074217", "", "packages gtin"}, {"07046260074217", "", "packages gtin"}, {"7 046260 074217", "", "packages gtin"},
		{"(01)07046260074217(17)270101(10)A1", "", "packages gtin"}, {"]d20107046260074217172701011\x1d21S", "", "packages gtin"},
		{"0107046260074217172701", "", "packages gtin"}, {"1727010110A1\x1d0107046260074217", "", "packages gtin"},
		{"ukjent", "", ""}, {"💊", "", ""}, {strings.Repeat("x", 200), "", ""},
	} {
		var got []string
		found := resolve(t, r, test.code, test.system)
		for _, m := range found.Matches {
			got = append(got, string(m.Resource)+" "+string(m.By))
			if m.Display == "" && test.code != "N02BE" || m.Removed != nil || m.EntryID == "" && m.Resource != cache.ResourceATC {
				t.Errorf("%q: %+v", test.code, m)
			}
		}
		if s := strings.Join(got, ", "); s != test.want {
			t.Errorf("%q, %q: %q, want %q", test.code, test.system, s, test.want)
		}
		if unknown := len(got) == 0; unknown != (found.KnownSince == knownSince) || unknown != slices.Contains(found.Rules, "R26") || len(found.Tried) == 0 {
			t.Errorf("%q: known since %q by %v, tried %v", test.code, found.KnownSince, found.Rules, found.Tried)
		}
	}
}

func TestResolveSaysWhichRules(t *testing.T) {
	r := register(t, named())
	for code, want := range map[string]answer.Basis{
		"007421":               {Rules: []string{"R21"}, Inferred: []string{"R21"}},
		"007420":               {Rules: []string{"R21", "R18"}, Inferred: []string{"R21", "R18"}},
		"7046260074217":        {Rules: []string{"R21", "R22"}, Inferred: []string{"R21", "R22"}},
		"ID_ENTRY-a":           {Rules: []string{"R21", "R14"}, Inferred: []string{"R21"}},
		"ID_nothing":           {Rules: []string{"R21", "R26"}, Inferred: []string{"R21", "R26"}},
		"ID_" + guidIngr + " ": {Rules: []string{"R21"}, Inferred: []string{"R21"}},
	} {
		if diff := gocmp.Diff(want, resolve(t, r, code, "").Basis); diff != "" {
			t.Errorf("%s (-want +got):\n%s", code, diff)
		}
	}
}

func TestResolveHints(t *testing.T) {
	r := register(t, named())
	for _, test := range []struct{ code, system, want string }{
		{"7421", "", ""}, {"07421", "", "007421 is the item number of /v1/packages/ID_" + guidPackage}, {"123456", "", "0123456 is the LMR number"},
		{"7046260074211", "", "the others want 7"}, {guidIngr, "http://ehelse.no/FESTMedication", "the id of /v1/ingredients/ID_" + guidIngr},
		{"007421", "http://legemiddelverket.no/FEST/LegemiddelPakningID", "the item number of /v1/packages/ID_" + guidPackage}, {"ukjent", "", ""},
	} {
		if got := resolve(t, r, test.code, test.system).Hint; !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%q: hint %q, want %q", test.code, got, test.want)
		}
	}
}

// What can be no identifier is said so, with what would be right.
func TestResolveRefuses(t *testing.T) {
	r := register(t, named())
	for _, test := range []struct{ code, system, member, expected string }{
		{"", "", "code", "an id, entry id"}, {" \u00a0", "", "code", "an id, entry id"}, {strings.Repeat("x", 201), "", "code", "at most 200 bytes"},
		{"a\nb", "", "code", "printable"}, {"(01)123", "", "code", "AI 01 and 14 digits"}, {"]d21727010110A1", "", "code", "AI 01"},
		{"abc", "https://farmalogg.no/produktkode/GTIN", "code", "8, 12, 13 or 14 digits"}, {"123", "https://www.gs1.org/gtin", "code", "8, 12, 13 or 14 digits"},
		{"12345", "http://www.whocc.no/atc", "code", "such as N, N02"}, {"WITHOUT", "http://www.whocc.no/atc", "code", "such as N, N02"},
		{"L123", "http://dmp.no/fhir/NamingSystem/lmrLopenummer", "code", "seven digits"},
		{"x", "http://example.org/", "system", "one of known, or no system"}, {"x", "https://pharmaca.fi/vnr", "system", "one of known"},
		{"53", "urn:oid:2.16.578.1.12.4.1.1.7448", "system", "one of known"},
	} {
		_, err := r.Resolve(test.code, test.system, knownSince)
		var bad *answer.Malformed
		if !errors.As(err, &bad) {
			t.Errorf("%q, %q: %v", test.code, test.system, err)
			continue
		}
		if bad.Member != test.member || !strings.Contains(bad.Expected, test.expected) || bad.Detail == "" || (bad.Member == "system") != (len(bad.Known) > 20) {
			t.Errorf("%q, %q: %+v", test.code, test.system, bad)
		}
	}
}

// Removed identifiers answer since when, and what is in their place (R14, R18,
// R25); not before they left (as of).
func TestResolveRemoved(t *testing.T) {
	before, after := removal(t)
	r := answer.New(after, today, rules.Set{})
	for _, test := range []struct{ code, system, want string }{
		{"ID_" + guidDrug, "", "drugs id deleted"}, {strings.ToLower(guidDrug), "http://nhn.no/kj/fhir/CodeSystem/DrugTradeName", "drugs id deleted"},
		{"ID_ENTRY-b", "", "drugs entryId deleted"}, {"ID_ENTRY-d", "", "packages entryId identifier-changed → ID_" + guidPackage},
		{"007420", "", "packages itemNumber identifier-changed → ID_" + guidPackage},
		{"(01)07046260074217", "", "packages gtin identifier-changed → ID_" + guidPackage}, {"0123456", "", "doses lmrNumber deleted"},
		{"007421", "", "packages itemNumber, commodities itemNumber deleted"},
	} {
		var got []string
		for _, m := range resolve(t, r, test.code, test.system).Matches {
			s := string(m.Resource) + " " + string(m.By)
			if g := m.Removed; g != nil {
				s += " " + g.Reason
				for _, next := range g.Successors {
					s += " → " + next.ID
				}
				if g.RemovedIn.Serial == nil || *g.RemovedIn.Serial != 2 || g.LastRetrievalDate == "" {
					t.Errorf("%s: %+v", test.code, g)
				}
			}
			got = append(got, s)
		}
		if s := strings.Join(got, ", "); s != test.want {
			t.Errorf("%q: %q, want %q", test.code, s, test.want)
		}
	}
	then := answer.New(before, today, rules.Set{})
	if m := resolve(t, then, guidDrug, "").Matches; len(m) != 1 || m[0].Removed != nil {
		t.Errorf("before it left: %+v", m)
	}
}

// removal are two releases: with the second the drug, the dose and the
// commodity left, and the package lost its bar code and its outgoing number.
func removal(t testing.TB) (before, after *cache.Snapshot) {
	t.Helper()
	old, next := named(), named()
	pack, _ := next[3].Object.(*fest.Package)
	pack.BarCodes, pack.MarketingInformation = nil, nil
	next[3].EntryID = "ID_ENTRY-new"
	before, after = whole(t, old, 1), whole(t, []*fest.Entry{next[0], next[2], next[3]}, 2)
	data, err := cache.Leaving(t.Context(), before, after)
	if err != nil {
		t.Fatal(err)
	}
	graves, err := cache.OpenGraveyard([]cache.RemovedSet{{Serial: 2, RetrievalDate: after.Release().Content.RetrievalDate, Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	before.SetRemoved(graves)
	after.SetRemoved(graves)
	return before, after
}

// sources are the entries as they stood in the file.
type sources []fest.Slice

func (s sources) Slice(i int) (fest.Slice, error) { return s[i], nil }
func (sources) Close() error                      { return nil }

// whole is a release with its sources, which what leaves is kept with.
func whole(t testing.TB, entries []*fest.Entry, serial fest.Serial) *cache.Snapshot {
	t.Helper()
	b := cache.NewBuilder(cache.Options{TempDir: t.TempDir()})
	defer b.Discard()
	c := fest.Content{Digest: fest.Digest(strings.Repeat("ab", 32)), Document: fest.Document{RetrievalDate: "2026-09-0" + fest.DateTime(rune('0'+serial)) + "T03:09:06"}, Counts: fest.Counts{}}
	var source sources
	for i, e := range entries {
		p, err := b.Prepare(e)
		if err == nil {
			err = b.Add(p, i)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Counts.Add(e)
		source = append(source, m30.SliceOf(e))
	}
	var flat bytes.Buffer
	if err := b.Finish(t.Context(), c, &flat); err != nil {
		t.Fatal(err)
	}
	s, err := cache.OpenBytes(flat.Bytes(), fest.Release{Serial: serial, Stream: "test", Content: c}, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// What replaces something without FEST saying so is not guessed: a drug that was
// split has another id (R15), a package with a real difference is another one, and
// the drug is all that links them (R19). What is gone says only that (R24, R25).
func TestResolveGuessesNoSuccessor(t *testing.T) {
	old, next := named(), named()
	drug, _ := next[1].Object.(*fest.Drug)
	drug.ID = ptr(fest.ID("ID_" + guidSplit))
	next[1].EntryID = "ID_ENTRY-split"
	pack, _ := next[3].Object.(*fest.Package)
	pack.ID, pack.ItemNumber, pack.BarCodes, pack.MarketingInformation = ptr(fest.ID("ID_"+guidOther)), "009998", nil, nil
	next[3].EntryID = "ID_ENTRY-other"
	before, after := whole(t, old, 1), whole(t, next, 2)
	data, err := cache.Leaving(t.Context(), before, after)
	if err != nil {
		t.Fatal(err)
	}
	graves, err := cache.OpenGraveyard([]cache.RemovedSet{{Serial: 2, RetrievalDate: "2026-09-02T03:09:06", Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	after.SetRemoved(graves)
	r := answer.New(after, today, rules.Set{})
	for code, live := range map[string]bool{"ID_" + guidDrug: false, "ID_" + guidSplit: true, "ID_" + guidPackage: false, "ID_" + guidOther: true, "7046260074217": false} {
		m := resolve(t, r, code, "").Matches
		if len(m) != 1 || (m[0].Removed == nil) != live {
			t.Errorf("%s: %+v", code, m)
			continue
		}
		if !live && (m[0].Removed.Reason != "deleted" || len(m[0].Removed.Successors) != 0) {
			t.Errorf("%s: %+v", code, m[0].Removed)
		}
	}
}

const (
	guidSplit = "6B1F6B0E-0000-4000-8000-0000000000D2"
	guidOther = "6B1F6B0E-0000-4000-8000-0000000000A2"
)

// The page for integrators names every system that is taken, and nothing else
// takes its place: each is its own, however it is written.
func TestSystemsAreDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(festtest.Root(), "docs", "RESOLVE.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range answer.Systems() {
		name := s.URI[strings.LastIndexAny(s.URI, "/.")+1:]
		if rest := strings.TrimPrefix(name, "MedicinalProduct"); rest != "" { // …Packaged
			name = rest
		}
		if !strings.Contains(string(b), name) || !strings.Contains(string(b), s.Family) && s.Family != "Farmalogg" && s.Family != "GS1" {
			t.Errorf("docs/RESOLVE.md does not name %s of %s", s.URI, s.Family)
		}
		if seen[strings.ToLower(s.URI)] || len(s.Ways) == 0 {
			t.Errorf("%s stands twice, or for nothing", s.URI)
		}
		seen[strings.ToLower(s.URI)] = true
	}
}
