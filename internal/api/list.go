package api

import (
	"io"
	"net/http"
	"strconv"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

var offerJSON = []mediaType{mediaJSON}

// list answers /v1/{resource}: the entries that all filters match, in the
// order of the source, a page at a time. Where a filter asks for a number or
// code, or include=removed does, the entries that were removed follow, marked.
func (a *API) list(res fest.Resource) handler {
	var known []string
	identifying := map[string]bool{}
	for _, f := range cache.Filters(res) {
		known = append(known, f.Name)
		identifying[f.Name] = cache.Identifying(res, f.Name)
	}
	known = append(known, paramInclude, paramRelease, paramLimit, paramCursor)
	return func(c *call, v *view) error {
		if _, err := c.media(offerJSON...); err != nil {
			return listMedia(err, res)
		}
		q, err := a.listQuery(c.r.URL.RawQuery, known)
		if err != nil {
			return err
		}
		if q.release != "" {
			if v, err = a.at(c, v, q.release); err != nil {
				return err
			}
			q.release = v.release[0] // the pages that follow are of this one, too
		}
		var after uint64
		if q.cursor != "" {
			cur, err := decodeCursor(q.cursor)
			if err == nil {
				err = cur.of(hashList(res, q.bound()))
			}
			if err != nil {
				return err
			}
			if v, err = a.begun(c, v, cur, q.release != ""); err != nil {
				return err
			}
			after = cur.position
		}
		l := listing{api: a, view: v, res: res, query: &q, removed: q.include}
		for _, f := range q.filters {
			l.removed = l.removed || identifying[f.Filter]
		}
		return l.send(c, after)
	}
}

// listMedia says, where XML was asked for, where it is to be had.
func listMedia(err error, res fest.Resource) error {
	if f, ok := asFailure(err); ok {
		f.problem.Detail = "lists are JSON only; XML is the source's own text of one entry: /v1/" + string(res) + "/{key}"
	}
	return err
}

// listing is a list being answered.
type listing struct {
	api     *API
	view    *view
	res     fest.Resource
	query   *listQuery
	removed bool // removed entries, too
}

// send writes the page straight from the snapshot's bytes. Its ETag is of
// release and query, so a 304 needs no look-up; but what was removed can become
// known later, so that where it is part of the list it is part of the ETag.
func (l *listing) send(c *call, after uint64) error {
	a, q := l.api, l.query
	path := "/v1/" + string(l.res)
	name := path + "?" + q.encode(q.cursor, a.opts.DefaultLimit)
	h := c.Header()
	h["Vary"] = varyAccept
	accepted := acceptedCodings(c.r.Header["Accept-Encoding"])
	inm := c.r.Header["If-None-Match"]
	var tag string
	if !l.removed {
		if tag = l.view.etag(name); accepted.fresh(c, h, inm, tag) {
			return nil
		}
	}
	p, err := l.page(after)
	if err != nil {
		return err
	}
	if l.removed {
		if tag = l.view.etag(name + p.mark()); accepted.fresh(c, h, inm, tag) {
			return nil
		}
	}
	next := ""
	if p.next != 0 {
		next = path + "?" + q.encode(cursorFor(l.view, l.res, q, p.next).encode(), a.opts.DefaultLimit)
	}
	hint := ""
	if p.total == 0 {
		hint = hintForList(q.filters)
	}
	head, tail := listFrame(l.view, p, next, hint)
	size := len(head) + len(tail) + max(0, len(p.items)-1)
	for _, it := range p.items {
		size += len(it)
	}

	how := accepted.choose(size)
	if how == noCoding {
		return unacceptableCoding()
	}
	if inm != nil && anyTag(inm) {
		c.notModified(h, withSuffix(tag, how.suffix()))
		return nil
	}
	h["Etag"] = []string{withSuffix(tag, how.suffix())}
	h["Cache-Control"] = noCache
	h["Content-Type"] = typeJSON
	if next != "" {
		h["Link"] = []string{"<" + next + `>; rel="next"`}
	}
	return a.stream(c, how, size, func(w io.Writer) { writeList(w, head, p.items, tail) })
}

// fresh answers 304 if the client has the tag in any of the codings that it
// might be sent.
func (c codings) fresh(to *call, h http.Header, inm []string, tag string) bool {
	if inm == nil || anyTag(inm) {
		return false
	}
	for _, how := range [...]coding{identity, gzipped, zstandard} {
		if t := withSuffix(tag, how.suffix()); c.takes(how) && matches(inm, t) {
			to.notModified(h, t)
			return true
		}
	}
	return false
}

// notModified answers 304.
func (c *call) notModified(h http.Header, tag string) {
	h["Etag"] = []string{tag}
	h["Cache-Control"] = noCache
	c.WriteHeader(http.StatusNotModified)
}

// takes reports whether a body of some size may be sent in the coding.
func (c codings) takes(how coding) bool {
	switch how {
	case gzipped:
		return c.gzip > 0
	case zstandard:
		return c.zstd > 0
	default:
		return c.identity > 0
	}
}

// listFrame is what stands before and after the entries.
func listFrame(v *view, p *listPage, next, hint string) (head, tail []byte) {
	head = append(head, `{"release":`...)
	head = append(head, v.object...)
	head = append(head, `,"total":`...)
	head = strconv.AppendInt(head, int64(p.total), 10)
	if p.removed > 0 {
		head = append(head, `,"totalRemoved":`...)
		head = strconv.AppendInt(head, int64(p.removed), 10)
	}
	if next != "" {
		head = append(head, `,"next":`...)
		head = append(head, '"')
		head = append(head, next...) // percent-encoded: nothing in it needs escaping
		head = append(head, '"')
	}
	if hint != "" {
		head = append(head, `,"hint":`...)
		head = append(head, mustJSON(hint)...)
	}
	head = append(head, `,"items":[`...)
	return head, []byte("]}\n")
}

// writeList writes the body. Errors are left to the call: what was begun
// cannot be mended.
func writeList(w io.Writer, head []byte, items [][]byte, tail []byte) {
	if _, err := w.Write(head); err != nil {
		return
	}
	for i := range items {
		if i > 0 {
			if _, err := w.Write([]byte{','}); err != nil {
				return
			}
		}
		if _, err := w.Write(items[i]); err != nil {
			return
		}
	}
	_, _ = w.Write(tail)
}
