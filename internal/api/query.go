package api

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
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

// groupSeparator may stand in a scanned GS1 string (R22).
const groupSeparator = '\x1d'

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
	case strings.TrimSpace(value) == "" && name != paramQuery: // who has typed nothing finds nothing
		return badParameter(name, value, "the parameter is empty", "a value, or no such parameter")
	case strings.ContainsFunc(value, func(r rune) bool {
		return unicode.IsControl(r) && (r != groupSeparator || name != "gtin" && name != paramCode)
	}):
		return badParameter(name, value, "the value has a control character, such as a line break", "printable text")
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
	include bool   // removed entries, too
	release string // as of which release; "" is the one served
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
			if q.limit, err = a.limit(p); err != nil {
				return q, err
			}
		case paramCursor:
			q.cursor = p.value
		case paramInclude:
			if q.include, err = includes(p.value); err != nil {
				return q, err
			}
		case paramRelease:
			q.release = p.value
		default:
			q.filters = append(q.filters, cache.Query{Filter: p.name, Value: p.value})
		}
	}
	return q, nil
}

// includes reads the parameter include.
func includes(value string) (bool, error) {
	if value != includeRemoved {
		return false, badParameter(paramInclude, value, "not something that can be included", includeRemoved)
	}
	return true, nil
}

// bound is what a cursor of the list is bound to: all that makes the list.
func (q *listQuery) bound() []cache.Query {
	if !q.include {
		return q.filters
	}
	return append(append([]cache.Query(nil), q.filters...), cache.Query{Filter: paramInclude, Value: includeRemoved})
}

// itemParameters are those of a single entry.
var itemParameters = []string{paramInclude, paramRelease}

// itemQuery is the query of a single entry, read.
func (a *API) itemQuery(raw string, known []string) (include bool, release string, err error) {
	params, err := a.parameters(raw, known)
	if err != nil {
		return false, "", err
	}
	for _, p := range params {
		switch p.name {
		case paramInclude:
			if include, err = includes(p.value); err != nil {
				return false, "", err
			}
		case paramRelease:
			release = p.value
		}
	}
	return include, release, nil
}

// encode is the query that leads to the page that starts at the cursor.
func (q *listQuery) encode(cursor string, defaultLimit int) string {
	var b strings.Builder
	for _, f := range q.filters {
		b.WriteString(url.QueryEscape(f.Filter) + "=" + url.QueryEscape(f.Value) + "&")
	}
	if q.include {
		b.WriteString(paramInclude + "=" + includeRemoved + "&")
	}
	if q.release != "" {
		b.WriteString(paramRelease + "=" + url.QueryEscape(q.release) + "&")
	}
	if q.limit != defaultLimit {
		b.WriteString(paramLimit + "=" + strconv.Itoa(q.limit) + "&")
	}
	if cursor == "" {
		return strings.TrimSuffix(b.String(), "&")
	}
	return b.String() + paramCursor + "=" + url.QueryEscape(cursor)
}
