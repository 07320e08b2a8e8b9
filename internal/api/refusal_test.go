package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/api/valve"
)

func TestRefuseAboveTheCap(t *testing.T) {
	s := newServer(t, nil)
	head := func(path string) string {
		line, _, _ := strings.Cut(string(s.Refuse(path)), "\r\n")
		return line
	}
	if got := head("/healthz"); got != "HTTP/1.1 503 Service Unavailable" {
		t.Errorf("not ready: %s", got)
	}
	s.served.Swap(snapshots["memory"](t, 7))
	if got := head("/healthz"); got != "HTTP/1.1 200 OK" {
		t.Errorf("ready: %s", got)
	}
	if got := head("/v1/drugs"); got != "HTTP/1.1 503 Service Unavailable" {
		t.Errorf("lookup: %s", got)
	}
	if all := string(s.Refuse("/v1")); !strings.Contains(all, "\r\nRetry-After: ") || !strings.Contains(all, "/problems/overloaded") || !strings.Contains(all, "\r\nConnection: close\r\n") {
		t.Error(all)
	}
}

// A client that went away while it waited was not refused.
func TestWhoeverLeavesIsNotRefused(t *testing.T) {
	v := newValves(t)
	v.Compute = valve.NewPool(1, 8, time.Minute)
	leave, _ := v.Compute.Enter(t.Context())
	defer leave()
	s := valved(t, v, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	send(t, s.Public(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/releases/7/changes", nil))
	if got := s.metric(t, `fest_admission_refused_total{class="compute",reason="capacity"}`); got != 0 {
		t.Errorf("refusals counted: %v", got)
	}
	if got := s.metric(t, `fest_http_requests_total{class="compute",code="499",method="GET",route="/v1/releases/{serial}/changes"}`); got != 1 {
		t.Errorf("clients gone: %v", got)
	}
}

// Work that computes is refused while processors are short, lookups are not.
func TestStrainRefusesCompute(t *testing.T) {
	v := newValves(t)
	s := valved(t, v, nil)
	if a := s.get(t, "/v1/search?q=paracet"); a.status != http.StatusOK {
		t.Fatalf("%d without strain", a.status)
	}
	v.Strain.Set(0)
	a := s.get(t, "/v1/search?q=paracet")
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q: want 503 and when to come back", a.status, a.header.Get("Retry-After"))
	}
	if a := s.get(t, "/v1/drugs?limit=1"); a.status != http.StatusOK {
		t.Errorf("a lookup: %d", a.status)
	}
}
