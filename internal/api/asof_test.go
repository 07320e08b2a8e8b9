package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// archive keeps releases in memory, newest first.
type archive struct {
	t        testing.TB
	releases []api.ArchivedRelease
	files    map[fest.Serial]*file
	err      error        // of Open and Compare
	open     atomic.Int64 // snapshots that were opened
	compares atomic.Int64
}

func (a *archive) Releases() []api.ArchivedRelease { return a.releases }

func (a *archive) Open(_ context.Context, serial fest.Serial) (*cache.Snapshot, error) {
	if a.err != nil {
		return nil, a.err
	}
	for _, r := range a.releases {
		if r.Serial == serial && r.OnDisk {
			a.open.Add(1)
			return cache.OpenBytes(a.files[serial].flat, r.Release, &counted{a.files[serial].source, a})
		}
	}
	return nil, fmt.Errorf("release %d: %w", serial, api.ErrNotKept)
}

// counted notes that a snapshot was closed.
type counted struct {
	inMemorySource
	archive *archive
}

func (c *counted) Close() error { c.archive.open.Add(-1); return nil }

func (a *archive) Compare(ctx context.Context, from, to fest.Serial) (*cache.Comparison, error) {
	a.compares.Add(1)
	var snaps [2]*cache.Snapshot
	for i, serial := range [...]fest.Serial{from, to} {
		s, err := a.Open(ctx, serial)
		if err != nil {
			return nil, err
		}
		defer s.Close()
		snaps[i] = s
	}
	return cache.Compare(ctx, snaps[0], snaps[1])
}

// substances are the entries of a release: ID_<n> is called name, n from 1.
func substances(names ...string) []*fest.Entry {
	var out []*fest.Entry
	for i, name := range names {
		if name == "" {
			continue
		}
		out = append(out, &fest.Entry{
			Envelope: fest.Envelope{EntryID: fest.EntryID(fmt.Sprintf("ID_E%d-%s", i+1, name)), RegistrationTime: retrieved, RegistrationStatus: fest.CS{Code: "A"}},
			Class:    fest.ClassIngredient,
			Object:   &fest.Ingredient{ID: fest.ID(fmt.Sprintf("ID_%d", i+1)), Name: fest.Text(name)},
		})
	}
	return out
}

// made builds a release of entries.
func made(t testing.TB, date fest.DateTime, all []*fest.Entry) *file {
	t.Helper()
	return build(t, cache.Options{}, fest.Document{RetrievalDate: date}, all, slicesOf(all))
}

// history is a server of release 4 with releases 1 to 3 behind it, of which 1
// is not kept any more; 3 and 2 have the same HentetDato.
func history(t testing.TB, change ...func(*api.Options)) (*server, *archive) {
	t.Helper()
	a := &archive{t: t, files: map[fest.Serial]*file{}}
	for serial, of := range map[fest.Serial]struct {
		date  fest.DateTime
		names []string
	}{
		1: {"2026-08-01T03:00:00", []string{"a1", "b1"}},
		2: {"2026-08-24T03:08:47", []string{"a2", "b2", "c2"}},
		3: {"2026-08-24T03:08:47+02:00", []string{"a3", "b3", "c3"}},
		4: {"2026-09-08T03:09:06", []string{"a4", "b4", "c4", "d4"}},
	} {
		a.files[serial] = once(t, of.date, func() *file { return made(t, of.date, substances(of.names...)) })
	}
	for serial := fest.Serial(4); serial > 0; serial-- {
		a.releases = append(a.releases, api.ArchivedRelease{Release: release(serial, a.files[serial].content), OnDisk: serial > 1})
	}
	a.releases[1].Cause, a.releases[1].By, a.releases[1].Reason = fest.CauseRollback, "Secret Person", "a reason"
	s := newServer(t, a.files[4].open(t, 4), append([]func(*api.Options){func(o *api.Options) { o.Archive = a }}, change...)...)
	t.Cleanup(func() {
		if n := a.open.Load(); n != 0 {
			t.Errorf("%d snapshots of the past are not closed", n)
		}
	})
	return s, a
}

