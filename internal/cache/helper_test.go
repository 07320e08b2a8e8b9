package cache_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// digest is that of the contents made here.
var digest = fest.Digest(strings.Repeat("ab", 32))

func content() fest.Content {
	return fest.Content{Digest: digest, Document: fest.Document{RetrievalDate: "2026-09-08T03:09:06"}, Filter: fest.FilterPrescriber}
}

func release(serial fest.Serial) fest.Release {
	return fest.Release{Serial: serial, Stream: "test", Content: content()}
}

// write builds the snapshot file of the entries.
func write(t testing.TB, o cache.Options, entries ...*fest.Entry) []byte {
	t.Helper()
	b := cache.NewBuilder(o)
	defer b.Discard()
	c := content()
	c.Sample = o.Sample
	c.Counts = fest.Counts{}
	for i, e := range entries {
		p, err := b.Prepare(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Add(p, i); err != nil {
			t.Fatal(err)
		}
		c.Counts.Add(e)
	}
	var buf bytes.Buffer
	if err := b.Finish(context.Background(), c, &buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// open builds and opens a snapshot of the entries.
func open(t testing.TB, entries ...*fest.Entry) *cache.Snapshot {
	t.Helper()
	s, err := cache.OpenBytes(write(t, cache.Options{TempDir: t.TempDir()}, entries...), release(1), source(entries))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// source stands in for a content of the store.
type source []*fest.Entry

func (s source) Slice(i int) (fest.Slice, error) {
	if i < 0 || i >= len(s) {
		return fest.Slice{}, fmt.Errorf("no entry %d", i)
	}
	xml := fmt.Sprintf("<%s><Id>%s</Id></%[1]s>", s[i].Class.EntryElement(), s[i].EntryID)
	return fest.Slice{Catalogue: s[i].Class.Catalogue(), Context: ` xmlns="` + string(fest.NamespaceM30) + `"`, XML: []byte(xml), Line: i + 1}, nil
}

func (s source) Close() error { return nil }

func entry(class fest.Class, id string, object any) *fest.Entry {
	return &fest.Entry{
		Envelope: fest.Envelope{
			EntryID: fest.EntryID("ID_E-" + id), RegistrationTime: "2026-01-23T03:09:06",
			RegistrationStatus: fest.CS{Code: "A", Display: "Aktiv oppføring"},
		},
		Class: class, Object: object,
	}
}

func ptr[T any](v T) *T { return &v }

func cv(list, code, display string) fest.CV {
	return fest.CV{Code: code, System: fest.OIDRoot + list, Display: display}
}

func atc(code string) *fest.CV { return ptr(cv("7180", code, "ATC "+code)) }

// keys returns the keys of items, for comparison.
func keys(s *cache.Snapshot, items []cache.Index) []string {
	out := []string{}
	for _, i := range items {
		out = append(out, string(s.Item(i).Key))
	}
	return out
}
