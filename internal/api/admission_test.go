package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/api/valve"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// clock is a clock that stands still until it is told.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.at.Store(time.Date(2026, 9, 11, 12, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

func plan(rate float64, burst int) *valve.Plan {
	return valve.NewPlan(valve.Quota{Rate: rate, Burst: burst})
}

// newValves are valves that refuse nobody yet.
func newValves(t testing.TB, trusted ...string) *api.Valves {
	t.Helper()
	id, err := valve.NewIdentifier(trusted)
	if err != nil {
		t.Fatal(err)
	}
	return &api.Valves{
		Anyone: plan(1e6, 60_000), Clients: valve.NewClients(10_000), Identifier: id, LookupInFlight: 1024,
		Compute: valve.NewPool(8, 64, 50*time.Millisecond), Bulk: valve.NewPool(8, 4096, time.Minute), Strain: valve.NewStrain(time.Minute),
	}
}

func valved(t testing.TB, v *api.Valves, c *clock, change ...func(*api.Options)) *server {
	t.Helper()
	return newServer(t, snapshots["memory"](t, 7), append(change, func(o *api.Options) {
		o.Valves = v
		if c != nil {
			o.Now = c.now
		}
	})...)
}

// from is GET from an address.
func (s *server) from(t testing.TB, addr, target string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.RemoteAddr = addr
	return send(t, s.Public(), r, headers...)
}

func send(t testing.TB, h http.Handler, r *http.Request, headers ...string) answer {
	t.Helper()
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	header := http.Header{}
	for name, values := range w.Result().Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	return answer{w.Code, header, w.Body.Bytes()}
}

