package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/festd/festd/internal/api"
)

// sink is a response writer that costs nothing.
type sink struct {
	header http.Header
	status int
	n      int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(b []byte) (int, error) { s.n += len(b); return len(b), nil }

func TestLookupAllocations(t *testing.T) {
	advisory := &api.Advisory{Text: "Vær varsom"}
	t.Run("plain", func(t *testing.T) { lookupAllocations(t) })
	t.Run("with an archive and an advisory", func(t *testing.T) {
		lookupAllocations(t, func(o *api.Options) {
			o.Archive, o.Advisory = new(archive), func() *api.Advisory { return advisory }
		})
	})
	// Admission and its two headers cost nothing more, once their values were made.
	admitted := func(change func(*api.Valves)) func(*api.Options) {
		return func(o *api.Options) {
			v := newValves(t)
			change(v)
			o.Valves, o.Now = v, time.Now
		}
	}
	t.Run("admitted", func(t *testing.T) {
		lookupAllocations(t, admitted(func(v *api.Valves) { v.HideLimits = true }))
	})
	t.Run("admitted and told", func(t *testing.T) {
		lookupAllocations(t, admitted(func(v *api.Valves) { v.Anyone = plan(1e7, 10) }))
	})
}

func lookupAllocations(t *testing.T, change ...func(*api.Options)) {
	t.Helper()
	s := newServer(t, snapshots["memory"](t, 7), change...)
	id := s.first(t, "/v1/drugs?limit=1")["id"].(string)
	r := httptest.NewRequest(http.MethodGet, "/v1/drugs/"+id, nil)
	w := &sink{header: http.Header{}}
	h := s.Public()
	got := testing.AllocsPerRun(200, func() {
		clear(w.header)
		h.ServeHTTP(w, r)
	})
	if w.status != http.StatusOK || w.n == 0 {
		t.Fatalf("status %d, %d bytes", w.status, w.n)
	}
	const budget = 3 // the tag, the length and what holds both
	if got > budget {
		t.Errorf("a lookup allocates %v times; the budget is %d", got, budget)
	}
}

func BenchmarkLookup(b *testing.B) {
	s := newServer(b, snapshots["memory"](b, 7))
	id := s.first(b, "/v1/drugs?limit=1")["id"].(string)
	r := httptest.NewRequest(http.MethodGet, "/v1/drugs/"+id, nil)
	w := &sink{header: http.Header{}}
	h := s.Public()
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

func BenchmarkLookupAdmitted(b *testing.B) {
	s := newServer(b, snapshots["memory"](b, 7), func(o *api.Options) { o.Valves, o.Now = newValves(b), time.Now })
	id := s.first(b, "/v1/drugs?limit=1")["id"].(string)
	r := httptest.NewRequest(http.MethodGet, "/v1/drugs/"+id, nil)
	w := &sink{header: http.Header{}}
	h := s.Public()
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

func BenchmarkList(b *testing.B) {
	s := newServer(b, snapshots["memory"](b, 7))
	r := httptest.NewRequest(http.MethodGet, "/v1/drugs?name=para&limit=20", nil)
	w := &sink{header: http.Header{}}
	h := s.Public()
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}
