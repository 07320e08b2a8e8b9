package api

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/festd/festd/internal/api/valve"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

const levelError = slog.LevelError

// call is one request under way: the writer that handlers write to, with what
// is known of the request. Calls are pooled; nothing may keep one.
type call struct {
	api    *API // of the public listener's; nil for the others
	w      http.ResponseWriter
	r      *http.Request
	key    string // the path's parameter, decoded
	start  time.Time
	status int // 0 until the header is written
	bytes  int64
	gone   bool // the client was gone before the body was written
	trace  trace
	event  string // nhn-event-id as the client sent it, if it can be echoed
	// released says that the answer was drawn from release serial; noted for
	// the recorder only.
	released bool
	serial   fest.Serial
	// opened is the snapshot of another release than the one served, which the
	// answer is drawn from; it is closed after the last byte.
	opened *cache.Snapshot
	// snap is the snapshot that was served when the request came.
	snap *cache.Snapshot

	operator *OpsCaller // who asks the ops listener, where that was found out
	said     fest.Act   // what the body of an act says of who, why and what
	route    *Route     // of the ops listener
	audited  bool       // the audit log was told

	posted     *bytes.Buffer // the body, where the route takes one
	who        valve.Client  // whose quota it was taken from
	holder     *KeyHolder    // the client by its credential; nil: anonymous
	identified bool          // it was asked for, once
	lookup     bool          // it has a place among the lookups
	slot       func()        // gives back a slot of a pool; nil for none
	cut        bool          // the client read too slowly and was cut off
}

// release gives the snapshots back; nothing may be read from them after it.
func (c *call) release() {
	if c.trace.record {
		c.drawn()
	}
	if c.opened != nil {
		c.opened.Close()
	}
	if c.snap != nil {
		c.snap.Close()
	}
	c.opened, c.snap = nil, nil
}

var calls = sync.Pool{New: func() any { return new(call) }}

// Header is that of the answer.
func (c *call) Header() http.Header { return c.w.Header() }

// WriteHeader writes the header once. From here on the reader has its time.
func (c *call) WriteHeader(status int) {
	if c.status != 0 {
		return
	}
	c.status = status
	c.allow(0)
	c.w.WriteHeader(status)
}

// Write writes a part of the body; the handlers of net/http's kind use it.
func (c *call) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.w.Write(b)
	c.bytes += int64(n)
	c.failed(err)
	return n, err
}

// ReadFrom lets the kernel send a file by itself.
func (c *call) ReadFrom(r io.Reader) (int64, error) {
	to, ok := c.w.(io.ReaderFrom)
	if !ok {
		return io.Copy(struct{ io.Writer }{c}, r)
	}
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := to.ReadFrom(r)
	c.bytes += n
	c.failed(err)
	return n, err
}

// failed notes why a body was not written to its end.
func (c *call) failed(err error) {
	if err != nil {
		c.gone = true
		c.cut = c.cut || errors.Is(err, os.ErrDeadlineExceeded)
	}
}

// Unwrap lets http.ResponseController through.
func (c *call) Unwrap() http.ResponseWriter { return c.w }

// writeBody writes the body, but for HEAD. A failing write means that the
// client is gone, which no answer can mend: it is noted for the log.
func (c *call) writeBody(b []byte) {
	if c.r.Method == http.MethodHead {
		return
	}
	c.sends(len(b))
	_, _ = c.Write(b)
}

// sends comes before a body of so many bytes is written. What it takes from
// here on is the reader's time: the place of the class is given back first, so
// that who reads slowly or not at all holds nobody up, and the reader has a
// deadline. Small answers are no different: whoever asks on and reads nothing
// fills the kernel's buffers with them.
func (c *call) sends(n int) {
	if c.api == nil {
		return
	}
	c.api.leave(c)
	if n > slowBody {
		c.allow(n)
	}
}

// slowBody is how many bytes are sent within the time that any answer has.
const slowBody = 64 << 10

// allow sets the time that the client has to take so many bytes, at the least
// rate of a reader. net/http sends the last bytes after the handler is over, and
// ends the deadline then.
func (c *call) allow(n int) {
	if c.api == nil {
		return
	}
	slow := &c.api.opts.Slow
	if w, ok := c.w.(interface{ SetWriteDeadline(t time.Time) error }); ok { // a writer without deadlines is a test's
		_ = w.SetWriteDeadline(time.Now().Add(slow.Grace + time.Duration(n)*time.Second/time.Duration(slow.Rate)))
	}
}

// statusClientGone is what logs and metrics call an answer that its client did
// not wait for.
const statusClientGone = 499

// outcome is the status for logs and metrics.
func (c *call) outcome() int {
	if c.cut || c.gone && c.r.Context().Err() != nil {
		return statusClientGone
	}
	return c.status
}

func (a *API) failureAttrs(c *call, err error) []slog.Attr {
	attrs := []slog.Attr{
		slog.String("trace_id", c.traceID()),
		slog.String("method", methodNames[methodIndex(c.r.Method)]),
		slog.String("path", a.words.path(c.r.URL.Path)),
		slog.Any("error", err),
	}
	if c.event != "" {
		attrs = append(attrs, slog.String("event_id", c.event))
	}
	return attrs
}

func asFailure(err error) (*failure, bool) {
	var f *failure
	ok := errors.As(err, &f)
	return f, ok
}
