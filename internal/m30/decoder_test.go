package m30_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/m30"
)

// decodeOne decodes what stands inside the catalogue's Oppf… element, on line 7.
func decodeOne(t *testing.T, catalogue, inside string) (*fest.Entry, []fest.Finding) {
	t.Helper()
	name := "Oppf" + strings.TrimPrefix(catalogue, "Kat")
	d := m30.NewDecoder(m30.Limits{})
	e, err := d.Decode(fest.Slice{Catalogue: catalogue, Context: m30.EntryContext, Line: 7, XML: []byte("<" + name + ">" + inside + "</" + name + ">")})
	if err != nil {
		t.Fatal(err)
	}
	return e, d.Tally().Findings()
}

// Elements of one name stand inside each other; the parent says which is which.
func TestSameNameNested(t *testing.T) {
	e, found := decodeOne(t, "KatRefusjon", envelope+`<Refusjonshjemmel><Refusjonshjemmel V="200"/><KreverVarekobling>true</KreverVarekobling><KreverVedtak>false</KreverVedtak>
		<Refusjonsgruppe><Id>RID_1</Id><GruppeNr V="1"/><KreverRefusjonskode>true</KreverRefusjonskode>
		<Refusjonskode><Refusjonskode V="K86"/><GyldigFraDato>2020-01-01</GyldigFraDato></Refusjonskode></Refusjonsgruppe></Refusjonshjemmel>`)
	want := &fest.Reimbursement{
		StatutoryAuthority: fest.CV{Code: "200", Present: fest.AttrV}, RequiresProductLink: "true", RequiresDecision: "false",
		ReimbursementGroups: []fest.ReimbursementGroup{{
			ID: "RID_1", GroupNumber: fest.CV{Code: "1", Present: fest.AttrV}, RequiresReimbursementCode: "true",
			ReimbursementCodes: []fest.ReimbursementCode{{Code: fest.CV{Code: "K86", Present: fest.AttrV}, ValidFromDate: "2020-01-01"}},
		}},
	}
	if diff := cmp.Diff(any(want), e.Object); diff != "" {
		t.Error(diff)
	}
	if e.EntryID != "ID_1" {
		t.Errorf("the entry id is %s", e.EntryID)
	}

	e, found2 := decodeOne(t, "KatKodeverk", envelope+`<Info><Id>1.2.3</Id><Betegnelse>B</Betegnelse><Kortnavn>K</Kortnavn><AnsvarligUtgiver>A</AnsvarligUtgiver></Info>
		<Element><Id>ID_3</Id><Kode>a</Kode><Term><Term>one</Term></Term><Term><Term>two</Term><Sprak V="en"/></Term></Element>`)
	list := &fest.CodeSystem{
		Info: fest.CodeSystemInfo{OID: "1.2.3", Designation: "B", ShortName: "K", ResponsiblePublisher: "A"},
		Elements: []fest.CodeSystemElement{{ID: "ID_3", Code: "a", Terms: []fest.Term{
			{Term: "one"}, {Term: "two", Language: &fest.CS{Code: "en", Present: fest.AttrV}},
		}}},
	}
	if diff := cmp.Diff(any(list), e.Object); diff != "" {
		t.Error(diff)
	}
	if e.EntryID != "ID_1" || len(found)+len(found2) > 0 {
		t.Error(e.EntryID, found, found2)
	}
}

