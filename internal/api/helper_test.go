package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/sample"
)

const (
	retrieved  = "2026-09-08T03:09:06"
	knownSince = "2024-01-15T03:00:00"
)

var digest = fest.Digest(strings.Repeat("ab", 32))

func release(serial fest.Serial, c fest.Content) fest.Release {
	c.Digest = digest
	return fest.Release{
		Serial: serial, Stream: "test", PublishedAt: time.Date(2026, 9, 10, 6, 0, 0, 0, time.UTC), Content: c,
		Source: fest.Source{Location: "/secret/place/fest251.zip", Digest: digest, Size: 42},
	}
}

// inMemorySource holds the source in memory.
type inMemorySource []fest.Slice

func (s inMemorySource) Slice(i int) (fest.Slice, error) {
	if i < 0 || i >= len(s) {
		return fest.Slice{}, fmt.Errorf("no entry %d", i)
	}
	return s[i], nil
}

func (inMemorySource) Close() error { return nil }

// file is a snapshot file with its source.
type file struct {
	flat    []byte
	content fest.Content
	source  inMemorySource
}

// build makes the snapshot file of the entries.
func build(t testing.TB, o cache.Options, doc fest.Document, entries []*fest.Entry, source inMemorySource) *file {
	t.Helper()
	o.TempDir = t.TempDir()
	b := cache.NewBuilder(o)
	defer b.Discard()
	c := fest.Content{Digest: digest, Document: doc, Filter: fest.FilterPrescriber, Sample: o.Sample, Counts: fest.Counts{}}
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
	var flat bytes.Buffer
	if err := b.Finish(context.Background(), c, &flat); err != nil {
		t.Fatal(err)
	}
	return &file{flat.Bytes(), c, source}
}

func (f *file) open(t testing.TB, serial fest.Serial) *cache.Snapshot {
	t.Helper()
	s, err := cache.OpenBytes(f.flat, release(serial, f.content), f.source)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var document = fest.Document{RetrievalDate: retrieved}

func entries() []*fest.Entry {
	var out []*fest.Entry
	for e := range sample.Small(time.Time{}).Entries() {
		out = append(out, e)
	}
	return append(out, twins()...)
}

// twins are two commodities of one item number, which nothing forbids (R21).
func twins() []*fest.Entry {
	var out []*fest.Entry
	for _, id := range []string{"ID_TWIN-1", "ID_TWIN-2"} {
		out = append(out, &fest.Entry{
			Envelope: fest.Envelope{EntryID: fest.EntryID(id), RegistrationTime: retrieved, RegistrationStatus: fest.CS{Code: "A", Display: "Aktiv oppføring"}},
			Class:    fest.ClassNutrient,
			Object:   &fest.Nutrient{Commodity: fest.Commodity{ItemNumber: "00777/7", Name: fest.Text("Tvilling " + id)}},
		})
	}
	return out
}

// kept are the files that several tests open: what a file takes to build is
// most of what a test here takes.
var kept struct {
	sync.Mutex
	files map[any]*file
}

// once builds the file of a key once.
func once(t testing.TB, key any, build func() *file) *file {
	t.Helper()
	kept.Lock()
	defer kept.Unlock()
	f, ok := kept.files[key]
	if !ok {
		if kept.files == nil {
			kept.files = map[any]*file{}
		}
		f = build()
		kept.files[key] = f
	}
	return f
}

// inMemory is a snapshot made straight from values.
func inMemory(t testing.TB, o cache.Options) *file {
	t.Helper()
	return once(t, o, func() *file {
		all := entries()
		return build(t, o, document, all, slicesOf(all))
	})
}

// slicesOf are the XML of entries, in memory.
func slicesOf(all []*fest.Entry) inMemorySource {
	var source inMemorySource
	for _, e := range all {
		source = append(source, m30.SliceOf(e))
	}
	return source
}

// snapshots are the ways to a snapshot that the tables run over.
var snapshots = map[string]func(testing.TB, fest.Serial) *cache.Snapshot{
	"memory": func(t testing.TB, serial fest.Serial) *cache.Snapshot {
		t.Helper()
		return inMemory(t, cache.Options{}).open(t, serial)
	},
	"file": throughXML,
}

// throughXML maps a snapshot, from disk, of what was read from a file of FEST.
func throughXML(t testing.TB, serial fest.Serial) *cache.Snapshot {
	t.Helper()
	f := once(t, "through XML", func() *file { return readAgain(t) })
	path := filepath.Join(t.TempDir(), "snapshot")
	if err := os.WriteFile(path, f.flat, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := cache.OpenFile(path, release(serial, f.content), f.source)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readAgain writes a file of FEST and reads it.
func readAgain(t testing.TB) *file {
	t.Helper()
	var xml bytes.Buffer
	w := m30.NewWriter(&xml, document, m30.WriterOptions{})
	for _, e := range entries() {
		if e.Class == fest.ClassNutrient && strings.HasPrefix(string(e.EntryID), "ID_TWIN") {
			continue // at the end of the list, but not of the file
		}
		if err := w.Entry(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := m30.NewReader(&xml, m30.DefaultLimits())
	d := m30.NewDecoder(m30.DefaultLimits())
	var all []*fest.Entry
	var source inMemorySource
	for s, err := range r.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		e, err := d.Decode(s)
		if err != nil {
			t.Fatal(err)
		}
		s.XML = bytes.Clone(s.XML)
		all, source = append(all, e), append(source, s)
	}
	for _, e := range twins() {
		all, source = append(all, e), append(source, m30.SliceOf(e))
	}
	return build(t, cache.Options{}, r.Document(), all, source)
}

// server is an API over a snapshot, with what it logs.
type server struct {
	*api.API
	served   *cache.Served
	registry *prometheus.Registry
}

func newServer(t testing.TB, snap *cache.Snapshot, change ...func(*api.Options)) *server {
	t.Helper()
	s := &server{served: new(cache.Served), registry: prometheus.NewRegistry()}
	if snap != nil {
		s.served.Swap(snap)
	}
	t.Cleanup(func() { s.served.Swap(nil) })
	o := api.Options{
		Served: s.served, Registry: s.registry, KnownSince: func() string { return knownSince }, Version: "test",
		Now: func() time.Time { return time.Date(2026, 9, 11, 12, 0, 0, 0, time.UTC) },
	}
	for _, f := range change {
		f(&o)
	}
	var err error
	if s.API, err = api.New(o); err != nil {
		t.Fatal(err)
	}
	return s
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// get is GET with headers "Name: value".
func (s *server) get(t testing.TB, target string, headers ...string) answer {
	t.Helper()
	return s.do(t, http.MethodGet, target, headers...)
}

func (s *server) do(t testing.TB, method, target string, headers ...string) answer {
	t.Helper()
	return do(t, s.Public(), method, target, headers...)
}

func do(t testing.TB, h http.Handler, method, target string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	res := w.Result()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	// Names on the wire have no case; the recorder keeps the map's.
	header := http.Header{}
	for name, values := range res.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	return answer{res.StatusCode, header, body}
}

func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v in %.300q", err, a.body)
	}
	return v
}

// first is the first entry of a list.
func (s *server) first(t testing.TB, list string) map[string]any {
	t.Helper()
	a := s.get(t, list)
	if a.status != http.StatusOK {
		t.Fatalf("%s: %d %s", list, a.status, a.body)
	}
	items, _ := a.json(t)["items"].([]any)
	if len(items) == 0 {
		t.Fatalf("%s is empty", list)
	}
	return items[0].(map[string]any)
}
