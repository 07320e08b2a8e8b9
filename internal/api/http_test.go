package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/festd/festd/internal/api"
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

func TestNegotiation(t *testing.T) {
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
	each(t, func(t *testing.T, s *server) {
		id := str(t, s.first(t, "/v1/drugs"), "id")
		entry := "/v1/drugs/" + id
		for _, test := range []struct {
			target, accept string
			status         int
			want           string
		}{
			{entry, "", 200, "application/json"},
			{entry, "*/*", 200, "application/json"},
			{entry, "application/*", 200, "application/json"},
			{entry, "application/json", 200, "application/json"},
			{entry, "APPLICATION/JSON", 200, "application/json"},
			{entry, "application/json;charset=utf-8", 200, "application/json"},
			{entry, "application/xml", 200, "application/xml; charset=utf-8"},
			{entry, "application/xml, application/json;q=0.9", 200, "application/xml; charset=utf-8"},
			{entry, "application/json;q=0.1, application/xml;q=0.2", 200, "application/xml; charset=utf-8"},
			{entry, "application/xml;q=0.5, */*", 200, "application/json"},
			{entry, "application/json;q=0, */*", 200, "application/xml; charset=utf-8"},
			{entry, browser, 200, "application/json"},
			{entry, "text/csv", 406, "application/problem+json"},
			{entry, "application/json;q=0", 406, "application/problem+json"},
			{entry, "application/json;q=x", 406, "application/problem+json"},
			{"/v1/drugs", "application/xml", 406, "application/problem+json"},
			{"/v1/drugs", browser, 200, "application/json"},
			{"/v1/atc/N02BE01", "application/xml", 406, "application/problem+json"},
			{"/v1", "application/json", 200, "application/json"},
			{"/", browser, 200, "text/html; charset=utf-8"},
			{"/", "", 200, "text/html; charset=utf-8"},
			{"/", "application/json", 200, "application/json"},
			{"/", "image/png", 406, "application/problem+json"},
			{"/openapi.yaml", "", 200, "application/yaml"},
			{"/openapi.yaml", browser, 200, "application/yaml"},
			{"/problems/not-found", "text/plain", 200, "text/plain; charset=utf-8"},
		} {
			var headers []string
			if test.accept != "" {
				headers = append(headers, "Accept: "+test.accept)
			}
			a := s.get(t, test.target, headers...)
			if got := a.header.Get("Content-Type"); a.status != test.status || got != test.want {
				t.Errorf("%s as %q: %d %q, want %d %q", test.target, test.accept, a.status, got, test.status, test.want)
			}
			if test.status == 406 && len(a.json(t)["available"].([]any)) == 0 {
				t.Errorf("%s as %q: 406 does not say what there is: %s", test.target, test.accept, a.body)
			}
		}
	})
}

func TestXMLIsTheSource(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		id := str(t, s.first(t, "/v1/packages"), "id")
		a := s.get(t, "/v1/packages/"+id, "Accept: application/xml")
		for _, want := range []string{"<OppfLegemiddelpakning", string(fest.NamespaceM30), string(fest.NamespaceFS), id, "</OppfLegemiddelpakning>"} {
			if !bytes.Contains(a.body, []byte(want)) {
				t.Errorf("no %s in %s", want, a.body)
			}
		}
		json := s.get(t, "/v1/packages/"+id)
		if a.header.Get("ETag") == json.header.Get("ETag") {
			t.Error("XML and JSON have the same ETag")
		}
		again := s.get(t, "/v1/packages/"+id, "Accept: application/xml", "If-None-Match: "+a.header.Get("ETag"))
		if again.status != http.StatusNotModified {
			t.Errorf("If-None-Match of the XML: %d", again.status)
		}
	})
}

