package m30_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/m30"
)

// read reads a file as an import does: every entry decoded.
func read(b []byte, l m30.Limits) ([]*fest.Entry, *m30.Tally, error) {
	f, err := m30.OpenReader(bytes.NewReader(b), int64(len(b)), l)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	r := m30.NewReader(f, l)
	d := m30.NewDecoder(l)
	var out []*fest.Entry
	for s, err := range r.Slices() {
		if err != nil {
			return out, d.Tally(), err
		}
		e, err := d.Decode(s)
		if err != nil {
			return out, d.Tally(), err
		}
		out = append(out, e)
	}
	d.Tally().Merge(r.Tally())
	return out, d.Tally(), nil
}

const (
	prolog   = `<?xml version="1.0" encoding="utf-8"?>` + "\n"
	root     = `<FEST xmlns="http://www.kith.no/xmlstds/eresept/m30/2014-12-01">` + "\n"
	date     = "<HentetDato>2026-09-08T03:09:06</HentetDato>\n"
	head     = prolog + root + date
	envelope = `<Id>ID_1</Id><Tidspunkt>2026-01-01T00:00:00</Tidspunkt><Status V="A" DN="Aktiv" />`
)

// inEntry is a document of one condition whose object has the given inside,
// on line 6.
func inEntry(inside string) string {
	return head + "<KatVilkar>\n<OppfVilkar>" + envelope + "<Vilkar>\n" + inside + "</Vilkar></OppfVilkar>\n</KatVilkar>\n</FEST>\n"
}

const condition = `<Id>ID_2</Id><Gruppe V="3" S="2.16.578.1.12.4.1.1.7437" DN="Refusjon" /><GjelderFor V="1" DN="Rekvirent" /><Tekst>T</Tekst>`

