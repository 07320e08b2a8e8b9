package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/festd/festd/internal/ingest/fetch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// file is what servers serve: no zip, since nobody here looks inside.
func file(size int, seed uint64) []byte {
	b := make([]byte, size)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return append([]byte("PK\x03\x04"), b...)
}

var modified = time.Date(2026, 9, 11, 8, 0, 0, 0, time.UTC)

// server answers each request by the next step, the last one for ever.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	steps []http.HandlerFunc
	seen  []*http.Request
}

func serve(t *testing.T, steps ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{steps: steps}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	step := s.steps[min(len(s.seen), len(s.steps)-1)]
	s.seen = append(s.seen, r.Clone(context.Background()))
	s.mu.Unlock()
	step(w, r)
}

// requests are those since the last call.
func (s *server) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen
	s.seen, s.steps = nil, s.steps[min(len(seen), len(s.steps)-1):]
	return seen
}

// whole serves a file as a good server does: ranges, conditions and all.
func whole(b []byte, tag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if tag != "" {
			w.Header().Set("ETag", tag)
		}
		w.Header().Set("Content-Type", "application/zip")
		http.ServeContent(w, r, "", modified, bytes.NewReader(b))
	}
}

// cut declares all of the file and sends the first n bytes.
func cut(b []byte, tag string, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		_, _ = w.Write(b[:n])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// options are for one server and a directory; pauses are none.
func options(t *testing.T, url string) fetch.Options {
	t.Helper()
	o := fetch.Options{URL: url, Dir: filepath.Join(t.TempDir(), "fetch"), Version: "1.2.3", Proxy: "none"}
	o.SetRandom(func() float64 { return 0 })
	return o
}

func open(t *testing.T, o fetch.Options) *fetch.Fetcher {
	t.Helper()
	f, err := fetch.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// want fetches, and fails the test unless that brings these bytes.
func want(t *testing.T, f *fetch.Fetcher, b []byte) fetch.Result {
	t.Helper()
	r, err := f.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check(t, r, b)
	return r
}

func check(t *testing.T, r fetch.Result, b []byte) {
	t.Helper()
	if r.NotModified {
		t.Fatal("not modified; want the file")
	}
	got, err := os.ReadFile(r.Path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, b) {
		t.Fatalf("%s has %d bytes that are not the %d served", r.Path, len(got), len(b))
	}
	if r.Source.Digest != digest(b) || r.Source.Size != int64(len(b)) {
		t.Errorf("source %+v, want digest %s of %d bytes", r.Source, digest(b), len(b))
	}
}

// fails fetches, and fails the test unless that fails in this way.
func fails(t *testing.T, f *fetch.Fetcher, kind error, text string) *fetch.Error {
	t.Helper()
	r, err := f.Fetch(t.Context())
	var e *fetch.Error
	if !errors.Is(err, kind) || !errors.As(err, &e) || !strings.Contains(err.Error(), text) {
		t.Fatalf("got %+v, %v; want %v with %q", r, err, kind, text)
	}
	return e
}

// left are the suffixes of the files in the directory, without what is random.
func left(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		name := e.Name()[16:]
		if name[0] == '-' || strings.HasPrefix(name, ".tmp-") {
			name = name[:1] + filepath.Ext(name)
		}
		names = append(names, name)
	}
	return names
}

// tripper is a network in memory, for tests where time matters.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(r *http.Request, code int, body io.Reader, header ...string) *http.Response {
	resp := &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(body), ContentLength: -1, Request: r}
	for i := 0; i < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

// drip gives so many bytes at a time, and waits before each.
type drip struct {
	ctx   context.Context
	every time.Duration
	bytes int
	left  int
}

func (d *drip) Read(b []byte) (int, error) {
	if d.left == 0 {
		return 0, io.EOF
	}
	select {
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	case <-time.After(d.every):
	}
	n := min(d.bytes, d.left, len(b))
	for i := range b[:n] {
		b[i] = 'x'
	}
	d.left -= n
	return n, nil
}
