package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
)

// Edge inputs, over all routes that answer from the data: whatever stands in a
// path, a parameter or a posted member is answered, or refused with what would
// be right. The tests are driven by the route table and the description, so
// that a new route is covered: its executed example is the request that is
// varied.

// badDays are not days, or not written as one.
var badDays = []string{
	"2026-02-30", "2026-02-29", "2026-04-31", "20260101", "2026-1-1", "2026-01-1", "0000-01-01", "0000-00-00", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32",
	"26-01-01", "12026-01-01", "+12026-01-01", "-2026-01-01", "2026-01-01T00:00:00", "2026-01-01Z", "2026/01/01", "01.01.2026", "1.1.2026", "today", "i dag", "2026",
	"2026-01", "2026-W01-1", "1767225600", "٢٠٢٦-٠١-٠١", "2026‐01‐01", "2026-01-01 x", "💊", strings.Repeat("2026-01-01", 20),
}

// oddTexts are texts that a parameter or member can be sent with.
var oddTexts = map[string]string{
	"emoji": "💊👩🏽‍⚕️", "200 characters": strings.Repeat("x", 200), "200 letters": strings.Repeat("å", 200), "5000 characters": strings.Repeat("7", 5000), "composed": "Ånå\u00e9", "decomposed": "A\u030ana\u030ae\u0301",
	"a lone accent": "\u0301", "right to left": "\u202eabc", "quotes": `"';--<script>`, "percent": "%25%", "a backslash": `\u0000`, "zero": "0", "zeros": "0000000", "negative": "-1", "comma": ",", "pipe": "|", "slashes": "../..//",
}

// request is a request that is answered with 200, to be varied.
type request struct {
	route  api.Route
	path   string
	query  url.Values
	key    string // the path's parameter; "" for routes without one
	params []object
}

func (r *request) target() string {
	target := strings.ReplaceAll(r.path, "{}", url.PathEscape(r.key))
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	return target
}

// with is the target with another value of a parameter.
func (r *request) with(name, value string) string {
	o := *r
	o.query = maps.Clone(r.query)
	o.query.Set(name, value)
	return o.target()
}

// keyed is the target with another key.
func (r *request) keyed(key string) string {
	o := *r
	o.key = key
	return o.target()
}

var pathParameter = regexp.MustCompile(`\{[^}]+\}`)

// comparing needs a second release, which TestEdgeComparisons has.
const comparing = "/v1/releases/{serial}/changes"

// questions are the requests of all routes that take GET and answer from the
// data.
func questions(t *testing.T, s *server) []request {
	t.Helper()
	doc := description(t)
	var out []request
	for _, route := range s.Routes() {
		if !route.Data || !slices.Contains(route.Methods, http.MethodGet) || route.Cost == api.CostBulk || route.Pattern == comparing {
			continue
		}
		op := at(t, doc, "paths", route.Pattern, "get")
		r := request{route: route, path: pathParameter.ReplaceAllString(route.Pattern, "{}"), query: url.Values{}}
		list, _ := op["parameters"].([]any)
		for _, p := range list {
			r.params = append(r.params, dereferenced(t, doc, p.(object)))
		}
		if target := exampleOf(op); target != "" {
			u, err := url.Parse(target)
			if err != nil {
				t.Fatal(err)
			}
			r.query = u.Query()
			before, after, keyed := strings.Cut(r.path, "{}")
			if keyed {
				r.key = strings.TrimSuffix(strings.TrimPrefix(u.Path, before), after)
			}
		} else {
			for _, p := range r.params {
				if p["in"] == "query" && p["required"] == true {
					r.query.Set(fmt.Sprint(p["name"]), fmt.Sprint(p["example"]))
				}
			}
			if pathParameter.MatchString(route.Pattern) && route.Resource != "" && s.get(t, "/v1/"+string(route.Resource)+"?limit=1").json(t)["total"] == 0.0 {
				continue // the schema has it, FEST does not
			}
			r.key = keyFor(t, s, &route)
		}
		if a := s.get(t, r.target()); a.status != http.StatusOK {
			t.Fatalf("%s: %s answers %d %s", route.Pattern, r.target(), a.status, a.body)
		}
		out = append(out, r)
	}
	return out
}

// exampleOf is the first executed example of an operation; "" of those without.
func exampleOf(op object) string {
	ok, _ := op["responses"].(object)["200"].(object)
	content, _ := ok["content"].(object)["application/json"].(object)
	examples, _ := content["examples"].(object)
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		if target, _ := examples[name].(object)["x-request"].(string); target != "" {
			return target
		}
	}
	return ""
}

