package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/cache"
)

// TestShortcutIsTheRouter asks both for every route and for what is close to
// one: where the shortcut finds an endpoint, the router finds the same, with
// the same key.
func TestShortcutIsTheRouter(t *testing.T) {
	a, err := New(Options{Served: new(cache.Served), Registry: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	// Each row answers with its pattern and key.
	for i := range a.table {
		rt := &a.table[i]
		rt.Data = false
		rt.handle = func(c *call, _ *view) error {
			c.Header().Set("Found", rt.Pattern+" "+c.key)
			c.WriteHeader(http.StatusTeapot)
			return nil
		}
	}
	paths := []string{"/v1/", "//v1", "/v1//x", "/v1/drugs/a/b", "/v1/drugs/", "/v1/interactions/not-assessed/", "/x", "/v1/drugs/%2F", "/v1/drugs/a%2Fb", "/v1/drugs/æ", "/v1/drugs/{key}", "/v1/releases/9", "/V1/drugs/x"}
	for _, rt := range a.table {
		paths = append(paths, rt.Pattern, strings.NewReplacer("{key}", "K-1", "{atc}", "N02", "{code}", "n02", "{type}", "x").Replace(rt.Pattern))
	}
	a.metrics, err = newMetrics(&Options{Served: a.opts.Served, State: a.opts.State, Registry: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	mux, fast := a.router()
	taken := 0
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions} {
			r := httptest.NewRequest(method, path, nil)
			e, key := fast.find(r)
			if e == nil {
				continue
			}
			taken++
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			if got, want := e.route.Pattern+" "+key, w.Header().Get("Found"); got != want {
				t.Errorf("%s %s: the shortcut finds %q, the router %q", method, path, got, want)
			}
		}
	}
	if taken < 2*len(a.table) {
		t.Errorf("the shortcut took %d of %d routes", taken, len(a.table))
	}
}
