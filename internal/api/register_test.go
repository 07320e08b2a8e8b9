package api_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// heldRegister is a register in which a file waits that lost ingredients.
var heldRegister = sync.OnceValue(func() *api.Register {
	at := time.Date(2026, 9, 10, 6, 0, 0, 0, time.UTC)
	baseline, candidate := fest.Serial(7), fest.Digest(strings.Repeat("cd", 32))
	findings := []fest.Finding{{
		Rule: "removed", Severity: fest.SeverityHold, Class: "ingredients", Count: 60,
		Text:     "60 of 160 ingredients (37.5 %) are gone since the served release; more than 2 % and more than 5 is held",
		Affected: []fest.Affected{{ID: "ID_1", Name: "paracetamol"}, {ID: "ID_2", Name: "ibuprofen"}},
	}}
	return &api.Register{
		Verdicts: []api.RegisterVerdict{
			{Outcome: api.OutcomeHeld, At: at.Add(24 * time.Hour), RetrievalDate: "2026-09-11T03:08:51", Digest: candidate, Findings: findings, FindingsTotal: 1},
			{Outcome: api.OutcomePassed, At: at, Serial: &baseline, RetrievalDate: retrieved, Digest: digest, Findings: []fest.Finding{}},
		},
		Held: []api.HeldCandidate{{
			Digest: candidate, RetrievalDate: "2026-09-11T03:08:51", Filter: fest.FilterPrescriber, HeldAt: at.Add(24 * time.Hour), Baseline: &baseline,
			Counts: fest.Counts{"drugs": 233, "ingredients": 100}, Findings: findings, FindingsTotal: 1,
			Removed: []fest.Loss{{Class: "ingredients", Count: 60, Of: 160, First: findings[0].Affected}},
			Waiting: &api.RegisterWaiting{NoticesTotal: 1, Notices: []api.RegisterNotice{{Type: "1", Headline: "Sikkerhetsvarsel"}}, NextDate: "2026-10-01"},
		}},
		HeldTotal: 1,
	}
})