// Texts and attributes are kept to the byte, as XML defines them.
func TestTextIsExact(t *testing.T) {
	for _, tt := range []struct{ in, text string }{
		{"<Tekst></Tekst>", ""},
		{"<Tekst/>", ""},
		{"<Tekst> a\n  b </Tekst>", " a\n  b "},
		{"<Tekst>\n</Tekst>", "\n"},
		{"<Tekst>a\r\nb\rc\n\rd</Tekst>", "a\nb\nc\n\nd"},
		{"<Tekst>a&#13;&#10;&#x9;b</Tekst>", "a\r\n\tb"},
		{"<Tekst>&lt;&gt;&amp;&apos;&quot;</Tekst>", `<>&'"`},
		{"<Tekst>&#229;&#xE5;&#x1D11E;&#0000000000000000000000000000000000000000000000000000000000000000000000065;</Tekst>", "åå𝄞A"},
		{"<Tekst>a<!-- b -->c<?d e?>f</Tekst>", "acf"},
		{"<Tekst>a<![CDATA[<b>&amp;\r\n]]>]]&gt;</Tekst>", "a<b>&amp;\n]]>"},
		{"<Tekst>a]b]]c</Tekst>", "a]b]]c"},
	} {
		e, found := decodeOne(t, "KatVilkar", envelope+"<Vilkar>"+strings.Replace(condition, "<Tekst>T</Tekst>", tt.in, 1)+"</Vilkar>")
		if got := string(e.Object.(*fest.Condition).Text); got != tt.text || len(found) > 0 {
			t.Errorf("%s: got %q, want %q; %v", tt.in, got, tt.text, found)
		}
	}
	for _, tt := range []struct {
		in   string
		want fest.CV
	}{
		{`<Gruppe/>`, fest.CV{}},
		{`<Gruppe V=""/>`, fest.CV{Present: fest.AttrV}},
		{`<Gruppe  DN = 'a"b' V="a'b" ></Gruppe >`, fest.CV{Code: "a'b", Display: `a"b`, Present: fest.AttrV | fest.AttrDN}},
		{"<Gruppe S='a\tb\nc\r\nd\re' OT='&#10;&#xD;&lt;'/>", fest.CV{System: "a b c d e", OriginalText: "\n\r<", Present: fest.AttrS | fest.AttrOT}},
	} {
		e, _ := decodeOne(t, "KatVilkar", envelope+"<Vilkar>"+tt.in+"</Vilkar>")
		if diff := cmp.Diff(tt.want, e.Object.(*fest.Condition).ConditionGroup); diff != "" {
			t.Errorf("%s:\n%s", tt.in, diff)
		}
	}
}