// admitted counts the answers that are no 429.
func (s *server) admitted(t testing.TB, n int, addr func(i int) string, headers func(i int) []string) int {
	t.Helper()
	ok := 0
	for i := range n {
		var h []string
		if headers != nil {
			h = headers(i)
		}
		switch a := s.from(t, addr(i), "/v1/drugs/none", h...); a.status {
		case http.StatusNotFound:
			ok++
		case http.StatusTooManyRequests:
		default:
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	return ok
}

func always(addr string) func(int) string { return func(int) string { return addr } }

func TestForgedForwardingChangesNothing(t *testing.T) {
	v := newValves(t, "10.0.0.0/8")
	v.Anyone = plan(1, 10)
	s := valved(t, v, newClock())
	forged := func(i int) []string { return []string{fmt.Sprintf("X-Forwarded-For: 203.0.113.%d", i)} }
	if got := s.admitted(t, 50, always("192.0.2.1:1"), forged); got != 10 {
		t.Errorf("a client that forges addresses: %d requests let in, want its quota of 10", got)
	}
	// A proxy that is trusted has a client behind each address that it names.
	if got := s.admitted(t, 50, always("10.1.1.1:1"), forged); got != 50 {
		t.Errorf("50 clients behind a proxy: %d requests let in", got)
	}
	// What they write themselves stands before what the proxy writes.
	if got := s.admitted(t, 50, always("10.1.1.1:1"), func(i int) []string {
		return []string{fmt.Sprintf("X-Forwarded-For: 198.51.100.%d, 203.0.113.200", i)}
	}); got != 10 {
		t.Errorf("one client behind a proxy: %d requests let in, want 10", got)
	}
}

func TestAddressesOfOneNetworkAreOneClient(t *testing.T) {
	v := newValves(t)
	v.Anyone = plan(1, 10)
	s := valved(t, v, newClock())
	if got := s.admitted(t, 50, func(i int) string { return fmt.Sprintf("[2001:db8:1:2::%x]:1", i) }, nil); got != 10 {
		t.Errorf("a whole /64: %d requests let in, want 10", got)
	}
	if got := s.admitted(t, 20, func(i int) string { return fmt.Sprintf("[2001:db8:1:%x::1]:1", 100+i) }, nil); got != 20 {
		t.Errorf("20 networks: %d requests let in", got)
	}
}

// A client at fifty times its quota does not touch another that keeps to it.
func TestOneClientsFloodIsItsOwn(t *testing.T) {
	v, c := newValves(t), newClock()
	v.Anyone = plan(10, 20)
	s := valved(t, v, c)
	flood := 0
	for range 100 { // ten seconds
		c.advance(100 * time.Millisecond)
		flood += s.admitted(t, 50, always("192.0.2.1:1"), nil)
		if a := s.from(t, "192.0.2.2:1", "/v1/drugs/none"); a.status != http.StatusNotFound {
			t.Fatalf("a client within its quota: %d", a.status)
		}
	}
	if flood < 100 || flood > 120 {
		t.Errorf("the flood got %d of 5000 requests in, want its quota of 100 and what it had saved up", flood)
	}
}

func TestTableOfClientsIsBounded(t *testing.T) {
	v := newValves(t)
	v.Anyone, v.Clients = plan(0.001, 2), valve.NewClients(1024)
	s := valved(t, v, newClock())
	addr := func(i int) string { return fmt.Sprintf("10.%d.%d.%d:1", i>>16&255, i>>8&255, i&255) }
	first := s.admitted(t, 1, addr, nil)
	got := s.admitted(t, 10_000, func(i int) string { return addr(i + 1) }, nil)
	if n := v.Clients.Len(); n > 1024 {
		t.Errorf("%d clients in a table for 1024", n)
	}
	if first != 1 || got > 1024+2*64 {
		t.Errorf("%d requests of newcomers were let in: a full table is unlimited", got)
	}
	if a := s.from(t, addr(0), "/v1/drugs/none"); a.status != http.StatusNotFound {
		t.Errorf("a client from before the flood: %d", a.status)
	}
	for name, want := range map[string]float64{"fest_clients": float64(v.Clients.Len()), "fest_client_overflows_total": float64(v.Clients.Overflows())} {
		if got := s.metric(t, name); got != want || got == 0 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// metric is the value of a series, "name" or `name{label="value"}`.
func (s *server) metric(t testing.TB, series string) float64 {
	t.Helper()
	text := string(do(t, s.Ops(), http.MethodGet, "/metrics").body)
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), series+" "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no %s", series)
	return 0
}

func TestRefusalsAreTruthful(t *testing.T) {
	v, c := newValves(t), newClock()
	v.Anyone = plan(10, 40)
	s := valved(t, v, c)
	const addr = "192.0.2.1:1"
	seen := map[int]bool{}
	for range 20 {
		s.admitted(t, 60, always(addr), nil)
		a := s.from(t, addr, "/v1/drugs/none")
		if a.status != http.StatusTooManyRequests || a.header.Get("Content-Type") != "application/problem+json" || str(t, a.json(t), "type") != "/problems/too-many-requests" {
			t.Fatalf("above the quota: %d %s", a.status, a.body)
		}
		after, err := strconv.Atoi(a.header.Get("Retry-After"))
		if err != nil {
			t.Fatal(err)
		}
		var left, reset int
		if _, err := fmt.Sscanf(a.header.Get("RateLimit"), `"default";r=%d;t=%d`, &left, &reset); err != nil || left != 0 || reset < 1 {
			t.Fatalf("RateLimit %q: %v", a.header.Get("RateLimit"), err)
		}
		if after < reset {
			t.Errorf("Retry-After %d is before the reset %d", after, reset)
		}
		seen[after] = true
		// A moment before nothing has changed but time; at it there is room for a
		// whole burst.
		c.advance(time.Duration(after) * time.Second)
		if got := s.admitted(t, 40, always(addr), nil); got != 40 {
			t.Fatalf("after Retry-After %d of 40 requests were let in", got)
		}
	}
	if len(seen) < 3 {
		t.Errorf("Retry-After was one of %v: those who are refused together come back together", seen)
	}
	if got := s.metric(t, `fest_admission_refused_total{class="lookup",reason="quota"}`); got < 20*20 {
		t.Errorf("refusals counted: %v", got)
	}
}

func TestQuotaIsTold(t *testing.T) {
	v, c := newValves(t), newClock()
	v.Anyone = plan(50, 200)
	s := valved(t, v, c)
	type told struct{ policy, limit string }
	of := func(a answer) told { return told{a.header.Get("RateLimit-Policy"), a.header.Get("RateLimit")} }
	const policy = `"default";q=200;w=4`
	drug := str(t, s.first(t, "/v1/drugs?limit=1"), "id") // takes 2
	tag := s.get(t, "/v1/drugs/"+drug).header.Get("ETag") // and 1
	for _, test := range []struct {
		name string
		a    answer
		code int
		want told
	}{
		{"lookup", s.get(t, "/v1/drugs/"+drug), 200, told{policy, `"default";r=196;t=1`}},
		{"not modified", s.get(t, "/v1/drugs/"+drug, "If-None-Match: "+tag), 304, told{policy, `"default";r=195;t=1`}},
		{"head", s.do(t, http.MethodHead, "/v1/drugs/"+drug), 200, told{policy, `"default";r=194;t=1`}},
		{"options", s.do(t, http.MethodOptions, "/v1/drugs"), 204, told{policy, `"default";r=193;t=1`}},
		{"no such path", s.get(t, "/nowhere"), 404, told{policy, `"default";r=192;t=1`}},
		{"list", s.get(t, "/v1/drugs"), 200, told{policy, `"default";r=190;t=1`}},
		{"probe", s.get(t, "/healthz"), 200, told{}},
		{"page", s.get(t, "/"), 200, told{policy, `"default";r=189;t=1`}},
	} {
		if test.a.status != test.code || of(test.a) != test.want {
			t.Errorf("%s: %d %+v, want %d %+v", test.name, test.a.status, of(test.a), test.code, test.want)
		}
	}
	v.HideLimits = true
	if got := of(s.get(t, "/v1/drugs")); got != (told{}) {
		t.Errorf("hidden: %+v", got)
	}
	c.advance(time.Hour)
	v.HideLimits = false
	if got := of(s.get(t, "/")); got != (told{policy, `"default";r=199;t=1`}) {
		t.Errorf("after a pause: %+v", got)
	}
}

// keyed knows clients by key.
type keyed map[string]*api.KeyHolder

// Authenticate implements [api.Authenticator].
func (k keyed) Authenticate(r *http.Request) (*api.KeyHolder, error) {
	key := api.KeyOf(r)
	if h := k[key]; h != nil || key == "" {
		return h, nil
	}
	return nil, api.ErrUnknownKey
}

func known(keys keyed) func(*api.Options) { return func(o *api.Options) { o.Credentials = keys } }

func TestKeysHaveTheirOwnQuotas(t *testing.T) {
	v := newValves(t)
	v.Anyone = plan(1, 5)
	sfm := &api.KeyHolder{Client: valve.Named("sfm"), Plan: plan(1, 20)}
	s := valved(t, v, newClock(), known(map[string]*api.KeyHolder{"right": sfm}))
	// The client is the same wherever it comes from, and however it shows its key.
	got := s.admitted(t, 50, func(i int) string { return fmt.Sprintf("192.0.2.%d:1", i) }, func(i int) []string {
		return []string{[]string{"Authorization: Bearer right", "X-Api-Key: right", "authorization: bearer right"}[i%3]}
	})
	if got != 20 {
		t.Errorf("a client with a key: %d requests let in, want its quota of 20", got)
	}
	if got := s.admitted(t, 10, always("192.0.2.1:1"), nil); got != 5 {
		t.Errorf("without the key: %d, want 5", got)
	}
	if got := s.admitted(t, 10, always("192.0.2.2:1"), func(int) []string { return []string{"Authorization: Basic cmlnaHQ6"} }); got != 5 {
		t.Errorf("with another scheme: %d, want 5", got)
	}
	wrong, late := 0, 0
	for range 10 { // guesses are counted
		switch a := s.from(t, "192.0.2.3:1", "/v1/drugs", "X-Api-Key: wrong"); a.status {
		case http.StatusUnauthorized:
			wrong++
			if a.header.Get("WWW-Authenticate") == "" || str(t, a.json(t), "type") != "/problems/unknown-api-key" || strings.Contains(string(a.body), "wrong") {
				t.Errorf("%v %s", a.header, a.body)
			}
		case http.StatusTooManyRequests:
			late++
		default:
			t.Errorf("%d", a.status)
		}
	}
	if wrong != 2 || late != 8 { // a list takes 2
		t.Errorf("of ten wrong keys %d were told so and %d were too many, want 2 and 8", wrong, late)
	}
	if got := s.metric(t, `fest_admission_refused_total{class="lookup",reason="key"}`); got != 2 {
		t.Errorf("wrong keys counted: %v", got)
	}
}

func TestComputeIsBounded(t *testing.T) {
	v := newValves(t)
	v.Compute = valve.NewPool(2, 1, 50*time.Millisecond)
	past := inMemory(t, cache.Options{})
	ar := &archive{t: t, releases: []api.ArchivedRelease{{Release: release(3, past.content), OnDisk: true}}, files: map[fest.Serial]*file{3: past}}
	s := valved(t, v, nil, func(o *api.Options) { o.Archive = ar })
	target := "/v1/drugs?release=3"
	if a := s.get(t, target); a.status != http.StatusOK {
		t.Fatalf("as of then: %d %s", a.status, a.body)
	}
	first, _ := v.Compute.Enter(t.Context())
	second, _ := v.Compute.Enter(t.Context())
	began := time.Now()
	seen := map[string]bool{}
	for range 10 {
		a := s.get(t, target)
		if a.status != http.StatusServiceUnavailable || str(t, a.json(t), "type") != "/problems/overloaded" {
			t.Fatalf("full: %d %s", a.status, a.body)
		}
		seen[a.header.Get("Retry-After")] = true
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("ten refusals took %v", took)
	}
	if len(seen) < 2 {
		t.Errorf("Retry-After is always one of %v", seen)
	}
	if a := s.get(t, "/v1/drugs"); a.status != http.StatusOK { // of today
		t.Errorf("a lookup beside it: %d", a.status)
	}
	if got := s.metric(t, `fest_admission_refused_total{class="compute",reason="capacity"}`); got != 10 {
		t.Errorf("refusals counted: %v", got)
	}
	first()
	second()
	if a := s.get(t, target); a.status != http.StatusOK {
		t.Errorf("afterwards: %d", a.status)
	}
	if n := v.Compute.InFlight(); n != 0 {
		t.Errorf("%d slots were not given back", n)
	}
}

// The safety net: lookups that hang do not pile up.
func TestLookupsInFlightAreBounded(t *testing.T) {
	v := newValves(t)
	v.LookupInFlight = 3
	hold, held := make(chan struct{}), make(chan struct{}, 3)
	s := valved(t, v, nil, func(o *api.Options) {
		o.Advisory = func() *api.Advisory { // something that each asks for, and that does not answer
			select {
			case <-hold:
			default:
				held <- struct{}{}
				<-hold
			}
			return nil
		}
	})
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			s.Public().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/drugs", nil))
		})
		<-held
	}
	if a := s.get(t, "/v1/drugs"); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("above the bound: %d", a.status)
	}
	if a := s.get(t, "/healthz"); a.status != http.StatusOK {
		t.Errorf("the probe: %d", a.status)
	}
	if got := s.metric(t, `fest_class_in_flight{class="lookup"}`); got != 3 {
		t.Errorf("in flight: %v", got)
	}
	close(hold)
	all.Wait()
	if a := s.get(t, "/v1/drugs"); a.status != http.StatusOK {
		t.Errorf("afterwards: %d", a.status)
	}
	if got := s.metric(t, `fest_class_in_flight_peak{class="lookup"}`); got != 4 {
		t.Errorf("peak: %v", got)
	}
}

