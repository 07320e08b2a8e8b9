package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/cache"
)

// question is a body as routes read them.
type question struct {
	Name  *string        `json:"name"`
	Deep  bool           `json:"deep"`
	Lines []questionLine `json:"lines"`
}

type questionLine struct {
	ID     string `json:"id"`
	Number *int   `json:"number"`
}

const questionBytes = 200

// posting is an endpoint that reads a question and answers what it read.
func posting(t *testing.T) http.Handler {
	t.Helper()
	a, err := New(Options{Served: new(cache.Served), Registry: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	return &endpoint{api: a, metrics: a.metrics.route("/v1/test", CostCompute.String()), route: &Route{
		Pattern: "/v1/test", Methods: post, Cost: CostCompute, Body: questionBytes,
		handle: func(c *call, _ *view) error {
			var q question
			if err := a.posted(c, &q); err != nil {
				return err
			}
			if n := len(q.Lines); n > 2 {
				return tooMany(n, 2)
			}
			return a.answer(c, append(mustJSON(q), '\n'))
		},
	}}
}

func ask(t *testing.T, h http.Handler, body io.Reader, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/v1/test", body)
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func problemOf(t *testing.T, res *http.Response) Problem {
	t.Helper()
	defer res.Body.Close()
	var p Problem
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	p.TraceID = ""
	return p
}

func TestPostedBodiesAreReadStrictly(t *testing.T) {
	h := posting(t)
	for _, test := range []struct {
		name, body                       string
		detail, pointer, value, expected string
	}{
		{"empty", " \n", "the body is empty", "", "", "a JSON object"},
		{"no JSON", `{"name":x}`, "the body is no JSON: invalid character 'x' at start of value at byte 8", "/name", "", "one JSON object in UTF-8 and nothing after it"},
		{"cut off", `{"lines":[`, "the body is no JSON: it ends too early, at byte 10", "/lines", "", "a whole JSON object"},
		{"another thing", `[1]`, "the member is an array", "", "", "an object"},
		{"text", `"x"`, "the member is a string", "", `"x"`, "an object"},
		{"trailing data", `{} {}`, "the body is no JSON: invalid character '{' after top-level value at byte 3", "", "", "one JSON object in UTF-8 and nothing after it"},
		{"unknown", `{"nam":"x"}`, `unknown member "nam"`, "/nam", "", "one of name, deep, lines"},
		{"another case is unknown", `{"Name":"x"}`, `unknown member "Name"`, "/Name", "", "one of name, deep, lines"},
		{"unknown within", `{"lines":[{"id":"a"},{"x/y~":1}]}`, `unknown member "x/y~"`, "/lines/1/x~1y~0", "", "one of id, number"},
		{"twice", `{"name":"a","name":"b"}`, "the member stands twice", "/name", "", "each member once"},
		{"twice within", `{"lines":[{"id":"a","id":"a"}]}`, "the member stands twice", "/lines/0/id", "", "each member once"},
		{"a number for a text", `{"name":7}`, "the member is a number", "/name", "7", "a string"},
		{"a text for a number", `{"lines":[{"number":"7"}]}`, "the member is a string", "/lines/0/number", `"7"`, "a number"},
		{"a part for a whole number", `{"lines":[{"number":7.5}]}`, "the member is a number", "/lines/0/number", "7.5", "a number"},
		{"a text for a truth", `{"deep":"yes"}`, "the member is a string", "/deep", `"yes"`, "true or false"},
		{"an object for a list", `{"lines":{}}`, "the member is an object", "/lines", "", "an array"},
		{"a text for an object", `{"lines":["a"]}`, "the member is a string", "/lines/0", `"a"`, "an object"},
		{"too many", `{"lines":[{},{},{}]}`, "the list has 3 elements", "/lines", "3", "at most 2; ask the rest in another request"},
		{"no UTF-8", "{\"name\":\"\xff\"}", "the body is no JSON: invalid UTF-8 at byte 9", "/name", "", "one JSON object in UTF-8 and nothing after it"},
		{"half a surrogate", `{"name":"\ud800"}`, "the body is no JSON: invalid surrogate pair `\\ud800\"}` in string at byte 9", "/name", "", "one JSON object in UTF-8 and nothing after it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			res := ask(t, h, strings.NewReader(test.body), "Content-Type: application/json")
			got := problemOf(t, res)
			got.Known = nil
			want := Problem{Type: "/problems/invalid-body", Title: "Invalid body", Status: 400,
				Detail: test.detail, Pointer: test.pointer, Value: test.value, Expected: test.expected}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPostedBodiesAreAnswered(t *testing.T) {
	h := posting(t)
	for _, test := range []struct {
		name, body string
		headers    []string
		want       string
	}{
		{"all", `{"name":"Æ","deep":true,"lines":[{"id":"a","number":1}]}`, []string{"Content-Type: application/json; charset=UTF-8"},
			`{"name":"Æ","deep":true,"lines":[{"id":"a","number":1}]}`},
		{"without a type", `{}`, nil, `{"name":null,"deep":false,"lines":null}`},
		{"null is not stated", `{"name":null,"lines":null}`, []string{"Content-Type: APPLICATION/JSON", "Content-Encoding: identity"}, `{"name":null,"deep":false,"lines":null}`},
	} {
		res := ask(t, h, strings.NewReader(test.body), test.headers...)
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || string(b) != test.want+"\n" {
			t.Errorf("%s: %s %v %s", test.name, res.Status, err, b)
		}
		if got := res.Header.Get("Cache-Control"); got != "no-store" || res.Header.Get("ETag") != "" {
			t.Errorf("%s: Cache-Control %q, ETag %q", test.name, got, res.Header.Get("ETag"))
		}
	}
	long := `{"name":"` + strings.Repeat("x", 150) + `","lines":[{"id":"a"}]}`
	res := ask(t, h, strings.NewReader(long), "Accept-Encoding: identity;q=0, gzip;q=0, zstd;q=0")
	if p := problemOf(t, res); p.Status != http.StatusNotAcceptable {
		t.Errorf("no coding: %+v", p)
	}
	res = ask(t, h, strings.NewReader(long), "Accept-Encoding: identity;q=0, gzip")
	if res.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("Content-Encoding %q", res.Header.Get("Content-Encoding"))
	}
	_ = res.Body.Close()
}

func TestOtherMediaTypesAreRefused(t *testing.T) {
	h := posting(t)
	for _, headers := range [][]string{
		{"Content-Type: application/x-www-form-urlencoded"}, {"Content-Type: text/plain"}, {"Content-Type: application/fhir+json"}, {"Content-Type: ;"},
		{"Content-Type: application/json; charset=iso-8859-1"}, {"Content-Type: application/json", "Content-Encoding: gzip"},
	} {
		res := ask(t, h, strings.NewReader("{}"), headers...)
		accept := res.Header.Get("Accept-Post")
		p := problemOf(t, res)
		if p.Type != "/problems/unsupported-media-type" || p.Status != http.StatusUnsupportedMediaType || accept != "application/json" || p.Detail == "" {
			t.Errorf("%v: %+v, Accept-Post %q", headers, p, accept)
		}
	}
}

// reader is a body of unknown length, as chunks come.
type reader struct{ io.Reader }

func TestLargeBodiesAreRefused(t *testing.T) {
	h := posting(t)
	full := `{"name":"` + strings.Repeat("x", questionBytes-11) + `"}`
	for _, test := range []struct {
		name   string
		body   io.Reader
		status int
	}{
		{"declared, as much as may be", strings.NewReader(full), http.StatusOK},
		{"declared", strings.NewReader(full + " "), http.StatusRequestEntityTooLarge},
		{"chunked, as much as may be", reader{strings.NewReader(full)}, http.StatusOK},
		{"chunked", reader{strings.NewReader(full + " ")}, http.StatusRequestEntityTooLarge},
	} {
		res := ask(t, h, test.body)
		_ = res.Body.Close()
		if res.StatusCode != test.status {
			t.Errorf("%s: %s", test.name, res.Status)
		}
		if closes := res.Header.Get("Connection") == "close"; closes != (test.status != http.StatusOK) {
			t.Errorf("%s: Connection %q", test.name, res.Header.Get("Connection"))
		}
	}
}

// broken ends with an error.
type broken struct {
	io.Reader
	err error
}

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = b.err
	}
	return n, err
}

func TestBodiesThatDoNotEnd(t *testing.T) {
	h := posting(t)
	for err, status := range map[error]int{os.ErrDeadlineExceeded: http.StatusRequestTimeout, io.ErrUnexpectedEOF: http.StatusBadRequest} {
		res := ask(t, h, broken{bytes.NewReader([]byte(`{"name":`)), err})
		if p := problemOf(t, res); p.Status != status {
			t.Errorf("%v: %+v", err, p)
		}
	}
}
