package festdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/festd/festd/internal/fest"
)

var bg = context.Background()

// someSlices are enough for several blocks, with entries of no bytes, of one,
// and of more than a block.
func someSlices(big int) []fest.Slice {
	list := []fest.Slice{
		{Catalogue: "KatVirkestoff", Context: ` xmlns="urn:m30"`, XML: []byte("<a/>"), Line: 5},
		{Catalogue: "KatVirkestoff", XML: []byte{}, Line: 4}, // lines may fall
		{Catalogue: "", Context: ` xmlns="urn:m30"`, XML: []byte("\xff\x00"), Line: 1 << 30},
		{Catalogue: "KatDose", Context: "x", XML: bytes.Repeat([]byte("æøå<b>12</b>"), big/16+1), Line: 7},
	}
	for i := range 90 {
		list = append(list, fest.Slice{Catalogue: "KatDose", Context: ` xmlns="urn:m30"`,
			XML: fmt.Appendf(nil, "<OppfDose>%s</OppfDose>", strings.Repeat(fmt.Sprint(i*7919), 1+i*big/4000)), Line: 10 + i})
	}
	return list
}

// written seals a content and gives its file.
func written(t testing.TB, d *Disk, list []fest.Slice, doc fest.Document) (fest.Digest, string) {
	t.Helper()
	w, err := d.NewWriter(bg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Discard() })
	for _, s := range list {
		if err := w.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	digest, err := w.Seal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return digest, filepath.Join(d.Dir(), contentDir, string(digest))
}