func TestContentCoding(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		big := "/v1/packages?limit=20"
		small := "/v1/releases/current"
		var entry string
		for _, it := range s.get(t, "/v1/drugs?limit=500").json(t)["items"].([]any) {
			entry = "/v1/drugs/" + str(t, it.(map[string]any), "id")
			if len(s.get(t, entry).body) > 2000 {
				break
			}
		}
		for _, test := range []struct {
			target, accept string
			status         int
			coding         string
		}{
			{entry, "", 200, ""},
			{entry, "identity", 200, ""},
			{entry, "gzip", 200, "gzip"},
			{entry, "GZIP", 200, "gzip"},
			{entry, "zstd", 200, "zstd"},
			{entry, "gzip, deflate, br, zstd", 200, "zstd"},
			{entry, "gzip;q=1, zstd;q=0.5", 200, "gzip"},
			{entry, "gzip;q=0", 200, ""},
			{entry, "br", 200, ""},
			{entry, "*", 200, "zstd"},
			{entry, "*;q=0", 406, ""},
			{entry, "identity;q=0", 406, ""},
			{entry, "identity;q=0, gzip;q=0.1", 200, "gzip"},
			{entry, "identity;q=1, gzip;q=0.5", 200, ""},
			{big, "gzip", 200, "gzip"},
			{big, "zstd", 200, "zstd"},
			{big, "*;q=0", 406, ""},
			{small, "gzip, zstd", 200, ""},
			{small, "gzip, identity;q=0", 200, "gzip"},
		} {
			a := s.get(t, test.target, "Accept-Encoding: "+test.accept)
			if got := a.header.Get("Content-Encoding"); a.status != test.status || got != test.coding {
				t.Errorf("%s as %q: %d %q, want %d %q", test.target, test.accept, a.status, got, test.status, test.coding)
				continue
			}
			if test.status != 200 {
				continue
			}
			plain := s.get(t, test.target)
			if got := decode(t, a); !bytes.Equal(got, plain.body) {
				t.Errorf("%s as %q is not the plain body: %.100q", test.target, test.accept, got)
			}
			if same := a.header.Get("ETag") == plain.header.Get("ETag"); same != (test.coding == "") {
				t.Errorf("%s as %q: ETag %s, the plain one is %s", test.target, test.accept, a.header.Get("ETag"), plain.header.Get("ETag"))
			}
		}
	})
}

func decode(t testing.TB, a answer) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(a.body)
	switch a.header.Get("Content-Encoding") {
	case "gzip":
		g, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = g
	case "zstd":
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestConditionalRequests(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		id := str(t, s.first(t, "/v1/drugs"), "id")
		for _, target := range []string{"/v1/drugs/" + id, "/v1/drugs?limit=9", "/v1", "/v1/releases/current", "/v1/atc/N02BE01", "/", "/openapi.yaml"} {
			for _, coding := range []string{"identity", "gzip", "zstd"} {
				first := s.get(t, target, "Accept-Encoding: "+coding)
				tag := first.header.Get("ETag")
				for _, test := range []struct {
					match string
					want  int
				}{
					{tag, 304}, {"W/" + tag, 304}, {`"a", ` + tag, 304}, {`"a",W/"b" , ` + tag + `, "c"`, 304}, {"*", 304},
					{`"other"`, 200}, {strings.Trim(tag, `"`), 200}, {`"` + tag, 200}, {`""`, 200}, {`garbage ` + tag, 200},
				} {
					for _, method := range []string{http.MethodGet, http.MethodHead} {
						a := s.do(t, method, target, "Accept-Encoding: "+coding, "If-None-Match: "+test.match)
						if a.status != test.want {
							t.Errorf("%s %s (%s) If-None-Match %s: %d, want %d", method, target, coding, test.match, a.status, test.want)
						}
						if a.status != 304 {
							continue
						}
						if len(a.body) > 0 {
							t.Errorf("%s: 304 has a body", target)
						}
						if a.header.Get("ETag") != tag || a.header.Get("Vary") == "" || a.header.Get("FEST-Release") != "7" && target != "/openapi.yaml" {
							t.Errorf("%s: headers of the 304: %v", target, a.header)
						}
					}
				}
			}
		}
	})
}

