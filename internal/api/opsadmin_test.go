package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	spec "github.com/festd/festd/api"
	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

const token = "correct-horse-battery-staple"

// fakeAdmin notes what it was asked for and answers with what it was given.
type fakeAdmin struct {
	called []string
	err    error
	acts   []fest.Act
}

func (f *fakeAdmin) note(format string, args ...any) error {
	f.called = append(f.called, fmt.Sprintf(format, args...))
	return f.err
}

func published(serial fest.Serial) fest.Release {
	rel := release(serial, fest.Content{Document: document, Filter: fest.FilterPrescriber, Counts: fest.Counts{"drugs": 3}})
	rel.Cause, rel.By, rel.Reason = fest.CauseApproval, "Kari", "checked"
	return rel
}

func candidate() *fest.Candidate {
	return &fest.Candidate{
		Content: published(7).Content, Source: published(7).Source, Baseline: 7, HeldAt: time.Date(2026, 9, 11, 3, 0, 0, 0, time.UTC),
		State: fest.CandidateHeld, Verdict: json.RawMessage(`{"held":true}`),
	}
}

func (f *fakeAdmin) Releases(context.Context) (api.AdminState, error) {
	rel := published(7)
	frozen := fest.Act{ID: 3, After: 7, Kind: fest.ActFreeze, By: "Kari", Reason: "holiday"}
	return api.AdminState{
		Stream: "test", Serial: 7, Releases: []api.AdminRelease{{Release: &rel, Kept: true, OnDisk: true}},
		Candidates: []fest.Candidate{*candidate()}, Rejected: []fest.Digest{digest}, Frozen: &frozen,
	}, f.note("releases")
}

func (f *fakeAdmin) Release(_ context.Context, ref string) (api.AdminRelease, error) {
	return api.AdminRelease{Candidate: candidate(), Kept: true, Verdict: json.RawMessage(`{"held":true}`), Text: "HELD"}, f.note("release %s", ref)
}

func (f *fakeAdmin) Diff(_ context.Context, from, to string) (*cache.Comparison, error) {
	return &cache.Comparison{From: published(6), To: published(7)}, f.note("diff %s %s", from, to)
}

func (f *fakeAdmin) Approve(_ context.Context, ref string, d api.Decision) (fest.Release, error) {
	baseline := "none"
	if d.Baseline != nil {
		baseline = fmt.Sprint(*d.Baseline)
	}
	return published(8), f.note("approve %s by %s: %s, baseline %s", ref, d.By, d.Reason, baseline)
}

func (f *fakeAdmin) Reject(_ context.Context, ref string, d api.Decision) (fest.Act, error) {
	return fest.Act{ID: 1, Kind: fest.ActReject, By: d.By, Content: digest}, f.note("reject %s by %s: %s", ref, d.By, d.Reason)
}

func (f *fakeAdmin) Rollback(_ context.Context, ref string, d api.Decision) (fest.Release, error) {
	return published(9), f.note("rollback %q by %s: %s", ref, d.By, d.Reason)
}

func (f *fakeAdmin) Act(_ context.Context, act fest.Act) (fest.Act, error) {
	until := ""
	if act.Until != nil {
		until = act.Until.Format(time.RFC3339)
	}
	act.ID = 4
	return act, f.note("%s by %s: %s|%s|%s|%s", act.Kind, act.By, act.Reason, until, act.Text, act.Waiver)
}

func (f *fakeAdmin) Audit(context.Context) ([]fest.Act, error) { return f.acts, f.note("audit") }

// caller knows one administrator, by a token.
func caller(r *http.Request) (*api.OpsCaller, bool) {
	switch r.Header.Get("Authorization") {
	case "":
		return nil, false
	case "Bearer " + token, "bearer " + token:
		return &api.OpsCaller{Name: "token:test", Admin: true}, true
	default:
		return nil, true
	}
}