func newDisk(t testing.TB) *Disk {
	t.Helper()
	d, err := OpenDisk(DiskOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// readFile reads a content file as Disk.Content does, and then every entry.
func readFile(t testing.TB, path string, digest fest.Digest) ([]fest.Slice, fest.Document, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := openContent(bg, f, digest)
	if err != nil {
		_ = f.Close()
		return nil, fest.Document{}, err
	}
	defer func() { _ = c.Close() }()
	var list []fest.Slice
	for s, err := range c.Slices() {
		if err != nil {
			return nil, fest.Document{}, err
		}
		list = append(list, s)
	}
	return list, c.Document(), nil
}

func TestContentFileKeepsEverything(t *testing.T) {
	helfo := fest.Date("\xff 2026")
	doc := fest.Document{RetrievalDate: "2026-09-08T00:10:00", ValidFromDateHelfo: &helfo}
	list := someSlices(3 * blockSize)
	d := newDisk(t)
	digest, path := written(t, d, list, doc)
	got, gotDoc, err := readFile(t, path, digest)
	if err != nil {
		t.Fatal(err)
	}
	if i := firstDifference(list, got); i >= 0 {
		t.Errorf("%d entries, want %d; they differ from number %d on", len(got), len(list), i)
	}
	if diff := cmp.Diff(doc, gotDoc); diff != "" {
		t.Errorf("document differs (-want +got):\n%s", diff)
	}
	if err := d.Verify(bg, digest); err != nil {
		t.Error(err)
	}
}

// firstDifference is where two lists differ; -1: nowhere.
func firstDifference(a, b []fest.Slice) int {
	for i := range min(len(a), len(b)) {
		if a[i].Catalogue != b[i].Catalogue || a[i].Context != b[i].Context || a[i].Line != b[i].Line || !bytes.Equal(a[i].XML, b[i].XML) {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

// TestContentDigestIsFixed holds the digest, computed by another program from
// the description: another one would make every content that is kept a
// stranger.
func TestContentDigestIsFixed(t *testing.T) {
	d := NewDigester()
	d.Add(NewEntryHasher().Sum(fest.Slice{Catalogue: "KatVirkestoff", Context: ` xmlns="urn:x"`, XML: []byte("<OppfVirkestoff/>"), Line: 3}))
	const want = "1def9e5b208a4d26cdf891dd1a91f2bf7b75dc99f39b5656010f89f9c243efac"
	if got := d.Sum(fest.Document{RetrievalDate: "2026-09-08T00:10:00"}); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

// TestContentRoundTrip writes and reads contents of all shapes.
func TestContentRoundTrip(t *testing.T) {
	d := newDisk(t)
	rapid.Check(t, func(t *rapid.T) {
		var list []fest.Slice
		for range rapid.IntRange(0, 12).Draw(t, "entries") {
			list = append(list, fest.Slice{
				Catalogue: rapid.SampledFrom([]string{"KatDose", "KatVilkar", ""}).Draw(t, "catalogue"),
				Context:   rapid.String().Draw(t, "context"),
				XML:       bytes.Repeat([]byte(rapid.String().Draw(t, "xml")), rapid.SampledFrom([]int{1, 30, 60_000}).Draw(t, "times")),
				Line:      rapid.IntRange(0, 1<<30).Draw(t, "line"),
			})
		}
		w, err := d.NewWriter(bg)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = w.Discard() }()
		for _, s := range list {
			if err := w.Add(s); err != nil {
				t.Fatal(err)
			}
		}
		digest, err := w.Seal(fest.Document{RetrievalDate: fest.DateTime(rapid.String().Draw(t, "date"))})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Verify(bg, digest); err != nil {
			t.Fatal(err)
		}
		c, err := d.Content(bg, digest)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		for i := range list {
			got, err := c.Slice(i)
			if err != nil || firstDifference(list[i:i+1], []fest.Slice{got}) >= 0 {
				t.Fatalf("entry %d = %+v, %v; want %+v", i, got, err, list[i])
			}
		}
	})
}

// TestContentDamage flips every byte of a content file and cuts it at every
// length: nothing is ever read from it but what was written.
func TestContentDamage(t *testing.T) {
	d := newDisk(t)
	list := someSlices(1 << 10)
	digest, path := written(t, d, list, fest.Document{RetrievalDate: "2026-09-08T00:10:00"})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "content")
	try := func(what string, b []byte) {
		t.Helper()
		if err := os.WriteFile(damaged, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readFile(t, damaged, digest); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
			t.Fatalf("%s of %d bytes: error %v, want %v", what, len(whole), err, ErrDamaged)
		}
	}
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 1 << (i % 8)
		try(fmt.Sprintf("bit flipped in byte %d", i), b)
		try(fmt.Sprintf("cut at byte %d", i), whole[:i])
	}
	try("one byte more", append(bytes.Clone(whole), 0))
	try("written twice", append(bytes.Clone(whole), whole...))
}

// TestContentErrorsSayWhere: file and block.
func TestContentErrorsSayWhere(t *testing.T) {
	d := newDisk(t)
	list := someSlices(3 * blockSize)
	digest, path := written(t, d, list, fest.Document{RetrievalDate: "2026-09-08T00:10:00"})
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	x, err := readIndex(f)
	if err != nil || len(x.blocks) < 3 {
		t.Fatalf("%d blocks, %v; want some", len(x.blocks), err)
	}
	c, err := d.Content(bg, digest) // opened while whole
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := f.WriteAt([]byte("?!"), x.blocks[1].offset+2); err != nil {
		t.Fatal(err)
	}
	where := fmt.Sprintf("%s: block 1 of %d at byte %d", path, len(x.blocks), x.blocks[1].offset)
	_, err = c.Slice(x.blocks[1].first)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), where) {
		t.Errorf("reading what was damaged later: %v, want %v with %q", err, ErrDamaged, where)
	}
	if _, err := c.Slice(x.blocks[2].first); err != nil {
		t.Errorf("another block: %v", err)
	}
	_, err = d.Content(bg, digest)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), where) {
		t.Errorf("opening: %v, want %v with %q", err, ErrDamaged, where)
	}
	if kept, damaged := d.Kept(digest); !kept || !damaged {
		t.Errorf("kept %v, damaged %v; want it kept and marked", kept, damaged)
	}
}

func TestContentUnderAnotherName(t *testing.T) {
	d := newDisk(t)
	_, path := written(t, d, someSlices(100), fest.Document{RetrievalDate: "2026-09-08T00:10:00"})
	other := fest.Digest(strings.Repeat("ab", 32))
	if err := os.Rename(path, filepath.Join(filepath.Dir(path), string(other))); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Content(bg, other); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v, want %v", err, ErrDamaged)
	}
	if _, err := d.Content(bg, "../STREAM"); err == nil {
		t.Error("a digest that is a path was opened")
	}
}