// What is not in the schemas is read past and counted by its path.
func TestFindings(t *testing.T) {
	const at = "KatVilkar/OppfVilkar"
	vilkar := func(more string) string { return envelope + "<Vilkar>" + condition + more + "</Vilkar>" }
	for _, tt := range []struct {
		name, in string
		want     []string // rule path count
	}{
		{"nothing", vilkar(""), nil},
		{"unknown element", vilkar("<Ny><Id>x</Id>y</Ny><Ny/>"), []string{"unknown-element " + at + "/Vilkar/Ny 2"}},
		{"unknown in a leaf", vilkar("<VilkarNr>a<b>c</b>d</VilkarNr>"), []string{"unknown-element " + at + "/Vilkar/VilkarNr/b 1"}},
		{"unknown in a coded value", vilkar("<StrukturertVilkar><Type V='1'><a/></Type><VerdiTekst/></StrukturertVilkar>"), []string{"unknown-element " + at + "/Vilkar/StrukturertVilkar/Type/a 1"}},
		{"unknown in the entry", vilkar("") + "<Ny/>", []string{"unknown-element " + at + "/Ny 1"}},
		{"element of another namespace", vilkar("<VilkarNr xmlns='urn:x'>1</VilkarNr>"), []string{"unknown-element " + at + "/Vilkar/VilkarNr 1"}},
		{"unknown attribute", vilkar("<VilkarNr a='1'>1</VilkarNr>"), []string{"unknown-attribute " + at + "/Vilkar/VilkarNr/@a 1"}},
		{"unknown attribute of a coded value", envelope + "<Vilkar>" + strings.Replace(condition, "<Gruppe", "<Gruppe U='1' xml:lang='no'", 1) + "</Vilkar>",
			[]string{"unknown-attribute " + at + "/Vilkar/Gruppe/@U 1", "unknown-attribute " + at + "/Vilkar/Gruppe/@xml:lang 1"}},
		{"xsi is no data", vilkar("<VilkarNr xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true' i:type='a'/>"), nil},
		{"missing", envelope + "<Vilkar><Id>ID_2</Id></Vilkar>",
			[]string{"missing-element " + at + "/Vilkar/GjelderFor 1", "missing-element " + at + "/Vilkar/Gruppe 1", "missing-element " + at + "/Vilkar/Tekst 1"}},
		{"missing in the entry", "<Id>ID_1</Id><Vilkar>" + condition + "</Vilkar>", []string{"missing-element " + at + "/Status 1", "missing-element " + at + "/Tidspunkt 1"}},
		{"repeated", vilkar("<Tekst>again</Tekst>"), []string{"repeated-element " + at + "/Vilkar/Tekst 1"}},
		{"repeated object", vilkar("") + "<Vilkar/>", []string{"repeated-element " + at + "/Vilkar 1"}},
		{"repeated envelope", vilkar("") + "<Id>ID_9</Id>", []string{"repeated-element " + at + "/Id 1"}},
		{"neither of a choice", vilkar("<StrukturertVilkar><Type V='1'/></StrukturertVilkar>"), []string{"missing-element " + at + "/Vilkar/StrukturertVilkar/VerdiTekst|VerdiKodet 1"}},
		{"both of a choice", vilkar("<StrukturertVilkar><Type V='1'/><VerdiTekst/><VerdiKodet/></StrukturertVilkar>"), []string{"repeated-element " + at + "/Vilkar/StrukturertVilkar/VerdiTekst|VerdiKodet 1"}},
		{"text between", vilkar("<StrukturertVilkar>a<Type V='1'/><VerdiTekst/>b</StrukturertVilkar>&#32;"),
			[]string{"unexpected-text " + at + "/Vilkar 1", "unexpected-text " + at + "/Vilkar/StrukturertVilkar 2"}},
		{"text in a coded value", vilkar("<StrukturertVilkar><Type V='1'>a</Type><VerdiTekst/></StrukturertVilkar>"), []string{"unexpected-text " + at + "/Vilkar/StrukturertVilkar/Type 1"}},
		{"no object", envelope, []string{"entry-without-object " + at + " 1"}},
		{"retired", strings.Replace(envelope, `"A"`, `"U"`, 1), []string{"increment " + at + " 1"}},
		{"namespace lost inside", vilkar("<VilkarNr xmlns=''>1</VilkarNr>"), []string{"namespace-lost " + at + "/Vilkar/VilkarNr 1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, found := decodeOne(t, "KatVilkar", tt.in)
			var got []string
			for _, f := range found {
				got = append(got, fmt.Sprint(f.Rule, " ", f.Path, " ", f.Count))
				want := []fest.Affected{{ID: "ID_1", Line: 7}}
				if f.Rule == fest.RuleNamespaceLost {
					want = nil
				}
				if diff := cmp.Diff(want, f.Affected); diff != "" || f.Class != "conditions" {
					t.Errorf("%s of class %s names %v", f.Rule, f.Class, f.Affected)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if o, ok := e.Object.(*fest.Condition); ok && o.Text != "T" && o.Text != "" {
				t.Errorf("the first text was not kept: %q", o.Text)
			}
		})
	}
}

// A retired entry never comes with an object, whatever the source holds.
func TestRetiredEntryHasNoObject(t *testing.T) {
	e, _ := decodeOne(t, "KatVirkestoff", strings.Replace(envelope, `"A"`, `"U"`, 1)+
		`<Virkestoff xmlns="http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01"><Id>ID_2</Id><Navn>N</Navn></Virkestoff>`)
	if e.Object != nil || e.Class != fest.ClassIngredient {
		t.Errorf("got %+v", e)
	}
}

// Substansgruppe is required twice.
func TestTooFewOfAList(t *testing.T) {
	_, found := decodeOne(t, "KatInteraksjon", envelope+`<Interaksjon><Id>ID_2</Id><Relevans V="1"/><KliniskKonsekvens>k</KliniskKonsekvens><Kildegrunnlag V="1"/>
		<Substansgruppe><Substans><Substans>s</Substans></Substans></Substansgruppe></Interaksjon>`)
	if len(found) != 1 || found[0].Rule != fest.RuleMissingElement || found[0].Path != "KatInteraksjon/OppfInteraksjon/Interaksjon/Substansgruppe" {
		t.Errorf("got %v", found)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, tt := range []struct {
		s    fest.Slice
		want string
	}{
		{fest.Slice{Catalogue: "KatNy", Line: 3}, "line 3: KatNy: not a FEST file: no such catalogue in the schemas of 2014-12-01"},
		{fest.Slice{Catalogue: "KatVilkar", Line: 3, XML: []byte("<OppfDiagnose/>")}, "line 3: KatVilkar: not a FEST file: <OppfDiagnose> where <OppfVilkar> should stand"},
		{fest.Slice{Catalogue: "KatVilkar", Line: 3, XML: []byte("<OppfVilkar xmlns='urn:x'/>")}, "line 3: KatVilkar: not a FEST file: <OppfVilkar> where <OppfVilkar> should stand"},
		{fest.Slice{Catalogue: "KatVilkar", Line: 3, XML: []byte("<OppfVilkar/>\n<a/>")}, "line 4: KatVilkar: not well-formed: a second element after the end of the first"},
		{fest.Slice{Catalogue: "KatVilkar", Line: 3, XML: []byte("<OppfVilkar/>\n\na")}, "line 3: KatVilkar: not well-formed: text outside the element"},
		{fest.Slice{Catalogue: "KatVilkar", Line: 3, XML: nil}, "line 3: KatVilkar: not a FEST file: <> where <OppfVilkar> should stand"},
		{fest.Slice{Catalogue: "KatVilkar", Line: 3, Context: " xmlns='", XML: []byte("<OppfVilkar/>")}, "line 3: KatVilkar: cut off: the text ends inside the value of an attribute of <x>"},
	} {
		_, err := m30.NewDecoder(m30.Limits{}).Decode(tt.s)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.s.XML, err, tt.want)
		}
	}
}

// The tally of a hostile file is bounded, and says so.
func TestTallyIsBounded(t *testing.T) {
	d := m30.NewDecoder(m30.Limits{Paths: 5, Affected: 7})
	for entry := range 4 {
		var b strings.Builder
		for i := range 100 {
			fmt.Fprintf(&b, "<n%d/>", i)
		}
		id := fmt.Sprintf("ID_%d", entry)
		s := fest.Slice{Catalogue: "KatVilkar", Context: m30.EntryContext, XML: []byte("<OppfVilkar>" + strings.Replace(envelope, "ID_1", id, 1) + "<Vilkar>" + condition + b.String() + "</Vilkar></OppfVilkar>")}
		if _, err := d.Decode(s); err != nil {
			t.Fatal(err)
		}
	}
	total := m30.NewDecoder(m30.Limits{Paths: 5, Affected: 7}).Tally()
	total.Merge(d.Tally())
	for _, tally := range []*m30.Tally{d.Tally(), total} {
		if got := tally.Count(fest.RuleUnknownElement); got != 400 {
			t.Errorf("%d unknown elements counted, want 400", got)
		}
		found, named := tally.Findings(), 0
		for _, f := range found {
			named += len(f.Affected)
		}
		last := found[0]
		if len(found) < 5 || len(found) > 6 || named > 7 || last.Path != "(other paths)" || !strings.Contains(last.Text, "entries are named") {
			t.Errorf("%d findings, %d entries named: %+v", len(found), named, found)
		}
	}
}