func TestTagsOfEntriesSurviveARelease(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	id := str(t, s.first(t, "/v1/drugs"), "id")
	before, list := s.get(t, "/v1/drugs/"+id), s.get(t, "/v1/drugs")
	s.served.Swap(snapshots["memory"](t, 8))
	after := s.get(t, "/v1/drugs/"+id, "If-None-Match: "+before.header.Get("ETag"))
	if after.status != http.StatusNotModified || after.header.Get("FEST-Release") != "8" {
		t.Errorf("an unchanged entry in the next release: %d of release %s", after.status, after.header.Get("FEST-Release"))
	}
	if a := s.get(t, "/v1/drugs", "If-None-Match: "+list.header.Get("ETag")); a.status != http.StatusOK {
		t.Errorf("a list of the next release: %d, though its body names another release", a.status)
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		id := str(t, s.first(t, "/v1/drugs"), "id")
		for _, target := range []string{
			"/", "/healthz", "/openapi.yaml", "/v1", "/v1/releases/current", "/v1/drugs", "/v1/drugs/" + id, "/v1/atc/N02BE01",
			"/v1/drugs/none", "/v1/drugs?x=1", "/nowhere", "/problems/not-found",
		} {
			get, head := s.get(t, target, "Accept-Encoding: gzip"), s.do(t, http.MethodHead, target, "Accept-Encoding: gzip")
			if len(head.body) > 0 {
				t.Errorf("%s: HEAD has a body", target)
			}
			for _, h := range []http.Header{get.header, head.header} {
				h.Del("Traceresponse") // another trace each
			}
			if diff := cmp.Diff(get.header, head.header); get.status != head.status || diff != "" {
				t.Errorf("%s: HEAD %d is not GET %d (-get +head):\n%s", target, head.status, get.status, diff)
			}
		}
	})
}

func TestListsAreWalkedWhole(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		whole := s.get(t, "/v1/packages?limit=500").json(t)
		total := int(whole["total"].(float64))
		if _, more := whole["next"]; more || total != len(whole["items"].([]any)) || total < 10 {
			t.Fatalf("the whole list: total %d, %d items, next %v", total, len(whole["items"].([]any)), whole["next"])
		}
		var walked []any
		for target := "/v1/packages?limit=7"; target != ""; {
			a := s.get(t, target)
			if a.status != http.StatusOK {
				t.Fatalf("%s: %d %s", target, a.status, a.body)
			}
			page := a.json(t)
			walked = append(walked, page["items"].([]any)...)
			if int(page["total"].(float64)) != total {
				t.Fatalf("total is %v on this page, %d on the first", page["total"], total)
			}
			next, _ := page["next"].(string)
			want := ""
			if next != "" {
				want = "<" + next + `>; rel="next"`
			}
			if got := a.header.Get("Link"); got != want {
				t.Fatalf("Link is %q, want %q", got, want)
			}
			target = next
		}
		if diff := cmp.Diff(whole["items"], any(walked)); diff != "" {
			t.Errorf("the pages are not the list:\n%s", diff)
		}
	})
}

func TestCursorsAreBoundToReleaseAndList(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	next := str(t, s.get(t, "/v1/drugs?name=p&limit=1").json(t), "next")
	u, err := url.Parse(next)
	if err != nil {
		t.Fatal(err)
	}
	cursor := u.Query().Get("cursor")
	for _, test := range []struct {
		name, target string
		status       int
		kind         string
	}{
		{"as linked", next, 200, ""},
		{"another limit", "/v1/drugs?name=p&limit=2&cursor=" + cursor, 200, ""},
		{"other filters", "/v1/drugs?name=q&limit=1&cursor=" + cursor, 400, "/problems/invalid-cursor"},
		{"another resource", "/v1/generics?name=p&limit=1&cursor=" + cursor, 400, "/problems/invalid-cursor"},
		{"cut off", "/v1/drugs?name=p&cursor=" + cursor[:len(cursor)-3], 400, "/problems/invalid-cursor"},
		{"changed", "/v1/drugs?name=p&cursor=" + "B" + cursor[1:], 400, "/problems/invalid-cursor"},
		{"nonsense", "/v1/drugs?name=p&cursor=!", 400, "/problems/invalid-cursor"},
		{"long", "/v1/drugs?name=p&cursor=" + strings.Repeat("A", 3000), 400, "/problems/invalid-cursor"},
	} {
		a := s.get(t, test.target)
		if a.status != test.status || test.kind != "" && str(t, a.json(t), "type") != test.kind {
			t.Errorf("%s: %d %.200s", test.name, a.status, a.body)
		}
	}
	s.served.Swap(snapshots["memory"](t, 8))
	if a := s.get(t, next); a.status != http.StatusGone || str(t, a.json(t), "type") != "/problems/cursor-expired" {
		t.Errorf("in the next release: %d %s", a.status, a.body)
	}
}

