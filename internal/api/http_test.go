package api_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// each runs a test over a snapshot made in memory and over one that went
// XML → decoder → file.
func each(t *testing.T, test func(t *testing.T, s *server)) {
	t.Helper()
	for name, open := range snapshots {
		t.Run(name, func(t *testing.T) { test(t, newServer(t, open(t, 7))) })
	}
}

func str(t testing.TB, v map[string]any, path ...string) string {
	t.Helper()
	var at any = v
	for _, p := range path {
		m, ok := at.(map[string]any)
		if !ok {
			t.Fatalf("no %v in %v", path, v)
		}
		at = m[p]
	}
	s, ok := at.(string)
	if !ok {
		t.Fatalf("no text %v in %v", path, v)
	}
	return s
}

func TestEveryResourceByKeyAndEntryID(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, res := range fest.Resources() {
			list := s.get(t, "/v1/"+string(res)+"?limit=500").json(t)
			items := list["items"].([]any)
			if len(items) == 0 && res != fest.ResourceDiagnoses && res != fest.ResourceOrderingSubstances {
				t.Errorf("%s: the sample has none", res)
			}
			for _, it := range items {
				item := it.(map[string]any)
				for _, key := range []string{str(t, item, "id"), str(t, item, "entryId")} {
					a := s.get(t, "/v1/"+string(res)+"/"+url.PathEscape(key))
					if a.status == http.StatusMultipleChoices {
						continue // has its own test
					}
					if a.status != http.StatusOK {
						t.Fatalf("%s %s: %d %s", res, key, a.status, a.body)
					}
					if diff := cmp.Diff(item, a.json(t)); diff != "" {
						t.Fatalf("%s %s is not what the list has (-list +entry):\n%s", res, key, diff)
					}
				}
			}
		}
	})
}

func TestHeadersOfAnAnswer(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		id := str(t, s.first(t, "/v1/drugs"), "id")
		for _, target := range []string{"/v1/drugs/" + id, "/v1/drugs", "/v1", "/v1/releases/current", "/v1/atc/N02BE01", "/"} {
			a := s.get(t, target)
			if a.status != http.StatusOK {
				t.Fatalf("%s: %d %s", target, a.status, a.body)
			}
			for name, want := range map[string]string{
				"Fest-Release": "7", "Fest-Retrieved": retrieved, "Fest-Sample": "", "Cache-Control": "no-cache",
				"X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*",
				"Content-Length": strconv.Itoa(len(a.body)),
			} {
				if got := a.header.Get(name); got != want {
					t.Errorf("%s: %s is %q, want %q", target, name, got, want)
				}
			}
			if !strings.HasPrefix(a.header.Get("Vary"), "Accept, Accept-Encoding") {
				t.Errorf("%s: Vary is %q", target, a.header.Get("Vary"))
			}
			if tag := a.header.Get("ETag"); !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) || len(tag) < 6 {
				t.Errorf("%s: ETag is %q", target, tag)
			}
		}
	})
}

func TestSampleIsMarkedEverywhere(t *testing.T) {
	snap := inMemory(t, cache.Options{Sample: true}).open(t, 0)
	s := newServer(t, snap)
	id := str(t, s.first(t, "/v1/drugs"), "id")
	for _, target := range []string{"/v1/drugs/" + id, "/v1/drugs", "/v1", "/v1/releases/current", "/v1/atc/N02BE01", "/", "/v1/drugs/none"} {
		a := s.get(t, target)
		if got := a.header.Get("FEST-Sample"); got != "not for clinical use" {
			t.Errorf("%s: FEST-Sample is %q", target, got)
		}
		if got := a.header.Get("FEST-Release"); got != "0" {
			t.Errorf("%s: FEST-Release is %q", target, got)
		}
		if a.status == http.StatusOK && !bytes.Contains(bytes.ToLower(a.body), []byte("klinisk bruk")) && !bytes.Contains(a.body, []byte("not for clinical use")) {
			t.Errorf("%s: the body does not say that it is a sample", target)
		}
	}
}

func TestFailures(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, test := range []struct {
			method, target string
			status         int
			kind           string
			header, value  string
		}{
			{"GET", "/v1/drugs/none", 404, "not-found", "FEST-Release", "7"},
			{"GET", "/v1/atc/X99", 404, "not-found", "FEST-Retrieved", retrieved},
			{"GET", "/v1/interactions/not-assessed/none", 404, "not-found", "FEST-Release", "7"},
			{"GET", "/v1/nothing", 404, "no-such-resource", "", ""},
			{"GET", "/v1/drugs/", 404, "no-such-resource", "", ""},
			{"GET", "/nowhere", 404, "no-such-resource", "", ""},
			{"GET", "/v1/drugs/a/b", 404, "no-such-resource", "", ""},
			{"GET", "/problems/none", 404, "no-such-resource", "", ""},
			{"POST", "/v1/drugs", 405, "method-not-allowed", "Allow", "GET, HEAD, OPTIONS"},
			{"DELETE", "/v1/drugs/x", 405, "method-not-allowed", "Allow", "GET, HEAD, OPTIONS"},
			{"BREW", "/v1", 405, "method-not-allowed", "Allow", "GET, HEAD, OPTIONS"},
			{"GET", "/" + strings.Repeat("a", 9000), 414, "url-too-long", "", ""},
		} {
			a := s.do(t, test.method, test.target)
			p := a.json(t)
			if a.status != test.status || str(t, p, "type") != "/problems/"+test.kind || p["status"] != float64(test.status) {
				t.Errorf("%s %.60s: %d %s", test.method, test.target, a.status, a.body)
			}
			if got := a.header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("%s %.60s: Content-Type %q", test.method, test.target, got)
			}
			if id := str(t, p, "traceId"); len(id) != 32 {
				t.Errorf("%s: traceId %q", test.target, id)
			}
			if a.header.Get("ETag") != "" || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: a failure that is kept: %v", test.target, a.header)
			}
			if test.kind == "not-found" && str(t, p, "knownSince") != knownSince {
				t.Errorf("%s: knownSince is %v", test.target, p["knownSince"])
			}
			if got := a.header.Get(test.header); test.header != "" && got != test.value {
				t.Errorf("%s: %s is %q, want %q", test.target, test.header, got, test.value)
			}
		}
	})
}

