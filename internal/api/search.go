package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/search"
)

// Bounds of an answer: facet values that are listed, and texts of an item that
// are shown with what was found in them.
const (
	mostFacetValues = 20
	mostMatched     = 4
)

// searchBody is a page of what was found.
type searchBody struct {
	Release releaseObject `json:"release"`
	Query   string        `json:"query"`
	Date    rules.Day     `json:"date"`
	// FreshUntil is when the day of the answer ends, where it was not asked
	// for (R12).
	FreshUntil *time.Time   `json:"freshUntil,omitempty"`
	Total      int          `json:"total"`
	Typos      int          `json:"typos,omitempty"`
	Missing    []string     `json:"missing,omitempty"`
	Note       string       `json:"note,omitempty"`
	Next       string       `json:"next,omitempty"`
	Items      []searchItem `json:"items"`
	Facets     searchFacets `json:"facets"`
}

// searchItem is something that was found.
type searchItem struct {
	Resource      fest.Resource   `json:"resource"`
	ID            string          `json:"id"`
	Display       string          `json:"display"`
	Kind          string          `json:"kind"`
	Match         string          `json:"match"`
	Matched       []searchMatched `json:"matched"`
	ItemNumber    string          `json:"itemNumber,omitempty"`
	ATC           *searchCode     `json:"atc,omitempty"`
	Form          *searchCode     `json:"pharmaceuticalFormShort,omitempty"`
	Group         *searchCode     `json:"prescriptionGroup,omitempty"`
	Availability  string          `json:"availability,omitempty"`
	Substitutable *bool           `json:"substitutable,omitempty"`
}

// searchMatched is a text with words of the query: pairs of start and end, in
// UTF-16 units.
type searchMatched struct {
	Field      string   `json:"field"`
	Text       string   `json:"text"`
	Highlights [][2]int `json:"highlights"`
}

type searchCode struct {
	Code    string `json:"code"`
	System  string `json:"system"`
	Display string `json:"display,omitempty"`
}

// searchFacets count what was found, by what it can be filtered by.
type searchFacets struct {
	Kind          []searchCount `json:"kind"`
	ATC           []searchCount `json:"atc"`
	Form          []searchCount `json:"form"`
	Group         []searchCount `json:"prescriptionGroup"`
	Availability  []searchCount `json:"availability"`
	Substitutable int           `json:"substitutable"`
}

type searchCount struct {
	Code    string `json:"code"`
	Display string `json:"display,omitempty"`
	Count   int    `json:"count"`
}

// search answers /v1/search: what has the words that were typed, the best
// first, a page at a time.
func (a *API) search(c *call, v *view) error {
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	q, err := a.searchQuery(c.r.URL.RawQuery, rules.On(c.start, a.oslo))
	if err != nil {
		return err
	}
	if q.release != "" {
		if v, err = a.at(c, v, q.release); err != nil {
			return err
		}
		q.release = v.release[0] // the pages that follow are of this one, too
	}
	offset := 0
	if q.cursor != "" {
		cur, err := decodeCursor(q.cursor)
		if err == nil {
			err = cur.of(q.list())
		}
		if err != nil {
			return err
		}
		if v, err = a.begun(c, v, cur, q.release != ""); err != nil {
			return err
		}
		offset = int(min(cur.position, maxPosition)) //nolint:gosec // bounded
	}
	h := c.Header()
	h["Vary"] = varyAccept
	tag := v.etag(searchPath + "?" + q.encode(q.cursor, a.opts.DefaultLimit) + " " + strconv.FormatBool(q.today))
	if acceptedCodings(c.r.Header["Accept-Encoding"]).fresh(c, h, c.r.Header["If-None-Match"], tag) {
		return nil
	}
	body := a.searchPage(v, &q, offset)
	if q.today {
		until := rules.NextMidnight(c.start, a.oslo)
		body.FreshUntil = &until
	}
	if body.Next != "" {
		h["Link"] = []string{"<" + body.Next + `>; rel="next"`}
	}
	return a.send(c, &representation{contentType: typeJSON, etag: tag, body: append(mustJSON(body), '\n')})
}

