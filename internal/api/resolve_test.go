package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
)

// postBody sends a body as JSON.
func (s *server) postBody(t testing.TB, target, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.Public().ServeHTTP(w, r)
	header := http.Header{}
	for name, values := range w.Header() { // as with do
		header[http.CanonicalHeaderKey(name)] = values
	}
	return answer{w.Code, header, w.Body.Bytes()}
}

// matchesOf are resource and id of what an identifier names.
func matchesOf(t testing.TB, a answer) (out []string) {
	t.Helper()
	for _, m := range a.json(t)["matches"].([]any) {
		o := m.(map[string]any)
		s := str(t, o, "resource") + " " + str(t, o, "id") + " " + str(t, o, "match")
		if o["removed"] != nil {
			s += " removed"
		}
		out = append(out, s)
	}
	return out
}

// Every item is found by its id and its entry id, of every class.
func TestResolveFindsEverything(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, res := range fest.Resources() {
			if res == fest.ResourceNotAssessed {
				continue // by its ATC code, as atc
			}
			for _, it := range s.get(t, "/v1/"+string(res)+"?limit=20").json(t)["items"].([]any) {
				item := it.(map[string]any)
				for _, member := range []string{"id", "entryId"} {
					a := s.get(t, "/v1/resolve?code="+url.QueryEscape(str(t, item, member)))
					found := false
					for _, m := range a.json(t)["matches"].([]any) {
						o := m.(map[string]any)
						found = found || o["resource"] == string(res) && o["id"] == item["id"]
					}
					if a.status != http.StatusOK || !found {
						t.Errorf("%s of %s %s: %d %s", member, res, item["id"], a.status, a.body)
					}
				}
			}
		}
	})
}

func TestResolveIsConditional(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	a := s.get(t, "/v1/resolve?code=012387")
	tag := a.header.Get("ETag")
	if a.status != http.StatusOK || tag == "" || a.header.Get("Cache-Control") != "no-cache" || a.header.Get("FEST-Release") != "7" {
		t.Fatalf("%d %v", a.status, a.header)
	}
	if again := s.get(t, "/v1/resolve?code=012387", "If-None-Match: "+tag); again.status != http.StatusNotModified || len(again.body) != 0 {
		t.Errorf("%d %s", again.status, again.body)
	}
	if other := s.get(t, "/v1/resolve?code=012395", "If-None-Match: "+tag); other.status != http.StatusOK {
		t.Errorf("another code: %d", other.status)
	}
	if head := s.do(t, http.MethodHead, "/v1/resolve?code=012387"); head.status != http.StatusOK || len(head.body) != 0 || head.header.Get("ETag") != tag {
		t.Errorf("HEAD: %d %v", head.status, head.header)
	}
}

func TestResolveRefusesWhatIsNone(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, test := range []struct{ query, parameter, expected string }{
		{"", "code", "an id, entry id, item number"}, {"?code=", "code", "a value"}, {"?code=%20", "code", "a value"}, {"?code=a&code=b", "code", "one value"},
		{"?kode=1", "kode", "one of code, system, release"}, {"?code=a%0Ab", "code", "printable text"}, {"?code=%ff", "code", "%XX"},
		{"?code=(01)123", "code", "AI 01"}, {"?code=x&system=http://example.org/x", "system", "one of known"},
		{"?code=" + strings.Repeat("x", 201), "code", "at most 200 bytes"}, {"?code=1&system=http://www.whocc.no/atc", "code", "a code of any level"},
		{"?code=1&release=x", "release", "a serial"},
	} {
		a := s.get(t, "/v1/resolve"+test.query)
		p := a.json(t)
		if a.status != http.StatusBadRequest || p["parameter"] != test.parameter || !strings.Contains(str(t, p, "expected"), test.expected) || str(t, p, "detail") == "" {
			t.Errorf("%s: %d %s", test.query, a.status, a.body)
		}
		if known, _ := p["known"].([]any); test.parameter == "system" && len(known) < 30 {
			t.Errorf("%s: known %v", test.query, known)
		}
	}
}

