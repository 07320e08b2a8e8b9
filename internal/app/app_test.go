package app_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
)

// server is a running App with a client for it.
type server struct {
	*app.App
	dir string // data directory
	t   *testing.T
}

// start runs an App on free ports until the test ends; o says what differs
// from the defaults.
func start(t *testing.T, o app.Options) *server {
	t.Helper()
	o.Listen, o.OpsListen = "127.0.0.1:0", "127.0.0.1:0"
	if o.DataDir == "" {
		o.DataDir = filepath.Join(t.TempDir(), "data")
	}
	if o.Valves == nil { // the test is one client, and a hasty one
		v := app.DefaultValves()
		v.Quota = 0
		o.Valves = &v
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(logTo{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	a, err := app.New(o)
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
			t.Errorf("stopping: %v", err)
		}
	})
	return &server{a, o.DataDir, t}
}

type logTo struct{ t *testing.T }

func (l logTo) Write(p []byte) (int, error) { l.t.Logf("%s", p); return len(p), nil }

// answer is a response with its body.
type answer struct {
	*http.Response
	body []byte
}

func (s *server) get(path string, headers ...string) answer {
	s.t.Helper()
	return s.do("http://"+s.Addr()+path, headers...)
}

func (s *server) ops(path string) answer {
	s.t.Helper()
	return s.do("http://" + s.OpsAddr() + path)
}

func (s *server) do(url string, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp, body}
}

// json decodes the body of a 200 into v.
func (s *server) json(path string, v any) answer {
	s.t.Helper()
	a := s.get(path)
	if a.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s: %s", path, a.Status, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		s.t.Fatalf("GET %s: %v: %s", path, err, a.body)
	}
	return a
}

// list is the body of every list.
type list struct {
	Items []map[string]any `json:"items"`
	Total int              `json:"total"`
	Next  string           `json:"next"`
}

// ready waits until /readyz says 200 with the serial, up to a deadline that
// only a hang can miss.
func (s *server) ready(serial string) {
	s.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		a := s.get("/healthz")
		if a.StatusCode == http.StatusOK && (serial == "" || s.get("/v1/releases/current").Header.Get("FEST-Release") == serial) {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("release %s is not served: %s %s", serial, a.Status, a.body)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// flip changes one bit in the middle of a file.
func flip(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// only returns the one path that matches the pattern.
func only(t *testing.T, pattern string) string {
	t.Helper()
	m, err := filepath.Glob(pattern)
	if err != nil || len(m) != 1 {
		t.Fatalf("%s: %v, %v; want one file", pattern, m, err)
	}
	return m[0]
}