func administered(t *testing.T, admin *fakeAdmin) *server {
	t.Helper()
	return newServer(t, snapshots["memory"](t, 7), func(o *api.Options) {
		o.Admin, o.Ops = admin, api.OpsAccess{Administered: true, Caller: caller}
	})
}

// admin is a request with the token and a body.
func (s *server) admin(t testing.TB, method, target, body string, headers ...string) answer {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, reader)
	r.Header.Set("Authorization", "Bearer "+token)
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.Ops().ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}

const signed = `"by":"Kari","reason":"because"`

// adminCalls are all operations of the administration, with what the
// implementation is to be asked.
var adminCalls = []struct{ method, target, body, want string }{
	{"GET", "/admin/v1/releases", "", "releases"},
	{"GET", "/admin/v1/releases/12", "", "release 12"},
	{"GET", "/admin/v1/releases/abababab", "", "release abababab"},
	{"GET", "/admin/v1/diff?from=6&to=abababab", "", "diff 6 abababab"},
	{"GET", "/admin/v1/audit", "", "audit"},
	{"POST", "/admin/v1/releases/abababab/approve", `{` + signed + `}`, "approve abababab by Kari: because, baseline none"},
	{"POST", "/admin/v1/releases/abababab/approve", `{` + signed + `,"baseline":0}`, "approve abababab by Kari: because, baseline 0"},
	{"POST", "/admin/v1/releases/12/reject", `{` + signed + `}`, "reject 12 by Kari: because"},
	{"POST", "/admin/v1/releases/5/rollback", `{` + signed + `}`, `rollback "5" by Kari: because`},
	{"POST", "/admin/v1/rollback", `{` + signed + `}`, `rollback "" by Kari: because`},
	{"POST", "/admin/v1/freeze", `{` + signed + `,"until":"2026-10-01T00:00:00Z"}`, "freeze by Kari: because|2026-10-01T00:00:00Z||"},
	{"POST", "/admin/v1/unfreeze", `{` + signed + `}`, "unfreeze by Kari: because|||"},
	{"POST", "/admin/v1/advisory", `{` + signed + `,"text":"Vær varsom"}`, "advise by Kari: because||Vær varsom|"},
	{"DELETE", "/admin/v1/advisory", `{` + signed + `}`, "withdraw by Kari: because|||"},
	{"POST", "/admin/v1/waivers", `{` + signed + `,"waiver":{"rule":"removed","class":"drugs","most":{"count":3},"expires":"2026-10-01T00:00:00Z"}}`,
		`waive by Kari: because|||{"rule":"removed","class":"drugs","most":{"count":3},"expires":"2026-10-01T00:00:00Z"}`},
	{"POST", "/admin/v1/adopt", `{` + signed + `}`, "adopt by Kari: because|||"},
}

func TestAdministration(t *testing.T) {
	for _, test := range adminCalls {
		admin := new(fakeAdmin)
		a := administered(t, admin).admin(t, test.method, test.target, test.body)
		if a.status != http.StatusOK || !json.Valid(a.body) || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: %d %v %s", test.method, test.target, a.status, a.header, a.body)
		}
		if diff := cmp.Diff([]string{test.want}, admin.called); diff != "" {
			t.Errorf("%s %s: %s", test.method, test.target, diff)
		}
	}
}

func TestAdministrationNeedsTheToken(t *testing.T) {
	admin := new(fakeAdmin)
	s := administered(t, admin)
	for _, test := range adminCalls {
		for _, shown := range []string{"", "Bearer", "Bearer ", "Bearer wrong", "Bearer " + token + "x", "Bearer " + token[:5], "Basic " + token, token} {
			r := httptest.NewRequest(test.method, test.target, strings.NewReader(test.body))
			if shown != "" {
				r.Header.Set("Authorization", shown)
			}
			w := httptest.NewRecorder()
			s.Ops().ServeHTTP(w, r)
			if w.Code != http.StatusUnauthorized || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer realm=") ||
				strings.Contains(w.Body.String(), token) || !strings.Contains(w.Body.String(), "/problems/unauthorized") {
				t.Errorf("%s %s as %q: %d %v %s", test.method, test.target, shown, w.Code, w.Header(), w.Body)
			}
		}
		if a := do(t, s.Public(), test.method, test.target, "Authorization: Bearer "+token); a.status != http.StatusNotFound {
			t.Errorf("%s on the public listener: %d", test.target, a.status)
		}
	}
	if admin.called != nil {
		t.Errorf("done without the token: %v", admin.called)
	}
}

