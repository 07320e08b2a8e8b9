package api

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/search"
)

// Parameters of the search.
const (
	paramQuery         = "q"
	paramDay           = "d"
	paramATC           = "atc"
	paramForm          = "form"
	paramGroup         = "prescriptionGroup"
	paramAvailability  = "availability"
	paramSubstitutable = "substitutable"
	paramTypos         = "typos"
)

var searchParameters = []string{
	paramQuery, paramDay, paramKind, paramATC, paramForm, paramGroup, paramAvailability, paramSubstitutable, paramTypos,
	paramRelease, paramLimit, paramCursor,
}

// kindCommodity stands for the three kinds of commodities.
const kindCommodity = "commodity"

// searchPath is the route.
const searchPath = "/v1/search"

// searchQuery is the query of a search, read.
type searchQuery struct {
	text    string
	words   *search.Query
	day     rules.Day
	today   bool // the day was not asked for
	filter  search.Filter
	bound   []cache.Query // all that makes the list, as it was asked for
	limit   int
	cursor  string
	release string
}

func (a *API) searchQuery(raw string, today rules.Day) (searchQuery, error) {
	q := searchQuery{limit: a.opts.DefaultLimit, day: today, today: true}
	params, err := a.parameters(raw, searchParameters)
	if err != nil {
		return q, err
	}
	asked := false
	for _, p := range params {
		switch p.name {
		case paramQuery:
			asked = true
			err = q.parse(p)
		case paramDay:
			q.today = false
			q.day, err = parseDay(p)
		case paramLimit:
			q.limit, err = a.limit(p)
		case paramCursor:
			q.cursor = p.value
		case paramRelease:
			q.release = p.value
		default:
			err = q.narrow(p)
		}
		if err != nil {
			return q, err
		}
	}
	if !asked {
		f := badParameter(paramQuery, "", "nothing to search for", "words as people type them, such as q=paracet 500")
		f.problem.Hint = "names, substances, strengths, forms, codes and numbers are found in any order: " + searchPath + "?q=paracet+500"
		return q, f
	}
	return q, nil
}

// parse reads what was typed.
func (q *searchQuery) parse(p parameter) error {
	var err error
	q.text = p.value
	switch q.words, err = search.Parse(p.value); {
	case errors.Is(err, search.ErrTooLong):
		return badParameter(p.name, p.value, "the query is "+strconv.Itoa(len(p.value))+" bytes long", "at most "+strconv.Itoa(search.MaxBytes)+" bytes")
	case errors.Is(err, search.ErrTooManyWords):
		return badParameter(p.name, p.value, "the query has too many words", "at most "+strconv.Itoa(search.MaxWords)+" words")
	}
	q.bound = append(q.bound, cache.Query{Filter: p.name, Value: p.value})
	return nil
}

// narrow reads a filter.
func (q *searchQuery) narrow(p parameter) error {
	value := strings.TrimSpace(p.value)
	f := &q.filter
	q.bound = append(q.bound, cache.Query{Filter: p.name, Value: value})
	switch p.name {
	case paramKind:
		return q.kinds(p.name, value)
	case paramATC:
		f.ATC = upper(value)
	case paramForm:
		f.Form = value
	case paramGroup:
		for code := range strings.SplitSeq(upper(value), ",") {
			f.Groups = append(f.Groups, strings.TrimSpace(code))
		}
	case paramAvailability:
		f.Markets = map[search.Market]bool{}
		for name := range strings.SplitSeq(value, ",") {
			m, ok := search.MarketOf(strings.TrimSpace(name))
			if !ok {
				return badList(p.name, name, "not a state of availability", marketNames())
			}
			f.Markets[m] = true
		}
	case paramSubstitutable:
		yes := value == "true"
		if !yes && value != "false" {
			return badParameter(p.name, value, "neither true nor false", "true or false")
		}
		f.Substitutable = &yes
	case paramTypos:
		if f.Exact = value == "off"; !f.Exact && value != "on" {
			return badParameter(p.name, value, "neither on nor off", "on or off")
		}
	}
	return nil
}

func (q *searchQuery) kinds(name, value string) error {
	q.filter.Kinds = map[search.Kind]bool{}
	for one := range strings.SplitSeq(value, ",") {
		one = strings.TrimSpace(one)
		if one == kindCommodity {
			for _, k := range []search.Kind{search.KindBreastProsthesis, search.KindMedicalConsumable, search.KindNutrient} {
				q.filter.Kinds[k] = true
			}
			continue
		}
		k, ok := search.KindOf(one)
		if !ok {
			return badList(name, one, "not a kind of what is searched", kindNames())
		}
		q.filter.Kinds[k] = true
	}
	return nil
}

// badList is a value that is none of those known.
func badList(name, value, detail string, known []string) error {
	f := badParameter(name, value, detail, "one of known, or several with commas between them")
	f.problem.Known = known
	return f
}

func kindNames() []string {
	names := []string{}
	for k := range search.NumKinds {
		names = append(names, k.String())
	}
	return append(names, kindCommodity)
}

func marketNames() []string {
	var names []string
	for m := search.Marketed; m < search.NumMarkets; m++ {
		names = append(names, m.String())
	}
	return names
}

// encode is the query that leads to the page that starts at the cursor, of
// the same day.
func (q *searchQuery) encode(cursor string, defaultLimit int) string {
	l := listQuery{limit: q.limit, release: q.release, filters: slices.Clone(q.bound)}
	l.filters = append(l.filters, cache.Query{Filter: paramDay, Value: string(q.day)})
	return l.encode(cursor, defaultLimit)
}

// list is what a cursor is bound to.
func (q *searchQuery) list() uint32 {
	return hashList(fest.Resource(searchPath), append(slices.Clone(q.bound), cache.Query{Filter: paramDay, Value: string(q.day)}))
}
