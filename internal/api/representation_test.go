package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/festd/festd/internal/fest"
)

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
