package api

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/cache"
)

func testAPI(t testing.TB) *API {
	t.Helper()
	o := Options{MaxParameters: 8, DefaultLimit: 50, MaxLimit: 500}
	return &API{opts: o}
}

var testFilters = []string{"atc", "name", paramLimit, paramCursor}

func TestQueriesAreRead(t *testing.T) {
	a := testAPI(t)
	for raw, want := range map[string]listQuery{
		"":                        {limit: 50},
		"&&":                      {limit: 50},
		"limit=1&cursor=abc":      {limit: 1, cursor: "abc"},
		"name=%C3%A6%20b+c&atc=N": {limit: 50, filters: []cache.Query{{Filter: "name", Value: "æ b c"}, {Filter: "atc", Value: "N"}}},
		"n%61me=a%3Db%26c":        {limit: 50, filters: []cache.Query{{Filter: "name", Value: "a=b&c"}}},
		"name=a=b":                {limit: 50, filters: []cache.Query{{Filter: "name", Value: "a=b"}}},
		"name=a;b":                {limit: 50, filters: []cache.Query{{Filter: "name", Value: "a;b"}}},
	} {
		got, err := a.listQuery(raw, testFilters)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(listQuery{})); err != nil || diff != "" {
			t.Errorf("%q: %v\n%s", raw, err, diff)
		}
	}
}

// FuzzQuery holds the reader of queries against net/url: what it takes means
// the same there, and what it writes for a link reads back.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{
		"", "atc=N02BE01", "name=parac&limit=10", "name=%C3%A6&cursor=AQ", "atc", "atc=", "limit=-1", "atc=%", "%ff=1", "a=1&a=2",
		"name=a;b", "name=a%00b", "&&name=+", strings.Repeat("atc=1&", 20),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		a := testAPI(t)
		q, err := a.listQuery(raw, testFilters)
		if err != nil {
			if !errors.Is(err, errInvalidParameter) {
				t.Fatalf("%q: %v", raw, err)
			}
			p, _ := asFailure(err)
			if !utf8.ValidString(p.problem.Parameter + p.problem.Value + p.problem.Detail) {
				t.Fatalf("%q: the problem is no UTF-8", raw)
			}
			return
		}
		if strings.ContainsAny(raw, ";") {
			return // net/url refuses what RFC 3986 allows
		}
		values, err := url.ParseQuery(raw)
		if err != nil {
			t.Fatalf("%q: net/url says %v", raw, err)
		}
		for _, p := range q.filters {
			if !slices.Equal(values[p.Filter], []string{p.Value}) {
				t.Fatalf("%q: %v, net/url has %q", raw, p, values[p.Filter])
			}
		}
		again, err := a.listQuery(q.encode(q.cursor, a.opts.DefaultLimit), testFilters)
		if diff := cmp.Diff(q, again, cmp.AllowUnexported(listQuery{})); err != nil || diff != "" {
			t.Fatalf("%q: %v\n%s", raw, err, diff)
		}
	})
}