func TestTrace(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	a := s.get(t, "/v1/drugs/none", "traceparent: "+parent)
	if got := str(t, a.json(t), "traceId"); got != parent[3:35] {
		t.Errorf("traceId %s", got)
	}
	if got := s.get(t, "/v1/drugs", "traceparent: "+parent).header.Get("traceresponse"); !strings.HasPrefix(got, parent[:36]) {
		t.Errorf("traceresponse %q", got)
	}
	for _, bad := range []string{
		"", "00", "00-" + strings.Repeat("0", 32) + parent[35:], "ff" + parent[2:], strings.ToUpper(parent), parent + "-x",
		parent[:36] + strings.Repeat("0", 16) + "-01", strings.ReplaceAll(parent, "-", "_"),
	} {
		got := str(t, s.get(t, "/v1/drugs/none", "traceparent: "+bad).json(t), "traceId")
		if len(got) != 32 || got == parent[3:35] && bad != parent {
			t.Errorf("traceparent %q: traceId %s", bad, got)
		}
	}
	one, two := s.get(t, "/x").json(t), s.get(t, "/x").json(t)
	if str(t, one, "traceId") == str(t, two, "traceId") {
		t.Error("two requests have the same trace id")
	}
}

func TestSeveralEntries(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a := s.get(t, "/v1/commodities/"+url.PathEscape("00777/7"))
		p := a.json(t)
		if a.status != http.StatusMultipleChoices || str(t, p, "type") != "/problems/several-entries" {
			t.Fatalf("%d %s", a.status, a.body)
		}
		var ids []string
		for _, c := range p["choices"].([]any) {
			choice := c.(map[string]any)
			one := s.get(t, str(t, choice, "href"))
			if one.status != http.StatusOK {
				t.Fatalf("%v: %d %s", choice, one.status, one.body)
			}
			ids = append(ids, str(t, one.json(t), "entryId"))
		}
		if diff := cmp.Diff([]string{"ID_TWIN-1", "ID_TWIN-2"}, ids); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPreflight(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	a := s.do(t, http.MethodOptions, "/v1/drugs", "Origin: https://example.org", "Access-Control-Request-Method: GET")
	if a.status != http.StatusNoContent || a.header.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" ||
		a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "If-None-Match") {
		t.Errorf("%d %v", a.status, a.header)
	}
}

func TestCodesInAnyCase(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		upper, lower := s.get(t, "/v1/atc/N02BE01"), s.get(t, "/v1/atc/n02be01")
		if upper.status != 200 || !bytes.Equal(upper.body, lower.body) {
			t.Errorf("%d and %d", upper.status, lower.status)
		}
		for _, level := range []string{"N", "N02", "N02B", "N02BE"} {
			if a := s.get(t, "/v1/atc/"+level); a.status != 200 {
				t.Errorf("%s: %d", level, a.status)
			}
		}
		for _, u := range upper.json(t)["under"].(map[string]any) {
			under := u.(map[string]any)
			if list := s.get(t, str(t, under, "href")).json(t); list["total"] != under["count"] {
				t.Errorf("%v: the list has %v", under, list["total"])
			}
		}
	})
}

func TestCurrentReleaseKeepsTheOperatorsSecrets(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a := s.get(t, "/v1/releases/current")
		if bytes.Contains(a.body, []byte("secret")) {
			t.Errorf("where the file came from: %s", a.body)
		}
		v := a.json(t)
		if v["serial"] != 7.0 || str(t, v, "retrievalDate") != retrieved || v["counts"].(map[string]any)["drugs"].(float64) < 10 {
			t.Errorf("%s", a.body)
		}
	})
}

func TestIndexLinksWork(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, r := range s.get(t, "/v1").json(t)["resources"].([]any) {
			res := r.(map[string]any)
			if res["template"] == true { // what {…} stands for is the client's
				if one := s.get(t, strings.Replace(str(t, res, "href"), "{code}", "N02", 1)); one.status != http.StatusOK {
					t.Errorf("%v: %d", res, one.status)
				}
				continue
			}
			list := s.get(t, str(t, res, "href")+"?limit=1")
			if list.status != 200 || list.json(t)["total"] != res["total"] {
				t.Errorf("%v: %d %.200s", res, list.status, list.body)
			}
		}
	})
}
