package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

func TestProbes(t *testing.T) {
	s := newServer(t, nil)
	probes := func() string {
		var out []string
		for _, p := range []string{"/livez", "/readyz", "/startupz"} {
			out = append(out, fmt.Sprint(do(t, s.Ops(), "GET", p).status))
		}
		return strings.Join(append(out, fmt.Sprint(s.get(t, "/healthz").status)), " ")
	}
	if got := probes(); got != "200 503 503 503" {
		t.Errorf("before the first snapshot: %s", got)
	}
	s.State().Waiting("importing fest251.zip")
	if a := do(t, s.Ops(), "GET", "/readyz"); string(a.body) != "not ready: snapshot: no verified snapshot is served yet: importing fest251.zip\n" {
		t.Errorf("%s", a.body)
	}
	if a := s.get(t, "/healthz"); bytes.Contains(a.body, []byte("fest251")) || a.header.Get("Retry-After") == "" {
		t.Errorf("public: %v %s", a.header, a.body)
	}
	a := do(t, s.Ops(), "GET", "/readyz", "Accept: application/json")
	want := map[string]any{"status": "not ready", "check": "snapshot", "reason": "no verified snapshot is served yet: importing fest251.zip"}
	if diff := cmp.Diff(want, a.json(t)); diff != "" {
		t.Error(diff)
	}
	s.served.Swap(snapshots["memory"](t, 7))
	if got := probes(); got != "200 200 200 200" {
		t.Errorf("with a snapshot: %s", got)
	}
	s.State().Drain()
	if got := probes(); got != "200 503 200 503" {
		t.Errorf("draining: %s", got)
	}
	if a := s.get(t, "/v1/drugs"); a.status != http.StatusOK {
		t.Errorf("draining: a lookup is %d", a.status)
	}
	if a := do(t, s.Ops(), "GET", "/v1/drugs"); a.status != http.StatusNotFound || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("data on the ops listener: %d", a.status)
	}
	if a := do(t, s.Ops(), "GET", "/debug/pprof/goroutine?debug=1"); a.status != http.StatusOK || !bytes.Contains(a.body, []byte("goroutine profile")) {
		t.Errorf("pprof: %d %.80s", a.status, a.body)
	}
	if a := do(t, s.Public(), "GET", "/metrics"); a.status != http.StatusNotFound {
		t.Errorf("metrics in public: %d", a.status)
	}
}

func TestNotReadyIsSpread(t *testing.T) {
	s := newServer(t, nil)
	seen := map[string]int{}
	for range 400 {
		a := s.get(t, "/v1/drugs/x")
		if a.status != http.StatusServiceUnavailable || str(t, a.json(t), "type") != "/problems/not-ready" || a.header.Get("FEST-Release") != "" {
			t.Fatalf("%d %v %s", a.status, a.header, a.body)
		}
		n, err := strconv.Atoi(a.header.Get("Retry-After"))
		if err != nil || n < 2 || n > 10 {
			t.Fatalf("Retry-After %q", a.header.Get("Retry-After"))
		}
		seen[a.header.Get("Retry-After")]++
	}
	for second, n := range seen {
		if len(seen) != 9 || n > 400/9*2 {
			t.Errorf("%d of 400 at %s s, of %d different", n, second, len(seen))
		}
	}
}

