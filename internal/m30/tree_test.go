package m30_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/m30"
)

// node is an element as encoding/xml sees it: the independent reading that
// ours is compared with.
type node struct {
	Name     xml.Name
	Attrs    map[xml.Name]string
	Text     string // exact where there are no child elements
	Children []*node
}

func parse(tb testing.TB, r io.Reader) *node {
	tb.Helper()
	d := xml.NewDecoder(r)
	stack := []*node{{}}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			stack[0].Text = ""
			return stack[0]
		}
		if err != nil {
			tb.Fatal(err)
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			n := &node{Name: tok.Name, Attrs: map[xml.Name]string{}}
			for _, a := range tok.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					n.Attrs[a.Name] = a.Value
				}
			}
			top.Children = append(top.Children, n)
			stack = append(stack, n)
		case xml.EndElement:
			if len(top.Children) > 0 && strings.TrimSpace(top.Text) == "" {
				top.Text = ""
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.Text += string(tok)
		}
	}
}

// entriesOf are the Oppf… elements below a document, in file order.
func entriesOf(doc *node) []*node {
	var out []*node
	for _, kat := range doc.Children[0].Children {
		if strings.HasPrefix(kat.Name.Local, "Kat") {
			out = append(out, kat.Children...)
		}
	}
	return out
}

// diff is cmp.Diff, which takes its time on big equal values.
func diff(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return cmp.Diff(want, got)
}

var realFiles = []struct {
	name    string
	entries int
}{
	{"mini/fest-mini-ns.xml.gz", 403},
	{"mini/fest-utdrag-2026-09-08.xml", 46},
	{"fragments/combined.xml", 5},
}

func open(tb testing.TB, name string) *m30.File {
	tb.Helper()
	f, err := m30.Open(festtest.File(tb, name), m30.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = f.Close() })
	return f
}

// decodeFile decodes a real file and expects it to be as the schemas say.
func decodeFile(tb testing.TB, name string) (fest.Document, []fest.Slice, []*fest.Entry) {
	tb.Helper()
	r := m30.NewReader(open(tb, name), m30.Limits{})
	d := m30.NewDecoder(m30.Limits{})
	var sources []fest.Slice
	var entries []*fest.Entry
	for s, err := range r.Slices() {
		if err != nil {
			tb.Fatal(err)
		}
		e, err := d.Decode(s)
		if err != nil {
			tb.Fatal(err)
		}
		sources, entries = append(sources, s), append(entries, e)
	}
	d.Tally().Merge(r.Tally())
	if f := d.Tally().Findings(); len(f) > 0 {
		tb.Errorf("%s: findings %v", name, f)
	}
	return r.Document(), sources, entries
}

