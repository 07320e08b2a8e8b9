package m30

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
)

// events are what a tokenizer says of a document, in one form for both: text
// in one piece, no declarations, white space in attributes as spaces.
type events struct {
	list []string
	text strings.Builder
}

func (e *events) flush() {
	if e.text.Len() > 0 {
		e.list = append(e.list, fmt.Sprintf("text %q", e.text.String()))
		e.text.Reset()
	}
}

func (e *events) start(uri, local string, attrs [][3]string) {
	e.flush()
	s := fmt.Sprintf("start {%s}%s", uri, local)
	for _, a := range attrs {
		s += fmt.Sprintf(" {%s}%s=%q", a[0], a[1], strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(a[2]))
	}
	e.list = append(e.list, s)
}

func (e *events) end() {
	e.flush()
	e.list = append(e.list, "end")
}

// ourEvents reads one element with our tokenizer.
func ourEvents(b []byte) ([]string, error) {
	l := DefaultLimits()
	l.Depth, l.Attributes, l.Namespaces, l.NameBytes = 1<<20, 1<<20, 1<<20, 1<<20
	t := tokenizer{limits: l}
	if err := t.reset(b, nil, 0); err != nil {
		return nil, err
	}
	var e events
	for {
		tok, err := t.next(false)
		if err != nil {
			return nil, err
		}
		switch tok {
		case tokenStart:
			var attrs [][3]string
			for _, a := range t.attrs {
				attrs = append(attrs, [3]string{a.uri, a.local, a.value})
			}
			uri := ""
			if b, err := t.resolve(strings.TrimSuffix(t.raw[:len(t.raw)-len(t.local)], ":"), 0); err == nil {
				uri = b.uri
			}
			e.start(uri, t.local, attrs)
		case tokenEnd:
			e.end()
		case tokenText:
			if len(t.stack) > 0 {
				e.text.WriteString(t.text)
			}
		case tokenEOF:
			e.flush()
			return e.list, nil
		}
	}
}

// theirEvents reads the same with encoding/xml.
func theirEvents(b []byte) ([]string, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	var e events
	depth := 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			e.flush()
			return e.list, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			depth++
			var attrs [][3]string
			for _, a := range tok.Attr {
				if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
					attrs = append(attrs, [3]string{a.Name.Space, a.Name.Local, a.Value})
				}
			}
			e.start(tok.Name.Space, tok.Name.Local, attrs)
		case xml.EndElement:
			depth--
			e.end()
		case xml.CharData:
			if depth > 0 {
				e.text.Write(tok)
			}
		}
	}
}