func TestAsOf(t *testing.T) {
	s, _ := history(t)
	for _, test := range []struct {
		release string
		serial  string // "": not kept
		name    string
	}{
		{"4", "4", "a4"},
		{"3", "3", "a3"},
		{"2", "2", "a2"},
		{"1", "", ""},
		{"5", "", ""},
		{"0", "", ""},
		{"20260908", "", ""},
		{"2026-09-08T03:09:06", "4", "a4"},
		{"2026-09-08T03:09:06.123", "4", "a4"},
		{"2026-09-08T03:09:06Z", "4", "a4"},
		{"2026-09-08T03:09:06+02:00", "4", "a4"}, // sent as a space
		{"2026-09-08T03:09:06.5%2B02:00", "4", "a4"},
		{"2026-09-08 03:09:06", "4", "a4"},
		{"2026-09-08", "4", "a4"},
		{"2026-08-24T03:08:47", "3", "a3"},
		{"2026-08-24", "3", "a3"},
		{"2026-08-24T03:08:48", "", ""},
		{"2026-08-01", "", ""},
		{"2026-08-02", "", ""},
	} {
		query := "?release=" + strings.ReplaceAll(test.release, " ", "%20")
		for _, target := range []string{"/v1/ingredients/ID_1", "/v1/ingredients"} {
			a := s.get(t, target+query)
			if test.serial == "" {
				p := a.json(t)
				kept, _ := json.Marshal(p["kept"])
				if a.status != http.StatusNotFound || p["type"] != "/problems/release-not-kept" ||
					string(kept) != `[{"retrievalDate":"2026-09-08T03:09:06","serial":4},{"retrievalDate":"2026-08-24T03:08:47+02:00","serial":3},{"retrievalDate":"2026-08-24T03:08:47","serial":2}]` {
					t.Errorf("%s%s: %d %s", target, query, a.status, a.body)
				}
				continue
			}
			if a.status != http.StatusOK || a.header.Get("FEST-Release") != test.serial || !strings.Contains(string(a.body), `"name":"`+test.name+`"`) {
				t.Errorf("%s%s: %d of release %s: %s", target, query, a.status, a.header.Get("FEST-Release"), a.body)
			}
			if a.header.Get("Cache-Control") != "no-cache" || a.header.Get("ETag") == "" {
				t.Errorf("%s%s: caching %v", target, query, a.header)
			}
			if again := s.get(t, target+query, "If-None-Match: "+a.header.Get("ETag")); again.status != http.StatusNotModified || again.header.Get("FEST-Release") != test.serial {
				t.Errorf("%s%s: again %d", target, query, again.status)
			}
		}
	}
	for _, bad := range []string{"x", "2026-13-01", "2026-9-8", "-1", "%2B3", "2026-09-08T03:09:06x", "2026-09-08T03", "2026-09-08T03:09:06+2", ""} {
		a := s.get(t, "/v1/ingredients/ID_1?release="+bad)
		if a.status != http.StatusBadRequest || a.json(t)["parameter"] != "release" {
			t.Errorf("release=%s: %d %s", bad, a.status, a.body)
		}
	}
	a := s.get(t, "/v1/ingredients/ID_4?release=2")
	if a.status != http.StatusNotFound || a.header.Get("FEST-Release") != "2" || a.header.Get("FEST-Retrieved") != "2026-08-24T03:08:47" {
		t.Errorf("what was not there yet: %d %v", a.status, a.header)
	}
	if a := s.get(t, "/v1/ingredients/ID_1?release=2", "Accept: application/xml"); a.status != http.StatusOK || !strings.Contains(string(a.body), "a2") {
		t.Errorf("XML of then: %d %s", a.status, a.body)
	}
}