// dereferenced is a parameter, also one that stands among the components.
func dereferenced(t *testing.T, doc, p object) object {
	t.Helper()
	if ref, _ := p["$ref"].(string); ref != "" {
		return at(t, doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return p
}

// keyFor is a key of a route without an example.
func keyFor(t *testing.T, s *server, route *api.Route) string {
	t.Helper()
	switch parameter := pathParameter.FindString(route.Pattern); {
	case parameter == "":
		return ""
	case parameter == "{serial}":
		return "7"
	case strings.HasPrefix(route.Pattern, "/v1/atc/"):
		return "N02BE01"
	case route.Resource != "":
		return str(t, s.first(t, "/v1/"+string(route.Resource)), "id")
	}
	t.Fatalf("%s: give its 200 an example with x-request", route.Pattern)
	return ""
}

// dates are the parameters that are days.
func (r *request) dates() (out []string) {
	for _, p := range r.params {
		if schema, _ := p["schema"].(object); p["in"] == "query" && schema["format"] == "date" {
			out = append(out, fmt.Sprint(p["name"]))
		}
	}
	return out
}

// names are the parameters that the route itself says it knows.
func (r *request) names(t *testing.T, s *server) (out []string) {
	t.Helper()
	a := s.get(t, r.with("no-such-parameter", "1"))
	known, _ := a.json(t)["known"].([]any)
	for _, name := range known {
		out = append(out, name.(string))
	}
	return out
}

// sensible says why an answer to an odd input is none; "" of one that is. What
// is refused names where, and what would be right; what is unknown says since
// when that can be known.
func sensible(t *testing.T, a answer, where string) string {
	t.Helper()
	if a.status == http.StatusOK || a.status == http.StatusMultipleChoices || a.status == http.StatusGone {
		return ""
	}
	p := a.json(t)
	text := func(name string) string { s, _ := p[name].(string); return s }
	switch {
	case a.status == http.StatusBadRequest:
		named := text("parameter") == where || text("pointer") == where || text("pointer") != "" && strings.HasPrefix(text("pointer"), "/")
		if !named && where != "" || text("expected") == "" || text("detail") == "" {
			return "does not name what is wrong and what would be right"
		}
	case a.status == http.StatusNotFound:
		if text("knownSince") == "" && p["kept"] == nil || text("detail") == "" {
			return "does not say since when that can be known"
		}
	case a.status == http.StatusRequestURITooLong, a.status == http.StatusRequestEntityTooLarge:
	default:
		return "is no answer to what was asked"
	}
	return ""
}

func TestEdgeDays(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	seen := 0
	for _, r := range questions(t, s) {
		known := r.names(t, s)
		for _, name := range r.dates() {
			if !slices.Contains(known, name) {
				t.Errorf("%s: %s is described and not known", r.route.Pattern, name)
			}
			seen++
			for _, bad := range append([]string{"", " "}, badDays...) {
				a := s.get(t, r.with(name, bad))
				p := a.json(t)
				if expected, _ := p["expected"].(string); a.status != http.StatusBadRequest || p["parameter"] != name || !strings.Contains(expected, "YYYY-MM-DD") && strings.TrimSpace(bad) != "" {
					t.Errorf("%s: %s=%q: %d %.300s", r.route.Pattern, name, bad, a.status, a.body)
				}
			}
		}
		if !slices.Contains(known, "d") {
			continue
		}
		if !slices.Contains(r.dates(), "d") {
			t.Errorf("%s takes d, and is not described so", r.route.Pattern)
		}
		for _, day := range []string{"0001-01-01", "1900-01-01", "2024-02-29", "2026-09-09", "9999-12-31"} {
			a := s.get(t, r.with("d", day))
			if p := a.json(t); a.status == http.StatusBadRequest && p["parameter"] != "d" && slices.Contains(r.dates(), fmt.Sprint(p["parameter"])) && sensible(t, a, fmt.Sprint(p["parameter"])) == "" {
				continue // the example's own end is before that day
			}
			if a.status != http.StatusOK || a.json(t)["date"] != day || a.json(t)["freshUntil"] != nil {
				t.Errorf("%s: d=%s: %d %.300s", r.route.Pattern, day, a.status, a.body)
			}
			if around := s.get(t, r.with("d", " "+day+"\u00a0")); string(around.body) != string(a.body) {
				t.Errorf("%s: d=%s with spaces around: %d %.300s", r.route.Pattern, day, around.status, around.body)
			}
		}
	}
	if seen < 2 {
		t.Errorf("only %d parameters are days", seen)
	}
}

func TestEdgeReleases(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, r := range questions(t, s) {
		if known := slices.Contains(r.names(t, s), "release"); known != r.route.AsOf {
			t.Errorf("%s: takes release: %v, by the route table %v", r.route.Pattern, known, r.route.AsOf)
		}
		if !r.route.AsOf {
			continue
		}
		want := s.get(t, r.target())
		for _, value := range []string{"7", "007", " 7 ", retrieved, retrieved + ".123", retrieved + "Z", retrieved + "+02:00", retrieved[:10], strings.ToLower(retrieved)} {
			if a := s.get(t, r.with("release", value)); a.status != http.StatusOK || bodyBut(t, a, "next") != bodyBut(t, want, "next") {
				t.Errorf("%s: release=%q: %d %.300s", r.route.Pattern, value, a.status, a.body)
			}
		}
		for value, status := range map[string]int{
			"": 400, " ": 400, "x": 400, "-1": 400, "+7": 400, "7.0": 400, "2026-13-01": 400, "2026-9-8": 400, "2026-02-30": 400, "0000-00-00": 400, "💊": 400, strings.Repeat("7", 200): 400,
			"6": 404, "0": 404, "18446744073709551615": 404, "20260908": 404, "2026-09-07": 404, "9999-12-31": 404,
		} {
			a := s.get(t, r.with("release", value))
			if why := sensible(t, a, "release"); a.status != status || why != "" {
				t.Errorf("%s: release=%q: %d, want %d; %s %.300s", r.route.Pattern, value, a.status, status, why, a.body)
			}
		}
	}
}

func TestEdgeComparisons(t *testing.T) {
	s, _ := history(t)
	for what, value := range oddTexts {
		a := s.get(t, "/v1/releases/4/changes?from="+url.QueryEscape(value))
		if why := sensible(t, a, "from"); a.status == http.StatusOK || why != "" {
			t.Errorf("from is %s: %d %s: %.300s", what, a.status, why, a.body)
		}
	}
	for _, value := range []string{"3", " 3 ", "003", "2026-08-24"} {
		if a := s.get(t, "/v1/releases/4/changes?from="+url.QueryEscape(value)); a.status != http.StatusOK {
			t.Errorf("from=%q: %d %.300s", value, a.status, a.body)
		}
	}
}

// bodyBut is a body without the links that say where to go on, at whatever
// depth: they repeat what was asked.
func bodyBut(t *testing.T, a answer, member string) string {
	t.Helper()
	if !strings.Contains(string(a.body), `"`+member+`":`) {
		return string(a.body)
	}
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatal(err)
	}
	leaveOut(v, member)
	return asJSON(t, v)
}

func leaveOut(v any, member string) {
	switch v := v.(type) {
	case object:
		delete(v, member)
		for _, x := range v {
			leaveOut(x, member)
		}
	case []any:
		for _, x := range v {
			leaveOut(x, member)
		}
	}
}

func TestEdgeParameters(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, r := range questions(t, s) {
		for _, name := range r.names(t, s) {
			for what, value := range oddTexts {
				a := s.get(t, r.with(name, value))
				if why := sensible(t, a, name); why != "" {
					t.Errorf("%s: %s is %s: %d %s: %.300s", r.route.Pattern, name, what, a.status, why, a.body)
				}
			}
			if a := s.get(t, r.with(name, "")); name != "q" && (a.status != http.StatusBadRequest || a.json(t)["parameter"] != name) {
				t.Errorf("%s: %s is empty: %d %.300s", r.route.Pattern, name, a.status, a.body)
			}
			// A letter is the same however it is composed.
			composed, decomposed := s.get(t, r.with(name, oddTexts["composed"])), s.get(t, r.with(name, oddTexts["decomposed"]))
			if composed.status != decomposed.status || composed.status == http.StatusOK && composed.json(t)["total"] != decomposed.json(t)["total"] {
				t.Errorf("%s: %s composed %d, decomposed %d: %.200s / %.200s", r.route.Pattern, name, composed.status, decomposed.status, composed.body, decomposed.body)
			}
			// What stands around a value does not count.
			if value := r.query.Get(name); value != "" {
				want, got := s.get(t, r.target()), s.get(t, r.with(name, " "+value+" \u00a0"))
				if got.status != want.status || name != "q" && bodyBut(t, got, "next") != bodyBut(t, want, "next") {
					t.Errorf("%s: %s with spaces around: %d %.300s", r.route.Pattern, name, got.status, got.body)
				}
			}
		}
	}
}

var featGUID = regexp.MustCompile(`^ID_[0-9A-F]{8}-`)

func TestEdgeKeys(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	guids := 0
	for _, r := range questions(t, s) {
		if r.key == "" {
			continue
		}
		want := s.get(t, r.target())
		same := []string{r.key + " ", " " + r.key, r.key + "\u00a0"}
		if strings.ToUpper(r.key) == r.key {
			same = append(same, strings.ToLower(r.key), strings.ToLower(r.key[:1])+r.key[1:])
		}
		if featGUID.MatchString(r.key) {
			guids++
			same = append(same, strings.TrimPrefix(r.key, "ID_"), strings.ToLower(strings.TrimPrefix(r.key, "ID_")), "\ufeff"+r.key)
		}
		isEntry := strings.Contains(r.route.Pattern, "{key}")
		for _, key := range same {
			a := s.get(t, r.keyed(key))
			switch {
			case bodyBut(t, a, "next") == bodyBut(t, want, "next"):
			case isEntry:
				t.Errorf("%s: key %q: %d %.300s", r.route.Pattern, key, a.status, a.body)
			case sensible(t, a, "") != "":
				t.Errorf("%s: %q: %d %s: %.300s", r.route.Pattern, key, a.status, sensible(t, a, ""), a.body)
			}
		}
		for what, key := range oddTexts {
			a := s.get(t, r.keyed(key))
			if a.status == http.StatusOK && key != r.key {
				t.Errorf("%s: key is %s: %.200s", r.route.Pattern, what, a.body)
			}
			if strings.Contains(key, "/") && a.status == http.StatusNotFound {
				continue // another path
			}
			if why := sensible(t, a, ""); why != "" {
				t.Errorf("%s: key is %s: %d %s: %.300s", r.route.Pattern, what, a.status, why, a.body)
			}
		}
	}
	if guids < len(fest.Resources())/2 {
		t.Errorf("only %d routes have a GUID as their key", guids)
	}
}

// Numbers keep their leading zeros, in every place where one can be asked for
// (R20): without them they are other numbers, and where nothing has that number
// the answer says what was perhaps lost.
func TestEdgeLeadingZeros(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, test := range []struct {
		target string
		status int
		says   string
	}{
		{"/v1/packages?itemNumber=012387", 200, `"total":1`}, {"/v1/packages?itemNumber=12387", 200, "itemNumber=012387"}, {"/v1/packages?itemNumber=0012387", 200, `"total":0`},
		{"/v1/packages?itemNumber=+012387+", 200, `"total":1`}, {"/v1/packages/12387", 404, "itemNumber=012387"}, {"/v1/resolve?code=12387", 200, "012387 is the item number of"},
		{"/v1/resolve?code=012387", 200, `"match":"itemNumber"`}, {"/v1/packages?gtin=2990000123879", 200, `"total":1`}, {"/v1/packages?gtin=02990000123879", 200, `"total":1`},
		{"/v1/resolve?code=02990000123879", 200, `"match":"gtin"`}, {"/v1/search?q=012387", 200, `"itemNumber":"012387"`},
		{"/v1/search?q=12387", 200, `"total":0`},
	} {
		a := s.get(t, test.target)
		if a.status != test.status || !strings.Contains(string(a.body), test.says) {
			t.Errorf("%s: %d %.300s, want %d %s", test.target, a.status, a.body, test.status, test.says)
		}
	}
}

// The tables themselves: what is odd differs, and a bad answer is noticed.
func TestSensibleFinds(t *testing.T) {
	problem := func(status int, members string) answer {
		return answer{status: status, body: []byte(`{` + members + `}`)}
	}
	for _, test := range []struct {
		a    answer
		fine bool
	}{
		{problem(400, `"parameter":"d","detail":"not a day","expected":"a day"`), true}, {problem(400, `"parameter":"x","detail":"not a day","expected":"a day"`), false},
		{problem(400, `"parameter":"d","detail":"not a day"`), false}, {problem(404, `"detail":"none","knownSince":"2024"`), true}, {problem(404, `"detail":"none"`), false},
		{problem(500, `"detail":"x"`), false}, {problem(200, ``), true}, {problem(503, ``), false},
	} {
		if got := sensible(t, test.a, "d") == ""; got != test.fine {
			t.Errorf("%d %s: fine %v", test.a.status, test.a.body, got)
		}
	}
	var seen []string
	vary(object{"a": []any{object{"b": "x"}}}, "", func(string, any) any { return 7 }, func(at string, body any) { seen = append(seen, at+" "+asJSON(t, body)) })
	if diff := cmp.Diff([]string{`/a {"a":7}`, `/a/0 {"a":[7]}`, `/a/0/b {"a":[{"b":7}]}`}, seen); diff != "" {
		t.Error(diff)
	}
}
