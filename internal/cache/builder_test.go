package cache_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Whoever prepares, and in whatever order, the file is the same.
func TestBuildIsDeterministic(t *testing.T) {
	entries := append(world(), big(0.01)...)
	want := write(t, cache.Options{}, entries...)
	b := cache.NewBuilder(cache.Options{TempDir: t.TempDir()})
	defer b.Discard()
	prepared := make([]*cache.Prepared, len(entries))
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := len(entries) - 1 - w; i >= 0; i -= 4 {
				p, err := b.Prepare(entries[i])
				if err != nil {
					t.Error(err)
				}
				prepared[i] = p
			}
		})
	}
	wg.Wait()
	c := content()
	c.Counts = fest.Counts{}
	for i, p := range prepared {
		if err := b.Add(p, i); err != nil {
			t.Fatal(err)
		}
		c.Counts.Add(entries[i])
	}
	var got bytes.Buffer
	if err := b.Finish(t.Context(), c, &got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
		t.Errorf("two builds of the same entries differ (%d and %d bytes)", len(want), got.Len())
	}
}

// A file that changes without Format (or the renderer's version) changing
// would be served by a program that does not understand it, or not rebuilt.
func TestFormatGrowsWithTheFile(t *testing.T) {
	sum := sha256.Sum256(write(t, cache.Options{}, world()...))
	got := fmt.Sprintf("format %d renderer %d: %s\n", cache.Format, wire.Version, hex.EncodeToString(sum[:]))
	name := filepath.Join("testdata", "format")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("the file changed:\n%s%sraise Format or wire.Version once it was released, then -update", want, got)
	}
}

