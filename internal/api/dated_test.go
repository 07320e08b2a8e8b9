package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// substitutesOf is the question about a package.
func substitutesOf(id string, query ...string) string {
	target := "/v1/packages/" + id + "/substitutes"
	if len(query) > 0 {
		target += "?" + strings.Join(query, "&")
	}
	return target
}

const (
	lipitor = "ID_56714AA6-4C83-800D-B3AF-A6E17F60F12D"
	marevan = "ID_60832349-59BA-86CC-BDAF-BBFE78A51483" // its group has a remark
)

// datedRoutes are the questions that the tests ask of every dated route, with
// something to ask about.
func datedRoutes() map[string]string {
	routes := map[string]string{
		"/v1/packages/{key}/substitutes":      substitutesOf(lipitor),
		"/v1/packages/{key}/prescribing":      "/v1/packages/" + lipitor + "/prescribing",
		"/v1/generics/{key}/prescribing":      "/v1/generics/" + atorvastatin + "/prescribing?audience=pharmacy&sex=female",
		"/v1/packages/{key}/reimbursement":    "/v1/packages/" + lipitor + "/reimbursement",
		"/v1/generics/{key}/reimbursement":    "/v1/generics/ID_0C20E9FD-492B-83B4-A2D1-E0173DAC0E3E/reimbursement",
		"/v1/ingredients/{key}/reimbursement": "/v1/ingredients/ID_8C98A45E-0F9D-82F8-A804-3968E75CF49B/reimbursement",
		"/v1/commodities/{key}/reimbursement": "/v1/commodities/009001/reimbursement",
		"/v1/atc/{code}/reimbursement":        "/v1/atc/c10aa05/reimbursement",
		"/v1/diagnosis-reimbursement":         "/v1/diagnosis-reimbursement?icpc2=T93",
	}
	maps.Copy(routes, relatedRoutes)
	return routes
}