func TestAsOfWithoutArchive(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	id := str(t, s.first(t, "/v1/drugs"), "id")
	for release, want := range map[string]int{"7": 200, retrieved: 200, retrieved[:10]: 200, "6": 404, "2020-01-01": 404} {
		if a := s.get(t, "/v1/drugs/"+id+"?release="+release); a.status != want {
			t.Errorf("%s: %d %s", release, a.status, a.body)
		}
	}
	if a := s.get(t, "/v1/atc/N02BE01?release=7"); a.status != http.StatusOK {
		t.Errorf("ATC: %d", a.status)
	}
	if a := s.get(t, "/v1/atc/N02BE01?release=3"); a.status != http.StatusNotFound {
		t.Errorf("ATC of a release that is not kept: %d", a.status)
	}
}

func TestArchiveRefuses(t *testing.T) {
	s, archive := history(t)
	for err, want := range map[error]int{
		api.ErrBusy: 503, context.DeadlineExceeded: 503, fmt.Errorf("gone: %w", api.ErrNotKept): 404, fmt.Errorf("damaged at /secret"): 500,
	} {
		archive.err = err
		for _, target := range []string{"/v1/ingredients?release=3", "/v1/releases/4/changes"} {
			a := s.get(t, target)
			if a.status != want || strings.Contains(string(a.body), "secret") || (want == 503) != (a.header.Get("Retry-After") != "") {
				t.Errorf("%s, %v: %d %s", target, err, a.status, a.body)
			}
		}
	}
}

// TestWalksStayInTheirRelease begins lists in release 3 and goes on after
// release 4 is served.
func TestWalksStayInTheirRelease(t *testing.T) {
	s, archive := history(t)
	s.served.Swap(archive.files[3].open(t, 3))
	next := str(t, s.get(t, "/v1/ingredients?limit=1").json(t), "next")
	s.served.Swap(archive.files[4].open(t, 4))
	var names []string
	for target := next; target != ""; {
		a := s.get(t, target)
		if a.status != http.StatusOK || a.header.Get("FEST-Release") != "3" {
			t.Fatalf("%s: %d of release %s: %s", target, a.status, a.header.Get("FEST-Release"), a.body)
		}
		page := a.json(t)
		for _, it := range page["items"].([]any) {
			names = append(names, it.(map[string]any)["name"].(string))
		}
		target, _ = page["next"].(string)
	}
	if diff := cmp.Diff([]string{"b3", "c3"}, names); diff != "" {
		t.Error(diff)
	}

	// The same walk, asked for as of then: the links name the serial.
	a := s.get(t, "/v1/ingredients?limit=1&release=2026-08-24")
	u, err := url.Parse(str(t, a.json(t), "next"))
	if err != nil || u.Query().Get("release") != "3" {
		t.Fatalf("next is %v", u)
	}
	if a := s.get(t, u.String()); a.status != http.StatusOK || a.header.Get("FEST-Release") != "3" {
		t.Errorf("%s: %d %s", u, a.status, a.body)
	}
	if a := s.get(t, strings.Replace(u.String(), "release=3", "release=2", 1)); a.status != http.StatusBadRequest {
		t.Errorf("the cursor in another release: %d %s", a.status, a.body)
	}

	archive.releases[1].OnDisk = false
	if a := s.get(t, next); a.status != http.StatusGone || a.json(t)["type"] != "/problems/cursor-expired" {
		t.Errorf("once the release is not kept: %d %s", a.status, a.body)
	}
	archive.releases[1].OnDisk, archive.releases[1].Stream = true, "another"
	if a := s.get(t, next); a.status != http.StatusGone {
		t.Errorf("the same serial of another stream: %d %s", a.status, a.body)
	}
}

