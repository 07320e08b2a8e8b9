package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/telemetry"
)

// Tracing says where traces are exported to, and of which requests.
type Tracing struct {
	// Endpoint is the base URL of an OTLP collector over HTTP; "" = what the
	// standard's environment variables say (OTEL_EXPORTER_OTLP_…).
	Endpoint string
	// Ratio is the share of requests without a traceparent that are recorded,
	// from 0 to 1. With one, the client decides.
	Ratio float64
}

// TracingConfigured says whether there is a collector, named by endpoint or by
// the standard's variables, and these do not switch tracing off.
func TracingConfigured(endpoint string) bool { return telemetry.Configured(endpoint) }

// start returns the tracer; nil, which traces nothing, where t is nil.
func (t *Tracing) start(ctx context.Context, version string, log *slog.Logger) (*telemetry.Tracer, error) {
	if t == nil {
		return nil, nil
	}
	return telemetry.New(ctx, telemetry.Options{Endpoint: t.Endpoint, Ratio: t.Ratio, Version: version, Log: log})
}

// lastSpans is how long a stop waits for a collector.
const lastSpans = 2 * time.Second

// flush exports what waits. A collector that is away is told of, and no error.
func flush(ctx context.Context, t *telemetry.Tracer, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSpans)
	defer cancel()
	if err := t.Shutdown(ctx); err != nil {
		log.Warn("the last traces were not exported", "error", err)
	}
}

// recorder gives requests to a tracer. It implements [api.Recorder].
type recorder struct{ *telemetry.Tracer }

// newRecorder returns nil for no tracer, so that requests cost nothing.
func newRecorder(t *telemetry.Tracer) api.Recorder {
	if t == nil {
		return nil
	}
	return recorder{t}
}

// Record implements [api.Recorder].
func (r recorder) Record(s *api.Span) {
	release := int64(-1)
	if s.Released {
		release = int64(s.Release) //nolint:gosec // a count of publications
	}
	r.Request(&telemetry.Request{
		TraceID: s.TraceID, SpanID: s.SpanID, ParentID: s.ParentID, TraceState: s.TraceState, EventID: s.EventID,
		Start: s.Start, End: s.End, Method: s.Method, Route: s.Route, Class: s.Class, Status: s.Status, Bytes: s.Bytes, Release: release,
	})
}

// traced runs an import under a span of its own.
func (l *loader) traced(ctx context.Context, run func(context.Context) (ingest.Result, error)) (ingest.Result, error) {
	ctx, span := l.tracer.Start(ctx, "import")
	r, err := run(ctx)
	outcome, failure := ingest.Outcome(r, err), ""
	switch {
	case errors.Is(err, errNotModified):
		outcome = "unchanged"
	case err != nil && !errors.Is(err, ingest.ErrPostponed):
		failure = outcome
	}
	attrs := []slog.Attr{slog.String("outcome", outcome), slog.Int("findings", len(r.Findings))}
	if r.Release.Serial != 0 {
		attrs = append(attrs, slog.Uint64("release", uint64(r.Release.Serial)))
	}
	if d := r.Content.Digest; d != "" {
		attrs = append(attrs, slog.String("digest", d.Short()))
	}
	span.End(failure, attrs...)
	return r, err
}

// step records a step of an import, as a child of the span in ctx.
func (l *loader) step(ctx context.Context, name string, from, to time.Time, err error) {
	failure := ""
	if err != nil {
		failure = "failed"
	}
	l.tracer.Record(ctx, name, from, to, failure)
}

// traceLoad records a load that moved the pointer, or failed and the last one
// did not.
func (f *follower) traceLoad(r cache.Refresh) {
	if f.loader.tracer == nil || !r.Swapped && r.Failures != 1 {
		return
	}
	failure := ""
	if r.Err != nil {
		failure = "failed"
	}
	var attrs []slog.Attr
	if snap := f.served.Acquire(); snap != nil { // after a failure, what stays
		rel := snap.Release()
		attrs = append(attrs, slog.Uint64("release", uint64(rel.Serial)), slog.String("digest", rel.Content.Digest.Short()))
		snap.Close()
	}
	now := time.Now()
	f.loader.tracer.Record(context.Background(), "load release", now.Add(-r.Duration), now, failure, attrs...)
}

// spanCollector shows what a tracer counts; zeros without one.
type spanCollector struct {
	tracer *telemetry.Tracer
	spans  *prometheus.Desc
}

func newSpanCollector(t *telemetry.Tracer) spanCollector {
	return spanCollector{t, prometheus.NewDesc("fest_trace_spans_total",
		"Spans for the OpenTelemetry collector: recorded; of those exported, or failed on the way. What is missing from both was dropped, or waits.", []string{"outcome"}, nil)}
}

// Describe implements prometheus.Collector.
func (c spanCollector) Describe(out chan<- *prometheus.Desc) { out <- c.spans }

// Collect implements prometheus.Collector.
func (c spanCollector) Collect(out chan<- prometheus.Metric) {
	recorded, exported, failed := c.tracer.Counts()
	for outcome, n := range map[string]uint64{"recorded": recorded, "exported": exported, "failed": failed} {
		out <- prometheus.MustNewConstMetric(c.spans, prometheus.CounterValue, float64(n), outcome)
	}
}
