package page_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// serve runs the whole program on a free port until the test ends, and gives
// its origin. Without a data directory it serves the sample.
func serve(t *testing.T, dir string) string {
	t.Helper()
	o := app.Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: dir}
	if dir == "" {
		o.DataDir = filepath.Join(t.TempDir(), "data")
	}
	valves := app.DefaultValves()
	valves.Quota = 0 // the test is one client, and a hasty one
	o.Valves = &valves
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
	origin := "http://" + a.Addr()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if status(t, origin+"/healthz") == http.StatusOK {
			return origin
		}
		if time.Now().After(end) {
			t.Fatal("the server is not ready")
		}
	}
}

func status(t *testing.T, address string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// moody stands before a server and refuses what it is told to.
type moody struct {
	origin string
	// busy is how many requests to /v1 are still answered 503, come again in a
	// second.
	busy atomic.Int64
	// cut breaks connections of requests to /v1.
	cut atomic.Bool
	// late holds up the next POST to /v1 until it is closed.
	late atomic.Pointer[chan struct{}]
}

func before(t *testing.T, origin string) *moody {
	t.Helper()
	u, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	m := &moody{}
	proxy := httputil.NewSingleHostReverseProxy(u)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data := len(r.URL.Path) > 3 && r.URL.Path[:4] == "/v1/"
		if r.Method == http.MethodPost {
			if late := m.late.Swap(nil); late != nil {
				select {
				case <-*late:
				case <-r.Context().Done():
				}
			}
		}
		switch {
		case data && m.cut.Load():
			panic(http.ErrAbortHandler)
		case data && m.busy.Add(-1) >= 0:
			w.Header().Set("Retry-After", "1")
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(`{"type":"/problems/overloaded","title":"Overloaded","status":503,"traceId":"00112233445566778899aabbccddeeff"}`))
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	m.origin = s.URL
	return m
}

// leaving is a data directory whose second release lacks a package that the
// first one had, and in which a drug with St John's wort has a code of its own.
func leaving(t *testing.T, itemNumber string) (dir, id string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	first := sample.Small(time.Time{})
	second := first.WithRetrieved(first.Retrieved().AddDate(0, 0, 14)).Damaged(func(e *fest.Entry) []*fest.Entry {
		if p, ok := e.Object.(*fest.Package); ok && string(p.ItemNumber) == itemNumber {
			id = string(e.ObjectID())
			return nil
		}
		if d, ok := e.Object.(*fest.Drug); ok && string(e.ObjectID()) == herbal {
			coded := *d
			coded.Atc = &fest.CV{Code: "N06AX25", System: d.Atc.System, Display: "Hyperici herba"}
			changed := *e
			changed.Object = &coded
			return []*fest.Entry{&changed}
		}
		return []*fest.Entry{e}
	})
	if err := os.MkdirAll(dir+"-files", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*sample.Data{"1.zip": first, "2.zip": second} {
		if err := d.WriteFile(filepath.Join(dir+"-files", name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"1.zip", "2.zip"} {
		o := app.ImportOptions{DataDir: dir, Path: filepath.Join(dir+"-files", name), Approval: &app.Approval{By: "test", Reason: "something has to leave"}}
		if _, err := app.Import(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	return dir, id
}
