package cache_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

func TestFilters(t *testing.T) {
	s := open(t, world()...)
	for _, tc := range []struct {
		resource fest.Resource
		query    string // name=value, several with &
		want     string
	}{
		{fest.ResourceIngredients, "name=Parac", "I-PARACETAMOL"},
		{fest.ResourceIngredients, "name=codeine", "I-KODEIN I-KODEIN-P"},
		{fest.ResourceIngredients, "name=ØSTR", "I-OESTRADIOL"},
		{fest.ResourceIngredients, "name=oestr", "I-OESTRADIOL"},
		{fest.ResourceIngredients, "name=ostradiol", "I-OESTRADIOL"},
		{fest.ResourceIngredients, "name=xyz", ""},
		{fest.ResourceIngredientStrengths, "ingredient=I-PARACETAMOL", "S-PARACETAMOL"},
		{fest.ResourceIngredientStrengths, "ingredient=I-KODEIN", "S-KODEIN"},
		{fest.ResourceDrugs, "atc=N02BE01", "D-PARACET"},
		{fest.ResourceDrugs, "atc= n02be01 ", "D-PARACET"},
		{fest.ResourceDrugs, "atc=N02", "D-PARACET D-PINEX D-MORFIN"},
		{fest.ResourceDrugs, "atc=N", "D-PARACET D-PINEX D-MORFIN"},
		{fest.ResourceDrugs, "atc=N02B", "D-PARACET"},
		{fest.ResourceDrugs, "atc=N0", ""}, // no level
		{fest.ResourceDrugs, "atc=", ""},
		{fest.ResourceDrugs, "name=paracet", "D-PARACET"},
		{fest.ResourceDrugs, "name=Paracet TAB", "D-PARACET"},
		{fest.ResourceDrugs, "name=østradiol åkerblå tab", "D-OESTRADIOL"},
		{fest.ResourceDrugs, "name=oestradiol aakerblaa", "D-OESTRADIOL"},
		{fest.ResourceDrugs, "name=ostradiol akerbla", "D-OESTRADIOL"},
		{fest.ResourceDrugs, "ingredient=I-PARACETAMOL", "D-PARACET D-PINEX"},
		{fest.ResourceDrugs, "ingredient=i-paracetamol", "D-PARACET D-PINEX"},
		{fest.ResourceDrugs, "ingredient=I-KODEIN", "D-PINEX"},      // by its salt (R34)
		{fest.ResourceDrugs, "ingredient=I-MORFIN", "D-MORFIN"},     // without strength (R35)
		{fest.ResourceDrugs, "ingredient=I-MORFIN-SO4", "D-MORFIN"}, // a salt that is no entry
		{fest.ResourceDrugs, "ingredient=I-PARACETAMOL&atc=N02BE", "D-PARACET"},
		{fest.ResourceDrugs, "ingredient=I-PARACETAMOL&atc=N02BE&prescriptionGroup=A", ""},
		{fest.ResourceDrugs, "prescriptionGroup=C", "D-PARACET D-OESTRADIOL D-NOATC"}, // R54
		{fest.ResourceDrugs, "prescriptionGroup=F", "D-PARACET"},
		{fest.ResourceDrugs, "prescriptionGroup=cf", "D-PARACET"},
		{fest.ResourceDrugs, "form=53&atc=G03", "D-OESTRADIOL"},
		{fest.ResourceDrugs, "form=tabl&atc=G03", "D-OESTRADIOL"},
		{fest.ResourceDrugs, "form=5", ""},
		{fest.ResourceGenerics, "atc=N02BE01", "G-1"},
		{fest.ResourceGenerics, "name=paracetamol tab", "G-1"},
		{fest.ResourceGenerics, "ingredient=I-PARACETAMOL", "G-1"},
		{fest.ResourcePackages, "itemNumber=007421", "P-1"},
		{fest.ResourcePackages, "itemNumber=7421", ""},      // R20
		{fest.ResourcePackages, "itemNumber=000042", "P-1"}, // R18
		{fest.ResourcePackages, "gtin=7046260012345", "P-1"},
		{fest.ResourcePackages, "gtin=07046260012345", "P-1"},
		{fest.ResourcePackages, "gtin=70462600123", "P-3"},
		{fest.ResourcePackages, "gtin=]d20107046260012345172612311012345", "P-1"},
		{fest.ResourcePackages, "gtin=(01)07046260012345(10)AB", "P-1"},
		{fest.ResourcePackages, "gtin=10AB\x1d0107046260012345", "P-1"},
		{fest.ResourcePackages, "gtin=1726123101070462600123452112345", "P-1"},
		{fest.ResourcePackages, "gtin=12345678901231", "P-2"},
		{fest.ResourcePackages, "gtin=0", ""},
		{fest.ResourcePackages, "atc=N02AA", "P-3"},
		{fest.ResourcePackages, "drug=D-PARACET", "P-1 P-2"},
		{fest.ResourcePackages, "substitutionGroup=B-1", "P-1 P-2"},
		{fest.ResourcePackages, "substitutionGroup=001219", "P-1 P-2"},
		{fest.ResourcePackages, "name=pakning 5", "P-3"},
		{fest.ResourceDoses, "lmrNumber=0347478", "L-1"},
		{fest.ResourceDoses, "drug=D-PARACET", "L-1"},
		{fest.ResourceDoses, "package=P-2", "L-1"},
		{fest.ResourceCommodities, "itemNumber=800001", "800001 800001"}, // R21
		{fest.ResourceCommodities, "productGroup=501", "800001 800001"},
		{fest.ResourceCommodities, "productGroup=6010201", "800002"},
		{fest.ResourceCommodities, "productGroup=", ""},
		{fest.ResourceCommodities, "name=naering", "800002"},
		{fest.ResourceSubstitutionGroups, "code=001219", "B-1"},
		{fest.ResourceReimbursements, "groupNumber=N02BE01_1", "RG-1"},
		{fest.ResourceReimbursements, "atc=N02BE01", "RG-1"},
		{fest.ResourceReimbursements, "atc=N02", "RG-1 RG-2"},
		{fest.ResourceReimbursements, "icpc2=A01", "RG-1"}, // R89: the same code in two systems
		{fest.ResourceReimbursements, "icpc2=-90", "RG-1"},
		{fest.ResourceReimbursements, "icd10=A01", "RG-2"},
		{fest.ResourceReimbursements, "icd10=r52", "RG-1"},
		{fest.ResourceReimbursements, "icd10=X99", ""},
		{fest.ResourceReimbursements, "legalBasis=200", "RG-1 RG-2"},
		{fest.ResourceConditions, "number=34", "C-1"},
		{fest.ResourceConditions, "group=3", "C-1"},
		{fest.ResourceNotifications, "type=2&reference=D-PARACET", world()[25].Items()[0].Key},
		{fest.ResourceNotifications, "type=1", ""},
		{fest.ResourceInteractions, "atc=N02BE01", "X-LEVEL5 X-LEVEL1"},
		{fest.ResourceInteractions, "atc=N02AA01", "X-LEVEL4 X-LEVEL1"},
		{fest.ResourceInteractions, "atc=N02", "X-LEVEL5 X-LEVEL4 X-LEVEL1"},
		{fest.ResourceInteractions, "atc=WITHOUT", "X-WITHOUT"},
		{fest.ResourceInteractions, "atc=ZV80", "X-LEVEL5 X-LEVEL4 X-LEVEL1 X-REF X-WITHOUT"},
		{fest.ResourceInteractions, "ingredient=I-KODEIN", "X-REF"},                  // R112, R34
		{fest.ResourceInteractions, "ingredient=I-PARACETAMOL", "X-LEVEL5 X-LEVEL1"}, // R114
		{fest.ResourceInteractions, "ingredient=I-MORFIN-SO4", "X-LEVEL4 X-LEVEL1"},
		{fest.ResourceNotAssessed, "atc=N02BE05", "N02BE05"},
		{fest.ResourceNotAssessed, "atc=N02", "N02BE05"},
		{fest.ResourceCodeSystems, "code=N02BE01", fest.OIDRoot + "7180"},
	} {
		var q []cache.Query
		for part := range strings.SplitSeq(tc.query, "&") {
			name, value, _ := strings.Cut(part, "=")
			q = append(q, cache.Query{Filter: name, Value: value})
		}
		page, err := s.List(tc.resource, q, 0, 100)
		if err != nil {
			t.Errorf("%s?%s: %v", tc.resource, tc.query, err)
			continue
		}
		if got := strings.Join(keys(s, page.Items), " "); got != tc.want || page.Total != len(page.Items) || page.Next != 0 {
			t.Errorf("%s?%s: got %q (total %d, next %d), want %q", tc.resource, tc.query, got, page.Total, page.Next, tc.want)
		}
	}
	// Every filter of the table was tried, and unknown ones are refused.
	if _, err := s.List(fest.ResourceDrugs, []cache.Query{{Filter: "colour"}}, 0, 1); !errors.Is(err, cache.ErrUnknownFilter) {
		t.Errorf("unknown filter: %v", err)
	}
	if _, err := s.List(fest.ResourceShortDoses, []cache.Query{{Filter: "name"}}, 0, 1); !errors.Is(err, cache.ErrUnknownFilter) {
		t.Errorf("another resource's filter: %v", err)
	}
}

