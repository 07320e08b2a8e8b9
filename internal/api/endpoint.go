package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"

	"github.com/go-chi/chi/v5"
)

// endpoint is the adapter between net/http and the handler of one route: it
// lets the request in or refuses it, acquires the snapshot, writes the error,
// counts, logs, and survives panics.
type endpoint struct {
	api     *API
	route   *Route
	metrics *routeMetrics
}

// ServeHTTP implements http.Handler.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.serve(w, r, pathKey(r))
}

// pathKey is the parameter of the path, decoded; "" for routes without one.
func pathKey(r *http.Request) string {
	ctx := chi.RouteContext(r.Context())
	if ctx == nil || len(ctx.URLParams.Values) == 0 {
		return ""
	}
	key := ctx.URLParams.Values[0]
	if r.URL.RawPath != "" { // chi routed by the encoded path
		if decoded, err := url.PathUnescape(key); err == nil {
			return decoded
		}
	}
	return key
}

func (e *endpoint) serve(w http.ResponseWriter, r *http.Request, key string) {
	a := e.api
	c := calls.Get().(*call) //nolint:forcetypeassert // the pool's own
	*c = call{api: a, w: w, r: r, key: key, start: a.opts.Now()}
	a.metrics.inFlight.Add(1)
	defer func() {
		abort := false
		if p := recover(); p != nil {
			abort = e.panicked(c, p)
		}
		c.release()
		a.leave(c)
		e.done(c)
		if abort {
			panic(http.ErrAbortHandler) // net/http closes the connection
		}
	}()

	h := w.Header()
	h["X-Content-Type-Options"] = nosniff
	h["Access-Control-Allow-Origin"] = anyOrigin
	h["Access-Control-Expose-Headers"] = exposeHeaders
	a.echo(c, h)

	if a.opts.State.leaving.Load() {
		h["Connection"] = closeConnection
	}
	if err := a.admit(c, e.route); err != nil {
		a.problem(c, err)
		return
	}

	// Routes without data are told of the release, too, where there is one.
	var v *view
	if e.route.Cost != CostOps {
		c.snap = a.opts.Served.Acquire()
	}
	if c.snap != nil {
		v = a.view(c.snap, a.advisory(c.start))
		v.name(h)
	} else if e.route.Data {
		a.problem(c, errNotReady)
		return
	}
	if err := e.route.handle(c, v); err != nil {
		a.problem(c, err)
	}
}

// done counts and logs the request and gives the call back.
func (e *endpoint) done(c *call) {
	a := e.api
	end := a.opts.Now()
	took := end.Sub(c.start)
	status := c.outcome()
	a.metrics.inFlight.Add(-1)
	e.metrics.observe(c.r.Method, status, c.bytes, took)
	if a.opts.AccessLog != nil && a.logs(status) {
		a.access(c, e.route.Pattern, status, took)
	}
	if c.trace.record {
		a.opts.Recorder.Record(c.span(e.route, status, end))
	}
	if c.posted != nil {
		a.coders.giveBack(c.posted)
	}
	*c = call{}
	calls.Put(c)
}

// panicked answers a panic as an internal error. Where the answer has begun,
// nothing can be mended: the connection is to be closed (abort), so that the
// client does not take half an answer for a whole one.
func (e *endpoint) panicked(c *call, p any) (abort bool) {
	a := e.api
	if err, ok := p.(error); ok && err == http.ErrAbortHandler { //nolint:errorlint // net/http compares so, too
		c.status = statusClientGone
		return true
	}
	a.metrics.panics.Inc()
	a.opts.Log.LogAttrs(c.r.Context(), slog.LevelError, "request panicked",
		append(a.failureAttrs(c, fmt.Errorf("%v", p)), slog.String("route", e.route.Pattern), slog.String("stack", string(debug.Stack())))...)
	if c.status != 0 {
		c.status = http.StatusInternalServerError
		return true
	}
	a.problem(c, internal(nil))
	return false
}