func zipOf(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, members[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// flip returns b with the bits of the byte at i turned; i < 0 counts from the end.
func flip(b []byte, i int) []byte {
	if i < 0 {
		i += len(b)
	}
	out := bytes.Clone(b)
	out[i] ^= 0xFF
	return out
}

func TestHostileInput(t *testing.T) {
	good := inEntry(condition)
	bomb := `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`
	encrypted := zipOf(t, "fest251.xml", good)
	for _, sig := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := bytes.Index(encrypted, []byte(sig)) + 6
		if sig == "PK\x01\x02" {
			at += 2
		}
		encrypted[at] |= 1
	}
	// The CRC of a gzip file stands eight bytes before its end; that of a zip
	// member in the directory.
	zipped := zipOf(t, "fest251.xml", good)
	badCRC := flip(zipped, bytes.Index(zipped, []byte("PK\x01\x02"))+16)
	for _, tt := range []struct {
		name   string
		in     string
		limits m30.Limits
		kind   error
		want   string
	}{
		{"empty file", "", m30.Limits{}, m30.ErrNotFEST, `line 1: not a FEST file: the file is empty`},
		{"white space", " \n\n", m30.Limits{}, m30.ErrTruncated, `line 3: cut off: the file ends before <FEST>`},
		{"no XML", "fest not found", m30.Limits{}, m30.ErrNotFEST, `line 1: not a FEST file: it begins with "fest not found", not with XML`},
		{"JSON", `{"error":"maintenance"}`, m30.Limits{}, m30.ErrNotFEST, `line 1: not a FEST file: it begins with "{\"error\":\"maintenance\"}", not with XML`},
		{"HTML error page", "<!DOCTYPE html>\n<html><body>503</body></html>", m30.Limits{}, m30.ErrNotFEST, `line 1: not a FEST file: it is a web page, perhaps an error page`},
		{"HTML without doctype", "<html lang=no><body>503</body></html>", m30.Limits{}, m30.ErrNotFEST, `line 1: not a FEST file: it is a web page, perhaps an error page`},
		{"XHTML", prolog + `<html xmlns="http://www.w3.org/1999/xhtml"></html>`, m30.Limits{}, m30.ErrNotFEST, `line 2: not a FEST file: it is a web page, perhaps an error page`},
		{"other root", prolog + "<feed></feed>", m30.Limits{}, m30.ErrNotFEST, `line 2: not a FEST file: the root element is <feed>; FEST has <FEST>`},
		{"older FEST", prolog + `<FEST xmlns="http://www.kith.no/xmlstds/eresept/m30/2013-10-08"></FEST>`, m30.Limits{}, m30.ErrNotFEST,
			`line 2: not a FEST file: <FEST> stands in namespace "http://www.kith.no/xmlstds/eresept/m30/2013-10-08"; FEST 2.5.1 has http://www.kith.no/xmlstds/eresept/m30/2014-12-01`},
		{"DTD", prolog + bomb + root, m30.Limits{}, m30.ErrDTD, `line 2: document type declaration: FEST has none, and it is refused`},
		{"DTD inside", head + bomb, m30.Limits{}, m30.ErrDTD, `line 4: document type declaration: FEST has none, and it is refused`},
		{"DTD inside an entry", inEntry(bomb), m30.Limits{}, m30.ErrDTD, `line 6: KatVilkar: entry ID_1: document type declaration: FEST has none, and it is refused`},
		{"entity of a DTD", inEntry("<Tekst>&lol9;</Tekst>"), m30.Limits{}, m30.ErrSyntax,
			`line 6: KatVilkar: entry ID_1: not well-formed: entity &lol9; is not defined; without a DTD only lt, gt, amp, apos and quot are`},
		{"no HentetDato", prolog + root + "<KatVilkar></KatVilkar></FEST>", m30.Limits{}, m30.ErrNoRetrievalDate,
			`line 3: no HentetDato: <HentetDato> must stand first in <FEST>, such as 2026-09-08T03:09:06`},
		{"no HentetDato and no catalogue", prolog + root + "</FEST>", m30.Limits{}, m30.ErrNoRetrievalDate,
			`line 3: no HentetDato: <HentetDato> must stand first in <FEST>, such as 2026-09-08T03:09:06`},
		{"empty root", "<FEST/>", m30.Limits{}, m30.ErrNoRetrievalDate, `line 1: no HentetDato: <HentetDato> must stand first in <FEST>, such as 2026-09-08T03:09:06`},
		{"HentetDato no date", root + "<HentetDato>yesterday</HentetDato><KatVilkar/></FEST>", m30.Limits{}, m30.ErrNoRetrievalDate,
			`line 2: no HentetDato: "yesterday" is no date and time such as 2026-09-08T03:09:06`},
		{"content after the root", good + "<FEST/>", m30.Limits{}, m30.ErrSyntax, `line 9: not well-formed: content after the end of <FEST>`},
		{"text after the root", good + "x", m30.Limits{}, m30.ErrSyntax, `line 9: not well-formed: content after the end of <FEST>`},
		{"UTF-16", "\xFF\xFE<\x00F\x00", m30.Limits{}, m30.ErrEncoding, `line 1: not UTF-8: the file is UTF-16; FEST is UTF-8`},
		{"UTF-16 without a mark", "<\x00?\x00x\x00", m30.Limits{}, m30.ErrEncoding, `line 1: not UTF-8: the file is UTF-16; FEST is UTF-8`},
		{"UTF-32", "\x00\x00\xFE\xFF", m30.Limits{}, m30.ErrEncoding, `line 1: not UTF-8: the file is UTF-32; FEST is UTF-8`},
		{"declared Latin 1", `<?xml version="1.0" encoding="ISO-8859-1"?>` + root, m30.Limits{}, m30.ErrEncoding, `line 1: not UTF-8: the file declares encoding "ISO-8859-1"; FEST is UTF-8`},
		{"XML 1.1", `<?xml version="1.1"?>` + root, m30.Limits{}, m30.ErrSyntax, `line 1: not well-formed: XML version "1.1"; FEST is XML 1.0`},
		{"invalid UTF-8", inEntry("<Tekst>bl\xE5 resept</Tekst>"), m30.Limits{}, m30.ErrEncoding, `line 6: KatVilkar: not UTF-8: byte 0xE5 is no UTF-8 here`},
		{"invalid UTF-8 between entries", head + "<KatVilkar>\n\xFF</KatVilkar></FEST>", m30.Limits{}, m30.ErrEncoding, `line 5: KatVilkar: not UTF-8: byte 0xFF is no UTF-8 here`},
		{"control character", inEntry("<Tekst>\x00</Tekst>"), m30.Limits{}, m30.ErrSyntax, `line 6: KatVilkar: not well-formed: character U+0000 is not allowed in XML`},
		{"crossed tags", inEntry("<Tekst>a</Id>"), m30.Limits{}, m30.ErrSyntax, `line 6: KatVilkar: entry ID_1: not well-formed: end tag </Id> where </Tekst> should stand`},
		{"crossed catalogues", head + "<KatVilkar></KatKodeverk></FEST>", m30.Limits{}, m30.ErrSyntax, `line 4: KatVilkar: not well-formed: end tag </KatKodeverk> where </KatVilkar> should stand`},
		{"attribute twice", inEntry(`<Gruppe V="1" V="2"/>`), m30.Limits{}, m30.ErrSyntax, `line 6: KatVilkar: entry ID_1: not well-formed: attribute V stands twice in <Gruppe>`},
		{"undeclared prefix", inEntry(`<fs:Lenke/>`), m30.Limits{}, m30.ErrSyntax, `line 6: KatVilkar: entry ID_1: not well-formed: namespace prefix "fs" is not declared`},
		{"deep in an entry", inEntry(strings.Repeat("<a>", 2_000_000)), m30.Limits{}, m30.ErrDepth, `line 6: KatVilkar: entry ID_1: nested too deeply: more than 64 elements deep`},
		{"deep without end", head + "<KatVilkar>" + strings.Repeat("<a>", 2_000_000), m30.Limits{}, m30.ErrDepth, `line 4: KatVilkar: nested too deeply: more than 64 elements deep in <a>`},
		{"deep at the root", prolog + strings.Repeat("<FEST>", 2_000_000), m30.Limits{}, m30.ErrDepth, `line 2: FEST: nested too deeply: more than 64 elements deep in <FEST>`},
		{"giant attribute", inEntry(`<Gruppe V="` + strings.Repeat("a", 40<<20) + `"/>`), m30.Limits{}, m30.ErrTooLarge,
			`line 5: KatVilkar: entry ID_1: too large: <OppfVilkar> has more than 33554432 bytes`},
		{"giant attribute of the root", `<FEST a="` + strings.Repeat("a", 4<<20) + `">`, m30.Limits{}, m30.ErrTooLarge, `line 1: too large: a piece of markup of more than 1048576 bytes`},
		{"giant text between", head + strings.Repeat("a", 4<<20) + "</FEST>", m30.Limits{}, m30.ErrTooLarge, `line 4: too large: a text between elements of more than 1048576 bytes`},
		{"giant comment", head + "<!--" + strings.Repeat("a", 4<<20) + "--></FEST>", m30.Limits{}, m30.ErrTooLarge, `line 4: too large: a piece of markup of more than 1048576 bytes`},
		{"many attributes", inEntry("<Gruppe" + manyAttributes(100) + "/>"), m30.Limits{}, m30.ErrTooLarge, `line 6: KatVilkar: entry ID_1: too large: more than 64 attributes in <Gruppe>`},
		{"many elements", inEntry(strings.Repeat("<a/>", 100)), m30.Limits{Elements: 50}, m30.ErrTooLarge, `line 6: KatVilkar: entry ID_1: too large: more than 50 elements`},
		{"long name", inEntry("<" + strings.Repeat("a", 300) + "/>"), m30.Limits{}, m30.ErrTooLarge, `line 6: KatVilkar: entry ID_1: too large: a name of 300 bytes; at most 256 are allowed`},
		{"file too large", good, m30.Limits{FileBytes: 100}, m30.ErrTooLarge, fmt.Sprintf(`too large: the file has %d bytes; at most 100 are allowed`, len(good))},
		{"XML too large", good, m30.Limits{XMLBytes: 100}, m30.ErrTooLarge, `too large: the XML has more than 100 bytes`},
		{"gzip bomb", string(gzipOf(t, head+strings.Repeat(" ", 16<<20))), m30.Limits{}, m30.ErrTooLarge, `too large: the file inflates to more than 100 times its size`},
		{"zip bomb", string(zipOf(t, "fest251.xml", head+strings.Repeat(" ", 16<<20))), m30.Limits{}, m30.ErrTooLarge, `too large: the file inflates to more than 100 times its size`},
		{"zip too large by its directory", string(zipOf(t, "fest251.xml", good)), m30.Limits{XMLBytes: 100}, m30.ErrTooLarge, `too large: the XML has more than 100 bytes`},
		{"two files in a zip", string(zipOf(t, "a.xml", good, "b.xml", good)), m30.Limits{}, m30.ErrZip, `unusable zip archive: it holds 2 files ("a.xml", "b.xml" …); it must hold exactly one XML file`},
		{"zip with ..", string(zipOf(t, "../a.xml", good)), m30.Limits{}, m30.ErrZip, `unusable zip archive: it holds "../a.xml", a name outside its folder`},
		{"zip with .. inside", string(zipOf(t, "a/../../a.xml", good)), m30.Limits{}, m30.ErrZip, `unusable zip archive: it holds "a/../../a.xml", a name outside its folder`},
		{"zip with an absolute name", string(zipOf(t, "/etc/a.xml", good)), m30.Limits{}, m30.ErrZip, `unusable zip archive: it holds "/etc/a.xml", a name outside its folder`},
		{"zip with a backslash", string(zipOf(t, `..\a.xml`, good)), m30.Limits{}, m30.ErrZip, `unusable zip archive: it holds "..\\a.xml", a name outside its folder`},
		{"zip with a drive", string(zipOf(t, `C:a.xml`, good)), m30.Limits{}, m30.ErrZip, `unusable zip archive: it holds "C:a.xml", a name outside its folder`},
		{"zip without XML", string(zipOf(t, "readme.txt", good)), m30.Limits{}, m30.ErrZip, `unusable zip archive: it holds "readme.txt"; it must hold exactly one XML file`},
		{"empty zip", string(zipOf(t)), m30.Limits{}, m30.ErrZip, `unusable zip archive: it holds no file; it must hold exactly one XML file`},
		{"encrypted zip", string(encrypted), m30.Limits{}, m30.ErrZip, `unusable zip archive: "fest251.xml" is encrypted`},
		{"zip CRC", string(badCRC), m30.Limits{}, m30.ErrChecksum, `wrong checksum: the zip file is damaged: its XML is not what was put in`},
		{"gzip CRC", string(flip(gzipOf(t, good), -8)), m30.Limits{}, m30.ErrChecksum, `wrong checksum: the gzip file is damaged: its XML is not what was put in`},
		{"gzip cut off", string(gzipOf(t, good)[:100]), m30.Limits{}, m30.ErrTruncated, `cut off: the gzip file ends before its end`},
		{"gzip header only", "\x1f\x8b\x08", m30.Limits{}, m30.ErrTruncated, `cut off: the gzip file ends before its end`},
		{"gzip header wrong", "\x1f\x8b\x09" + strings.Repeat("\x00", 20), m30.Limits{}, m30.ErrGzip, `damaged gzip file: gzip: invalid header`},
		{"zip cut off", string(zipped[:len(zipped)-30]), m30.Limits{}, m30.ErrTruncated, `cut off: the zip archive has no directory at its end`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := read([]byte(tt.in), tt.limits)
			if err == nil {
				t.Fatal("was accepted")
			}
			if !errors.Is(err, tt.kind) {
				t.Errorf("kind is not %q", tt.kind)
			}
			var e *m30.Error
			if !errors.As(err, &e) {
				t.Errorf("%T is no *m30.Error", err)
			}
			if err.Error() != tt.want {
				t.Errorf("got:  %s\nwant: %s", err, tt.want)
			}
		})
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, i)
	}
	return b.String()
}

