package m30

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"archive/zip"
	stdgzip "compress/gzip"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
)

// fullSize is a document of about the size of a real full extract: the entries
// of the mini extract again and again, with other ids.
func fullSize(tb testing.TB, size int) []byte {
	tb.Helper()
	slices := readSlices(tb, festtest.File(tb, "mini/fest-mini-ns.xml.gz"))
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n" + `<FEST xmlns="` + string(fest.NamespaceM30) + `">` + "\n  <HentetDato>2026-09-08T03:09:06</HentetDato>\n")
	rounds := 1
	for _, s := range slices {
		rounds += len(s.XML)
	}
	rounds = max(1, size/rounds)
	for _, catalogue := range fest.Catalogues() {
		b.WriteString("  <" + catalogue + ">\n")
		for round := range rounds {
			id := fmt.Appendf(nil, "<Id>ID_%08X", round)
			for _, s := range slices {
				if s.Catalogue == catalogue {
					b.WriteString("    ")
					b.Write(bytes.ReplaceAll(s.XML, []byte("<Id>ID_"), id))
					b.WriteByte('\n')
				}
			}
		}
		b.WriteString("  </" + catalogue + ">\n")
	}
	b.WriteString("</FEST>\n")
	return b.Bytes()
}

func readSlices(tb testing.TB, path string) []fest.Slice {
	tb.Helper()
	f, err := Open(path, Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var out []fest.Slice
	for s, err := range NewReader(f, Limits{}).Slices() {
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

const benchBytes = 120 << 20

func BenchmarkReader(b *testing.B) {
	doc := fullSize(b, benchBytes)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range NewReader(bytes.NewReader(doc), Limits{}).Slices() {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		b.ReportMetric(float64(n), "entries")
	}
}

func BenchmarkDecode(b *testing.B) {
	var slices []fest.Slice
	size := 0
	for s, err := range NewReader(bytes.NewReader(fullSize(b, benchBytes)), Limits{}).Slices() {
		if err != nil {
			b.Fatal(err)
		}
		slices = append(slices, s)
		size += len(s.XML)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		d := NewDecoder(Limits{})
		for _, s := range slices {
			if _, err := d.Decode(s); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkTokens(b *testing.B) {
	slices := readSlices(b, festtest.File(b, "mini/fest-mini-ns.xml.gz"))
	size := 0
	for _, s := range slices {
		size += len(s.XML)
	}
	b.SetBytes(int64(size))
	t := tokenizer{limits: DefaultLimits()}
	for b.Loop() {
		for _, s := range slices {
			if err := t.reset(s.XML, nil, 2); err != nil {
				b.Fatal(err)
			}
			for {
				tok, err := t.next(true)
				if err != nil {
					b.Fatal(err)
				}
				if tok == tokenEOF {
					break
				}
			}
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	d := NewDecoder(Limits{})
	var entries []*fest.Entry
	for _, s := range readSlices(b, festtest.File(b, "mini/fest-mini-ns.xml.gz")) {
		e, err := d.Decode(s)
		if err != nil {
			b.Fatal(err)
		}
		entries = append(entries, e)
	}
	var dst []byte
	for b.Loop() {
		dst = dst[:0]
		for _, e := range entries {
			dst = AppendEntry(dst, e)
		}
		b.SetBytes(int64(len(dst)))
	}
}

// BenchmarkInflate compares ours with the standard library's.
func BenchmarkInflate(b *testing.B) {
	doc := fullSize(b, benchBytes/2)
	var z, g bytes.Buffer
	zw := zip.NewWriter(&z)
	w, _ := zw.Create("fest251.xml")
	gw := stdgzip.NewWriter(&g)
	for _, w := range []io.Writer{w, gw} {
		if _, err := w.Write(doc); err != nil {
			b.Fatal(err)
		}
	}
	zw.Close()
	gw.Close()
	for name, data := range map[string][]byte{"fest.zip": z.Bytes(), "fest.gz": g.Bytes()} {
		path := filepath.Join(b.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			buf := make([]byte, chunkBytes)
			for b.Loop() {
				f, err := Open(path, Limits{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, f, buf); err != nil {
					b.Fatal(err)
				}
				f.Close()
			}
		})
	}
	b.Run("stdlib", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		buf := make([]byte, chunkBytes)
		for b.Loop() {
			r, err := stdgzip.NewReader(bytes.NewReader(g.Bytes()))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, buf); err != nil {
				b.Fatal(err)
			}
		}
	})
}