// What all dated answers share: the day, until when it is fresh, the ETag, the
// release, and refusals that say what would be right.
func TestDatedAnswers(t *testing.T) {
	for path, target := range datedRoutes() {
		sep := "?"
		if strings.Contains(target, "?") {
			sep = "&"
		}
		t.Run(path, func(t *testing.T) {
			s := newServer(t, snapshots["memory"](t, 7))
			a := s.get(t, target)
			v := a.json(t)
			if a.status != http.StatusOK || v["date"] != "2026-09-11" || v["freshUntil"] != "2026-09-12T00:00:00+02:00" || a.header.Get("Cache-Control") != "no-cache" {
				t.Fatalf("today: %d %v %s", a.status, a.header, a.body)
			}
			dated := s.get(t, target+sep+"d=2026-09-11")
			if v := dated.json(t); v["date"] != "2026-09-11" || v["freshUntil"] != nil {
				t.Errorf("of a day: %s", dated.body)
			}
			tags := map[string]string{a.header.Get("ETag"): "today", dated.header.Get("ETag"): "the day", s.get(t, target+sep+"d=2026-09-12").header.Get("ETag"): "the next"}
			if len(tags) != 3 {
				t.Errorf("ETags: %v", tags)
			}
			if again := s.get(t, target, "If-None-Match: "+a.header.Get("ETag")); again.status != http.StatusNotModified || len(again.body) > 0 || again.header.Get("ETag") != a.header.Get("ETag") {
				t.Errorf("again: %d %v", again.status, again.header)
			}
			if head := s.do(t, http.MethodHead, target); head.status != http.StatusOK || len(head.body) > 0 || head.header.Get("ETag") != a.header.Get("ETag") {
				t.Errorf("HEAD: %d %v", head.status, head.header)
			}
			if packed := s.get(t, target, "Accept-Encoding: gzip"); packed.header.Get("ETag") == a.header.Get("ETag") && packed.header.Get("Content-Encoding") != "" {
				t.Error("two representations have one ETag")
			}
			if of := s.get(t, target+sep+"release=7"); of.status != http.StatusOK || of.json(t)["date"] != "2026-09-11" {
				t.Errorf("of release 7: %d %s", of.status, of.body)
			}
			if of := s.get(t, target+sep+"release=6"); of.status != http.StatusNotFound || of.json(t)["type"] != "/problems/release-not-kept" {
				t.Errorf("of release 6: %d %s", of.status, of.body)
			}
			for _, day := range []string{"2026-02-29", "2026-13-01", "11.09.2026", "2026-9-1", "20260911", "today", "2026-09-11T12:00:00", "2026-09-11T00:00:00+02:00", "0000-00-00", "-2026-09-11", "٢٠٢٦-٠٩-١١"} {
				b := s.get(t, target+sep+"d="+strings.ReplaceAll(day, "+", "%2B"))
				if p := b.json(t); b.status != http.StatusBadRequest || p["parameter"] != "d" || p["value"] != day || p["expected"] != "a day that exists, as YYYY-MM-DD, such as 2026-02-28" {
					t.Errorf("d=%s: %d %s", day, b.status, b.body)
				}
			}
			for _, query := range []string{"d=2026-09-11&d=2026-09-12", "d=", "x=1", "limit=0"} {
				if b := s.get(t, target+sep+query); b.status != http.StatusBadRequest {
					t.Errorf("%s: %d %s", query, b.status, b.body)
				}
			}
			if b := s.get(t, target+sep+"d=%20%0A"); b.status != http.StatusBadRequest {
				t.Errorf("white space: %d", b.status)
			}
			if b := s.get(t, target+sep+"d=+2026-09-11+"); b.status != http.StatusOK || b.json(t)["date"] != "2026-09-11" {
				t.Errorf("spaces around a day: %d %s", b.status, b.body)
			}
			if b := s.get(t, target, "Accept: application/xml"); b.status != http.StatusNotAcceptable {
				t.Errorf("as XML: %d", b.status)
			}
			if b := s.do(t, http.MethodPost, target); b.status != http.StatusMethodNotAllowed {
				t.Errorf("POST: %d", b.status)
			}
			check := described(t, s)
			for _, of := range []string{target, target + sep + "d=2000-01-01", target + sep + "d=9999-12-31", target + sep + "d=x"} {
				check(of, path)
			}

			// The day is Oslo's: at half past ten in the evening of UTC it is the next.
			late := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) {
				o.Now = func() time.Time { return time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC) }
			})
			if v := late.get(t, target).json(t); v["date"] != "2027-01-01" || v["freshUntil"] != "2027-01-02T00:00:00+01:00" {
				t.Errorf("late: %v until %v", v["date"], v["freshUntil"])
			}
		})
	}
}

// A key is an object id in any case, or an entry id; one that is gone or
// unknown is a problem as of the entry itself.
func TestDatedAnswersByKey(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	entryID := str(t, s.get(t, "/v1/packages/"+lipitor).json(t), "entryId")
	for _, key := range []string{lipitor, strings.ToLower(lipitor), entryID} {
		a := s.get(t, substitutesOf(key))
		if p, _ := a.json(t)["package"].(object); a.status != http.StatusOK || p["id"] != lipitor {
			t.Errorf("%s: %d %s", key, a.status, a.body)
		}
	}
	a := s.get(t, substitutesOf("ID_NONE"))
	if p := a.json(t); a.status != http.StatusNotFound || p["type"] != "/problems/not-found" || p["knownSince"] != knownSince {
		t.Errorf("unknown: %d %s", a.status, a.body)
	}
	if a := s.get(t, "/v1/drugs/"+lipitor+"/substitutes"); a.status != http.StatusNotFound {
		t.Errorf("no such question: %d", a.status)
	}

	s, _ = shrunk(t)
	check := described(t, s)
	const path = "/v1/packages/{key}/substitutes"
	a = check(substitutesOf("P1"), path)
	if p := a.json(t); a.status != http.StatusGone || p["type"] != "/problems/removed" || p["removedIn"] == nil || p["lastContent"] == nil {
		t.Errorf("removed: %d %s", a.status, a.body)
	}
	if detail := str(t, a.json(t), "detail"); strings.Contains(detail, "include=") {
		t.Errorf("the route has no parameter include: %s", detail)
	}
	if a = check(substitutesOf("P3"), path); a.status != http.StatusOK || a.json(t)["state"] != "notStated" {
		t.Errorf("still there: %d %s", a.status, a.body)
	}

	// Two packages of one id, which nothing forbids.
	twice := newServer(t, made(t, retrieved, []*fest.Entry{pack("P1", "PE1", "1"), pack("P1", "PE2", "2")}).open(t, 1))
	a = twice.get(t, substitutesOf("P1"))
	choices, _ := a.json(t)["choices"].([]any)
	if a.status != http.StatusMultipleChoices || len(choices) != 2 || choices[1].(object)["href"] != "/v1/packages/PE2/substitutes" {
		t.Fatalf("two of one id: %d %s", a.status, a.body)
	}
	if a := twice.get(t, str(t, choices[1].(object), "href")); a.status != http.StatusOK {
		t.Errorf("the choice: %d %s", a.status, a.body)
	}
}

