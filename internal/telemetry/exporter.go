package telemetry

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// counting is an exporter that counts and tells of failures itself: those that
// it returned would go to a handler of the whole process.
type counting struct {
	to  sdktrace.SpanExporter
	log *slog.Logger

	recorded, exported, failed atomic.Uint64
	told                       time.Time // of the exporting goroutine
}

// tellEvery is how often a failing collector is told of.
const tellEvery = time.Minute

// ExportSpans implements sdktrace.SpanExporter. One call at a time is under way.
func (c *counting) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := c.to.ExportSpans(ctx, spans)
	if err == nil {
		c.exported.Add(uint64(len(spans)))
		return nil
	}
	c.failed.Add(uint64(len(spans)))
	if time.Since(c.told) > tellEvery {
		c.told = time.Now()
		c.log.Warn("traces could not be exported", "spans", len(spans), "lost", c.failed.Load(), "error", err)
	}
	return nil
}

// Shutdown implements sdktrace.SpanExporter.
func (c *counting) Shutdown(ctx context.Context) error { return c.to.Shutdown(ctx) }
