package fetch_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/ingest/fetch"
)

func TestAnswersThatAreNoFile(t *testing.T) {
	body := func(kind, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write([]byte(text))
		}
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		kind   error
		text   string
	}{
		"HTML by type":         {body("text/html; charset=utf-8", "PK\x03\x04"), fetch.ErrContent, "HTML page by its Content-Type"},
		"XHTML by type":        {body("application/xhtml+xml", "x"), fetch.ErrContent, "HTML"},
		"HTML by its start":    {body("application/zip", "<!DOCTYPE html>\n<html>"), fetch.ErrContent, "HTML page, such as a login"},
		"HTML after a BOM":     {body("application/zip", "\xef\xbb\xbf\r\n <HTML lang=no>"), fetch.ErrContent, "HTML"},
		"HTML after a comment": {body("", "<!-- x --><html>"), fetch.ErrContent, "HTML"},
		"empty":                {body("application/zip", ""), fetch.ErrContent, "empty"},
		"coded":                {status(http.StatusOK, "Content-Encoding", "br", "Content-Length", "0"), fetch.ErrContent, `Content-Encoding "br"`},
		"no content":           {status(http.StatusNoContent), fetch.ErrStatus, "204 No Content"},
		"not found":            {status(http.StatusNotFound), fetch.ErrStatus, "404 Not Found; has the file moved?"},
		"forbidden":            {status(http.StatusForbidden), fetch.ErrStatus, "403 Forbidden"},
		"304 unasked":          {status(http.StatusNotModified), fetch.ErrStatus, "304 Not Modified, which was not asked for"},
		"206 unasked":          {status(http.StatusPartialContent, "Content-Range", "bytes 0-1/2"), fetch.ErrStatus, "206"},
		"416 unasked":          {status(http.StatusRequestedRangeNotSatisfiable), fetch.ErrStatus, "416"},
		"300":                  {status(http.StatusMultipleChoices), fetch.ErrStatus, "300"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.answer)
			o := options(t, s.URL)
			e := fails(t, open(t, o), tt.kind, tt.text)
			if n := len(s.requests()); n != 1 || e.Attempts != 1 {
				t.Errorf("%d requests, %d attempts; another attempt would get the same", n, e.Attempts)
			}
			if names := left(t, o.Dir); len(names) != 0 {
				t.Errorf("left: %q", names)
			}
		})
	}
}

func TestXMLIsNoHTML(t *testing.T) {
	for _, head := range []string{
		`<?xml version="1.0"?><FEST>`, `<FEST xmlns="x"><!-- <html> -->`, "PK\x03\x04<html>", "", "<!-- open", "<!--a--><FEST>", "<!DOCTYPE FEST>",
	} {
		if fetch.IsHTML([]byte(head)) {
			t.Errorf("%q is taken for HTML", head)
		}
	}
}

func TestSize(t *testing.T) {
	b := file(300_000, 1)
	chunked := func(w http.ResponseWriter, _ *http.Request) {
		for chunk := b; len(chunk) > 0; chunk = chunk[min(1000, len(chunk)):] {
			_, _ = w.Write(chunk[:min(1000, len(chunk))])
			_ = http.NewResponseController(w).Flush()
		}
	}
	o := options(t, "")
	o.MaxSize = int64(len(b))
	for name, step := range map[string]http.HandlerFunc{"declared": whole(b, `"a"`), "chunked": chunked} {
		o := o
		o.URL = serve(t, step).URL
		t.Run(name, func(t *testing.T) {
			f := open(t, o)
			if err := f.Discard(want(t, f, b)); err != nil { // exactly the bound
				t.Fatal(err)
			}
			o.MaxSize--
			fails(t, open(t, o), fetch.ErrTooLarge, "at most 300003 are allowed")
			if names := left(t, o.Dir); len(names) != 0 {
				t.Errorf("left: %q", names)
			}
		})
	}
	t.Run("the rest", func(t *testing.T) { // declared is only what is missing
		s := serve(t, cut(b, `"a"`, 200_000), whole(b, `"a"`))
		o := options(t, s.URL)
		o.Attempts = 1
		fails(t, open(t, o), fetch.ErrNetwork, "")
		o.MaxSize = 250_000
		fails(t, open(t, o), fetch.ErrTooLarge, "300004 bytes by its Content-Length")
	})
}

// raw answers with bytes on the wire that no server of net/http would send.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = conn.Write([]byte(text))
		_ = conn.Close()
	}
}