func TestPages(t *testing.T) {
	s := open(t, world()...)
	all, err := s.List(fest.ResourceDrugs, nil, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if all.Total != 5 || s.Len(fest.ResourceDrugs) != 5 || len(all.Items) != 5 || all.Next != 0 {
		t.Fatalf("all drugs: %+v", all)
	}
	for _, q := range [][]cache.Query{nil, {{Filter: "name", Value: ""}}} {
		for limit := 1; limit < 7; limit++ {
			var got []cache.Index
			for at := cache.Position(0); ; {
				p, err := s.List(fest.ResourceDrugs, q, at, limit)
				if err != nil || len(p.Items) > limit || p.Total != 5 {
					t.Fatalf("limit %d: %+v, %v", limit, p, err)
				}
				got = append(got, p.Items...)
				if at = p.Next; at == 0 {
					break
				}
			}
			if d := cmp.Diff(all.Items, got); d != "" {
				t.Errorf("limit %d, -want +got:\n%s", limit, d)
			}
		}
		for _, far := range []cache.Position{5, 64, 1 << 31, ^cache.Position(0)} {
			if p, err := s.List(fest.ResourceDrugs, q, far, 10); err != nil || len(p.Items) != 0 || p.Next != 0 {
				t.Errorf("from %d: %+v, %v", far, p, err)
			}
		}
		if p, _ := s.List(fest.ResourceDrugs, q, 0, -1); len(p.Items) != 1 {
			t.Errorf("limit -1: %+v", p)
		}
	}
	if p, err := s.List("nothing", nil, 0, 10); err != nil || p.Total != 0 {
		t.Errorf("no resource: %+v, %v", p, err)
	}
}

func TestByKey(t *testing.T) {
	s := open(t, world()...)
	for _, tc := range []struct {
		resource fest.Resource
		key      string
		want     []string
	}{
		{fest.ResourceDrugs, "D-PARACET", []string{"D-PARACET"}},
		{fest.ResourceDrugs, "d-paracet", []string{"D-PARACET"}},
		{fest.ResourceDrugs, "ID_E-D-PARACET", []string{"D-PARACET"}}, // entry id
		{fest.ResourceDrugs, "id_e-d-paracet", []string{"D-PARACET"}},
		{fest.ResourcePackages, "D-PARACET", []string{}}, // of another resource
		{fest.ResourceCommodities, "800001", []string{"800001", "800001"}},
		{fest.ResourceReimbursements, "RG-2", []string{"RG-2"}},
		{fest.ResourceReimbursements, "ID_E-R-1", []string{"RG-1", "RG-2"}}, // one entry, two groups
		{fest.ResourceNotAssessed, "N02BE05", []string{"N02BE05"}},
		{fest.ResourceCodeSystems, fest.OIDRoot + "7180", []string{fest.OIDRoot + "7180"}},
		{fest.ResourceShortDoses, "101", []string{"101"}},
		{fest.ResourceDrugs, "EXPIRED", []string{}},
		{fest.ResourceDrugs, "", []string{}},
		{fest.ResourceDrugs, strings.Repeat("x", 10000), []string{}},
		{"nothing", "D-PARACET", []string{}},
	} {
		if d := cmp.Diff(tc.want, keys(s, s.ByKey(nil, tc.resource, tc.key))); d != "" {
			t.Errorf("%s/%s: -want +got:\n%s", tc.resource, tc.key, d)
		}
	}
}

func TestItem(t *testing.T) {
	s := open(t, world()...)
	it := s.Item(s.ByKey(nil, fest.ResourceIngredientStrengths, "S-KODEIN")[0])
	const want = `{"resource":"ingredient-strengths","id":"S-KODEIN","entryId":"ID_E-S-KODEIN","registrationTime":"2026-01-23T03:09:06",` +
		`"registrationStatus":{"code":"A","system":"urn:oid:2.16.578.1.12.4.1.1.7446","display":"Aktiv oppføring"},"strength":{"value":500,"unit":"mg"},` +
		`"activeSubstance":{"resource":"ingredients","id":"I-KODEIN-P","display":"Kodeinfosfat"},` +
		`"strengthOperator":{"code":"L","system":"urn:oid:2.16.578.1.12.4.1.1.7445","display":"Lik"},` +
		`"atcOfCombinationComponent":{"code":"A02AA04","system":"urn:oid:2.16.578.1.12.4.1.1.7180","display":"ATC A02AA04"}}`
	if d := cmp.Diff(want, string(it.JSON)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if it.Resource != fest.ResourceIngredientStrengths || string(it.Key) != "S-KODEIN" || string(it.EntryID) != "ID_E-S-KODEIN" || it.Ordinal != 15 {
		t.Errorf("got %s %s %s %d", it.Resource, it.Key, it.EntryID, it.Ordinal)
	}
	if got := string(cache.AppendETag(nil, it.JSON)); string(it.ETag) != got || len(got) != 18 || got[0] != '"' || got[17] != '"' {
		t.Errorf("ETag %s, of its bytes %s", it.ETag, got)
	}
	// The display of a strength needs that of its ingredient.
	drug := s.Item(s.ByKey(nil, fest.ResourceDrugs, "D-PINEX")[0])
	if !strings.Contains(string(drug.JSON), `"activeSubstanceWithStrength":{"resource":"ingredient-strengths","id":"S-KODEIN","display":"Kodeinfosfat 500 mg"}`) {
		t.Errorf("drug: %s", drug.JSON)
	}
	if it := s.Item(1 << 30); it.JSON != nil || it.Ordinal != -1 {
		t.Errorf("no such item: %+v", it)
	}
	if got := s.Counts()["drugs"]; got != 5 {
		t.Errorf("counts: %d drugs", got)
	}
}

func TestXML(t *testing.T) {
	s := open(t, world()...)
	want := `<OppfLegemiddelMerkevare xmlns="` + string(fest.NamespaceM30) + `"><Id>ID_E-D-PARACET</Id></OppfLegemiddelMerkevare>`
	i := s.ByKey(nil, fest.ResourceDrugs, "D-PARACET")[0]
	for range 3 { // the second from what is kept
		got, err := s.AppendXML([]byte("x"), i)
		if err != nil || string(got) != "x"+want {
			t.Errorf("got %s, %v", got, err)
		}
	}
	// A store that gives another entry is an error, not an answer.
	entries := world()
	file := write(t, cache.Options{}, entries...)
	wrong, err := cache.OpenBytes(file, release(1), source(append(entries[1:], entries[0])))
	if err != nil {
		t.Fatal(err)
	}
	defer wrong.Close()
	if got, err := wrong.AppendXML(nil, i); !errors.Is(err, cache.ErrDamaged) || len(got) != 0 {
		t.Errorf("another content's entry: %q, %v", got, err)
	}
	without, err := cache.OpenBytes(file, release(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer without.Close()
	if _, err := without.AppendXML(nil, i); err == nil {
		t.Error("no source: no error")
	}
}

func TestATC(t *testing.T) {
	s := open(t, world()...)
	it, ok := s.ATC(" n02be01")
	if !ok {
		t.Fatal("N02BE01 is not known")
	}
	const want = `{"resource":"atc","code":"N02BE01","display":"Paracetamol","system":"urn:oid:2.16.578.1.12.4.1.1.7180","level":5,` +
		`"parents":[{"code":"N","display":"Nervesystemet","href":"/v1/atc/N"},{"code":"N02","display":"Analgetika","href":"/v1/atc/N02"}],"children":[],` +
		`"under":{"drugs":{"count":1,"href":"/v1/drugs?atc=N02BE01"},"generics":{"count":1,"href":"/v1/generics?atc=N02BE01"},` +
		`"packages":{"count":2,"href":"/v1/packages?atc=N02BE01"},"reimbursements":{"count":1,"href":"/v1/reimbursements?atc=N02BE01"},` +
		`"interactions":{"count":2,"href":"/v1/interactions?atc=N02BE01"}},` +
		`"ingredients":{"derived":true,"items":[{"resource":"ingredients","id":"I-PARACETAMOL","display":"Paracetamol"}]}}`
	if d := cmp.Diff(want, string(it.JSON)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if string(it.Key) != "N02BE01" || it.Resource != cache.ResourceATC || it.Ordinal != -1 || string(it.ETag) != string(cache.AppendETag(nil, it.JSON)) {
		t.Errorf("got %+v", it)
	}
	type node struct {
		Display        string
		DisplayEnglish string
		Level          int
		Parents        []struct{ Code string }
		Children       []struct{ Code string }
		Ingredients    struct{ Items []struct{ ID string } }
	}
	get := func(code string) (n node) {
		t.Helper()
		it, ok := s.ATC(code)
		if !ok {
			t.Fatalf("%s is not known", code)
		}
		if err := json.Unmarshal(it.JSON, &n); err != nil {
			t.Fatalf("%s: %v", it.JSON, err)
		}
		return n
	}
	if n := get("N"); n.Level != 1 || n.DisplayEnglish != "Nervous system" || len(n.Children) != 1 {
		t.Errorf("N: %+v", n)
	}
	// Not in the list: parents by length (R136), the name as it was used.
	if n := get("N02AA01"); n.Display != "ATC N02AA01" || len(n.Parents) != 4 || n.Parents[3].Code != "N02AA" || len(n.Ingredients.Items) != 1 || n.Ingredients.Items[0].ID != "I-MORFIN-HCL" {
		t.Errorf("N02AA01: %+v", n)
	}
	if n := get("N02AJ06"); n.Ingredients.Items != nil {
		t.Errorf("a combination has no derived ingredient: %+v", n)
	}
	if n := get("ZV80AA02"); n.Level != 5 || len(n.Parents) != 4 || n.Parents[0].Code != "ZV" {
		t.Errorf("ZV80AA02: %+v", n)
	}
	if n := get("WITHOUT"); n.Level != 0 || len(n.Parents) != 0 {
		t.Errorf("WITHOUT: %+v", n)
	}
	for _, code := range []string{"A02AA04", "R05DA04", "N02BE05", "G03CA03", "G"} {
		get(code)
	}
	for _, code := range []string{"", "N03", "X"} {
		if _, ok := s.ATC(code); ok {
			t.Errorf("%q is known", code)
		}
	}
}

// What the item of an ATC code counts is what the list has.
func TestATCCountsAreTheLists(t *testing.T) {
	s := open(t, world()...)
	all, _ := s.List(cache.ResourceATC, nil, 0, 1000)
	if all.Total < 20 {
		t.Fatalf("only %d codes", all.Total)
	}
	for _, i := range all.Items {
		var n struct {
			Code  string
			Under map[fest.Resource]struct{ Count int }
		}
		if err := json.Unmarshal(s.Item(i).JSON, &n); err != nil {
			t.Fatal(err)
		}
		for _, r := range fest.Resources() {
			page, err := s.List(r, []cache.Query{{Filter: "atc", Value: n.Code}}, 0, 1000)
			if errors.Is(err, cache.ErrUnknownFilter) {
				continue
			}
			if got := n.Under[r].Count; got != page.Total {
				t.Errorf("%s: %d %s counted, %d listed", n.Code, got, r, page.Total)
			}
		}
	}
}

func TestLookupsDoNotAllocate(t *testing.T) {
	s := open(t, world()...)
	var dst []cache.Index
	for _, key := range []string{"D-PARACET", "d-paracet", "ID_E-D-PARACET", "nothing"} {
		if n := testing.AllocsPerRun(100, func() {
			dst = s.ByKey(dst[:0], fest.ResourceDrugs, key)
			for _, i := range dst {
				if it := s.Item(i); len(it.JSON) == 0 {
					t.Error("no JSON")
				}
			}
		}); n != 0 {
			t.Errorf("ByKey(%q) and Item allocate %v times", key, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() { s.ATC("N02BE01") }); n != 0 {
		t.Errorf("ATC allocates %v times", n)
	}
	var served cache.Served
	served.Swap(open(t, world()...).WithRelease(release(2)))
	defer served.Swap(nil)
	if n := testing.AllocsPerRun(100, func() { served.Acquire().Close() }); n != 0 {
		t.Errorf("Acquire and Close allocate %v times", n)
	}
}