func TestMetrics(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	id := str(t, s.first(t, "/v1/drugs"), "id")
	for range 3 {
		s.get(t, "/v1/drugs/"+id)
	}
	s.do(t, "HEAD", "/v1/drugs/"+id)
	s.get(t, "/v1/drugs/none")
	for i := range 50 {
		s.get(t, "/nowhere/"+strconv.Itoa(i))
	}
	s.do(t, "BREW", "/v1")
	text := string(do(t, s.Ops(), "GET", "/metrics").body)
	for _, want := range []string{
		`fest_http_requests_total{class="lookup",code="200",method="GET",route="/v1/drugs/{key}"} 3`,
		`fest_http_requests_total{class="lookup",code="200",method="HEAD",route="/v1/drugs/{key}"} 1`,
		`fest_http_requests_total{class="lookup",code="404",method="GET",route="/v1/drugs/{key}"} 1`,
		`fest_http_requests_total{class="none",code="404",method="GET",route="none"} 50`,
		`fest_http_requests_total{class="none",code="405",method="other",route="none"} 1`,
		`fest_http_request_duration_seconds_count{class="lookup",route="/v1/drugs/{key}"} 5`,
		`fest_http_requests_in_flight 0`,
		`fest_release_serial 7`,
		`fest_release_retrieved_timestamp_seconds 1.788829746e+09`, // 03:09:06 in Oslo
		`fest_ready 1`,
		`fest_release_info{digest="abababababab",filter="Rekvirent",sample="false",stream="test"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(text, "nowhere") {
		t.Error("a path became a label")
	}
	families, err := s.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	s.served.Swap(nil)
	text = string(do(t, s.Ops(), "GET", "/metrics").body)
	if strings.Contains(text, "fest_release_serial") || !strings.Contains(text, "fest_ready 0\n") {
		t.Error("metrics tell of a release that is not served")
	}
}

func TestAccessLog(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) {
		o.AccessLog, o.AccessLogEvery = slog.New(slog.NewJSONHandler(&log, nil)), 10
	})
	for range 20 {
		s.get(t, "/v1/drugs?limit=1")
	}
	s.get(t, "/v1/drugs/none?x=1", "User-Agent: test", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines, want one in ten of 20 and the failure:\n%s", len(lines), log.String())
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(lines[2]), &line); err != nil {
		t.Fatal(err)
	}
	delete(line, "time")
	delete(line, "duration")
	delete(line, "bytes")
	want := map[string]any{
		"level": "INFO", "msg": "request", "method": "GET", "route": "/v1/drugs/{key}", "path": "/v1/drugs/*", "query": "*=*",
		"status": 400.0, "remote": "192.0.2.0/24", "user_agent": "test", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
	}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Error(diff)
	}
}

func TestClientGoneIs499(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.AccessLog = slog.New(slog.NewJSONHandler(&log, nil)) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequest(http.MethodGet, "/v1/drugs", nil).WithContext(ctx)
	s.Public().ServeHTTP(&brokenPipe{header: http.Header{}}, r)
	if !strings.Contains(log.String(), `"status":499`) {
		t.Error(log.String())
	}
	if text := string(do(t, s.Ops(), "GET", "/metrics").body); !strings.Contains(text, `fest_http_requests_total{class="lookup",code="499",method="GET",route="/v1/drugs"} 1`) {
		t.Error("no 499 in the metrics")
	}
}

// brokenPipe is a client that is gone.
type brokenPipe struct{ header http.Header }

func (b *brokenPipe) Header() http.Header       { return b.header }
func (b *brokenPipe) WriteHeader(int)           {}
func (b *brokenPipe) Write([]byte) (int, error) { return 0, fmt.Errorf("broken pipe") }

func TestDeclaredBodyIsTooLarge(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.MaxBodyBytes = 10 })
	r := httptest.NewRequest(http.MethodGet, "/v1", strings.NewReader("more than ten bytes"))
	w := httptest.NewRecorder()
	s.Public().ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || w.Header().Get("Connection") != "close" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// failing is a source that cannot be read.
type failing struct{ panics bool }

func (f failing) Slice(int) (s fest.Slice, err error) {
	if f.panics {
		panic("secret panic")
	}
	return s, fmt.Errorf("secret cause /data/content/abc")
}

func (failing) Close() error { return nil }

func TestServerFaultsKeepTheirCause(t *testing.T) {
	for _, panics := range []bool{false, true} {
		var log bytes.Buffer
		f := inMemory(t, cache.Options{})
		snap, err := cache.OpenBytes(f.flat, release(7, f.content), failing{panics})
		if err != nil {
			t.Fatal(err)
		}
		s := newServer(t, snap, func(o *api.Options) { o.Log = slog.New(slog.NewJSONHandler(&log, nil)) })
		id := str(t, s.first(t, "/v1/drugs"), "id")
		a := s.get(t, "/v1/drugs/"+id, "Accept: application/xml")
		p := a.json(t)
		if a.status != http.StatusInternalServerError || str(t, p, "type") != "/problems/internal-error" || bytes.Contains(a.body, []byte("secret")) {
			t.Errorf("%d %s", a.status, a.body)
		}
		if !strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), str(t, p, "traceId")) {
			t.Errorf("the log does not have the cause under the trace id: %s", log.String())
		}
		if b := s.get(t, "/v1/drugs/"+id); b.status != http.StatusOK {
			t.Errorf("afterwards: %d", b.status)
		}
		want := map[bool]string{false: "fest_http_panics_total 0", true: "fest_http_panics_total 1"}[panics]
		if text := string(do(t, s.Ops(), "GET", "/metrics").body); !strings.Contains(text, want) || !strings.Contains(text, `code="500"`) || !strings.Contains(text, "in_flight 0") {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	if _, err := api.New(api.Options{}); err == nil {
		t.Error("no options are accepted")
	}
	s := newServer(t, nil)
	for name, o := range map[string]api.Options{
		"registered twice": {Served: s.served, Registry: s.registry},
		"limits crossed":   {Served: s.served, Registry: prometheus.NewRegistry(), DefaultLimit: 100, MaxLimit: 10},
		"negative":         {Served: s.served, Registry: prometheus.NewRegistry(), MaxURLBytes: -1},
		"retry at once":    {Served: s.served, Registry: prometheus.NewRegistry(), RetryMin: 1},
	} {
		if _, err := api.New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