// As of another release the answer is drawn from that one.
func TestDatedAnswersOfThePast(t *testing.T) {
	s, archive := history(t)
	archive.files[2] = made(t, "2026-08-24T03:08:47", []*fest.Entry{pack("P1", "PE1", "1")})
	a := s.get(t, substitutesOf("P1", "release=2"))
	if v := a.json(t); a.status != http.StatusOK || a.header.Get("FEST-Release") != "2" || v["release"].(object)["serial"] != 2.0 || v["date"] != "2026-09-11" {
		t.Errorf("of release 2: %d %v %s", a.status, a.header, a.body)
	}
	if b := s.get(t, substitutesOf("P1", "release=2"), "If-None-Match: "+a.header.Get("ETag")); b.status != http.StatusNotModified {
		t.Errorf("of release 2, again: %d", b.status)
	}
	for _, target := range []string{substitutesOf("P1"), substitutesOf("P1", "release=3")} {
		if a := s.get(t, target); a.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
}

// A rule that is switched off is not applied, and makes another ETag.
func TestRulesOff(t *testing.T) {
	set, err := rules.ParseSet("R99")
	if err != nil {
		t.Fatal(err)
	}
	with := newServer(t, snapshots["memory"](t, 7)).get(t, substitutesOf(lipitor))
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.RulesOff = set })
	without := described(t, s)(substitutesOf(lipitor), "/v1/packages/{key}/substitutes")
	v := without.json(t)
	if fmt.Sprint(v["switchedOff"]) != "[R99]" || fmt.Sprint(v["inferred"]) != "[R98]" || v["lowestMaximumRetailPrices"] != nil {
		t.Errorf("R99 is off: %s", without.body)
	}
	if with.json(t)["lowestMaximumRetailPrices"] == nil || with.header.Get("ETag") == without.header.Get("ETag") {
		t.Errorf("R99 is on: %s", with.body)
	}
	if again := s.get(t, substitutesOf(lipitor), "If-None-Match: "+with.header.Get("ETag")); again.status != http.StatusOK {
		t.Errorf("another answer is taken for the same: %d", again.status)
	}
}

// The remark stands before every package (R96), so that nobody who reads on
// has missed it.
func TestRemarkComesFirst(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	body := string(s.get(t, substitutesOf(marevan)).body)
	remark, member := strings.Index(body, `"remark":`), strings.Index(body, `"resource":"packages"`)
	if remark < 0 || member < remark {
		t.Errorf("remark at %d, the first package at %d: %s", remark, member, body)
	}
	if !strings.Contains(body, `"substitutes":[]`) || !strings.Contains(body, `"limitedSubstitutes":[{`) {
		t.Errorf("R96: %s", body)
	}
}
