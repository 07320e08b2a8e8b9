package cache_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/m30"
)

type sourceSlices []fest.Slice

func (s sourceSlices) Slice(i int) (fest.Slice, error) { return s[i], nil }
func (s sourceSlices) Close() error                    { return nil }

// Every value of every entry of the real extracts is in its JSON (P7), its
// XML answer is the source's own, and its references resolve.
func TestRealExtracts(t *testing.T) {
	for _, tc := range []struct {
		file       string
		entries    int
		unresolved int // references; extracts have some, README of the data
	}{
		{"mini/fest-mini-ns.xml.gz", 403, 0},
		{"mini/fest-mini.xml.gz", 403, 0},
		{"mini/fest-utdrag-2026-09-08.xml", 46, 25},
		{"fragments/combined.xml", 5, -1},
	} {
		t.Run(tc.file, func(t *testing.T) {
			f, err := m30.Open(festtest.File(t, tc.file), m30.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			r, d := m30.NewReader(f, m30.DefaultLimits()), m30.NewDecoder(m30.DefaultLimits())
			b := cache.NewBuilder(cache.Options{})
			defer b.Discard()
			var source sourceSlices
			var entries []*fest.Entry
			for s, err := range r.Slices() {
				if err != nil {
					t.Fatal(err)
				}
				s.XML = bytes.Clone(s.XML)
				e, err := d.Decode(s)
				if err != nil {
					t.Fatal(err)
				}
				p, err := b.Prepare(e)
				if err == nil {
					err = b.Add(p, len(source))
				}
				if err != nil {
					t.Fatal(err)
				}
				source, entries = append(source, s), append(entries, e)
			}
			if len(source) != tc.entries {
				t.Errorf("%d entries, want %d", len(source), tc.entries)
			}
			var buf bytes.Buffer
			if err := b.Finish(context.Background(), content(), &buf); err != nil {
				t.Fatal(err)
			}
			snap, err := cache.OpenBytes(buf.Bytes(), release(1), source)
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			unresolved := 0
			for i, e := range entries {
				var items [][]byte
				for _, it := range e.Items() {
					found := snap.ByKey(nil, it.Resource, it.Key)
					if len(found) != 1 {
						t.Errorf("%s/%s: found %d times", it.Resource, it.Key, len(found))
						continue
					}
					js := snap.Item(found[0]).JSON
					items = append(items, js)
					unresolved += withoutDisplay(t, js)
					decoded, err := snap.Entry(found[0])
					if err != nil {
						t.Errorf("%s/%s: %v", it.Resource, it.Key, err)
						continue
					}
					if got := decoded.Items(); decoded.EntryID != e.EntryID || decoded.Class != e.Class || len(got) != 1 || got[0].Key != it.Key {
						t.Errorf("%s/%s: decoded to %s %s, %v", it.Resource, it.Key, decoded.Class, decoded.EntryID, got)
					}
					xml, err := snap.AppendXML(nil, found[0])
					if err != nil || string(xml) != string(source[i].Standalone(nil)) {
						t.Errorf("%s/%s: XML %s, %v", it.Resource, it.Key, xml, err)
					}
				}
				missing, err := festtest.Missing(source[i].Standalone(nil), items...)
				if err != nil {
					t.Fatalf("%s %s: %v", e.Class, e.EntryID, err)
				}
				if len(missing) > 0 {
					t.Errorf("%s %s: not in its JSON: %s", e.Class, e.EntryID, strings.Join(missing, "; "))
				}
			}
			if tc.unresolved >= 0 && unresolved != tc.unresolved {
				t.Errorf("%d references without display, want %d", unresolved, tc.unresolved)
			}
			use(snap)
		})
	}
}

// withoutDisplay counts the references that nothing resolved.
func withoutDisplay(t *testing.T, js []byte) int {
	t.Helper()
	var item any
	if err := json.Unmarshal(js, &item); err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	n := 0
	var walk func(v any, top bool)
	walk = func(v any, top bool) {
		switch v := v.(type) {
		case map[string]any:
			_, ref := v["resource"]
			if _, shown := v["display"]; ref && !shown && !top {
				n++
			}
			for _, e := range v {
				walk(e, false)
			}
		case []any:
			for _, e := range v {
				walk(e, false)
			}
		}
	}
	walk(item, true)
	return n
}