func TestBadQueries(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		id := str(t, s.first(t, "/v1/drugs"), "id")
		many := strings.Repeat("x=1&", 40)
		for _, test := range []struct{ target, parameter, value, expected string }{
			{"/v1/drugs?atcc=N02", "atcc", "N02", "one of atc, name, ingredient, ingredientStrength, prescriptionGroup, form, condition, include, release, limit, cursor"},
			{"/v1/short-doses?name=x", "name", "x", "one of include, release, limit, cursor"},
			{"/v1/drugs?atc=", "atc", "", "a value, or no such parameter"},
			{"/v1/drugs?atc", "atc", "", "a value, or no such parameter"},
			{"/v1/drugs?atc=%20", "atc", " ", "a value, or no such parameter"},
			{"/v1/drugs?atc=N02&atc=N03", "atc", "N03", "one value; filters of different names are combined with and"},
			{"/v1/drugs?limit=0", "limit", "0", "a whole number from 1 to 500"},
			{"/v1/drugs?limit=501", "limit", "501", "a whole number from 1 to 500"},
			{"/v1/drugs?limit=ten", "limit", "ten", "a whole number from 1 to 500"},
			{"/v1/drugs?limit=99999999999999999999", "limit", "99999999999999999999", "a whole number from 1 to 500"},
			{"/v1/drugs?name=%zz", "name", "%zz", "%XX with two hexadecimal digits; æ is %C3%A6"},
			{"/v1/drugs?name=%ff", "name", "%ff", "%XX with two hexadecimal digits; æ is %C3%A6"},
			{"/v1/drugs?%ff=1", "%ff", "", "%XX with two hexadecimal digits"},
			{"/v1/drugs/" + id + "?x=1", "x", "1", "one of include, release"},
			{"/v1/drugs/" + id + "?include=all", "include", "all", "removed"},
			{"/v1/atc/N02?x=1", "x", "1", "one of release"},
			{"/v1?x=1", "x", "1", "none"},
			{"/v1/releases/current?x=1", "x", "1", "none"},
			{"/v1/drugs?" + many, "x", "1", "one of atc, name, ingredient, ingredientStrength, prescriptionGroup, form, condition, include, release, limit, cursor"},
		} {
			a := s.get(t, test.target)
			p := a.json(t)
			value, _ := p["value"].(string)
			if a.status != http.StatusBadRequest || str(t, p, "type") != "/problems/invalid-parameter" ||
				str(t, p, "parameter") != test.parameter || value != test.value || str(t, p, "expected") != test.expected {
				t.Errorf("%.60s: %d %s", test.target, a.status, a.body)
			}
		}
	})
}

func TestTooManyParameters(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.MaxParameters = 2 })
	a := s.get(t, "/v1/drugs?atc=N&name=p&limit=1")
	if a.status != http.StatusBadRequest || str(t, a.json(t), "expected") != "at most 2" {
		t.Errorf("%d %s", a.status, a.body)
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

func TestListBodyIsOneJSONValue(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, res := range fest.Resources() {
		a := s.get(t, "/v1/"+string(res))
		if !json.Valid(a.body) {
			t.Errorf("%s: %.200s", res, a.body)
		}
	}
}