func TestAdministrationIsOffWithoutAToken(t *testing.T) {
	for name, change := range map[string]func(o *api.Options){
		"no token": func(o *api.Options) { o.Admin = new(fakeAdmin) },
		"no store": func(o *api.Options) { o.Ops = api.OpsAccess{Administered: true, Caller: caller} },
	} {
		s := newServer(t, nil, change)
		for _, shown := range []string{"Bearer " + token, "Bearer ", ""} {
			a := s.admin(t, "GET", "/admin/v1/releases", "", "Authorization: "+shown)
			if p := a.json(t); a.status != http.StatusForbidden || p["detail"] != "administration is off: set --admin-token-file" {
				t.Errorf("%s, %q: %d %s", name, shown, a.status, a.body)
			}
		}
	}
}

func TestBodiesAreStrict(t *testing.T) {
	for _, test := range []struct{ target, body, want string }{
		{"/admin/v1/releases/1/approve", ``, "the body is empty"},
		{"/admin/v1/releases/1/approve", `{`, "no JSON"},
		{"/admin/v1/releases/1/approve", `[]`, "want an object"},
		{"/admin/v1/releases/1/approve", `{` + signed + `} {}`, "something follows"},
		{"/admin/v1/releases/1/approve", `{` + signed + `,"basline":7}`, `unknown member "basline"`},
		{"/admin/v1/releases/1/approve", `{` + signed + `,"baseline":"7"}`, `"baseline" is a string; want a serial`},
		{"/admin/v1/releases/1/approve", `{` + signed + `,"baseline":-1}`, `"baseline" is a number -1; want a serial`},
		{"/admin/v1/releases/1/approve", `{"by":"Kari"}`, "reason is missing"},
		{"/admin/v1/releases/1/approve", `{"by":" ","reason":"x"}`, "by is missing"},
		{"/admin/v1/rollback", `{"by":3,"reason":"x"}`, `"by" is a number; want a string`},
		{"/admin/v1/unfreeze", `{` + signed + `,"until":"2026-10-01T00:00:00Z"}`, "unknown member until"},
		{"/admin/v1/freeze", `{` + signed + `,"until":"tomorrow"}`, `"tomorrow"`},
		{"/admin/v1/freeze", `{` + signed + `,"text":"x"}`, "unknown member text"},
		{"/admin/v1/advisory", `{` + signed + `}`, "text is missing"},
		{"/admin/v1/waivers", `{` + signed + `}`, "waiver is missing"},
	} {
		admin := new(fakeAdmin)
		a := administered(t, admin).admin(t, "POST", test.target, test.body)
		p := a.json(t)
		if a.status != http.StatusBadRequest || p["type"] != "/problems/invalid-body" || !strings.Contains(fmt.Sprint(p["detail"]), test.want) || admin.called != nil {
			t.Errorf("%s %s: %d %s", test.target, test.body, a.status, a.body)
		}
	}
	admin := new(fakeAdmin)
	a := administered(t, admin).admin(t, "POST", "/admin/v1/rollback", `{"by":"Kari","reason":"`+strings.Repeat("x", 70<<10)+`"}`)
	if a.status != http.StatusRequestEntityTooLarge || admin.called != nil {
		t.Errorf("a body too large: %d %.200s", a.status, a.body)
	}
}