// stricter are the beginnings of what only our tokenizer refuses; see the
// package's documentation.
var stricter = []string{
	"stands twice in", "is declared twice in", "are the same", "no white space before", "is not declared", "cannot be", "is declared empty",
	"is no name", "XML declaration that is not the first", "of a processing instruction has a colon", "no white space after the target",
	"is not allowed in XML", "is no UTF-8 here", "FEST has none", "begins neither a comment nor CDATA", "a second element after the end",
	"text outside the element", "is no character of XML", "the target of a processing instruction expected",
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{
		`<a/>`, `<a b="c" d='e'>f</a>`, `<a xmlns="u"><b xmlns=""/><p:c xmlns:p="v" p:d="" d=""/></a>`, "<a>\r\n\r&#13;&lt;]]&gt;<![CDATA[<]]]]><![CDATA[>]]></a>",
		`<a><!-- b --><?c d?></a>`, `<a b="&#x26;&quot;&apos;&#9;` + "\n\t" + `"></a >`, `<å ø="æ"/>`, `<a>]]></a>`, `<a b="<"/>`, `<a b="1" b="2"/>`, `<a:b:c/>`, `<:a/>`, `<a:/>`,
		`<a><b></a></b>`, `<a`, `<a b`, `<a b=`, `<a b="`, `</a>`, `<a>&nbsp;</a>`, `<a>&#0;</a>`, `<a>&#xD800;</a>`, `<a>&</a>`, `<a><!-- -- --></a>`, `<!0>`, `<a><!--->--></a>`, `<!DOCTYPE a><a/>`,
		`<?xml version="1.0"?><a/>`, `<a><?xml?></a>`, `<a/><b/>`, `x<a/>`, "<a>\x00</a>", "<a>\xff</a>", "<a>\uFFFE</a>", `<a xml:lang="no"/>`, `<a xmlns:xml="u"/>`, `<a xmlns:xmlns="u"/>`,
		`<a b = "c"/>`, `<a / >`, `< a/>`, `<a></ a>`, `<-a/>`, `<a b="1"c="2"/>`, `<a>&#X41;</a>`, `<a>&#65</a>`, `<a><?b?c?></a>`, `<p:a xmlns:p="u" xmlns:q="u" p:b="" q:b=""/>`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		ours, err := ourEvents(b)
		theirs, theirErr := theirEvents(b)
		switch {
		case err == nil && theirErr == nil:
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("encoding/xml and ours differ (-theirs +ours):\n%s", diff)
			}
		case err == nil:
			if !strings.Contains(theirErr.Error(), "invalid XML name") && !strings.Contains(theirErr.Error(), "invalid character entity") || isASCII(b) {
				t.Errorf("only encoding/xml refuses it: %v", theirErr)
			}
		case theirErr == nil:
			for _, s := range stricter {
				if strings.Contains(err.Error(), s) {
					return
				}
			}
			t.Errorf("only ours refuses it: %v", err)
		}
	})
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// FuzzDecode: an entry is decoded or refused with an *Error, never a panic;
// and what was decoded comes back from the encoder.
func FuzzDecode(f *testing.F) {
	seeded := map[string]int{}
	for _, s := range seedSlices(f) {
		if seeded[s.Catalogue]++; seeded[s.Catalogue] <= 2 && len(s.XML) < 20_000 {
			f.Add(s.Catalogue, s.Context, s.XML)
		}
	}
	f.Add("KatKodeverk", "", []byte(`<OppfKodeverk><Id>1</Id><Info><Id>2</Id></Info><Element><Term><Term>a</Term></Term></Element></OppfKodeverk>`))
	f.Add("KatVilkar", "", []byte(`<OppfVilkar><Status V="U"/><Vilkar>x<StrukturertVilkar><VerdiTekst/><VerdiKodet/></StrukturertVilkar></Vilkar></OppfVilkar>`))
	f.Fuzz(func(t *testing.T, catalogue, context string, b []byte) {
		d := NewDecoder(Limits{Depth: 20, Elements: 10_000})
		before := bytes.Clone(b)
		e, err := d.Decode(fest.Slice{Catalogue: catalogue, Context: context, XML: b, Line: 1})
		if !bytes.Equal(before, b) {
			t.Error("the slice was changed")
		}
		if err != nil {
			var is *Error
			if !errors.As(err, &is) || is.Kind == nil || is.Line < 1 {
				t.Errorf("error %#v", err)
			}
			return
		}
		d.Tally().Findings()
		back, err := d.Decode(SliceOf(e))
		if err != nil {
			t.Fatalf("what was decoded cannot be read back: %v\n%s", err, AppendEntry(nil, e))
		}
		if diff := cmp.Diff(e, back); diff != "" {
			t.Errorf("read back (-first +second):\n%s", diff)
		}
	})
}

func seedSlices(f *testing.F) []fest.Slice {
	f.Helper()
	dir := filepath.Join(festtest.Root(), "..", "shared", "fest")
	if d := os.Getenv("FEST_TESTDATA"); d != "" {
		dir = d
	}
	var out []fest.Slice
	for _, name := range []string{"mini/fest-mini-ns.xml.gz", "mini/fest-utdrag-2026-09-08.xml", "fragments/combined.xml"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil {
			out = append(out, readSlices(f, path)...)
		}
	}
	return out
}

