//go:build !race

package fullsize_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/sample"
)

// Nothing is lost in translation (P7): whatever stands in an entry, each
// element's text and each attribute's value, is in what the server answers
// for it in JSON; its XML is the source's own bytes; and what the encoder
// makes of the decoded entry is the same tree.
func TestNothingIsLost(t *testing.T) {
	full := filepath.Join(t.TempDir(), "fest251.zip")
	if err := sample.Full(1).WriteFile(full); err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		path    string
		entries int
	}{
		{festtest.File(t, "mini/fest-mini-ns.xml.gz"), 403},
		{festtest.File(t, "mini/fest-utdrag-2026-09-08.xml"), 46},
		{festtest.File(t, "fragments/combined.xml"), 5},
		{full, 68971},
	} {
		t.Run(filepath.Base(f.path), func(t *testing.T) {
			entries := cut(t, unpack(t, f.path))
			if len(entries) != f.entries {
				t.Fatalf("the file has %d entries, want %d", len(entries), f.entries)
			}
			s := serve(t, f.path)
			items := s.everything()
			t.Run("json", func(t *testing.T) { each(t, entries, func(e source) { complete(t, e, items[e.id]) }) })
			t.Run("xml", func(t *testing.T) { each(t, entries, func(e source) { s.verbatim(t, e, items[e.id]) }) })
			t.Run("encoder", func(t *testing.T) { encoder(t, f.path) })
		})
	}
}

// complete looks for all of an entry in the JSON of its items.
func complete(t *testing.T, e source, items []item) {
	var bodies [][]byte
	for _, i := range items {
		bodies = append(bodies, i.body)
	}
	missing, err := festtest.Missing(e.xml, bodies...)
	if err != nil || len(missing) > 0 {
		t.Errorf("entry %s: %v; not in its JSON: %q", e.id, err, missing)
	}
}

// verbatim compares the XML answer with the source: only namespace
// declarations may be added, in the start tag.
func (s *server) verbatim(t *testing.T, e source, items []item) {
	if len(items) == 0 {
		t.Errorf("entry %s is not served", e.id)
		return
	}
	got := s.xml(t, items[0].path)
	end := bytes.IndexAny(e.xml, " \t\r\n>")
	added, ok := bytes.CutSuffix(got, e.xml[end:])
	if !ok || !bytes.HasPrefix(added, e.xml[:end]) {
		t.Errorf("GET %s as XML is not the source slice:\n%.300s\nsource:\n%.300s", items[0].path, got, e.xml)
		return
	}
	for _, d := range strings.Fields(string(added[end:])) {
		if !strings.HasPrefix(d, "xmlns") {
			t.Errorf("GET %s as XML adds %q, no namespace declaration", items[0].path, d)
		}
	}
}

// encoder compares each entry, decoded and written again, with its source.
func encoder(t *testing.T, path string) {
	f, err := m30.Open(path, m30.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var slices []fest.Slice
	for s, err := range m30.NewReader(f, m30.DefaultLimits()).Slices() {
		if err != nil {
			t.Fatal(err)
		}
		slices = append(slices, s)
	}
	decoders := sync.Pool{New: func() any { return m30.NewDecoder(m30.DefaultLimits()) }}
	each(t, slices, func(s fest.Slice) {
		d := decoders.Get().(*m30.Decoder)
		defer decoders.Put(d)
		e, err := d.Decode(s)
		if err != nil {
			t.Error(err)
			return
		}
		// As in a file, the entry stands in the default namespace of the root.
		ours := fest.Slice{Context: ` xmlns="` + string(fest.NamespaceM30) + `"`, XML: m30.AppendEntry(nil, e)}
		if at := differ(parse(t, s.Standalone(nil)), parse(t, ours.Standalone(nil))); at != "" {
			t.Errorf("entry %s: the encoder's XML differs at %s", e.EntryID, at)
		}
	})
}

// each runs check on every element, on all processors, until one fails.
func each[T any](t *testing.T, all []T, check func(T)) {
	var wg sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	for w := range n {
		wg.Go(func() {
			for i := w; i < len(all) && !t.Failed(); i += n {
				check(all[i])
			}
		})
	}
	wg.Wait()
}

// item is the JSON that a list gave for an item, and where it has its URL.
type item struct {
	path string
	body []byte
}

type server struct{ url string }

// serve imports a file and serves it.
func serve(t *testing.T, path string) *server {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: path}); err != nil {
		t.Fatal(err)
	}
	valves := app.DefaultValves()
	valves.Quota = 0 // the test is one client, and a hasty one
	a, err := app.New(app.Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: dir, Valves: &valves})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return &server{"http://" + a.Addr()}
}

// everything walks all lists and returns the items by entry id.
func (s *server) everything() map[string][]item {
	out := map[string][]item{}
	for _, r := range fest.Resources() {
		for next := "/v1/" + string(r) + "?limit=500"; next != ""; {
			var list struct {
				Next  string            `json:"next"`
				Items []json.RawMessage `json:"items"`
			}
			resp, err := http.Get(s.url + next)
			if err != nil {
				return nil
			}
			err = json.NewDecoder(resp.Body).Decode(&list)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != http.StatusOK {
				return nil
			}
			for _, body := range list.Items {
				var of struct {
					EntryID string `json:"entryId"`
				}
				if json.Unmarshal(body, &of) != nil {
					return nil
				}
				out[of.EntryID] = append(out[of.EntryID], item{"/v1/" + string(r) + "/" + url.PathEscape(of.EntryID), body})
			}
			next = list.Next
		}
	}
	return out
}

func (s *server) xml(t *testing.T, path string) []byte {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Error(err)
		return nil
	}
	req.Header.Set("Accept", "application/xml")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("GET %s as XML: %s %v %.300s", path, resp.Status, err, body)
	}
	return body
}

// unpack reads a plain, gzip or zip file with the standard library.
func unpack(t *testing.T, path string) []byte {
	t.Helper()
	read := func(r io.Reader, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(path) {
	case ".gz":
		z, err := gzip.NewReader(bytes.NewReader(raw))
		return read(z, err)
	case ".zip":
		z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		return read(z.File[0].Open())
	default:
		return raw
	}
}