// What was removed answers so, from the release that lost it on (R25), and as
// of one before it is there.
func TestResolveAndLookupsAsOf(t *testing.T) {
	s, snaps := shrunk(t)
	for code, want := range map[string]string{
		"ID_2": "ingredients ID_2 id removed", "ID_E2-b": "ingredients ID_2 entryId removed", "ID_4": "ingredients ID_4 id removed", "ID_1": "ingredients ID_1 id",
		"012345": "packages P1 itemNumber removed, packages P2 itemNumber removed", "098765": "packages P3 itemNumber",
	} {
		if got := strings.Join(matchesOf(t, s.get(t, "/v1/resolve?code="+code)), ", "); !strings.EqualFold(got, want) {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
	before := newServer(t, snaps[0].WithRelease(snaps[0].Release()))
	if got := strings.Join(matchesOf(t, before.get(t, "/v1/resolve?code=ID_2")), ", "); got != "ingredients ID_2 id" {
		t.Errorf("before it left: %q", got)
	}

	then, archive := history(t)
	const body = `{"lines":[{"resource":"ingredients","key":"ID_1"},{"code":"ID_4"}]}`
	for _, test := range []struct{ query, release, name, status string }{
		{"", "4", "a4", "200"}, {"?release=3", "3", "a3", "404"}, {"?release=2026-08-24", "3", "a3", "404"}, {"?release=2", "2", "a2", "404"},
	} {
		a := then.postBody(t, "/v1/lookups"+test.query, body)
		var got struct {
			Lines []struct {
				Status json.Number
				Entry  struct{ Name string }
			}
		}
		if err := json.Unmarshal(a.body, &got); err != nil || a.status != http.StatusOK || a.header.Get("FEST-Release") != test.release ||
			got.Lines[0].Entry.Name != test.name || got.Lines[1].Status.String() != test.status {
			t.Errorf("%s: %d %s (%v)", test.query, a.status, a.body, err)
		}
		sep := "?"
		if test.query != "" {
			sep = "&"
		}
		r := then.get(t, "/v1/resolve"+test.query+sep+"code=ID_4")
		if found := len(matchesOf(t, r)) == 1; found != (test.status == "200") || r.header.Get("FEST-Release") != test.release {
			t.Errorf("%s: %s", test.query, r.body)
		}
	}
	archive.err = api.ErrBusy
	for _, a := range []answer{then.postBody(t, "/v1/lookups?release=3", body), then.get(t, "/v1/resolve?release=3&code=ID_4")} {
		if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
			t.Errorf("busy: %d %s", a.status, a.body)
		}
	}
	for _, a := range []answer{then.postBody(t, "/v1/lookups?release=1", body), then.get(t, "/v1/resolve?release=1&code=ID_4")} {
		if a.status != http.StatusNotFound || a.json(t)["kept"] == nil {
			t.Errorf("not kept: %d %s", a.status, a.body)
		}
	}
}

// An entry in an answer to lookups is what its own URL answers, byte for byte.
func TestLookupsOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		var lines, want []string
		for _, res := range fest.Resources() {
			for _, it := range s.get(t, "/v1/"+string(res)+"?limit=30").json(t)["items"].([]any) {
				id := str(t, it.(map[string]any), "id")
				own := s.get(t, "/v1/"+string(res)+"/"+url.PathEscape(id))
				if own.status != http.StatusOK {
					continue // several have the id
				}
				line, err := json.Marshal(map[string]string{"resource": string(res), "key": id})
				if err != nil {
					t.Fatal(err)
				}
				lines, want = append(lines, string(line)), append(want, strings.TrimRight(string(own.body), "\n"))
			}
		}
		body := `{"lines":[` + strings.Join(lines, ",") + `]}`
		for _, coding := range []string{"", "gzip"} {
			a := s.postBody(t, "/v1/lookups", body, "Accept-Encoding: "+coding)
			if a.status != http.StatusOK || a.header.Get("Content-Encoding") != coding || a.header.Get("Cache-Control") != "no-store" || a.header.Get("FEST-Release") != "7" {
				t.Fatalf("%q: %d %v", coding, a.status, a.header)
			}
			plain := a.body
			if coding != "" {
				r, err := gzip.NewReader(bytes.NewReader(a.body))
				if err != nil {
					t.Fatal(err)
				}
				if plain, err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
			} else if length := a.header.Get("Content-Length"); length != strconv.Itoa(len(a.body)) {
				t.Errorf("Content-Length %s of %d", length, len(a.body))
			}
			var got struct {
				Total, Found int
				Complete     bool
				Lines        []struct {
					Status int
					Entry  json.RawMessage
				}
			}
			if err := json.Unmarshal(plain, &got); err != nil {
				t.Fatal(err)
			}
			if got.Total != len(want) || got.Found != len(want) || !got.Complete {
				t.Errorf("%d of %d, complete %v", got.Found, got.Total, got.Complete)
			}
			for i := range want {
				if string(got.Lines[i].Entry) != want[i] {
					t.Errorf("%s: %.200s, want %.200s", lines[i], got.Lines[i].Entry, want[i])
				}
			}
		}
	})
}

func TestLookupsAreBounded(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	many := func(n int) string {
		return `{"lines":[` + strings.TrimSuffix(strings.Repeat(`{"code":"x"},`, n), ",") + `]}`
	}
	for _, test := range []struct {
		name, target, body string
		status             int
		where, expected    string
	}{
		{"none", "/v1/lookups", `{}`, 400, "/lines", "1 to 1000 lines"}, {"no lines", "/v1/lookups", `{"lines":[]}`, 400, "/lines", "1 to 1000 lines"},
		{"too many", "/v1/lookups", many(1001), 400, "/lines", "at most 1000"}, {"as many as there may be", "/v1/lookups", many(1000), 200, "", ""},
		{"an unknown member", "/v1/lookups", `{"lines":[{"id":"x"}]}`, 400, "/lines/0/id", "one of resource, key, code, system"},
		{"a number for a text", "/v1/lookups", `{"lines":[{"code":12345}]}`, 400, "/lines/0/code", "a string"},
		{"an unknown parameter", "/v1/lookups?d=2026-09-08", many(1), 400, "d", "one of release"},
		{"too long", "/v1/lookups", `{"lines":[{"code":"` + strings.Repeat("x", 600<<10) + `"}]}`, 413, "", ""},
	} {
		a := s.postBody(t, test.target, test.body)
		p := a.json(t)
		where, _ := p["pointer"].(string)
		if where == "" {
			where, _ = p["parameter"].(string)
		}
		expected, _ := p["expected"].(string)
		if a.status != test.status || where != test.where || !strings.Contains(expected, test.expected) {
			t.Errorf("%s: %d %.300s", test.name, a.status, a.body)
		}
	}
	if a := s.get(t, "/v1/lookups"); a.status != http.StatusMethodNotAllowed || !strings.Contains(a.header.Get("Allow"), "POST") {
		t.Errorf("GET: %d %v", a.status, a.header)
	}
}