func TestRegister(t *testing.T) {
	until := time.Date(2026, 9, 11, 13, 0, 0, 0, time.UTC)
	now := time.Date(2026, 9, 11, 12, 0, 0, 0, time.UTC)
	frozen := *heldRegister()
	frozen.Frozen = &api.Freeze{Since: now.Add(-time.Hour), Until: &until, Reason: "a ward moves"}
	known := &frozen
	s, archive := history(t, func(o *api.Options) {
		o.Register, o.Now = func() *api.Register { return known }, func() time.Time { return now }
	})
	check := described(t, s)
	a := check("/v1/register", "/v1/register")
	body := a.json(t)
	if got := at(t, body, "release")["serial"]; got != 4.0 || body["ageDays"] != 3.0 || body["old"] != false || at(t, body, "previous")["serial"] != 3.0 || body["total"] != 4.0 {
		t.Errorf("release %v, %v days, old %v, before it %v, %v in all", got, body["ageDays"], body["old"], body["previous"], body["total"])
	}
	for _, secret := range []string{"Secret Person", "/secret/place"} {
		if strings.Contains(string(a.body), secret) {
			t.Errorf("the public reads %q", secret)
		}
	}
	counts := body["counts"].([]any)
	i := slices.IndexFunc(counts, func(c any) bool { return c.(object)["class"] == "ingredients" })
	want := object{"class": "ingredients", "catalogue": "KatVirkestoff", "resource": "ingredients", "count": 4.0, "change": 1.0}
	if diff := cmp.Diff(want, counts[i]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var serials []any
	for _, r := range body["releases"].([]any) {
		serials = append(serials, r.(object)["serial"])
	}
	if diff := cmp.Diff([]any{4.0, 3.0, 2.0, 1.0}, serials); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
	held := body["held"].([]any)[0].(object)
	if lost := held["removed"].([]any)[0].(object); lost["count"] != 60.0 || lost["first"].([]any)[0].(object)["name"] != "paracetamol" {
		t.Errorf("held: %v", held)
	}
	if at(t, body, "frozen")["reason"] != "a ward moves" {
		t.Errorf("frozen: %v", body["frozen"])
	}

	// Nothing moved: nothing is sent. What moves is another state.
	tag := a.header.Get("ETag")
	same := func() bool {
		t.Helper()
		return s.get(t, "/v1/register", "If-None-Match: "+tag).status == http.StatusNotModified
	}
	if now = now.Add(time.Minute); !same() {
		t.Error("a minute later it is another state")
	}
	if now = until; same() {
		t.Error("the freeze ended, and the state is the same")
	}
	if body := s.get(t, "/v1/register").json(t); body["frozen"] != nil {
		t.Errorf("a freeze that ended: %v", body["frozen"])
	}
	tag = s.get(t, "/v1/register").header.Get("ETag")
	if known = heldRegister(); same() != true {
		t.Error("the same by another pointer is another state")
	}
	if known = new(api.Register); same() {
		t.Error("nothing is held any more, and the state is the same")
	}
	if now = now.Add(30 * 24 * time.Hour); s.get(t, "/v1/register").json(t)["old"] != true {
		t.Error("after a month it is not old")
	}
	archive.releases = slices.Clone(archive.releases[1:]) // it lags behind
	if body := s.get(t, "/v1/register").json(t); body["total"] != 3.0 || at(t, body, "release")["serial"] != 4.0 {
		t.Errorf("a ledger that lags behind: %v, %v in all", body["release"], body["total"])
	}
}

// What was rendered of a release does not keep it in memory once another is
// served, though nobody asks for the state again.
func TestRegisterKeepsNoRelease(t *testing.T) {
	s := newServer(t, nil)
	old := func() weak.Pointer[cache.Snapshot] {
		snap := snapshots["memory"](t, 7)
		s.served.Swap(snap)
		return weak.Make(snap)
	}()
	for _, target := range []string{"/v1/register", "/register", "/v1"} {
		if a := s.get(t, target); a.status != http.StatusOK || a.header.Get("FEST-Release") != "7" {
			t.Fatalf("%s: %d", target, a.status)
		}
	}
	s.served.Swap(snapshots["memory"](t, 8))
	if a := s.get(t, "/v1"); a.header.Get("FEST-Release") != "8" {
		t.Fatalf("release %s", a.header.Get("FEST-Release"))
	}
	for end := time.Now().Add(10 * time.Second); old.Value() != nil; time.Sleep(10 * time.Millisecond) {
		if runtime.GC(); time.Now().After(end) {
			t.Fatal("the release of before is still in memory")
		}
	}
}

func TestRegisterOfNothing(t *testing.T) {
	s := newServer(t, nil, func(o *api.Options) { o.Register = heldRegister })
	a := s.get(t, "/v1/register")
	body := a.json(t)
	if a.status != http.StatusOK || body["release"] != nil || len(body["counts"].([]any)) != 0 || len(body["held"].([]any)) != 1 {
		t.Errorf("%d %s; want what is held, though nothing is served", a.status, a.body)
	}
	if err := strictly(t).Components.Schemas["RegisterState"].Value.VisitJSON(body); err != nil {
		t.Error(err)
	}
	sample := newServer(t, snapshots["memory"](t, 0)).get(t, "/v1/register").json(t)
	if sample["previous"] != nil || at(t, sample, "release")["serial"] != 0.0 {
		t.Errorf("the sample: %v before %v", sample["previous"], sample["release"])
	}
}

func TestRegisterPage(t *testing.T) {
	now := time.Date(2026, 9, 11, 12, 0, 0, 0, time.UTC)
	state := *heldRegister()
	state.Held = slices.Clone(state.Held)
	state.Held[0].Removed = append(slices.Clone(state.Held[0].Removed), fest.Loss{Class: "of-a-newer-program", Count: 1, First: []fest.Affected{{ID: "<b>"}}})
	state.HeldTotal = 7
	state.Frozen = &api.Freeze{Since: now.Add(-time.Hour), Reason: "a ward moves"}
	set := func(o *api.Options) { o.Register = func() *api.Register { return &state } }
	s, _ := history(t, set)
	none := newServer(t, nil, set)
	for _, test := range []struct {
		name   string
		s      *server
		target string
		want   []string
	}{
		{"norwegian", s, "/register?lang=no", []string{
			"En fil er holdt tilbake", "Utgave 7 er fortsatt i bruk.", "paracetamol", `href="/entries/ingredients/ID_1?lang=no"`, "37,5\u00a0%", "of-a-newer-program", "&lt;b&gt;",
			"Nye utgaver er stanset.", "2026-09-11 13:00", "a ward moves", "Nytt sikkerhetsvarsel: Sikkerhetsvarsel", "2026-10-01", "Flere filer som venter: 6",
			"Endringen er fra utgave 3", "kontrollen slapp den gjennom",
		}},
		{"english", s, "/register?lang=en", []string{"A file is held back", "Release 7 goes on being served.", "37.5\u00a0%", "Publishing is frozen.", "Releases over time"}},
		{"nothing served", none, "/register?lang=en", []string{"No release is ready yet.", "A file is held back", "paracetamol"}},
		{"nothing known", newServer(t, nil), "/register?lang=en", []string{"No file was judged yet."}},
		{"the sample", newServer(t, snapshots["memory"](t, 0)), "/register?lang=en", []string{"What is in it", "No file was judged yet."}},
	} {
		a := test.s.get(t, test.target, "Accept: text/html")
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", test.name, a.status, a.body)
		}
		for _, want := range test.want {
			if !strings.Contains(string(a.body), want) {
				t.Errorf("%s lacks %q", test.name, want)
			}
		}
		for _, not := range []string{"Secret Person", "/secret/place", "<b>\"", "%!", "style="} {
			if strings.Contains(string(a.body), not) {
				t.Errorf("%s has %q", test.name, not)
			}
		}
		if again := test.s.get(t, test.target, "Accept: text/html", "If-None-Match: "+a.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s again: %d", test.name, again.status)
		}
	}
	// A point for each release in every chart, and one for the file that is held.
	body := string(s.get(t, "/register").body)
	charts := strings.Count(body, `<figure class="chart">`)
	if points := strings.Count(body, `class="point`); charts < 2 || points != 4*charts || strings.Count(body, `<circle class="would"`) != charts {
		t.Errorf("%d points in %d charts; want those of 4 releases in each", points, charts)
	}
}

