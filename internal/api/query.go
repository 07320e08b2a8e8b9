package api

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/festd/festd/internal/cache"
)

// parameter is one query parameter, decoded.
type parameter struct{ name, value string }

// parameters reads a query whose parameters may each stand once, with a value.
// known are the names there are; anything else is refused by name.
func (a *API) parameters(raw string, known []string) ([]parameter, error) {
	var out []parameter
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		if len(out) == a.opts.MaxParameters {
			return nil, &failure{kind: errInvalidParameter, problem: Problem{
				Detail: "too many query parameters", Expected: "at most " + strconv.Itoa(a.opts.MaxParameters), Known: known}}
		}
		name, value, err := decodePair(pair)
		if err != nil {
			return nil, err
		}
		if err := checkParameter(name, value, known, out); err != nil {
			return nil, err
		}
		out = append(out, parameter{name, value})
	}
	return out, nil
}

func decodePair(pair string) (name, value string, err error) {
	rawName, rawValue, _ := strings.Cut(pair, "=")
	name, err = url.QueryUnescape(rawName)
	if err != nil || !utf8.ValidString(name) {
		return "", "", badParameter(visible(rawName), "", "the name is not percent-encoded UTF-8", "%XX with two hexadecimal digits")
	}
	value, err = url.QueryUnescape(rawValue)
	if err != nil || !utf8.ValidString(value) {
		return "", "", badParameter(name, visible(rawValue), "the value is not percent-encoded UTF-8", "%XX with two hexadecimal digits; æ is %C3%A6")
	}
	return name, value, nil
}

// visible makes text that is no UTF-8 fit for JSON.
func visible(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func checkParameter(name, value string, known []string, before []parameter) error {
	isKnown := false
	for _, k := range known {
		isKnown = isKnown || k == name
	}
	switch {
	case !isKnown:
		f := badParameter(name, value, "unknown query parameter", "none")
		if f.problem.Known = known; len(known) > 0 {
			f.problem.Expected = "one of " + strings.Join(known, ", ")
		}
		return f
	case strings.TrimSpace(value) == "":
		return badParameter(name, value, "the parameter is empty", "a value, or no such parameter")
	}
	for _, p := range before {
		if p.name == name {
			return badParameter(name, value, "the parameter stands twice", "one value; filters of different names are combined with and")
		}
	}
	return nil
}

// listQuery is the query of a list, read.
type listQuery struct {
	filters []cache.Query // in the order of the request
	limit   int
	cursor  string
}

const (
	paramLimit  = "limit"
	paramCursor = "cursor"
)

func (a *API) listQuery(raw string, known []string) (listQuery, error) {
	q := listQuery{limit: a.opts.DefaultLimit}
	params, err := a.parameters(raw, known)
	if err != nil {
		return q, err
	}
	for _, p := range params {
		switch p.name {
		case paramLimit:
			n, err := strconv.Atoi(p.value)
			if err != nil || n < 1 || n > a.opts.MaxLimit {
				return q, badParameter(p.name, p.value, "not a number of entries that a page can have", "a whole number from 1 to "+strconv.Itoa(a.opts.MaxLimit))
			}
			q.limit = n
		case paramCursor:
			q.cursor = p.value
		default:
			q.filters = append(q.filters, cache.Query{Filter: p.name, Value: p.value})
		}
	}
	return q, nil
}

// encode is the query that leads to the page that starts at the cursor.
func (q *listQuery) encode(cursor string, defaultLimit int) string {
	var b strings.Builder
	for _, f := range q.filters {
		b.WriteString(url.QueryEscape(f.Filter) + "=" + url.QueryEscape(f.Value) + "&")
	}
	if q.limit != defaultLimit {
		b.WriteString(paramLimit + "=" + strconv.Itoa(q.limit) + "&")
	}
	if cursor == "" {
		return strings.TrimSuffix(b.String(), "&")
	}
	return b.String() + paramCursor + "=" + url.QueryEscape(cursor)
}