// FuzzReader: where the whole file is accepted, encoding/xml accepts it too
// and sees the entries at the same places.
func FuzzReader(f *testing.F) {
	const head = `<FEST xmlns="http://www.kith.no/xmlstds/eresept/m30/2014-12-01"><HentetDato>2026-09-08T03:09:06</HentetDato>`
	for _, s := range []string{
		`<KatVilkar><OppfVilkar><Id>1</Id></OppfVilkar><OppfVilkar/></KatVilkar>`,
		`<KatVilkar><OppfVilkar><!-- </OppfVilkar> --></OppfVilkar></KatVilkar>`,
		`<KatVilkar><OppfVilkar><OppfVilkar/><OppfVilkar></OppfVilkar></OppfVilkar></KatVilkar>`,
		`<KatVilkar><OppfVilkar><![CDATA[</OppfVilkar>]]></OppfVilkar>x<OppfVilkaren/></KatVilkar><KatNy><A/></KatNy>`,
		`<KatVilkar><OppfVilkar a=">"/><x:OppfVilkar xmlns:x="u"/></KatVilkar><KatDiagnose/>`,
		`<KatVilkar><OppfVilkar></KatVilkar></OppfVilkar>`,
		`<KatVilkar><OppfVilkar a="</OppfVilkar>"></OppfVilkar></KatVilkar>`,
	} {
		f.Add([]byte(head + s + "</FEST>"))
		f.Add([]byte("\uFEFF<?xml version='1.0' encoding='UTF-8'?>\n<?festd-sample x?>" + head + s + "</FEST>\n<!-- -->"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(bytes.NewReader(b), Limits{})
		d := NewDecoder(Limits{})
		var ours []string
		for s, err := range r.Slices() {
			if err == nil {
				_, err = d.Decode(s)
			}
			if err != nil {
				var is *Error
				if !errors.As(err, &is) {
					t.Errorf("error %#v", err)
				}
				return
			}
			ours = append(ours, string(s.XML))
		}
		theirs, err := entryTexts(b)
		if err != nil {
			if !isASCII(b) && strings.Contains(err.Error(), "invalid XML name") {
				return
			}
			t.Fatalf("only encoding/xml refuses it: %v", err)
		}
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Errorf("entries (-theirs +ours):\n%s", diff)
		}
	})
}

// entryTexts finds the entries with encoding/xml.
func entryTexts(b []byte) ([]string, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	var out []string
	var plan *entryPlan
	depth, start, in := 0, int64(0), false
	ours := func(n xml.Name) bool { return spaceOf(n.Space) <= spaceFS }
	for {
		at := d.InputOffset()
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch depth++; {
			case depth == 2:
				plan = nil
				if ours(tok.Name) {
					plan = allPlans().entries[tok.Name.Local]
				}
			case depth == 3 && plan != nil && ours(tok.Name) && tok.Name.Local == plan.element:
				start, in = at, true
			}
		case xml.EndElement:
			if depth == 3 && in {
				out = append(out, string(b[start:d.InputOffset()]))
				in = false
			}
			depth--
		}
	}
}

// FuzzContainer: any bytes are opened and read, or refused with an *Error.
func FuzzContainer(f *testing.F) {
	text := []byte("<FEST/>" + strings.Repeat("\n", 300))
	var z, g bytes.Buffer
	zw, gw := zip.NewWriter(&z), gzip.NewWriter(&g)
	w, err := zw.Create("a.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, w := range []io.Writer{w, gw} {
		if _, err := w.Write(text); err != nil {
			f.Fatal(err)
		}
	}
	if err := errors.Join(zw.Close(), gw.Close()); err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{text, z.Bytes(), g.Bytes(), z.Bytes()[:50], g.Bytes()[:20], []byte("PK\x05\x06"), nil} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l := Limits{XMLBytes: 1 << 20}
		file, err := OpenReader(bytes.NewReader(b), int64(len(b)), l)
		if err == nil {
			var n int64
			n, err = io.Copy(io.Discard, file)
			if n > l.XMLBytes {
				t.Errorf("%d bytes came out", n)
			}
			_ = file.Close()
		}
		var is *Error
		if err != nil && !errors.As(err, &is) {
			t.Errorf("error %#v", err)
		}
	})
}