// Wherever a file ends too early, it is refused as cut off.
func TestCutOffAnywhere(t *testing.T) {
	whole := "\uFEFF" + inEntry("<!-- æ -->"+condition+"<StrukturertVilkar>\n<Type V='1' DN=\"å\"/><VerdiTekst><![CDATA[ø]]>&amp;&#xE5;</VerdiTekst></StrukturertVilkar>")
	if _, _, err := read([]byte(whole), m30.Limits{}); err != nil {
		t.Fatalf("the whole file: %v", err)
	}
	end := strings.Index(whole, "</FEST>") + len("</FEST>")
	for n := 1; n < end; n++ {
		_, _, err := read([]byte(whole[:n]), m30.Limits{})
		if !errors.Is(err, m30.ErrTruncated) && (n > 3 || !errors.Is(err, m30.ErrNotFEST)) {
			t.Errorf("cut after %d bytes, …%q: %v", n, whole[max(0, n-20):n], err)
		}
	}
	for n := end; n <= len(whole); n++ {
		if _, _, err := read([]byte(whole[:n]), m30.Limits{}); err != nil {
			t.Errorf("cut after the end: %v", err)
		}
	}
	// And the entry is named as soon as its id is known.
	at := strings.Index(whole, "<Tekst>")
	_, _, err := read([]byte(whole[:at+7]), m30.Limits{})
	if want := "line 6: KatVilkar: entry ID_1: cut off: the text ends inside <Tekst>"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCutOffContainers(t *testing.T) {
	for name, whole := range map[string][]byte{"gzip": gzipOf(t, inEntry(condition)), "zip": zipOf(t, "a.xml", inEntry(condition))} {
		if _, _, err := read(whole, m30.Limits{}); err != nil {
			t.Fatalf("%s: the whole file: %v", name, err)
		}
		for n := range whole {
			if _, _, err := read(whole[:n], m30.Limits{}); err == nil {
				t.Errorf("%s cut after %d of %d bytes was accepted", name, n, len(whole))
			}
		}
	}
}

// A flipped byte anywhere in a gzip or zip file is never a panic, and what is
// accepted says the same as before.
func TestDamagedContainers(t *testing.T) {
	text := inEntry(condition)
	for name, whole := range map[string][]byte{"gzip": gzipOf(t, text), "zip": zipOf(t, "a.xml", text)} {
		for n := range whole {
			b := flip(whole, n)
			if entries, _, err := read(b, m30.Limits{}); err == nil && (len(entries) != 1 || entries[0].EntryID != "ID_1") {
				t.Errorf("%s with byte %d flipped gave %v", name, n, entries)
			}
		}
	}
}

// A bomb costs no more than the limits allow.
func TestBombsAreCheap(t *testing.T) {
	for name, in := range map[string][]byte{
		"gzip":      gzipOf(t, head+"<!--"+strings.Repeat(" ", 64<<20)),
		"attribute": gzipOf(t, head+"<KatVilkar><OppfVilkar><Id V='"+strings.Repeat("ab\xc3\xa6", 10<<20)),
		"depth":     []byte(inEntry(strings.Repeat("<a>", 2_000_000))),
		"notes":     []byte(inEntry(strings.Repeat("<a/>x", 1_000_000))),
	} {
		var before, now runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, _, err := read(in, m30.Limits{Ratio: 1 << 20})
		took := time.Since(start)
		runtime.ReadMemStats(&now)
		if (err == nil) != (name == "notes") {
			t.Errorf("%s: %v", name, err)
		}
		// Everything ever allocated, so more than was ever held.
		if used := now.TotalAlloc - before.TotalAlloc; used > 192<<20 || took > 30*time.Second {
			t.Errorf("%s took %d MB and %v", name, used>>20, took)
		}
	}
}