func TestAdministrationFails(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
		kind   string
		detail string
	}{
		{fmt.Errorf("%w: 12", api.ErrAdminNotFound), 404, "unknown-release", "12"},
		{fmt.Errorf("%w: release 8 is served now", api.ErrAdminConflict), 409, "conflict", "release 8 is served now"},
		{fmt.Errorf("%w: not held", api.ErrAdminInvalid), 422, "unprocessable", "not held"},
		{fmt.Errorf("%w: dial tcp", api.ErrAdminUnavailable), 503, "store-unavailable", "dial tcp"},
		{errors.New("disk full"), 500, "administration-failed", "disk full"},
	} {
		for _, call := range adminCalls {
			a := administered(t, &fakeAdmin{err: test.err}).admin(t, call.method, call.target, call.body)
			p := a.json(t)
			if a.status != test.status || p["type"] != "/problems/"+test.kind || p["detail"] != test.detail {
				t.Errorf("%s %v: %d %s", call.target, test.err, a.status, a.body)
			}
		}
	}
}

func TestAuditIsPaged(t *testing.T) {
	admin := new(fakeAdmin)
	for id := uint64(25); id > 0; id-- {
		admin.acts = append(admin.acts, fest.Act{ID: id, Kind: fest.ActFreeze, By: "Kari"})
	}
	s := administered(t, admin)
	var ids []uint64
	pages := 0
	for target := "/admin/v1/audit?limit=10"; target != ""; pages++ {
		var page struct {
			Total int
			Next  string
			Acts  []fest.Act
		}
		a := s.admin(t, "GET", target, "")
		if err := json.Unmarshal(a.body, &page); err != nil || page.Total != 25 {
			t.Fatalf("%v %s", err, a.body)
		}
		for _, act := range page.Acts {
			ids = append(ids, act.ID)
		}
		target = page.Next
	}
	if !slices.IsSortedFunc(ids, func(a, b uint64) int { return int(b) - int(a) }) || len(ids) != 25 || pages != 3 {
		t.Errorf("%d pages: %v", pages, ids)
	}
	for _, bad := range []string{"limit=0", "before=x", "after=3"} {
		if a := s.admin(t, "GET", "/admin/v1/audit?"+bad, ""); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
	if a := s.admin(t, "GET", "/admin/v1/diff?from=1", ""); a.status != http.StatusBadRequest || a.json(t)["parameter"] != "to" {
		t.Errorf("a diff without to: %d %s", a.status, a.body)
	}
}

func opsDescription(t testing.TB) object {
	t.Helper()
	var v object
	if err := yaml.Unmarshal(spec.OpsAPI, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOpsDescriptionIsValid(t *testing.T) {
	doc := load(t, opsDescription(t))
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableMultiError()); err != nil {
		t.Error(err)
	}
}

func TestOpsRoutesAreDescribed(t *testing.T) {
	s := newServer(t, nil)
	var routes, described []string
	for _, r := range s.OpsRoutes() {
		for _, m := range r.Methods {
			if m != http.MethodHead {
				routes = append(routes, strings.ToLower(m)+" "+r.Pattern)
			}
		}
	}
	for path, item := range at(t, opsDescription(t), "paths") {
		for method := range item.(object) {
			if path != "/metrics" { // Prometheus' own
				described = append(described, method+" "+path)
			}
		}
	}
	slices.Sort(routes)
	slices.Sort(described)
	if diff := cmp.Diff(routes, described); diff != "" {
		t.Errorf("(-route +path):\n%s", diff)
	}
}

// TestOpsAnswersAreAsDescribed holds bodies both ways against the description,
// and each problem type against its response.
func TestOpsAnswersAreAsDescribed(t *testing.T) {
	v := opsDescription(t)
	strict(v)
	doc := load(t, v)
	check := func(a answer, method, target string) {
		t.Helper()
		path, _, _ := strings.Cut(target, "?")
		if rest, ok := strings.CutPrefix(path, "/admin/v1/releases/"); ok {
			_, act, has := strings.Cut(rest, "/")
			if path = "/admin/v1/releases/{ref}"; has {
				path += "/" + act
			}
		}
		item := doc.Paths.Value(path)
		if item == nil || item.GetOperation(method) == nil {
			t.Fatalf("%s %s is not described", method, path)
		}
		response := item.GetOperation(method).Responses.Status(a.status)
		if response == nil {
			t.Fatalf("%s %s: %d is not described", method, path, a.status)
		}
		for name := range response.Value.Headers {
			if a.header.Get(name) == "" {
				t.Errorf("%s %s: %d lacks the header %s", method, path, a.status, name)
			}
		}
		var body any
		if err := json.Unmarshal(a.body, &body); err != nil {
			t.Fatal(err)
		}
		if err := doc.ValidateSchemaJSON(response.Value.Content[a.header.Get("Content-Type")].Schema.Value, body); err != nil {
			t.Errorf("%s %s is not as described: %v", method, path, err)
		}
		if a.status >= 400 && !strings.Contains(*response.Value.Description, fmt.Sprint(body.(object)["type"])) {
			t.Errorf("%s %s: the response %d does not name %v", method, path, a.status, body.(object)["type"])
		}
	}
	for _, call := range adminCalls {
		admin := &fakeAdmin{acts: []fest.Act{{ID: 1, Kind: fest.ActHold, By: "festd", Candidate: candidate()}}}
		s := administered(t, admin)
		check(s.admin(t, call.method, call.target, call.body), call.method, call.target)
		check(s.admin(t, call.method, call.target, call.body, "Authorization: x"), call.method, call.target)
		check(newServer(t, nil).admin(t, call.method, call.target, call.body), call.method, call.target)
		if call.body != "" {
			check(s.admin(t, call.method, call.target, `{"x":1}`), call.method, call.target)
			var request any
			if err := json.Unmarshal([]byte(call.body), &request); err != nil {
				t.Fatal(err)
			}
			path, _, _ := strings.Cut(call.target, "?")
			path = strings.NewReplacer("/12/", "/{ref}/", "/5/", "/{ref}/", "/abababab/", "/{ref}/").Replace(path)
			schema := doc.Paths.Value(path).GetOperation(call.method).RequestBody.Value.Content["application/json"].Schema.Value
			if err := doc.ValidateSchemaJSON(schema, request); err != nil {
				t.Errorf("the body of %s is not as described: %v", call.target, err)
			}
		}
		for _, kind := range []error{api.ErrAdminConflict, api.ErrAdminInvalid, api.ErrAdminUnavailable, errors.New("x")} {
			if admin.err = kind; call.method == "GET" && (errors.Is(kind, api.ErrAdminConflict) || errors.Is(kind, api.ErrAdminInvalid)) {
				continue
			}
			check(s.admin(t, call.method, call.target, call.body), call.method, call.target)
		}
		if strings.Contains(call.target, "/releases/") {
			admin.err = api.ErrAdminNotFound
			check(s.admin(t, call.method, call.target, call.body), call.method, call.target)
		}
	}
}

func TestOpsProblemTypesAreDescribed(t *testing.T) {
	s := newServer(t, nil)
	public := s.get(t, "/problems/none").json(t)["known"].([]any)
	known := do(t, s.Ops(), "GET", "/problems/none").json(t)["known"].([]any)
	if len(known) < len(public)+5 {
		t.Errorf("%d types in public, %d for operators", len(public), len(known))
	}
	responses, err := json.Marshal(at(t, opsDescription(t), "components", "responses"))
	if err != nil {
		t.Fatal(err)
	}
	for _, slug := range known {
		if a := do(t, s.Ops(), "GET", "/problems/"+slug.(string)); a.status != http.StatusOK {
			t.Errorf("%s: %d", slug, a.status)
		}
		if !slices.Contains(public, slug) && !strings.Contains(string(responses), "/problems/"+slug.(string)) {
			t.Errorf("no response of the description names %s", slug)
		}
	}
	if a := do(t, s.Ops(), "GET", "/openapi.yaml"); a.status != http.StatusOK || string(a.body) != string(spec.OpsAPI) {
		t.Errorf("the description: %d, %d bytes", a.status, len(a.body))
	}
}
