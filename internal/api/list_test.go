package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
)

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

func TestListBodyIsOneJSONValue(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, res := range fest.Resources() {
		a := s.get(t, "/v1/"+string(res))
		if !json.Valid(a.body) {
			t.Errorf("%s: %.200s", res, a.body)
		}
	}
}