func TestBulkyItemsArePrecompressed(t *testing.T) {
	small := entry(fest.ClassCondition, "C-1", &fest.Condition{ID: "C-1", Text: "kort"})
	var codes []fest.CodeSystemElement
	for i := range 1000 {
		codes = append(codes, fest.CodeSystemElement{ID: fest.ID(fmt.Sprintf("E%d", i)), Code: fest.Text(fmt.Sprint(i)), Terms: []fest.Term{{Term: "Tablett, filmdrasjert"}}})
	}
	bulky := entry(fest.ClassCodeSystem, "K-1", &fest.CodeSystem{Info: fest.CodeSystemInfo{OID: "1.2.3"}, Elements: codes})
	s := open(t, small, bulky)
	it := s.Item(s.ByKey(nil, fest.ResourceCodeSystems, "1.2.3")[0])
	if len(it.JSON) < 64<<10 {
		t.Fatalf("only %d bytes", len(it.JSON))
	}
	zr, err := gzip.NewReader(bytes.NewReader(it.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(zr)
	if err != nil || !bytes.Equal(unzipped, it.JSON) {
		t.Errorf("gzip: %d bytes, %v", len(unzipped), err)
	}
	d, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	unpacked, err := d.DecodeAll(it.Zstd, nil)
	if err != nil || !bytes.Equal(unpacked, it.JSON) {
		t.Errorf("zstd: %d bytes, %v", len(unpacked), err)
	}
	if it := s.Item(s.ByKey(nil, fest.ResourceConditions, "C-1")[0]); it.Gzip != nil || it.Zstd != nil {
		t.Error("a small item is precompressed")
	}
}

// Keys that JSON escapes, or that look like nothing DMP would send.
func TestStrangeKeys(t *testing.T) {
	var entries []*fest.Entry
	ids := []string{`a"b`, "tab\tid", "\\", "ø", "<&>", "\u2028", strings.Repeat("lang ", 300), `,"entryId":"x"`}
	for i, id := range ids {
		e := entry(fest.ClassCondition, "", &fest.Condition{ID: fest.ID(id), Text: "x"})
		e.EntryID = fest.EntryID("entry " + id)
		entries = append(entries, e)
		sg := entry(fest.ClassSubstitutionGroup, fmt.Sprint(i), &fest.SubstitutionGroup{ID: fest.ID(fmt.Sprint(i)), Code: fest.CS{Code: id, Display: id}})
		pk := entry(fest.ClassPackage, fmt.Sprint(i), &fest.Package{ID: ptr(fest.ID(fmt.Sprint(i)))})
		pk.Object.(*fest.Package).Conditions = []fest.Ref{fest.Ref(id)}
		entries = append(entries, sg, pk)
	}
	s := open(t, entries...)
	for i, id := range ids {
		for _, key := range []string{id, "entry " + id} {
			got := s.ByKey(nil, fest.ResourceConditions, key)
			if len(got) != 1 {
				t.Errorf("%q: found %d times", key, len(got))
				continue
			}
			it := s.Item(got[0])
			if string(it.Key) != id || string(it.EntryID) != "entry "+id {
				t.Errorf("%q: key %q, entry id %q", key, it.Key, it.EntryID)
			}
		}
		page, err := s.List(fest.ResourceSubstitutionGroups, []cache.Query{{Filter: "code", Value: strings.TrimSpace(id)}}, 0, 10)
		if want := strings.TrimSpace(id) == id; err != nil || want && page.Total != 1 {
			t.Errorf("code %q: %d, %v", id, page.Total, err)
		}
		var item struct {
			Conditions []struct{ ID, Display string }
		}
		js := s.Item(s.ByKey(nil, fest.ResourcePackages, fmt.Sprint(i))[0]).JSON
		if err := json.Unmarshal(js, &item); err != nil || item.Conditions[0].ID != id || item.Conditions[0].Display != "x" {
			t.Errorf("reference to %q: %s, %v", id, js, err)
		}
	}
}

// An entry without any id still has its place in the lists.
func TestEntryWithoutIDs(t *testing.T) {
	e := &fest.Entry{Class: fest.ClassDrug, Object: &fest.Drug{BrandName: "Navnløs"}}
	s := open(t, e)
	page, err := s.List(fest.ResourceDrugs, []cache.Query{{Filter: "name", Value: "navnlos"}}, 0, 10)
	if err != nil || page.Total != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	if it := s.Item(page.Items[0]); len(it.Key) != 0 || len(it.EntryID) != 0 {
		t.Errorf("key %q, entry id %q", it.Key, it.EntryID)
	}
}

func TestEmptyContent(t *testing.T) {
	s := open(t)
	use(s)
	if n := s.Len(fest.ResourceDrugs); n != 0 {
		t.Errorf("%d drugs", n)
	}
}

func TestSampleIsMarkedEverywhere(t *testing.T) {
	s, err := cache.OpenBytes(write(t, cache.Options{Sample: true}, world()...), release(0), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	for _, r := range append(fest.Resources(), cache.ResourceATC) {
		page, _ := s.List(r, nil, 0, 1000)
		for _, i := range page.Items {
			n++
			var item struct{ Sample string }
			if err := json.Unmarshal(s.Item(i).JSON, &item); err != nil || item.Sample != wire.SampleMark {
				t.Errorf("%s %s: sample %q, %v", r, s.Item(i).Key, item.Sample, err)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d items", n)
	}
}

type failing struct{ after int }

var errDisk = errors.New("no space left on device")

func (f *failing) Write(b []byte) (int, error) {
	if f.after -= len(b); f.after < 0 {
		return 0, errDisk
	}
	return len(b), nil
}

func TestBuilderFailures(t *testing.T) {
	fill := func(o cache.Options) *cache.Builder {
		t.Helper()
		b := cache.NewBuilder(o)
		t.Cleanup(b.Discard)
		for i, e := range world() {
			p, err := b.Prepare(e)
			if err == nil {
				err = b.Add(p, i)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return b
	}
	var whole bytes.Buffer
	if err := fill(cache.Options{}).Finish(t.Context(), content(), &whole); err != nil {
		t.Fatal(err)
	}
	for after := 0; after < whole.Len(); after += 4999 {
		if err := fill(cache.Options{}).Finish(t.Context(), content(), &failing{after}); !errors.Is(err, errDisk) {
			t.Errorf("disk full after %d bytes: %v", after, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := fill(cache.Options{}).Finish(ctx, content(), io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	b := fill(cache.Options{})
	if err := b.Finish(t.Context(), content(), io.Discard); err != nil {
		t.Fatal(err)
	}
	p, err := b.Prepare(world()[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Add(p, 0); err == nil {
		t.Error("Add after Finish is no error")
	}
	if err := b.Finish(t.Context(), content(), io.Discard); err == nil {
		t.Error("a second Finish is no error")
	}
	b.Discard()
	b.Discard()
	if err := b.Finish(t.Context(), content(), io.Discard); err == nil {
		t.Error("Finish after Discard is no error")
	}
	if _, err := b.Prepare(&fest.Entry{Class: fest.ClassDrug, Object: &fest.Package{}}); err == nil {
		t.Error("an object of another class is no error")
	}
	b = cache.NewBuilder(cache.Options{})
	defer b.Discard()
	if err := b.Add(p, -1); err == nil {
		t.Error("ordinal -1 is no error")
	}
}

// Nothing is left in the temporary folder, not even while building.
func TestSpillIsNeverSeen(t *testing.T) {
	dir := t.TempDir()
	b := cache.NewBuilder(cache.Options{TempDir: dir})
	defer b.Discard()
	for i, e := range big(0.1) {
		p, err := b.Prepare(e)
		if err == nil {
			err = b.Add(p, i)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	memory := write(t, cache.Options{TempDir: filepath.Join(dir, "none"), InMemory: true}, big(0.1)...)
	if !bytes.Equal(memory, write(t, cache.Options{TempDir: dir}, big(0.1)...)) {
		t.Error("built in memory the snapshot is another one")
	}
	missing := cache.NewBuilder(cache.Options{TempDir: filepath.Join(dir, "none")})
	defer missing.Discard()
	for i, e := range big(0.1) {
		p, err := missing.Prepare(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := missing.Add(p, i); err != nil {
			if !errors.Is(err, os.ErrNotExist) {
				t.Errorf("got %v", err)
			}
			return
		}
	}
	t.Error("a temporary folder that is not there is no error")
}

// The circle in a code list ends.
func TestCodeListInACircle(t *testing.T) {
	ref := func(s string) *fest.Ref { r := fest.Ref(s); return &r }
	s := open(t, entry(fest.ClassCodeSystem, "K", &fest.CodeSystem{Info: fest.CodeSystemInfo{OID: fest.OIDRoot + "7180"}, Elements: []fest.CodeSystemElement{
		{ID: "1", Parent: ref("2"), Code: "A"}, {ID: "2", Parent: ref("1"), Code: "B"}, {ID: "3", Parent: ref("3"), Code: "C"}, {ID: "4", Parent: ref("gone"), Code: "D01"}, {ID: "5", Code: ""}}}))
	for code, want := range map[string]int{"A": 10, "B": 10, "C": 0, "D01": 1, "D": 0} {
		it, ok := s.ATC(code)
		var n struct{ Parents []any }
		if err := json.Unmarshal(it.JSON, &n); !ok || err != nil || len(n.Parents) != want {
			t.Errorf("%s: %v, %v, %d parents", code, ok, err, len(n.Parents))
		}
	}
}

func FuzzQuery(f *testing.F) {
	s := open(f, world()...)
	for _, seed := range []string{"", "N02BE01", "0107046260012345", "]d2(01)", "\x1d", "ØÅ", "\xff", "=53", "~tablett", "10\x1d"} {
		f.Add(seed, uint32(0), 10)
	}
	f.Fuzz(func(t *testing.T, value string, after uint32, limit int) {
		for _, r := range fest.Resources() {
			for _, fl := range s.Filters(r) {
				page, err := s.List(r, []cache.Query{{Filter: fl.Name, Value: value}}, cache.Position(after), limit)
				if err != nil || len(page.Items) > page.Total {
					t.Errorf("%s?%s=%q: %+v, %v", r, fl.Name, value, page, err)
				}
			}
			for _, i := range s.ByKey(nil, r, value) {
				if d := cmp.Diff(r, s.Item(i).Resource); d != "" {
					t.Error(d)
				}
			}
		}
		s.ATC(value)
	})
}
