package m30_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/m30"
)

func slicesOf(t *testing.T, r *m30.Reader) []fest.Slice {
	t.Helper()
	var out []fest.Slice
	for s, err := range r.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

const m30URI, fsURI = string(fest.NamespaceM30), string(fest.NamespaceFS)

// Entries are found whatever stands in and around them.
func TestBoundaries(t *testing.T) {
	entry := func(inside string) string { return "<OppfVilkar>" + inside + "</OppfVilkar>" }
	for _, tt := range []struct{ name, in string }{
		{"plain", entry("<Id>1</Id>")},
		{"empty", "<OppfVilkar/>"},
		{"empty with a space", "<OppfVilkar />"},
		{"white space in tags", "<OppfVilkar\n\t>\n</OppfVilkar\n>"},
		{"end tag in a comment", entry("<!-- </OppfVilkar> -->")},
		{"end tag in CDATA", entry("<Id><![CDATA[</OppfVilkar>]]></Id>")},
		{"end tag in an instruction", entry("<?a </OppfVilkar>?>")},
		{"> in an attribute", entry(`<a b=">" c='/>'/>`)},
		{"quotes in quotes", `<OppfVilkar a="'>'" b='">"'>x</OppfVilkar>`},
		{"name in text", entry("<Id>OppfVilkar</Id> /OppfVilkar>")},
		{"longer names", entry("<OppfVilkarNy></OppfVilkarNy><x:OppfVilkar xmlns:x='urn:x'/>")},
		{"nested", entry(entry("<OppfVilkar/>") + entry(""))},
		{"! and ? in text", entry("a!b?c!?<Id>!</Id>")},
		{"apostrophes in text", entry(`<Id>it's "so"</Id>`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := head + "<KatVilkar>" + tt.in + "\n<!-- between -->\n" + tt.in + tt.in + "</KatVilkar></FEST>"
			got := slicesOf(t, m30.NewReader(strings.NewReader(in), m30.Limits{}))
			var texts []string
			for _, s := range got {
				texts = append(texts, string(s.XML))
			}
			if diff := cmp.Diff([]string{tt.in, tt.in, tt.in}, texts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Prefixes and declarations may stand anywhere; each slice carries those in
// scope that it lacks.
func TestNamespacesOfTheEnvelope(t *testing.T) {
	in := `<?xml version='1.0'?><m:FEST xmlns:m="` + m30URI + `" xmlns:u="urn:&lt;&quot;u" xmlns="urn:root"><m:HentetDato>2026-09-08T03:09:06</m:HentetDato>
<m:KatVilkar xmlns="` + m30URI + `"><OppfVilkar/>
<OppfVilkar xmlns:u="urn:v"/>
<x:OppfVilkar xmlns:x="` + m30URI + `"><x:Id>1</x:Id></x:OppfVilkar><OppfVilkar/></m:KatVilkar><KatVilkar xmlns="` + m30URI + `"/>
<m:KatVarselSlv xmlns=""><m:OppfVarselSlv xmlns:m="` + m30URI + `"></m:OppfVarselSlv></m:KatVarselSlv></m:FEST>`
	r := m30.NewReader(strings.NewReader(in), m30.Limits{})
	m, u := ` xmlns:m="`+m30URI+`"`, ` xmlns:u="urn:&lt;&quot;u"`
	deflt := ` xmlns="` + m30URI + `"`
	want := []fest.Slice{
		{Catalogue: "KatVilkar", Context: m + u + deflt, XML: []byte("<OppfVilkar/>"), Line: 2},
		{Catalogue: "KatVilkar", Context: m + deflt, XML: []byte(`<OppfVilkar xmlns:u="urn:v"/>`), Line: 3},
		{Catalogue: "KatVilkar", Context: m + u + deflt, XML: []byte(`<x:OppfVilkar xmlns:x="` + m30URI + `"><x:Id>1</x:Id></x:OppfVilkar>`), Line: 4},
		{Catalogue: "KatVilkar", Context: m + u + deflt, XML: []byte("<OppfVilkar/>"), Line: 4},
		{Catalogue: "KatVarselSlv", Context: u, XML: []byte(`<m:OppfVarselSlv xmlns:m="` + m30URI + `"></m:OppfVarselSlv>`), Line: 5},
	}
	got := slicesOf(t, r)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, s := range got {
		if _, err := m30.NewDecoder(m30.Limits{}).Decode(s); err != nil {
			t.Errorf("%s: %v", s.XML, err)
		}
		parse(t, bytes.NewReader(s.Standalone(nil)))
	}
	var found []string
	for _, f := range r.Findings() {
		found = append(found, f.Rule+" "+f.Path)
	}
	// The second KatVilkar repeats a catalogue.
	if diff := cmp.Diff([]string{"catalogue-order KatVilkar"}, found); diff != "" {
		t.Error(diff)
	}
}

// What the schemas do not know between the entries is counted, never silent.
func TestFindingsOfTheEnvelope(t *testing.T) {
	in := prolog + `<FEST xmlns="` + m30URI + `" a="1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x">
<HentetDato>2026-09-08T03:09:06</HentetDato><HentetDato>2020-01-01T00:00:00</HentetDato><GyldigFradatoHelfo>2026-10-01</GyldigFradatoHelfo>
<Ny><Under/>x<OppfVilkar><Id/></OppfVilkar></Ny> text <![CDATA[ ]]>
<KatVilkar b="2"><OppfVilkar/><OppfDiagnose/><OppfVilkar/>&amp;</KatVilkar>
<KatRefusjon/><KatNyere/><KatDiagnose xmlns="urn:x"><OppfDiagnose/></KatDiagnose></FEST><!-- end --><?end?>
`
	r := m30.NewReader(strings.NewReader(in), m30.Limits{})
	if got := slicesOf(t, r); len(got) != 2 {
		t.Errorf("%d slices, want 2", len(got))
	}
	helfo := fest.Date("2026-10-01")
	if diff := cmp.Diff(fest.Document{RetrievalDate: "2026-09-08T03:09:06", ValidFromDateHelfo: &helfo}, r.Document()); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, f := range r.Findings() {
		got = append(got, fmt.Sprint(f.Rule, " ", f.Path, " ", f.Count))
	}
	want := []string{
		"catalogue-order KatRefusjon 1",
		"repeated-element HentetDato 1",
		"unexpected-text KatVilkar/text() 1",
		"unexpected-text Ny/text() 1",
		"unexpected-text text() 1",
		"unknown-attribute FEST/@a 1",
		"unknown-attribute KatVilkar/@b 1",
		"unknown-element KatDiagnose 1",
		"unknown-element KatDiagnose/OppfDiagnose 1",
		"unknown-element KatNyere 1",
		"unknown-element KatVilkar/OppfDiagnose 1",
		"unknown-element Ny 1",
		"unknown-element Ny/OppfVilkar 1",
		"unknown-element Ny/Under 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHead(t *testing.T) {
	r := m30.NewReader(strings.NewReader(prolog+"<?festd-sample not for clinical use?>"+inEntry(condition)[len(prolog):]), m30.Limits{})
	doc, err := r.Head()
	if err != nil || doc.RetrievalDate != "2026-09-08T03:09:06" || !r.Sample() {
		t.Fatalf("got %v, %v, sample %v", doc, err, r.Sample())
	}
	if got := slicesOf(t, r); len(got) != 1 {
		t.Errorf("%d slices after Head", len(got))
	}
	if _, err := m30.NewReader(strings.NewReader("x"), m30.Limits{}).Head(); !errors.Is(err, m30.ErrNotFEST) {
		t.Errorf("got %v", err)
	}
	if doc, err := m30.NewReader(strings.NewReader(head+"</FEST>"), m30.Limits{}).Head(); err != nil || doc.RetrievalDate == "" {
		t.Errorf("without catalogues: %v, %v", doc, err)
	}
}

// A broken range is taken up where it stopped, and an error stays.
func TestSlicesGoOn(t *testing.T) {
	in := head + "<KatVilkar><OppfVilkar>1</OppfVilkar><OppfVilkar>2</OppfVilkar><OppfVilkar>3</OppfVilkar>"
	r := m30.NewReader(strings.NewReader(in), m30.Limits{})
	for s := range r.Slices() {
		if string(s.XML) != "<OppfVilkar>1</OppfVilkar>" {
			t.Errorf("got %s", s.XML)
		}
		break
	}
	var errs []error
	n := 0
	for range 2 {
		for _, err := range r.Slices() {
			if err == nil {
				n++
			} else {
				errs = append(errs, err)
			}
		}
	}
	if n != 2 || len(errs) != 2 || !errors.Is(errs[1], m30.ErrTruncated) {
		t.Errorf("%d more slices, errors %v", n, errs)
	}
}

func TestReadErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	r := m30.NewReader(io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken)), m30.Limits{})
	_, err := r.Head()
	if err != nil {
		t.Logf("Head: %v", err)
	}
	for _, err = range r.Slices() {
	}
	if !errors.Is(err, broken) || !errors.Is(err, m30.ErrRead) {
		t.Errorf("got %v", err)
	}
	for _, err = range m30.NewReader(idle{}, m30.Limits{}).Slices() {
	}
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that gives nothing: %v", err)
	}
	// An end of the file that only some layer below saw is no end of ours.
	for _, err = range m30.NewReader(io.MultiReader(strings.NewReader(head+"</FEST>"), iotest.ErrReader(fmt.Errorf("peer: %w", io.EOF))), m30.Limits{}).Slices() {
	}
	if !errors.Is(err, m30.ErrRead) {
		t.Errorf("a wrapped EOF: %v", err)
	}
	if _, err := m30.Open(t.TempDir(), m30.Limits{}); !errors.Is(err, m30.ErrRead) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := m30.Open(t.TempDir()+"/none", m30.Limits{}); !errors.Is(err, m30.ErrRead) {
		t.Errorf("no file: %v", err)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// However little a read gives, the slices are the same, and what was given
// out does not change.
func TestSlicesDoNotChange(t *testing.T) {
	var in strings.Builder
	in.WriteString(head + "<KatVilkar>\n")
	for i := range 3000 {
		fmt.Fprintf(&in, "<OppfVilkar><Id>%d</Id>%s</OppfVilkar>\n", i, strings.Repeat("æ", i%997))
	}
	// One entry larger than a chunk.
	in.WriteString("<OppfVilkar>" + strings.Repeat("<a>x</a>", 100_000) + "</OppfVilkar></KatVilkar></FEST>")
	want := slicesOf(t, m30.NewReader(strings.NewReader(in.String()), m30.Limits{}))
	if len(want) != 3001 {
		t.Fatalf("%d slices", len(want))
	}
	for _, s := range want[:3000] {
		if !bytes.HasPrefix(s.XML, []byte("<OppfVilkar>")) || !bytes.HasSuffix(s.XML, []byte("</OppfVilkar>")) {
			t.Fatalf("slice changed: %s", s.XML)
		}
	}
	for i, s := range want[:3000] {
		if !bytes.HasPrefix(s.XML, fmt.Appendf(nil, "<OppfVilkar><Id>%d</Id>", i)) || s.Line != 5+i {
			t.Fatalf("slice %d, line %d: %s", i, s.Line, s.XML)
		}
	}
	got := slicesOf(t, m30.NewReader(iotest.HalfReader(iotest.DataErrReader(strings.NewReader(in.String()))), m30.Limits{}))
	if d := diff(want, got); d != "" {
		t.Error(d)
	}
}

// Memory is bounded by the largest entry, not by the file.
func TestMemoryIsBounded(t *testing.T) {
	entry := "<OppfVilkar>" + strings.Repeat("<a>x</a>", 500) + "</OppfVilkar>\n"
	const entries = 20_000 // 80 MB
	r := m30.NewReader(io.MultiReader(strings.NewReader(head+"<KatVilkar>"), &repeat{entry, entries * len(entry)}, strings.NewReader("</KatVilkar></FEST>")), m30.Limits{})
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most, n := uint64(0), 0
	for _, err := range r.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%4000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > before.HeapAlloc {
				most = max(most, now.HeapAlloc-before.HeapAlloc)
			}
		}
	}
	if n != entries || most > 4<<20 {
		t.Errorf("%d entries, %d bytes of heap held", n, most)
	}
}

// repeat reads a text again and again.
type repeat struct {
	text string
	left int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	at := (len(r.text) - r.left%len(r.text)) % len(r.text)
	n := copy(p, r.text[at:])
	n = min(n, r.left)
	r.left -= n
	return n, nil
}

func TestContainers(t *testing.T) {
	text := inEntry(condition)
	for _, tt := range []struct {
		in     []byte
		format m30.Format
		name   string
	}{
		{[]byte(text), m30.FormatPlain, ""},
		{[]byte("\uFEFF" + text), m30.FormatPlain, ""},
		{gzipOf(t, text), m30.FormatGzip, ""},
		{append(gzipOf(t, text[:100]), gzipOf(t, text[100:])...), m30.FormatGzip, ""},
		{zipOf(t, "fest251.xml", text), m30.FormatZip, "fest251.xml"},
		{zipOf(t, "fest/", "", "fest/FEST251.XML", "\uFEFF"+text), m30.FormatZip, "fest/FEST251.XML"},
	} {
		f, err := m30.OpenReader(bytes.NewReader(tt.in), int64(len(tt.in)), m30.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if f.Format() != tt.format || f.Name() != tt.name || f.Size() != int64(len(tt.in)) {
			t.Errorf("got %s %q %d", f.Format(), f.Name(), f.Size())
		}
		if got := slicesOf(t, m30.NewReader(f, m30.Limits{})); len(got) != 1 || got[0].Line != 5 {
			t.Errorf("%s: got %v", tt.format, got)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