func TestReleasesAreListed(t *testing.T) {
	s, _ := history(t)
	var serials []float64
	for target := "/v1/releases?limit=3"; target != ""; {
		a := s.get(t, target)
		page := a.json(t)
		if a.status != http.StatusOK || page["total"] != 4.0 || strings.Contains(strings.ToLower(string(a.body)), "secret") {
			t.Fatalf("%s: %d %s", target, a.status, a.body)
		}
		for _, it := range page["items"].([]any) {
			item := it.(map[string]any)
			serial := item["serial"].(float64)
			serials = append(serials, serial)
			if item["kept"] != (serial > 1) || item["cause"] != map[bool]string{true: "rollback", false: "import"}[serial == 3] || item["stream"] != "test" {
				t.Errorf("%v", item)
			}
			one := s.get(t, fmt.Sprintf("/v1/releases/%v", serial))
			if diff := cmp.Diff(item, one.json(t)); diff != "" {
				t.Errorf("(-list +item): %s", diff)
			}
		}
		target, _ = page["next"].(string)
	}
	if diff := cmp.Diff([]float64{4, 3, 2, 1}, serials); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(s.get(t, "/v1/releases/4").json(t), s.get(t, "/v1/releases/current").json(t)); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"9", "x", "-1", "04x"} {
		if a := s.get(t, "/v1/releases/"+bad); a.status != http.StatusNotFound || a.json(t)["type"] != "/problems/not-found" {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
	if a := s.get(t, "/v1/releases?cursor=x"); a.status != http.StatusBadRequest {
		t.Errorf("a bad cursor: %d", a.status)
	}
}

func TestChanges(t *testing.T) {
	s, _ := history(t)
	var items []any
	for target := "/v1/releases/4/changes?limit=2"; target != ""; {
		a := s.get(t, target)
		page := a.json(t)
		counts := page["counts"].(map[string]any)["ingredients"]
		if diff := cmp.Diff(any(map[string]any{"added": 1.0, "removed": 0.0, "changed": 3.0}), counts); a.status != http.StatusOK || page["total"] != 4.0 || diff != "" {
			t.Fatalf("%s: %d %s\n%s", target, a.status, a.body, diff)
		}
		if from, to := page["from"].(map[string]any), page["to"].(map[string]any); from["serial"] != 3.0 || to["serial"] != 4.0 {
			t.Errorf("from %v to %v", from, to)
		}
		if again := s.get(t, target, "If-None-Match: "+a.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("again: %d", again.status)
		}
		items = append(items, page["items"].([]any)...)
		target, _ = page["next"].(string)
	}
	if len(items) != 4 {
		t.Fatalf("%v", items)
	}
	first := items[0].(map[string]any)
	if first["kind"] != "changed" || first["id"] != "ID_1" || !strings.Contains(fmt.Sprint(first["fields"]), "a3") || !strings.Contains(fmt.Sprint(first["fields"]), "a4") {
		t.Errorf("%v", first)
	}
	for target, want := range map[string]float64{
		"/v1/releases/4/changes?kind=added":                  1,
		"/v1/releases/current/changes?from=2":                4,
		"/v1/releases/4/changes?from=2026-08-24":             4,
		"/v1/releases/4/changes?resource=drugs":              0,
		"/v1/releases/4/changes?resource=ingredients":        4,
		"/v1/releases/3/changes?from=4&kind=removed":         1,
		"/v1/releases/4/changes?from=4":                      0,
		"/v1/releases/4/changes?kind=removed&resource=doses": 0,
	} {
		if a := s.get(t, target); a.status != http.StatusOK || a.json(t)["total"] != want {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
	for target, want := range map[string]string{
		"/v1/releases/2/changes":                "release-not-kept",
		"/v1/releases/1/changes":                "invalid-parameter", // nothing before
		"/v1/releases/1/changes?from=2":         "release-not-kept",
		"/v1/releases/4/changes?from=1":         "release-not-kept",
		"/v1/releases/4/changes?from=9":         "release-not-kept",
		"/v1/releases/9/changes":                "not-found",
		"/v1/releases/4/changes?kind=moved":     "invalid-parameter",
		"/v1/releases/4/changes?resource=pills": "invalid-parameter",
		"/v1/releases/4/changes?cursor=x":       "invalid-cursor",
	} {
		if a := s.get(t, target); a.json(t)["type"] != "/problems/"+want {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
	next := str(t, s.get(t, "/v1/releases/4/changes?limit=1").json(t), "next")
	if a := s.get(t, strings.Replace(next, "from=3", "from=2", 1)); a.status != http.StatusBadRequest {
		t.Errorf("the cursor of another comparison: %d", a.status)
	}
}

func TestVerdictOfARelease(t *testing.T) {
	s, archive := history(t)
	archive.releases[1].Content.Findings = []fest.Finding{{Rule: "removed", Severity: fest.SeverityHold, Count: 2, Text: "two are gone", Affected: []fest.Affected{{ID: "ID_9", Name: "x"}}}}
	archive.releases[1].Content.Approval = &fest.Approval{By: "Secret Person", Reason: "DMP says so", At: time.Date(2026, 8, 25, 1, 2, 3, 0, time.UTC), Baseline: 2}
	a := s.get(t, "/v1/releases/3/verdict")
	want := map[string]any{
		"serial": 3.0, "retrievalDate": "2026-08-24T03:08:47+02:00", "digest": string(digest), "cause": "rollback", "held": true,
		"approval": map[string]any{"at": "2026-08-25T01:02:03Z", "reason": "DMP says so", "baseline": 2.0},
		"findings": []any{map[string]any{"rule": "removed", "severity": "hold", "count": 2.0, "text": "two are gone", "affected": []any{map[string]any{"id": "ID_9", "name": "x"}}}},
	}
	if diff := cmp.Diff(want, a.json(t)); diff != "" {
		t.Error(diff)
	}
	if a := s.get(t, "/v1/releases/current/verdict").json(t); a["held"] != false || len(a["findings"].([]any)) != 0 || a["serial"] != 4.0 {
		t.Errorf("%v", a)
	}
	if a := s.get(t, "/v1/releases/9/verdict"); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
}

func TestAdvisory(t *testing.T) {
	now := time.Date(2026, 9, 11, 12, 0, 0, 0, time.UTC)
	until := now.Add(time.Hour)
	var advisory *api.Advisory
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) {
		o.Advisory, o.Now = func() *api.Advisory { return advisory }, func() time.Time { return now }
	})
	id := str(t, s.first(t, "/v1/drugs"), "id")
	targets := []string{"/v1/drugs", "/v1", "/v1/releases/current", "/v1/drugs/" + id, "/v1/drugs/none", "/v1/releases", "/v1/releases/7", "/"}
	before := map[string]answer{}
	for _, target := range targets {
		if before[target] = s.get(t, target); before[target].header.Get("FEST-Advisory") != "" {
			t.Errorf("%s: an advisory that nobody gave", target)
		}
	}
	advisory = &api.Advisory{Text: "Vær varsom: 100 % av\nprisene", Since: now, Until: &until}
	for _, target := range targets {
		a := s.get(t, target)
		if got, want := a.header.Get("FEST-Advisory"), "V%C3%A6r varsom: 100 %25 av%0Aprisene"; got != want {
			t.Errorf("%s: FEST-Advisory is %q, want %q", target, got, want)
		}
		entry := target == "/v1/drugs/"+id
		if same := a.header.Get("ETag") == before[target].header.Get("ETag"); same != (entry || target == "/v1/drugs/none") {
			t.Errorf("%s: the ETag stays: %v", target, same)
		}
		if target == "/" {
			if !strings.Contains(string(a.body), "Vær varsom") {
				t.Error("the page does not show it")
			}
			continue
		}
		body := a.json(t)
		if object, ok := body["release"].(map[string]any); ok {
			body = object
		}
		want := any(map[string]any{"text": "Vær varsom: 100 % av\nprisene", "since": "2026-09-11T12:00:00Z", "until": "2026-09-11T13:00:00Z"})
		if entry || target == "/v1/drugs/none" {
			want = nil
		}
		if diff := cmp.Diff(want, body["advisory"]); diff != "" {
			t.Errorf("%s: %s", target, diff)
		}
	}
	// Another pointer to the same is the same.
	tag := s.get(t, "/v1/drugs").header.Get("ETag")
	again := *advisory
	advisory = &again
	if s.get(t, "/v1/drugs").header.Get("ETag") != tag {
		t.Error("the ETag follows the pointer")
	}
	now = until
	if a := s.get(t, "/v1/drugs"); a.header.Get("FEST-Advisory") != "" || a.header.Get("ETag") != before["/v1/drugs"].header.Get("ETag") {
		t.Errorf("after its end: %v", a.header)
	}
}