// The page of a file that is held has some thousand names, and everybody asks
// for it that night: it is rendered once, whatever else stands in the address.
func TestRegisterPageIsRenderedOnce(t *testing.T) {
	now := time.Date(2026, 9, 11, 12, 0, 0, 0, time.UTC)
	s, _ := history(t, func(o *api.Options) { o.Register, o.Now = heldRegister, func() time.Time { return now } })
	h, w := s.Public(), &sink{header: http.Header{}}
	first := s.get(t, "/register?lang=en")
	for _, target := range []string{"/register?lang=en", "/register?lang=en&x=1"} {
		if a := s.get(t, target); string(a.body) != string(first.body) {
			t.Errorf("%s is another page", target)
		}
		r := httptest.NewRequest(http.MethodGet, target, nil)
		if n := testing.AllocsPerRun(50, func() { clear(w.header); h.ServeHTTP(w, r) }); n > 60 {
			t.Errorf("%s allocates %v times: it was rendered", target, n)
		}
	}
	if body := string(s.get(t, "/register?lang=no").body); !strings.Contains(body, `href="/register?lang=en"`) || !strings.Contains(body, "3 døgn") {
		t.Errorf("in Norwegian: %s", body)
	}
	if now = now.Add(24 * time.Hour); !strings.Contains(string(s.get(t, "/register?lang=en").body), "4 days") {
		t.Error("a day later it is as old as before")
	}
}
