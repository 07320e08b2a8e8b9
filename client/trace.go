package client

import (
	"context"
	"net/http"
)

// Trace is how a call can be followed through the systems that it passes.
// Empty members are not sent.
type Trace struct {
	// Traceparent and Tracestate are the headers of W3C Trace Context, as the
	// caller's tracing has them.
	Traceparent, Tracestate string
	// EventID is the header nhn-event-id of Norsk helsenett, mostly a GUID: pass
	// on what came in.
	EventID string
}

type traceKey struct{}

// WithTrace returns a context whose calls, retries among them, send t. An
// HTTPClient of one's own that sets these headers itself, as that of
// OpenTelemetry does, needs no WithTrace.
func WithTrace(ctx context.Context, t Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

func traceOf(ctx context.Context) Trace {
	t, _ := ctx.Value(traceKey{}).(Trace)
	return t
}

func (t Trace) set(h http.Header) {
	for name, value := range map[string]string{"Traceparent": t.Traceparent, "Tracestate": t.Tracestate, "Nhn-Event-Id": t.EventID} {
		if value != "" && sendable(value) {
			h.Set(name, value)
		}
	}
}

// sendable reports whether a value can stand in a header: net/http refuses the
// request otherwise, and what is for tracing must not keep a lookup from its
// answer.
func sendable(value string) bool {
	for _, b := range []byte(value) {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return true
}
