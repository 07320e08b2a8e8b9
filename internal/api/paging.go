package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// paramList asks for one of the lists of an answer; without it all of them
// begin.
const paramList = "list"

// pagingParameters are those of an answer with lists in it.
var pagingParameters = []string{paramList, paramLimit, paramCursor}

// paging reads which part of its lists an answer is to give. lists are those
// there are; an answer with one list has no parameter list. A walk is of one
// release and one day: the links that lead on name both.
func (q *asked) paging(lists ...string) (*answer.Paging, error) {
	p := &answer.Paging{Limit: q.api.opts.DefaultLimit, List: q.Param(paramList)}
	if p.List != "" && !slices.Contains(lists, p.List) {
		f := badParameter(paramList, p.List, "no list of this answer", "one of "+strings.Join(lists, ", "))
		f.problem.Known = lists
		return nil, f
	}
	if limit := q.Param(paramLimit); limit != "" {
		var err error
		if p.Limit, err = q.api.limit(parameter{paramLimit, limit}); err != nil {
			return nil, err
		}
	}
	p.Next = func(list string, from int) string { return q.next(list, len(lists) > 1, p.Limit, from) }
	if q.Param(paramCursor) == "" {
		return p, nil
	}
	cur, err := decodeCursor(q.Param(paramCursor))
	if err != nil {
		return nil, err
	}
	if len(lists) == 1 {
		p.List = lists[0]
	}
	if p.List == "" {
		return nil, badParameter(paramCursor, q.Param(paramCursor), "a cursor leads on in one list, and none is named", "the link next of that list, unchanged")
	}
	if err := cur.of(q.hash(p.List)); err != nil {
		return nil, err
	}
	if !cur.in(&q.view.rel) {
		return nil, fail(errCursorExpired, "the list was begun in release "+serialText(cur.serial)+", and this answer is of release "+q.view.release[0]+
			"; the link next has the parameter release")
	}
	p.From = int(min(cur.position, maxPosition)) //nolint:gosec // far below
	return p, nil
}

// bound are the parameters that a list depends on.
func (q *asked) bound() []parameter {
	var out []parameter
	for _, p := range q.params {
		if p.name != paramList && p.name != paramLimit && p.name != paramCursor {
			out = append(out, p)
		}
	}
	return out
}

// hash tells the lists of answers apart: by path, day, list and parameters.
func (q *asked) hash(list string) uint32 {
	filters := []cache.Query{{Filter: paramDay, Value: string(q.Day())}, {Filter: paramList, Value: list}}
	for _, p := range q.bound() {
		filters = append(filters, cache.Query{Filter: p.name, Value: strings.TrimSpace(p.value)})
	}
	return hashList(fest.Resource(q.path), filters)
}

// next is the link to the part of a list that starts at a place.
func (q *asked) next(list string, named bool, limit, from int) string {
	var b strings.Builder
	b.WriteString(q.path + "?" + paramDay + "=" + string(q.Day()))
	put := func(name, value string) { b.WriteString("&" + name + "=" + url.QueryEscape(value)) }
	for _, p := range q.bound() {
		put(p.name, strings.TrimSpace(p.value))
	}
	if named {
		put(paramList, list)
	}
	if limit != q.api.opts.DefaultLimit {
		put(paramLimit, strconv.Itoa(limit))
	}
	put(paramRelease, q.view.release[0])
	put(paramCursor, cursor{stream: hash32([]byte(q.view.rel.Stream)), serial: q.view.rel.Serial, list: q.hash(list), position: uint64(from)}.encode()) //nolint:gosec // not negative
	return b.String()
}
