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

// access writes the one line of a request. What somebody was looked up for may
// concern a patient, and an address a person: see [logWords] and [Remote].
func (a *API) access(c *call, route string, status int, took time.Duration) {
	r := c.r
	attrs := [...]slog.Attr{
		slog.String("method", methodNames[methodIndex(r.Method)]),
		slog.String("route", route),
		slog.String("path", a.words.path(r.URL.Path)),
		slog.String("query", logQuery(r.URL.RawQuery)),
		slog.Int("status", status),
		slog.Int64("bytes", c.bytes),
		slog.Duration("duration", took),
		slog.String("user_agent", clip(r.UserAgent())),
		{}, {}, {}, {},
	}
	n := len(attrs) - 4
	if remote := a.opts.LogRemote.address(r.RemoteAddr); remote != "" {
		attrs[n] = slog.String("remote", remote)
		n++
	}
	if c.who != (valve.Client{}) {
		if client := a.opts.LogRemote.client(c.who); client != "" {
			attrs[n] = slog.String("client", client) // whose quota it took from; never a key
			n++
		}
	}
	// A trace id is worth its place where the client, the answer or a recorder has it.
	if c.trace.sent || c.trace.record || status >= http.StatusBadRequest {
		attrs[n] = slog.String("trace_id", c.traceID())
		n++
	}
	if c.event != "" {
		attrs[n] = slog.String("event_id", c.event)
		n++
	}
	a.opts.AccessLog.LogAttrs(r.Context(), slog.LevelInfo, "request", attrs[:n]...)
}
