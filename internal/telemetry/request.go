package telemetry

import (
	"context"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Request is an HTTP request that has ended.
type Request struct {
	TraceID, SpanID, ParentID string // hexadecimal; ParentID "" for none
	TraceState                string // as the client sent it
	EventID                   string // nhn-event-id; "" for none
	Start, End                time.Time
	Method, Route, Class      string
	Status                    int
	Bytes                     int64
	Release                   int64 // serial; below 0 for none
}

// statusClientGone is what an answer is called that its client did not wait for.
const statusClientGone = 499

// Wants says whether a request is to be recorded: as the client says where it
// sent a traceparent, else by the ratio.
func (t *Tracer) Wants(traceID string, sent, sampled bool) bool {
	if t == nil {
		return false
	}
	if sent {
		return sampled
	}
	id, err := trace.TraceIDFromHex(traceID)
	return err == nil && t.ratio.ShouldSample(sdktrace.SamplingParameters{TraceID: id}).Decision == sdktrace.RecordAndSample
}

// Request records a request. It does not wait.
func (t *Tracer) Request(r *Request) {
	if t == nil {
		return
	}
	traceID, err := trace.TraceIDFromHex(r.TraceID)
	if err != nil {
		return
	}
	spanID, err := trace.SpanIDFromHex(r.SpanID)
	if err != nil {
		return
	}
	ctx := withIDs(context.Background(), wanted{traceID, spanID})
	if parent, err := trace.SpanIDFromHex(r.ParentID); err == nil {
		state, err := trace.ParseTraceState(r.TraceState)
		if err != nil {
			state = trace.TraceState{} // W3C: what cannot be read is left out
		}
		ctx = trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: traceID, SpanID: parent, TraceFlags: trace.FlagsSampled, TraceState: state, Remote: true,
		}))
	}
	method, name := r.Method, r.Method+" "+r.Route
	if method == "other" {
		method, name = "_OTHER", "HTTP "+r.Route
	}
	attrs := []attribute.KeyValue{
		attribute.String("http.request.method", method),
		attribute.String("http.route", r.Route),
		attribute.Int("http.response.status_code", r.Status),
		attribute.Int64("http.response.body.size", r.Bytes),
		attribute.String("fest.class", r.Class),
	}
	if r.Release >= 0 {
		attrs = append(attrs, attribute.Int64("fest.release", r.Release))
	}
	if r.EventID != "" {
		attrs = append(attrs, attribute.String("nhn.event_id", r.EventID))
	}
	_, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(r.Start), trace.WithAttributes(attrs...))
	if r.Status >= 500 || r.Status == statusClientGone {
		fail(span, strconv.Itoa(r.Status)) // a client's mistake is no failure of a server's span
	}
	t.exporter.recorded.Add(1)
	span.End(trace.WithTimestamp(r.End))
}
