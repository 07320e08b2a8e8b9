package app_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// publisher serves one file as DMP does, with validators, and counts how
// often it was sent whole.
type publisher struct {
	*httptest.Server
	mu    sync.Mutex
	path  string
	sent  int
	asked int
}

func (p *publisher) publish(path string) { p.mu.Lock(); p.path = path; p.mu.Unlock() }

func (p *publisher) counts() (asked, sent int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked, p.sent
}

func newPublisher(t *testing.T) *publisher {
	p := &publisher{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.asked++
		tag := `"` + filepath.Base(p.path) + `"`
		if r.Header.Get("If-None-Match") != tag {
			p.sent++
		}
		w.Header().Set("ETag", tag)
		http.ServeFile(w, r, p.path)
	}))
	t.Cleanup(p.Close)
	return p
}

// A URL is imported, looked at again, and followed; what was imported is not
// sent again, what the gate holds is not served and not fetched twice (P2).
func TestSourceURL(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, d *sample.Data) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := d.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	next := data.Fortnight()
	p := newPublisher(t)
	p.publish(write("first.zip", data))
	s := start(t, app.Options{Source: p.URL + "/fest251.zip?key=secret", Poll: time.Second})
	s.ready("1")

	quiet := func(what string) {
		t.Helper()
		before, sent := p.counts()
		deadline := time.Now().Add(30 * time.Second)
		for asked := before; asked < before+2; asked, _ = p.counts() {
			if time.Now().After(deadline) {
				t.Fatal("the source is not looked at any more")
			}
			time.Sleep(20 * time.Millisecond)
		}
		if _, now := p.counts(); now > sent {
			t.Errorf("%s was sent %d times more", what, now-sent)
		}
	}
	quiet("what is served")
	noted := func() int {
		acts, err := (&register{Admin: (&register{t: t, dir: s.dir}).admin()}).Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(acts)
	}
	if n := noted(); n != 0 {
		t.Errorf("answers 304 left %d acts in the log", n)
	}

	p.publish(write("damaged.zip", next.Without(fest.ClassIngredient, 100)))
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(string(s.ops("/metrics").body), `fest_imports_total{outcome="held"} 1`); {
		if time.Now().After(deadline) {
			t.Fatal("the damaged file was not held")
		}
		time.Sleep(20 * time.Millisecond)
	}
	quiet("what is held")
	s.ready("1")

	p.publish(write("next.zip", next))
	// In so small a register an ordinary fortnight is held; a person imports
	// it from the same URL.
	r, err := app.Import(t.Context(), app.ImportOptions{DataDir: s.dir, Path: p.URL + "/fest251.zip?key=secret", Approval: approval()})
	if err != nil {
		t.Fatal(err)
	}
	s.ready("2")
	if at := r.Release.Source.Location; strings.Contains(at, "secret") || !strings.HasPrefix(at, p.URL) {
		t.Errorf("the ledger has the location %q; want the URL without its secret", at)
	}
	// The server may be fetching the same file just now.
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left, err := filepath.Glob(filepath.Join(s.dir, "fetch", "*.zip"))
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("downloads were left behind: %v", left)
		}
	}
}

// A server reaches its source as it was told to: through the proxy, and on to
// the host that is named. What cannot be used is told at the start.
func TestSourceThroughProxy(t *testing.T) {
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.005})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "fest251.zip")
	if err := data.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Host {
		case "fest.invalid":
			http.Redirect(w, r, "http://cdn.invalid/fest251.zip", http.StatusFound)
		case "cdn.invalid":
			http.ServeFile(w, r, path)
		default:
			http.Error(w, "no such host", http.StatusBadGateway)
		}
	}))
	t.Cleanup(proxy.Close)
	reached := app.SourceOptions{Proxy: proxy.URL, RedirectHosts: []string{"*.invalid"}}
	s := start(t, app.Options{Source: "http://fest.invalid/fest251.zip", SourceOptions: reached})
	s.ready("1")
	for want, bad := range map[string]app.SourceOptions{
		"want a host":          {RedirectHosts: []string{"https://cdn.invalid"}},
		"Proxy is no usable U": {Proxy: "ftp://kari:hunter2@proxy"},
	} {
		_, err := app.New(app.Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: t.TempDir(), Source: "http://fest.invalid/fest251.zip", SourceOptions: bad})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v; want %q and no password", err, want)
		}
	}
}