// The encoder's document says what the real file says: the same tree of
// (namespace, name), the same attributes, the same texts to the byte.
func TestRealFilesComeBackTheSame(t *testing.T) {
	for _, file := range realFiles {
		for _, indent := range []bool{false, true} {
			doc, _, entries := decodeFile(t, file.name)
			if len(entries) != file.entries {
				t.Errorf("%s has %d entries, want %d", file.name, len(entries), file.entries)
			}
			var b bytes.Buffer
			w := m30.NewWriter(&b, doc, m30.WriterOptions{Indent: indent})
			for _, e := range entries {
				if err := w.Entry(e); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			want, got := parse(t, open(t, file.name)), parse(t, bytes.NewReader(b.Bytes()))
			if diff := diff(want, got); diff != "" {
				t.Errorf("%s, indent %v (-source +ours):\n%s", file.name, indent, diff)
			}
			back, tally, err := read(b.Bytes(), m30.Limits{})
			if err != nil || len(tally.Findings()) > 0 {
				t.Fatal(err, tally.Findings())
			}
			if diff := diff(entries, back); diff != "" {
				t.Errorf("%s, indent %v, decoded again:\n%s", file.name, indent, diff)
			}
		}
	}
}

// A slice is the source's own text of the entry, says so on its own, and its
// line is the one an editor shows.
func TestSlicesAreTheSource(t *testing.T) {
	for _, file := range realFiles {
		source, err := io.ReadAll(open(t, file.name))
		if err != nil {
			t.Fatal(err)
		}
		want := entriesOf(parse(t, bytes.NewReader(source)))
		_, got, _ := decodeFile(t, file.name)
		at := 0
		for i, s := range got {
			n := bytes.Index(source[at:], s.XML)
			if n < 0 {
				t.Fatalf("%s: slice %d is not in the source after the one before", file.name, i)
			}
			at += n
			if line := 1 + bytes.Count(source[:at], []byte("\n")); s.Line != line {
				t.Errorf("%s: slice %d says line %d, stands on %d", file.name, i, s.Line, line)
			}
			at += len(s.XML)
			if diff := diff(want[i], parse(t, bytes.NewReader(s.Standalone(nil))).Children[0]); diff != "" {
				t.Errorf("%s: slice %d means something else on its own:\n%s", file.name, i, diff)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d slices, encoding/xml sees %d entries", file.name, len(got), len(want))
		}
	}
}

// The extract that lost its namespaces says the same as the one that kept
// them, and is told apart by its findings.
func TestLostNamespaces(t *testing.T) {
	_, _, want := decodeFile(t, "mini/fest-mini-ns.xml.gz")
	source, err := io.ReadAll(open(t, "mini/fest-mini.xml.gz"))
	if err != nil {
		t.Fatal(err)
	}
	fs := []byte(` xmlns="http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01"`)
	whole := bytes.ReplaceAll(source, []byte(` xmlns:m30="http://www.kith.no/xmlstds/eresept/m30/2014-12-01"`), nil)
	whole = bytes.ReplaceAll(bytes.ReplaceAll(whole, fs, nil), []byte("m30:"), nil)
	inM30 := bytes.Replace(whole, []byte("<FEST"), []byte(`<FEST xmlns="http://www.kith.no/xmlstds/eresept/m30/2014-12-01"`), 1)
	for name, tt := range map[string]struct {
		in    []byte
		paths []string
	}{
		"partly":    {source, []string{"KatVirkestoff/OppfVirkestoff", "KatVilkar/OppfVilkar"}},
		"wholly":    {whole, []string{"FEST", "KatVirkestoff", "HentetDato", "KatVirkestoff/OppfVirkestoff"}},
		"fs to m30": {inM30, []string{"KatVirkestoff/OppfVirkestoff/Virkestoff", "KatVirkestoff/OppfVirkestoff/VirkestoffMedStyrke", "KatVarselSlv/OppfVarselSlv/VarselSlv/Lenke"}},
	} {
		got, tally, err := read(tt.in, m30.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := diff(want, got); diff != "" {
			t.Errorf("%s: entries differ:\n%s", name, diff)
		}
		var paths []string
		for _, f := range tally.Findings() {
			if f.Rule != fest.RuleNamespaceLost {
				t.Errorf("%s: finding %v", name, f)
			}
			paths = append(paths, f.Path)
		}
		for _, p := range tt.paths {
			if !slices.Contains(paths, p) {
				t.Errorf("%s: no finding for %s in %q", name, p, paths)
			}
		}
	}
}

// An expired entry of an increment is entry id, time and status (R24).
func TestIncrement(t *testing.T) {
	r := m30.NewReader(open(t, "fragments/increment-expired-entry.xml"), m30.Limits{})
	d := m30.NewDecoder(m30.Limits{})
	for s, err := range r.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		e, err := d.Decode(s)
		if err != nil {
			t.Fatal(err)
		}
		if e.Object != nil || e.RegistrationStatus.Code != fest.StatusExpired || e.Class != fest.ClassPackage {
			t.Errorf("got %+v", e)
		}
	}
	want := []fest.Finding{{
		Rule: fest.RuleIncrement, Severity: fest.SeverityHold, Class: "packages", Path: "KatLegemiddelpakning/OppfLegemiddelpakning", Count: 1,
		Text:     "KatLegemiddelpakning/OppfLegemiddelpakning is retired (Status U): the file is an increment, not a full extract (1 ×)",
		Affected: []fest.Affected{{ID: "ID_CBE3FD29-BAF7-44DC-AA80-23813EE09D9C", Line: 5}},
	}}
	if diff := cmp.Diff(want, d.Tally().Findings()); diff != "" {
		t.Error(diff)
	}
}
