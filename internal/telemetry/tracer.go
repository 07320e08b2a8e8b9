package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Tracer records spans and exports them. A nil Tracer records nothing. It is
// safe for concurrent use.
type Tracer struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	exporter *counting
	ratio    sdktrace.Sampler
}

// New starts the export. It asks no collector yet: one that is away is no
// error.
func New(ctx context.Context, o Options) (*Tracer, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	options := []otlptracehttp.Option{otlptracehttp.WithRetry(otlptracehttp.RetryConfig{
		Enabled: true, InitialInterval: time.Second, MaxInterval: 5 * time.Second, MaxElapsedTime: o.Patience,
	})}
	if o.Endpoint != "" {
		options = append(options, otlptracehttp.WithEndpointURL(o.Endpoint+"/v1/traces"))
	}
	otlp, err := otlptracehttp.New(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("exporting traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "festd"), attribute.String("service.version", o.Version)), resource.WithFromEnv())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("exporting traces: %w", err), otlp.Shutdown(ctx))
	}
	exporter := &counting{to: otlp, log: o.Log}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithResource(about),
		sdktrace.WithSampler(sdktrace.AlwaysSample()), // what is not wanted is not begun
		sdktrace.WithIDGenerator(newIDs()),
		sdktrace.WithBatcher(exporter, sdktrace.WithMaxQueueSize(o.Queue), sdktrace.WithBatchTimeout(o.Delay),
			sdktrace.WithMaxExportBatchSize(min(512, o.Queue)), sdktrace.WithExportTimeout(o.Patience)),
	)
	return &Tracer{provider: provider, tracer: provider.Tracer("github.com/festd/festd"), exporter: exporter, ratio: sdktrace.TraceIDRatioBased(o.Ratio)}, nil
}

// Shutdown exports what waits, for as long as ctx allows; the rest is dropped.
func (t *Tracer) Shutdown(ctx context.Context) error {
	if t == nil {
		return nil
	}
	err := t.provider.Shutdown(ctx)
	if ctx.Err() == nil {
		return err
	}
	// The collector does not answer: end what is under way, and with it the
	// goroutine that waits for it.
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return errors.Join(fmt.Errorf("traces that waited for the collector are lost: %w", err), t.exporter.to.Shutdown(stop))
}

// Counts says how many spans were recorded, exported, and lost on the way to
// the collector; those that found no place in the queue are in the first only.
func (t *Tracer) Counts() (recorded, exported, failed uint64) {
	if t == nil {
		return 0, 0, 0
	}
	return t.exporter.recorded.Load(), t.exporter.exported.Load(), t.exporter.failed.Load()
}

// Span is something under way.
type Span struct {
	tracer *Tracer
	span   trace.Span
}

// Start begins a span, as a child of the one in ctx.
func (t *Tracer) Start(ctx context.Context, name string, attrs ...slog.Attr) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithAttributes(attributes(attrs)...))
	return ctx, &Span{t, span}
}

// End ends the span. failure is the kind of what went wrong, from a closed
// set; "" for nothing.
func (s *Span) End(failure string, attrs ...slog.Attr) {
	if s == nil {
		return
	}
	s.span.SetAttributes(attributes(attrs)...)
	fail(s.span, failure)
	s.tracer.exporter.recorded.Add(1)
	s.span.End()
}

// Record records what is over already, as a child of the span in ctx.
func (t *Tracer) Record(ctx context.Context, name string, from, to time.Time, failure string, attrs ...slog.Attr) {
	if t == nil {
		return
	}
	_, span := t.tracer.Start(ctx, name, trace.WithTimestamp(from), trace.WithAttributes(attributes(attrs)...))
	fail(span, failure)
	t.exporter.recorded.Add(1)
	span.End(trace.WithTimestamp(to))
}

func fail(span trace.Span, failure string) {
	if failure != "" {
		span.SetStatus(codes.Error, failure)
		span.SetAttributes(attribute.String("error.type", failure))
	}
}

// attributes are those of a span, in our own name space, fest. Kinds that it
// does not have become text.
func attributes(attrs []slog.Attr) []attribute.KeyValue {
	out := make([]attribute.KeyValue, 0, len(attrs))
	for _, a := range attrs {
		key := "fest." + a.Key
		switch v := a.Value.Resolve(); v.Kind() {
		case slog.KindInt64:
			out = append(out, attribute.Int64(key, v.Int64()))
		case slog.KindUint64:
			out = append(out, attribute.Int64(key, int64(v.Uint64()))) //nolint:gosec // serials and counts
		case slog.KindBool:
			out = append(out, attribute.Bool(key, v.Bool()))
		default:
			out = append(out, attribute.String(key, v.String()))
		}
	}
	return out
}
