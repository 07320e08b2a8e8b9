package api

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

var offerJSON = []mediaType{mediaJSON}

// list answers /v1/{resource}: the entries that all filters match, in the
// order of the source, a page at a time.
func (a *API) list(res fest.Resource) handler {
	var known []string
	for _, f := range cache.Filters(res) {
		known = append(known, f.Name)
	}
	known = append(known, paramLimit, paramCursor)
	return func(c *call, v *view) error {
		if _, err := c.media(offerJSON...); err != nil {
			return listMedia(err, res)
		}
		q, err := a.listQuery(c.r.URL.RawQuery, known)
		if err != nil {
			return err
		}
		var after cache.Position
		if q.cursor != "" {
			cur, err := decodeCursor(q.cursor)
			if err != nil {
				return err
			}
			if after, err = cur.positionIn(v, res, q.filters); err != nil {
				return err
			}
		}
		return a.sendList(c, v, res, &q, after)
	}
}

// listMedia says, where XML was asked for, where it is to be had.
func listMedia(err error, res fest.Resource) error {
	if f, ok := asFailure(err); ok {
		f.problem.Detail = "lists are JSON only; XML is the source's own text of one entry: /v1/" + string(res) + "/{key}"
	}
	return err
}

// sendList writes the page straight from the snapshot's bytes. Its ETag is of
// release and query, so a 304 needs no look-up.
func (a *API) sendList(c *call, v *view, res fest.Resource, q *listQuery, after cache.Position) error {
	accepted := acceptedCodings(c.r.Header["Accept-Encoding"])
	path := "/v1/" + string(res)
	tag := v.etag(path + "?" + q.encode(q.cursor, a.opts.DefaultLimit))
	h := c.Header()
	h["Vary"] = varyAccept
	// Any of the codings that this request might be sent may be what it has.
	inm := c.r.Header["If-None-Match"]
	if inm != nil && !anyTag(inm) {
		for _, how := range [...]coding{identity, gzipped, zstandard} {
			if t := withSuffix(tag, how.suffix()); accepted.takes(how) && matches(inm, t) {
				c.notModified(h, t)
				return nil
			}
		}
	}
	page, err := v.snap.List(res, q.filters, after, q.limit)
	if err != nil {
		return err
	}
	items := make([]cache.Item, len(page.Items))
	next := ""
	if page.Next != 0 {
		next = path + "?" + q.encode(cursorFor(v, res, q.filters, page.Next).encode(), a.opts.DefaultLimit)
	}
	head, tail := listFrame(v, page.Total, next)
	size := len(head) + len(tail) + max(0, len(items)-1)
	for i, at := range page.Items {
		items[i] = v.snap.Item(at)
		items[i].JSON = bytes.TrimRight(items[i].JSON, "\n")
		size += len(items[i].JSON)
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
	c.echoTrace(h)
	if how == identity {
		h["Content-Length"] = []string{strconv.Itoa(size)}
	} else {
		h["Content-Encoding"] = how.header()
	}
	c.WriteHeader(http.StatusOK)
	if c.r.Method == http.MethodHead {
		return nil
	}
	if how == identity {
		writeList(c, head, items, tail)
		return nil
	}
	enc, done := a.coders.encoder(how, c)
	defer done()
	writeList(enc, head, items, tail)
	_ = enc.Close() // a failing write is the client's going, which the call has noted
	return nil
}

// notModified answers 304.
func (c *call) notModified(h http.Header, tag string) {
	h["Etag"] = []string{tag}
	h["Cache-Control"] = noCache
	c.echoTrace(h)
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
func listFrame(v *view, total int, next string) (head, tail []byte) {
	head = append(head, `{"release":`...)
	head = append(head, v.object...)
	head = append(head, `,"total":`...)
	head = strconv.AppendInt(head, int64(total), 10)
	if next != "" {
		head = append(head, `,"next":`...)
		head = append(head, '"')
		head = append(head, next...) // percent-encoded: nothing in it needs escaping
		head = append(head, '"')
	}
	head = append(head, `,"items":[`...)
	return head, []byte("]}\n")
}

// writeList writes the body. Errors are left to the call: what was begun
// cannot be mended.
func writeList(w io.Writer, head []byte, items []cache.Item, tail []byte) {
	if _, err := w.Write(head); err != nil {
		return
	}
	for i := range items {
		if i > 0 {
			if _, err := w.Write([]byte{','}); err != nil {
				return
			}
		}
		if _, err := w.Write(items[i].JSON); err != nil {
			return
		}
	}
	_, _ = w.Write(tail)
}