func TestContentLengthLies(t *testing.T) {
	s := serve(t, raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nPK\x03\x04"))
	o := options(t, s.URL)
	o.Attempts = 2
	e := fails(t, open(t, o), fetch.ErrNetwork, "cut off after 4 of 10 bytes")
	if e.Attempts != 2 || !strings.Contains(e.Error(), "after 2 attempts") {
		t.Errorf("%d attempts in %q, want 2", e.Attempts, e)
	}
	// What comes after the declared length is not of the file.
	s = serve(t, raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nPK\x03\x04more"))
	want(t, open(t, options(t, s.URL)), []byte("PK\x03\x04"))
	// A chunked body without its end.
	s = serve(t, raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nPK\x03\x04\r\n"))
	o.URL = s.URL
	fails(t, open(t, o), fetch.ErrNetwork, "cut off after 4 bytes")
	// Not HTTP.
	s = serve(t, raw("SSH-2.0-x\r\n"))
	o.URL = s.URL
	fails(t, open(t, o), fetch.ErrNetwork, "")
	// Headers without an end.
	s = serve(t, raw("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 1<<20)+"\r\n\r\n"))
	o.URL = s.URL
	fails(t, open(t, o), fetch.ErrNetwork, "")
}

// The bytes are the file, whatever they would inflate to: the importer has
// bounds for that.
func TestGzipIsKeptAsItComes(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(make([]byte, 10<<20))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped.Bytes())
	})
	o := options(t, s.URL+"/fest.xml.gz")
	o.MaxSize = 1 << 20
	want(t, open(t, o), zipped.Bytes())
}

func TestErrorsAreTriedAgain(t *testing.T) {
	b := file(3000, 1)
	s := serve(t, status(500), status(502), status(503, "Retry-After", "0"), status(429), whole(b, `"a"`))
	if r := want(t, open(t, options(t, s.URL)), b); r.Attempts != 5 {
		t.Errorf("%d attempts, want 5", r.Attempts)
	}
	s = serve(t, status(503))
	e := fails(t, open(t, options(t, s.URL)), fetch.ErrStatus, "503 Service Unavailable (after 5 attempts)")
	if n := len(s.requests()); n != 5 || e.Status != 503 {
		t.Errorf("%d requests, %+v; want 5", n, e)
	}
}

func TestNobodyListens(t *testing.T) {
	s := serve(t, status(200))
	s.Close()
	e := fails(t, open(t, options(t, s.URL)), fetch.ErrNetwork, "refused")
	if e.Attempts != 5 {
		t.Errorf("%d attempts, want 5", e.Attempts)
	}
}

func TestRecordOf(t *testing.T) {
	const date, later = "Fri, 11 Sep 2026 08:00:00 GMT", "Fri, 11 Sep 2026 08:01:00 GMT"
	for name, tt := range map[string]struct {
		header http.Header
		want   fetch.Record
	}{
		"strong":           {http.Header{"Etag": {` "a" `}, "Last-Modified": {date}}, fetch.Record{ETag: `"a"`, LastModified: date, IfRange: `"a"`}},
		"weak":             {http.Header{"Etag": {`W/"a"`}, "Date": {later}, "Last-Modified": {date}}, fetch.Record{ETag: `W/"a"`, LastModified: date}},
		"date":             {http.Header{"Date": {later}, "Last-Modified": {date}}, fetch.Record{LastModified: date, IfRange: date}},
		"young date":       {http.Header{"Date": {date}, "Last-Modified": {date}}, fetch.Record{LastModified: date}},
		"no Date":          {http.Header{"Last-Modified": {date}}, fetch.Record{LastModified: date}},
		"malformed":        {http.Header{"Etag": {`a"`}, "Last-Modified": {"yesterday"}}, fetch.Record{}},
		"quotes in it":     {http.Header{"Etag": {`"a" "b"`}}, fetch.Record{}},
		"nothing between":  {http.Header{"Etag": {`"`}}, fetch.Record{}},
		"empty but a tag":  {http.Header{"Etag": {`""`}}, fetch.Record{ETag: `""`, IfRange: `""`}},
		"control in it":    {http.Header{"Etag": {"\"a\x01\""}}, fetch.Record{}},
		"too long":         {http.Header{"Etag": {`"` + strings.Repeat("a", 2000) + `"`}}, fetch.Record{}},
		"Latin-1 is a tag": {http.Header{"Etag": {"\"\xe6\""}}, fetch.Record{ETag: "\"\xe6\"", IfRange: "\"\xe6\""}},
	} {
		tt.want.Total = 7
		if diff := cmp.Diff(tt.want, fetch.RecordOf(tt.header, 7)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
