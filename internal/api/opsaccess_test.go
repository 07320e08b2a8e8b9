package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/api/valve"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// OpsEndpoints has all that the router of the ops listener has: tests of who
// may see what walk it, so that no route is forgotten.
func TestOpsEndpointsAreComplete(t *testing.T) {
	s := newServer(t, nil)
	known := map[string]bool{}
	for _, r := range s.OpsEndpoints() {
		known[r.Pattern] = true
	}
	router, ok := s.Ops().(chi.Routes)
	if !ok {
		t.Fatal("the ops listener has no router that can be walked")
	}
	err := chi.Walk(router, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !known[pattern] {
			t.Errorf("%s %s is in no table", method, pattern)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.OpsEndpoints() {
		changes := slices.ContainsFunc(r.Methods, func(m string) bool { return m != http.MethodGet && m != http.MethodHead })
		if admin := strings.HasPrefix(r.Pattern, "/admin/"); admin != (r.Scope == api.ScopeAdmin) || changes && r.Scope > api.ScopeProfile && r.Pattern != "/metrics" {
			t.Errorf("%s has scope %d", r.Pattern, r.Scope)
		}
	}
}

// A locked listener tells nobody anything without a credential, not even which
// paths there are.
func TestLockedOpsListener(t *testing.T) {
	for _, probesOpen := range []bool{false, true} {
		s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) {
			o.Ops = api.OpsAccess{Locked: true, ProbesOpen: probesOpen, Caller: caller}
		})
		for _, path := range []string{"/livez", "/readyz", "/metrics", "/debug/pprof/", "/openapi.yaml", "/nowhere", "/admin/v1/releases", "/admin/v1/nowhere"} {
			want := http.StatusUnauthorized
			if probesOpen && (path == "/livez" || path == "/readyz") {
				want = http.StatusOK
			}
			for _, method := range []string{"GET", "DELETE", "BREW"} {
				if method != "GET" && want == http.StatusOK {
					continue // 401: which methods there are is told to those with a credential
				}
				if a := do(t, s.Ops(), method, path); a.status != want {
					t.Errorf("probes open %v: %s %s: %d %s", probesOpen, method, path, a.status, a.body)
				}
			}
		}
		// Administration is off here for administrators, too.
		if a := do(t, s.Ops(), "GET", "/admin/v1/releases", "Authorization: Bearer "+token); a.status != http.StatusForbidden || a.json(t)["type"] != "/problems/administration-off" {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
}

// Every attempt is told to the audit log, with who it was and what became of
// it, and never with what was shown.
func TestAttemptsAreTold(t *testing.T) {
	var told []api.AuditEntry
	admin := new(fakeAdmin)
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) {
		o.Admin, o.Ops = admin, api.OpsAccess{Administered: true, Caller: caller}
		o.Audit = func(e *api.AuditEntry) { told = append(told, *e) }
	})
	last := func() api.AuditEntry { return told[len(told)-1] }
	s.admin(t, "POST", "/admin/v1/releases/abababab/approve", `{"by":"Kari","reason":"checked"}`)
	if e := last(); e.Act != "approve" || e.Ref != "abababab" || e.By != "Kari" || e.Reason != "checked" || e.Credential != "token:test" || e.Outcome != api.AuditDone || e.From == "" || e.Time.IsZero() {
		t.Errorf("done: %+v", e)
	}
	s.admin(t, "POST", "/admin/v1/rollback", `{"by":"Kari"}`)
	if e := last(); e.Act != "rollback" || e.Outcome != api.AuditRefused || e.Status != 400 || !strings.Contains(e.Detail, "reason is missing") {
		t.Errorf("without a reason: %+v", e)
	}
	admin.err = api.ErrAdminUnavailable
	s.admin(t, "DELETE", "/admin/v1/advisory", `{"by":"Kari","reason":"over"}`)
	if e := last(); e.Act != "withdraw" || e.Outcome != api.AuditFailed || e.Status != 503 {
		t.Errorf("without a store: %+v", e)
	}
	before := len(told)
	s.admin(t, "GET", "/admin/v1/releases", "")
	if len(told) != before {
		t.Errorf("reading is no act: %+v", last())
	}
	for _, method := range []string{"GET", "POST"} {
		r := httptest.NewRequest(method, map[string]string{"GET": "/admin/v1/audit", "POST": "/admin/v1/freeze"}[method], strings.NewReader(`{"by":"x","reason":"y"}`))
		r.Header.Set("Authorization", "Bearer guessed-secret")
		s.Ops().ServeHTTP(httptest.NewRecorder(), r)
		if e := last(); e.Outcome != api.AuditRefused || e.Status != 401 || e.Credential != "" || e.Act != map[string]string{"GET": "read", "POST": "freeze"}[method] {
			t.Errorf("a guess: %+v", e)
		}
	}
	// An attempt is told before it is answered: a crash between the two must not lose it.
	admin.err = nil
	for _, body := range []string{`{"by":"x","reason":"y"}`, `{}`} {
		before = len(told)
		r := httptest.NewRequest(http.MethodPost, "/admin/v1/freeze", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		w := &firstWrite{ResponseWriter: httptest.NewRecorder(), now: func() int { return len(told) }}
		s.Ops().ServeHTTP(w, r)
		if w.saw != before+1 || len(told) != before+1 {
			t.Errorf("%s: when the answer began there were %d entries, afterwards %d, before %d", body, w.saw, len(told), before)
		}
	}
	for _, e := range told {
		if strings.Contains(fmt.Sprintf("%+v", e), "guessed") {
			t.Errorf("%+v", e)
		}
	}
}

// firstWrite notes what is so when an answer begins.
type firstWrite struct {
	http.ResponseWriter
	now func() int
	saw int
}

func (w *firstWrite) WriteHeader(status int) {
	w.saw = w.now()
	w.ResponseWriter.WriteHeader(status)
}

// A client that may only look up may not reach for what costs more by a
// parameter either.
func TestClassesHoldAsOfAnotherRelease(t *testing.T) {
	lookup, err := api.ClassesOf("lookup")
	if err != nil {
		t.Fatal(err)
	}
	past := inMemory(t, cache.Options{})
	ar := &archive{t: t, releases: []api.ArchivedRelease{{Release: release(3, past.content), OnDisk: true}}, files: map[fest.Serial]*file{3: past}}
	s := valved(t, newValves(t), nil, func(o *api.Options) { o.Archive = ar },
		known(keyed{"all": {Client: valve.Named("a"), Plan: plan(0, 0)}, "some": {Client: valve.Named("b"), Plan: plan(0, 0), Classes: lookup}}))
	for key, want := range map[string][2]int{"all": {200, 200}, "some": {200, 403}} {
		now, then := s.get(t, "/v1/drugs", "X-Api-Key: "+key), s.get(t, "/v1/drugs?release=3", "X-Api-Key: "+key)
		if now.status != want[0] || then.status != want[1] {
			t.Errorf("%s: now %d, as of then %d, want %v", key, now.status, then.status, want)
		}
	}
	if got := s.metric(t, `fest_admission_refused_total{class="compute",reason="class"}`); got != 1 {
		t.Errorf("counted: %v", got)
	}
}

// A browser shows its client certificate to whatever page asks it to send
// something: what pages of other sites send changes nothing.
func TestOtherSitesDoNotAdminister(t *testing.T) {
	admin := new(fakeAdmin)
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) {
		o.Admin, o.Ops = admin, api.OpsAccess{Locked: true, Administered: true, Caller: func(*http.Request) (*api.OpsCaller, bool) {
			return &api.OpsCaller{Name: "certificate:dns:admin", Admin: true}, true
		}}
	})
	for header, want := range map[string]int{
		"Sec-Fetch-Site: cross-site": 403, "Sec-Fetch-Site: same-site": 403, "Origin: https://elsewhere.example": 403, "Origin: null": 403,
		"Sec-Fetch-Site: same-origin": 200, "Origin: http://example.com": 200, "Accept: */*": 200, // httptest asks example.com
	} {
		a := s.admin(t, http.MethodPost, "/admin/v1/rollback", `{"by":"Kari","reason":"checked"}`, header, "Content-Type: text/plain")
		if a.status != want || want == 403 && str(t, a.json(t), "type") != "/problems/cross-origin" {
			t.Errorf("%s: %d %s", header, a.status, a.body)
		}
	}
	if got := s.metric(t, `fest_ops_requests_refused_total{reason="origin"}`); got != 4 {
		t.Errorf("counted: %v", got)
	}
	if a := s.admin(t, http.MethodGet, "/admin/v1/releases", "", "Sec-Fetch-Site: cross-site"); a.status != http.StatusOK {
		t.Errorf("a link: %d", a.status)
	}
}
