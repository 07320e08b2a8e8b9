package sample_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/sample"
)

func TestContainersHoldTheSameDocument(t *testing.T) {
	d := sample.Small(time.Time{})
	var want bytes.Buffer
	if err := d.WriteXML(&want); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"a.xml", "a.xml.gz", "A.ZIP"} {
		path := filepath.Join(dir, name)
		if err := d.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		if got := unpack(t, path); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s holds %d bytes, want %d", name, len(got), want.Len())
		}
	}
	if err := d.WriteFile(filepath.Join(dir, "a.json")); err == nil {
		t.Error("a.json was written")
	}
	if err := d.WriteFile(filepath.Join(dir, "missing", "a.xml")); err == nil {
		t.Error("a file in a missing folder was written")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 {
		t.Errorf("%v in the folder, %v; want three files", left, err)
	}
}

func unpack(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(b)
	switch filepath.Ext(path) {
	case ".gz":
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatal(err)
		}
	case ".ZIP":
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		if len(z.File) != 1 || z.File[0].Name != sample.FileInZip {
			t.Fatalf("the zip holds %d files", len(z.File))
		}
		if r, err = z.File[0].Open(); err != nil {
			t.Fatal(err)
		}
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is written is read back as a sample, without a finding, entry by entry
// the same.
func TestWrittenIsRead(t *testing.T) {
	for name, d := range map[string]*sample.Data{"small": sample.Small(time.Time{}), "full": scaled(t, 1, 0.02)} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := d.WriteXML(&b); err != nil {
				t.Fatal(err)
			}
			r := m30.NewReader(&b, m30.DefaultLimits())
			dec := m30.NewDecoder(m30.DefaultLimits())
			var want []*fest.Entry
			for e := range d.Entries() {
				want = append(want, e)
			}
			n := 0
			for s, err := range r.Slices() {
				if err != nil {
					t.Fatal(err)
				}
				e, err := dec.Decode(s)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(m30.AppendEntry(nil, e), m30.AppendEntry(nil, want[n])) {
					t.Fatalf("entry %d (%s) reads differently", n, e.Class)
				}
				n++
			}
			if n != len(want) || !r.Sample() || r.Document().RetrievalDate != d.Document().RetrievalDate {
				t.Errorf("%d of %d entries, sample %v, HentetDato %s", n, len(want), r.Sample(), r.Document().RetrievalDate)
			}
			if f := dec.Tally().Findings(); len(f) > 0 {
				t.Errorf("findings: %+v", f)
			}
		})
	}
}
