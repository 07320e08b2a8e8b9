package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/festd/festd/internal/api"
)

// posted is a body that is answered with 200, to be varied.
type posted struct {
	route api.Route
	body  object
	days  []string // members at the top that are days
}

func postings(t *testing.T, s *server) (out []posted) {
	t.Helper()
	doc := description(t)
	for _, route := range s.Routes() {
		if route.Body == 0 {
			continue
		}
		content := at(t, doc, "paths", route.Pattern, "post", "requestBody", "content", "application/json")
		examples := at(t, content, "examples")
		for _, name := range slices.Sorted(maps.Keys(examples)) {
			p := posted{route: route, body: at(t, examples, name, "value")}
			properties := at(t, dereferenced(t, doc, at(t, content, "schema")), "properties")
			for member, schema := range properties {
				if dereferenced(t, doc, schema.(object))["format"] == "date" {
					p.days = append(p.days, member)
				}
			}
			if a := s.postBody(t, route.Pattern, asJSON(t, p.body)); a.status != http.StatusOK {
				t.Fatalf("%s: the example %s answers %d %s", route.Pattern, name, a.status, a.body)
			}
			out = append(out, p)
		}
		if len(examples) == 0 {
			t.Errorf("%s: give its request an example", route.Pattern)
		}
	}
	return out
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEdgeBodies(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	all := postings(t, s)
	if len(all) == 0 {
		t.Fatal("no route takes a body")
	}
	for _, p := range all {
		for _, body := range []string{
			"", " ", "{", "}", "null", "[]", "7", `"x"`, "true", "{}", "{} {}", "💊", "\ufeff{}", "{'a':1}", "\x00", `{"💊":1}`, `{"":1}`, "<x/>", "\xff\xfe{}", strings.Repeat("[", 5000), `{"lines":[null]}`,
			`{"lines":[[]]}`, `{"lines":{}}`, `{"lines":[]}`,
		} {
			a := s.postBody(t, p.route.Pattern, body)
			why := sensible(t, a, "")
			if why == "" && a.status == http.StatusOK && body != `{"lines":[null]}` && body != "{}" {
				why = "is an answer to nothing"
			}
			if why != "" {
				t.Errorf("%s: %.40q: %d %s: %.300s", p.route.Pattern, body, a.status, why, a.body)
			}
		}
		for _, day := range p.days {
			for _, bad := range badDays {
				o := maps.Clone(p.body)
				o[day] = bad
				a := s.postBody(t, p.route.Pattern, asJSON(t, o))
				v := a.json(t)
				if expected, _ := v["expected"].(string); a.status != http.StatusBadRequest || v["pointer"] != "/"+day || !strings.Contains(expected, "YYYY-MM-DD") {
					t.Errorf("%s: %s is %q: %d %.300s", p.route.Pattern, day, bad, a.status, a.body)
				}
			}
			for _, good := range []string{"0001-01-01", "2024-02-29", "9999-12-31"} {
				o := maps.Clone(p.body)
				o[day] = good
				if a := s.postBody(t, p.route.Pattern, asJSON(t, o)); a.status != http.StatusOK {
					t.Errorf("%s: %s is %q: %d %.300s", p.route.Pattern, day, good, a.status, a.body)
				}
			}
		}
		for _, query := range []string{"?release=x", "?release=", "?release=6", "?no=1", "?release=7&release=7"} {
			a := s.postBody(t, p.route.Pattern+query, asJSON(t, p.body))
			if why := sensible(t, a, "release"); a.status == http.StatusOK || why != "" && query != "?no=1" {
				t.Errorf("%s%s: %d %s: %.300s", p.route.Pattern, query, a.status, why, a.body)
			}
		}
	}
}

// Every member of a body, however deep, takes every odd value: the answer says
// what is wrong with it, or answers the line.
func TestEdgeMembers(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, p := range postings(t, s) {
		odd := map[string]any{"a number": 7, "a part": 7.5, "a truth": true, "null": nil, "a list": []any{}, "an object": object{}, "nothing": "", "a space": " ", "a line break": "a\nb", "NUL": "a\x00b"}
		for what, text := range oddTexts {
			odd[what] = text
		}
		for what, value := range odd {
			vary(p.body, "", func(string, any) any {
				return value
			}, func(pointer string, body any) {
				a := s.postBody(t, p.route.Pattern, asJSON(t, body))
				if why := sensible(t, a, pointer); why != "" {
					t.Errorf("%s: %s is %s: %d %s: %.300s", p.route.Pattern, pointer, what, a.status, why, a.body)
				}
			})
		}
		// What stands around a text, and its case, do not make a question fail.
		vary(p.body, "", func(_ string, was any) any {
			if text, ok := was.(string); ok {
				return " " + text + "\u00a0"
			}
			return was
		}, func(pointer string, body any) {
			if a := s.postBody(t, p.route.Pattern, asJSON(t, body)); a.status != http.StatusOK {
				if why := sensible(t, a, pointer); why != "" {
					t.Errorf("%s: %s with spaces around: %d %s %.300s", p.route.Pattern, pointer, a.status, why, a.body)
				}
			}
		})
	}
}

// vary calls send with the body in which one member after the other is what
// other makes of it.
func vary(body any, pointer string, other func(pointer string, was any) any, send func(pointer string, body any)) {
	whole := func(at string, changed any) { send(at, changed) }
	switch v := body.(type) {
	case object:
		for name, was := range v {
			at := pointer + "/" + name
			put := func(x any) object { o := maps.Clone(v); o[name] = x; return o }
			whole(at, put(other(at, was)))
			vary(was, at, other, func(deep string, x any) { send(deep, put(x)) })
		}
	case []any:
		for i, was := range v {
			at := fmt.Sprintf("%s/%d", pointer, i)
			put := func(x any) []any { l := slices.Clone(v); l[i] = x; return l }
			whole(at, put(other(at, was)))
			vary(was, at, other, func(deep string, x any) { send(deep, put(x)) })
		}
	}
}
