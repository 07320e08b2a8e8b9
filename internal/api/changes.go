package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// Parameters of what changed.
const (
	paramFrom     = "from"
	paramTo       = "to"
	paramResource = "resource"
	paramKind     = "kind"
)

// changesBody is a page of what changed from one release to another. Counts
// are of everything, total is of the pages.
type changesBody struct {
	From   ReleaseRef                           `json:"from"`
	To     ReleaseRef                           `json:"to"`
	Counts map[fest.Resource]cache.ChangeCounts `json:"counts"`
	Total  int                                  `json:"total"`
	Next   string                               `json:"next,omitempty"`
	Items  []cache.Change                       `json:"items"`
}

// changesQuery is the query of a list of changes, read.
type changesQuery struct {
	from, to string
	resource fest.Resource
	kind     cache.ChangeKind
	limit    int
	cursor   string
}

func (a *API) changesQuery(raw string, known []string) (changesQuery, error) {
	q := changesQuery{limit: a.opts.DefaultLimit}
	params, err := a.parameters(raw, known)
	if err != nil {
		return q, err
	}
	for _, p := range params {
		switch p.name {
		case paramFrom:
			q.from = p.value
		case paramTo:
			q.to = p.value
		case paramResource:
			q.resource = fest.Resource(p.value)
			if !slices.Contains(fest.Resources(), q.resource) {
				f := badParameter(p.name, p.value, "not a resource", "one of known")
				for _, r := range fest.Resources() {
					f.problem.Known = append(f.problem.Known, string(r))
				}
				return q, f
			}
		case paramKind:
			q.kind = cache.ChangeKind(p.value)
			if q.kind != cache.Added && q.kind != cache.Removed && q.kind != cache.Changed {
				return q, badParameter(p.name, p.value, "not a kind of change", "added, removed or changed")
			}
		case paramLimit:
			if q.limit, err = a.limit(p); err != nil {
				return q, err
			}
		case paramCursor:
			q.cursor = p.value
		}
	}
	return q, nil
}

// changes answers /v1/releases/{serial}/changes.
func (a *API) changes(c *call, v *view) error {
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	q, err := a.changesQuery(c.r.URL.RawQuery, []string{paramFrom, paramResource, paramKind, paramLimit, paramCursor})
	if err != nil {
		return err
	}
	to, err := a.named(v, c.key)
	if err != nil {
		return err
	}
	from, err := a.comparedWith(v, to, q.from)
	if err != nil {
		return err
	}
	if !a.kept(v, to) {
		return a.notKept(v, serialText(to.Serial), to)
	}
	if !a.kept(v, from) {
		return a.notKept(v, serialText(from.Serial), from)
	}
	if a.opts.Archive == nil {
		return a.notKept(v, serialText(from.Serial), from)
	}
	cmp, err := a.opts.Archive.Compare(c.r.Context(), from.Serial, to.Serial)
	if err != nil {
		return a.archiveFailure(v, serialText(from.Serial), from, err)
	}
	q.from = serialText(from.Serial)
	body, err := a.changesPage(cmp, &q, "/v1/releases/"+serialText(to.Serial)+"/changes")
	if err != nil {
		return err
	}
	return a.sendPage(c, body, body.Next)
}

// comparedWith is the release that the parameter from names, else the one
// published before.
func (a *API) comparedWith(v *view, to *ArchivedRelease, from string) (*ArchivedRelease, error) {
	if from != "" {
		return a.resolve(v, paramFrom, from)
	}
	all := a.releases(v)
	for i := range all { // newest first
		if all[i].Serial < to.Serial && all[i].Stream == to.Stream {
			return &all[i], nil
		}
	}
	return nil, badParameter(paramFrom, "", "nothing was published before release "+serialText(to.Serial)+"; say what to compare it with", releaseExpected)
}

// changesPage is a page of a comparison. Its cursors hold as long as the two
// contents can be compared.
func (a *API) changesPage(cmp *cache.Comparison, q *changesQuery, path string) (*changesBody, error) {
	bound := []cache.Query{{Filter: paramFrom, Value: q.from}, {Filter: paramTo, Value: q.to}, {Filter: paramResource, Value: string(q.resource)}, {Filter: paramKind, Value: string(q.kind)}}
	list := hashList(fest.Resource(path), bound)
	after := 0
	if q.cursor != "" {
		cur, err := decodeCursor(q.cursor)
		if err == nil {
			err = cur.of(list)
		}
		if err != nil {
			return nil, err
		}
		after = int(min(cur.position, maxPosition)) //nolint:gosec // bounded
	}
	items, next, total := cmp.List(q.resource, q.kind, after, q.limit)
	if items == nil {
		items = []cache.Change{}
	}
	body := &changesBody{From: refOf(&cmp.From), To: refOf(&cmp.To), Counts: cmp.Counts, Total: total, Items: items}
	if body.Counts == nil {
		body.Counts = map[fest.Resource]cache.ChangeCounts{}
	}
	if next != 0 {
		cur := cursor{stream: hash32([]byte(cmp.To.Stream)), serial: cmp.To.Serial, list: list, position: uint64(next)} //nolint:gosec // not negative
		body.Next = path + "?" + q.encode(cur.encode(), a.opts.DefaultLimit)
	}
	return body, nil
}

// encode is the query that leads to the page that starts at the cursor.
func (q *changesQuery) encode(cursor string, defaultLimit int) string {
	l := listQuery{limit: q.limit}
	for _, p := range []cache.Query{{Filter: paramFrom, Value: q.from}, {Filter: paramTo, Value: q.to}, {Filter: paramResource, Value: string(q.resource)}, {Filter: paramKind, Value: string(q.kind)}} {
		if p.Value != "" {
			l.filters = append(l.filters, p)
		}
	}
	return l.encode(cursor, defaultLimit)
}

// limit reads the size of a page.
func (a *API) limit(p parameter) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(p.value))
	if err != nil || n < 1 || n > a.opts.MaxLimit {
		return 0, badParameter(p.name, p.value, "not a number of entries that a page can have", "a whole number from 1 to "+strconv.Itoa(a.opts.MaxLimit))
	}
	return n, nil
}
