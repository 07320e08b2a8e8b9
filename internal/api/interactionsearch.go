package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
)

const (
	interactionSearchPath = "/v1/interaction-search"
	paramRelevance        = "relevance"
)

var interactionSearchParameters = []string{paramQuery, paramRelevance, paramRelease, paramLimit, paramCursor}

// interactionSearch is the route of the free search over interactions (R121).
func (a *API) interactionSearch() Route {
	return Route{
		Pattern: interactionSearchPath, Methods: readOnly, Cost: CostCompute, Tokens: tokensSearch, Caching: CacheRevalidate, Data: true, AsOf: true,
		handle: a.searchInteractions,
	}
}

// interactionSearchBody is a page of what was found.
type interactionSearchBody struct {
	Release releaseObject `json:"release"`
	*answer.FoundInteractions
	Next string `json:"next,omitempty"`
}

// interactionQuery is the query of the free search, read.
type interactionQuery struct {
	listQuery
	search answer.InteractionSearch
}

func (a *API) searchInteractions(c *call, v *view) error {
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	q, err := a.interactionQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	if q.release != "" {
		if v, err = a.at(c, v, q.release); err != nil {
			return err
		}
		q.release = v.release[0] // the pages that follow are of this one, too
	}
	list := hashList(fest.Resource(interactionSearchPath), q.filters)
	if q.cursor != "" {
		cur, err := decodeCursor(q.cursor)
		if err == nil {
			err = cur.of(list)
		}
		if err != nil {
			return err
		}
		if v, err = a.begun(c, v, cur, q.release != ""); err != nil {
			return err
		}
		q.search.Offset = int(min(cur.position, maxPosition)) //nolint:gosec // bounded
	}
	h := c.Header()
	h["Vary"] = varyAccept
	tag := v.etag(interactionSearchPath + "?" + q.encode(q.cursor, a.opts.DefaultLimit))
	if acceptedCodings(c.r.Header["Accept-Encoding"]).fresh(c, h, c.r.Header["If-None-Match"], tag) {
		return nil
	}
	register := a.asked(v, "") // nothing here depends on the day
	found, err := register.SearchInteractions(&q.search)
	if err != nil {
		return internal(err)
	}
	if err := register.damage(); err != nil {
		return err
	}
	body := interactionSearchBody{Release: newReleaseObject(&v.rel, v.advisory), FoundInteractions: found}
	if end := q.search.Offset + len(found.Items); end < found.Total && len(found.Items) > 0 {
		next := cursor{stream: hash32([]byte(v.rel.Stream)), serial: v.rel.Serial, list: list, position: uint64(end)} //nolint:gosec // not negative
		body.Next = interactionSearchPath + "?" + q.encode(next.encode(), a.opts.DefaultLimit)
		h["Link"] = []string{"<" + body.Next + `>; rel="next"`}
	}
	return a.send(c, &representation{contentType: typeJSON, etag: tag, body: append(mustJSON(body), '\n')})
}

func (a *API) interactionQuery(raw string) (q interactionQuery, err error) {
	q.limit = a.opts.DefaultLimit
	params, err := a.parameters(raw, interactionSearchParameters)
	if err != nil {
		return q, err
	}
	asked := false
	for _, p := range params {
		switch p.name {
		case paramQuery:
			asked, q.search.Query = true, strings.TrimSpace(p.value)
			if len(p.value) > search.MaxBytes {
				err = badParameter(p.name, p.value, "the query is "+strconv.Itoa(len(p.value))+" bytes long", "at most "+strconv.Itoa(search.MaxBytes)+" bytes")
			}
		case paramRelevance:
			q.search.Relevances, err = relevances(p)
		case paramLimit:
			q.limit, err = a.limit(p)
		case paramCursor:
			q.cursor = p.value
		case paramRelease:
			q.release = p.value
		}
		if err != nil {
			return q, err
		}
	}
	if !asked {
		f := badParameter(paramQuery, "", "nothing to search for", "an ATC code of any level, or what a group or substance is called, such as q=warfarin")
		f.problem.Hint = "interactions of a list of drugs among themselves: POST /v1/interaction-checks"
		return q, f
	}
	q.search.Limit = q.limit
	q.filters = append(q.filters, cache.Query{Filter: paramQuery, Value: q.search.Query})
	if q.search.Relevances != nil {
		q.filters = append(q.filters, cache.Query{Filter: paramRelevance, Value: strings.Join(q.search.Relevances, ",")})
	}
	return q, nil
}

// relevances reads codes of list 7483, with commas between them.
func relevances(p parameter) ([]string, error) {
	var out []string
	for code := range strings.SplitSeq(p.value, ",") {
		code = strings.TrimSpace(code)
		if code != "1" && code != "2" && code != "3" {
			return nil, badList(p.name, code, "not a relevance (list 7483)", []string{"1", "2", "3"})
		}
		if !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out, nil
}