// TestContentOfNewerVersion is refused and not taken for damage.
func TestContentOfNewerVersion(t *testing.T) {
	d := newDisk(t)
	digest, path := written(t, d, someSlices(100), fest.Document{RetrievalDate: "2026-09-08T00:10:00"})
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(b, []byte(contentMagic), []byte("festd content 2\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Content(bg, digest); !errors.Is(err, ErrNewer) || errors.Is(err, ErrDamaged) {
		t.Errorf("error %v, want %v", err, ErrNewer)
	}
	if _, damaged := d.Kept(digest); damaged {
		t.Error("it was marked damaged")
	}
}

// TestFalseAlarm: a mark goes when the file turns out whole.
func TestFalseAlarm(t *testing.T) {
	d := newDisk(t)
	digest, path := written(t, d, someSlices(100), fest.Document{RetrievalDate: "2026-09-08T00:10:00"})
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	d.noteDamaged(digest, f, errors.New("a bit flipped in memory"))
	if _, damaged := d.Kept(digest); !damaged {
		t.Error("not marked")
	}
	c, err := d.Content(bg, digest)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	if _, damaged := d.Kept(digest); damaged {
		t.Error("still marked")
	}
	if _, err := os.Stat(d.markPath(digest)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the mark is still there: %v", err)
	}
}

// FuzzContentFile changes a content file: it reads as it was written, or is an
// error.
func FuzzContentFile(f *testing.F) {
	list := someSlices(1 << 10)
	doc := fest.Document{RetrievalDate: "2026-09-08T00:10:00"}
	digest, path := written(f, newDisk(f), list, doc)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(0, len(whole), []byte{})
	f.Add(3, len(whole), []byte("x"))
	f.Add(len(whole)-1, len(whole), []byte("\n"))
	f.Add(len(whole)/2, len(whole)/2, []byte{})
	f.Add(16, len(whole), []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0})
	f.Add(len(whole)-72, len(whole), bytes.Repeat([]byte{0xff}, 16))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, at, cut int, with []byte) {
		b := bytes.Clone(whole)
		if at >= 0 && at < len(b) {
			copy(b[at:], with)
		}
		b = b[:max(0, min(cut, len(b)))]
		p := filepath.Join(dir, "content")
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		got, gotDoc, err := readFile(t, p, digest)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
				t.Errorf("error %v, want %v", err, ErrDamaged)
			}
			return
		}
		if diff := cmp.Diff(list, got) + cmp.Diff(doc, gotDoc); diff != "" {
			t.Errorf("read without an error, yet it differs:\n%s", diff)
		}
	})
}

// FuzzContentIndex decodes indexes whose SHA-256 is right and whose bytes are
// not: an error, or an index that encodes to the same blocks.
func FuzzContentIndex(f *testing.F) {
	helfo := fest.Date("2026-01-01")
	x := contentIndex{
		digest: fest.Digest(strings.Repeat("0f", 32)), doc: fest.Document{RetrievalDate: "2026-09-08T00:10:00", ValidFromDateHelfo: &helfo},
		catalogues: []string{"KatDose", ""}, contexts: []string{"", ` xmlns="urn:m30"`},
		blocks: []blockInfo{{length: 30, raw: 100, slices: 4}, {length: 7, raw: 9, slices: 1}},
	}
	b, err := x.append(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, int64(len(contentMagic)+37))
	f.Add(b[:40], int64(16))
	f.Add([]byte{}, int64(0))
	f.Fuzz(func(t *testing.T, b []byte, end int64) {
		x, err := parseIndex(b, end)
		if err != nil {
			return
		}
		again, err := x.append(nil)
		if err != nil {
			t.Fatal(err)
		}
		y, err := parseIndex(again, end)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(x, y, cmp.AllowUnexported(contentIndex{}, blockInfo{})); diff != "" {
			t.Errorf("encoded and decoded again it differs:\n%s", diff)
		}
	})
}

// FuzzContentBlock decodes decompressed blocks: an error, or entries that fill
// the block exactly.
func FuzzContentBlock(f *testing.F) {
	b := appendEntry(appendEntry(nil, 1, 0, 5, 3), 0, 1, -2, 2)
	f.Add(append(b, "abcde"...), 2)
	f.Add(append(b, "abcd"...), 2)
	f.Add(b, 3)
	f.Add([]byte{}, 0)
	x := &contentIndex{catalogues: []string{"a", "b"}, contexts: []string{"c", "d"}}
	f.Fuzz(func(t *testing.T, raw []byte, slices int) {
		if slices < 0 || slices > maxBlock { // the index never says so
			return
		}
		k, err := parseBlock(raw, slices, x)
		if err != nil {
			return
		}
		n := 0
		for i := range slices {
			n += len(k.slice(i, x).XML)
		}
		if n != len(k.data) || n > len(raw) {
			t.Errorf("entries have %d bytes, the block %d", n, len(k.data))
		}
	})
}