func TestUnknownPathsAreOneLabel(t *testing.T) {
	s := valved(t, newValves(t), nil)
	for i := range 500 {
		s.get(t, fmt.Sprintf("/v1/made-up-%d/%d", i, i))
	}
	counters := 0
	for line := range strings.Lines(string(do(t, s.Ops(), http.MethodGet, "/metrics").body)) {
		if strings.Contains(line, "made-up") {
			t.Errorf("a path became a label: %s", line)
		}
		if strings.HasPrefix(line, "fest_http_requests_total{") {
			counters++
		}
	}
	if counters != 1 {
		t.Errorf("%d counters after requests for 500 unknown paths, want 1", counters)
	}
}

func TestHostileRequestsAreRefused(t *testing.T) {
	s := valved(t, newValves(t), nil)
	var parameters strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&parameters, "&a%d=1", i)
	}
	got := map[string]int{
		"10,000 parameters": s.get(t, "/v1/drugs?"+parameters.String()[1:]).status,
		"40 parameters":     s.get(t, "/v1/drugs?"+strings.Repeat("name=a&", 40)).status,
		"long path":         s.get(t, "/v1/drugs/"+strings.Repeat("x", 9000)).status,
		"large body":        send(t, s.Public(), httptest.NewRequest(http.MethodGet, "/v1/drugs", strings.NewReader(strings.Repeat("x", 100<<10)))).status,
	}
	want := map[string]int{"10,000 parameters": 414, "40 parameters": 400, "long path": 414, "large body": 413}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
