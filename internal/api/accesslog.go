package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/festd/festd/internal/api/valve"
)

// logs reports whether a request with that outcome gets an access line: every
// failure of the server and every refusal, and one in so many of the others.
func (a *API) logs(status int) bool {
	every := uint64(a.opts.AccessLogEvery) //nolint:gosec // not negative, validated
	if every <= 1 || status >= http.StatusBadRequest {
		return true
	}
	return a.logged.Add(1)%every == 1
}

// access writes the one line of a request.
func (a *API) access(c *call, route string, status int, took time.Duration) {
	r := c.r
	attrs := [...]slog.Attr{
		slog.String("method", r.Method),
		slog.String("route", route),
		slog.String("path", r.URL.Path),
		slog.String("query", r.URL.RawQuery),
		slog.Int("status", status),
		slog.Int64("bytes", c.bytes),
		slog.Duration("duration", took),
		slog.String("remote", c.remote()),
		slog.String("user_agent", clip(r.UserAgent())),
		{}, {},
	}
	n := len(attrs) - 2
	if c.who != (valve.Client{}) {
		attrs[n] = slog.String("client", c.who.String()) // whose quota it took from; never a key
		n++
	}
	// A trace id is worth its place where the client or the answer has it.
	if c.trace.set || r.Header["Traceparent"] != nil {
		attrs[n] = slog.String("trace_id", c.traceID())
		n++
	}
	a.opts.AccessLog.LogAttrs(r.Context(), slog.LevelInfo, "request", attrs[:n]...)
}
