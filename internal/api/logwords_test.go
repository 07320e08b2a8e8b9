package api_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/festd/festd/internal/api"
)

// TestLogsHaveNoPersonalData greps the log and the access log of a run, at the
// level debug: what was looked for, mistyped ids, numbers of persons, headers
// and bodies are in neither.
func TestLogsHaveNoPersonalData(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.AccessLog, o.Valves = o.Log, newValves(t)
		o.Admin, o.Ops = new(fakeAdmin), api.OpsAccess{Administered: true, Caller: func(*http.Request) (*api.OpsCaller, bool) {
			return &api.OpsCaller{Name: "token:test", Admin: true}, true
		}}
	})
	const fnr, spaced = "01017012345", "010170-12345" // as people write it, with a mark between
	id := str(t, s.first(t, "/v1/drugs?limit=1"), "id")
	log.Reset()
	headers := []string{"Authorization: Bearer geheim", "X-Api-Key: geheim", "Cookie: a=geheim", "X-Forwarded-For: 203.0.113.77", "Referer: https://geheim/", "traceparent: " + traceparent, "nhn-event-id: " + fnr}
	for _, target := range []string{
		"/v1/search?q=geheim&limit=3&lang=en&d=2026-09-01", "/v1/search?q=" + fnr, "/v1/search?geheim=1", "/v1/search?limit=geheim", "/v1/search?limit=" + fnr, "/v1/search?limit=" + spaced, "/v1/drugs/" + spaced, "/v1/drugs/010170.12345",
		"/v1/search?kind=geheim", "/v1/search?q=a%26limit=geheim", "/v1/search?limit=%67eheim", "/v1/drugs/" + id + "?release=geheim", "/v1/drugs/geheim", "/v1/drugs/" + fnr,
		"/v1/packages?itemNumber=" + fnr, "/v1/resolve?code=geheim", "/v1/patients/geheim", "/geheim", "/geheim/" + fnr, "/v1/diagnosis-reimbursement?icd10=geheim",
		"/" + strings.Repeat("geheim/", 300), "/v1/search?" + strings.Repeat("x=geheim&", 40), "/v1/drugs/" + strings.Repeat("geheim", 3000),
	} {
		s.get(t, target, headers...)
		do(t, s.Ops(), "GET", target, headers...)
	}
	for _, path := range []string{"/v1/interaction-checks", "/v1/lookups", "/v1/prescription-checks"} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(`{"items":[{"id":"geheim `+fnr+`"}]}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = "[2001:db8:1:2:3:4:5:6]:443"
		s.Public().ServeHTTP(httptest.NewRecorder(), r)
	}
	r := httptest.NewRequest(http.MethodGet, "/v1", nil)
	r.Method = "GEHEIM"
	s.Public().ServeHTTP(httptest.NewRecorder(), r)

	text := log.String()
	if n := strings.Count(text, "msg=request "); n < 20 {
		t.Fatalf("only %d lines:\n%s", n, text)
	}
	for _, secret := range []string{"geheim", "GEHEIM", "Geheim", fnr, "203.0.113.77", "010170-12345", "010170.12345", "192.0.2.1 ", "2001:db8:1:2", "Cookie", "Bearer", "\n\n"} {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("the log has %q: %s", secret, text[max(0, at-400):min(len(text), at+100)])
		}
	}
	for _, told := range []string{`query="q=*&limit=3&lang=en&d=2026-09-01"`, "path=/v1/drugs/" + id, "remote=192.0.2.0/24", "remote=2001:db8:1::/48", "client=192.0.2.0/24", "trace_id=" + traceparent[3:35]} {
		if !strings.Contains(text, told) {
			t.Errorf("the log does not have %s", told)
		}
	}
}

// TestLogRemote: how much of an address is logged is as configured.
func TestLogRemote(t *testing.T) {
	for _, test := range []struct{ mode, addr, want string }{
		{"", "192.0.2.99:1", "192.0.2.0/24"}, {"network", "[2001:db8:1:2::3]:1", "2001:db8:1::/48"}, {"network", "[::ffff:192.0.2.99]:1", "192.0.2.0/24"},
		{"full", "192.0.2.99:1", "192.0.2.99"}, {"full", "[fe80::1%eth0]:1", "fe80::1"}, {"off", "192.0.2.99:1", ""}, {"network", "@", ""}, {"full", "geheim", ""},
	} {
		var log bytes.Buffer
		s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) {
			o.LogRemote, o.AccessLog, o.Valves = api.Remote(test.mode), slog.New(slog.NewJSONHandler(&log, nil)), newValves(t)
		})
		r := httptest.NewRequest(http.MethodGet, "/v1", nil)
		r.RemoteAddr = test.addr
		s.Public().ServeHTTP(httptest.NewRecorder(), r)
		var line struct{ Remote, Client string }
		if err := json.Unmarshal(log.Bytes(), &line); err != nil || line.Remote != test.want {
			t.Errorf("%s of %s: %s (%v)", test.mode, test.addr, log.String(), err)
		}
		if test.mode == "off" && line.Client != "" {
			t.Errorf("off, and the client is %s", line.Client)
		}
	}
}

// TestParametersOfLogs: the names that logs may tell are those of the
// description, so that a new parameter is decided upon.
func TestParametersOfLogs(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.AccessLog = slog.New(slog.NewJSONHandler(&log, nil)) })
	names := map[string]bool{}
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case object:
			if name, ok := v["name"].(string); ok && v["in"] == "query" {
				names[name] = true
			}
			for _, x := range v {
				visit(x)
			}
		case []any:
			for _, x := range v {
				visit(x)
			}
		}
	}
	visit(description(t))
	if len(names) < 20 {
		t.Fatalf("only %d parameters are described", len(names))
	}
	for name := range names {
		log.Reset()
		s.get(t, "/v1/search?"+url.Values{name: {"x"}}.Encode())
		if !strings.Contains(log.String(), `"query":"`+name+`=*"`) {
			t.Errorf("the parameter %s is not in the table of internal/api/logwords.go: %s", name, log.String())
		}
	}
}