// searchPage finds a page.
func (a *API) searchPage(v *view, q *searchQuery, offset int) *searchBody {
	index, day := v.snap.Search(), v.days.on(v.snap.Search(), q.day)
	res := index.Search(q.words, day, &q.filter, offset, q.limit)
	body := &searchBody{
		Release: newReleaseObject(&v.rel, v.advisory), Query: q.text, Date: q.day, Total: res.Total, Typos: res.Typos,
		Missing: res.Missed, Items: []searchItem{}, Facets: facetsOf(index, &res.Facets, q.filter.ATC),
	}
	body.Note = noteOf(index, q, res)
	for _, hit := range res.Hits {
		body.Items = append(body.Items, v.searchItem(index, day, q, hit))
	}
	if end := offset + len(res.Hits); end < res.Total && len(res.Hits) > 0 {
		cur := cursor{stream: hash32([]byte(v.rel.Stream)), serial: v.rel.Serial, list: q.list(), position: uint64(end)} //nolint:gosec // not negative
		body.Next = searchPath + "?" + q.encode(cur.encode(), a.opts.DefaultLimit)
	}
	return body
}

// noteOf says what people should know of an answer; "" is nothing.
func noteOf(index *search.Index, q *searchQuery, res *search.Result) string {
	switch {
	case q.words.Words() == 0:
		return "there is no letter and no digit to search for"
	case res.Total > 0 && len(res.Missed) > 0:
		return "nothing has all of the words; what has the most of them is shown, without those in missing"
	case res.Total > 0:
		return ""
	}
	atc, form, groups := index.Nothing(&q.filter)
	switch {
	case atc:
		return "no ATC code of this release starts with " + q.filter.ATC
	case form:
		return "no pharmaceutical form of this release has the code " + q.filter.Form + " or a name that starts so"
	case groups:
		return "this release has the prescription groups " + strings.Join(index.AllGroups(), ", ") + " and not " + strings.Join(q.filter.Groups, ", ")
	case q.filter.Exact && len(q.bound) == 2:
		return "nothing has the words as they are typed; typos are not allowed for"
	case len(q.bound) > 1:
		return "nothing that the filters leave has the words"
	default:
		return "nothing has the words, with one typo from four letters on and two from eight"
	}
}

func (v *view) searchItem(index *search.Index, day *search.Day, q *searchQuery, hit search.Hit) searchItem {
	f := index.Facts(hit.Document, day)
	it := v.snap.Item(cache.Index(f.Item))
	out := searchItem{
		Resource: it.Resource, ID: string(it.Key), Display: f.Name, Kind: f.Kind.String(), Match: hit.Class.String(),
		Matched: []searchMatched{}, ItemNumber: f.ItemNumber, Availability: f.Market.String(),
		ATC: codeOf("7180", f.ATC), Form: codeOf("7448", f.Form), Group: codeOf("7421", f.Group),
	}
	switch f.Kind {
	case search.KindPackage:
		if f.ItemNumber != "" { // as references show it
			out.Display += " (" + f.ItemNumber + ")"
		}
		out.Substitutable = &f.Substitutable
	case search.KindGeneric, search.KindDrug:
		out.Substitutable = &f.Substitutable
	}
	for _, m := range index.Highlight(hit.Document, q.words, q.filter.Exact, mostMatched) {
		out.Matched = append(out.Matched, searchMatched{m.Field.String(), m.Text, m.Highlights})
	}
	return out
}

// codeOf is a code of a list; nil is not stated.
func codeOf(list string, c search.Coded) *searchCode {
	if c.Code == "" {
		return nil
	}
	return &searchCode{c.Code, "urn:oid:" + fest.OIDRoot + list, c.Display}
}

// facetsOf counts ATC codes one level below the one that is filtered by.
func facetsOf(index *search.Index, f *search.Facets, atc string) searchFacets {
	out := searchFacets{Kind: []searchCount{}, Availability: []searchCount{}, Substitutable: int(f.Substitutable)}
	for k, n := range f.Kinds {
		if n > 0 {
			out.Kind = append(out.Kind, searchCount{Code: search.Kind(k).String(), Count: int(n)})
		}
	}
	for m, n := range f.Markets {
		if n > 0 && search.Market(m) != search.NotApplicable {
			out.Availability = append(out.Availability, searchCount{Code: search.Market(m).String(), Count: int(n)})
		}
	}
	out.ATC = countsOf(index.ATC(f, levelBelow(atc), mostFacetValues))
	out.Form = countsOf(index.Forms(f, mostFacetValues))
	out.Group = countsOf(index.Groups(f, mostFacetValues))
	return out
}

// levelBelow is the length of the ATC codes below one.
func levelBelow(code string) int {
	n := len(code)
	if n > 0 && (code[0] == 'Q' || code[0] == 'Z') {
		n--
	}
	for _, length := range [...]int{1, 3, 4, 5} {
		if n < length {
			return length
		}
	}
	return 7
}

func countsOf(counts []search.Count) []searchCount {
	out := make([]searchCount, len(counts))
	for i, c := range counts {
		out[i] = searchCount{c.Code, c.Display, c.Count}
	}
	return out
}
