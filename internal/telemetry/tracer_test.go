package telemetry_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/telemetry"
	"github.com/festd/festd/internal/telemetry/collector"
)

func start(t *testing.T, o telemetry.Options) *telemetry.Tracer {
	t.Helper()
	tracer, err := telemetry.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return tracer
}

const (
	traceID  = "4bf92f3577b34da6a3ce929d0e0e4736"
	parentID = "00f067aa0ba902b7"
)

// request is one with ids that may be used.
func request() telemetry.Request {
	now := time.Now()
	return telemetry.Request{
		TraceID: traceID, SpanID: "1112131415161718", ParentID: parentID, TraceState: "vendor=1", EventID: "e-1", Start: now.Add(-time.Second), End: now,
		Method: "GET", Route: "/v1/drugs/{key}", Class: "lookup", Status: 200, Bytes: 1234, Release: 7,
	}
}

func TestExport(t *testing.T) {
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
	c := collector.Start(t)
	tracer := start(t, telemetry.Options{Endpoint: c.URL + "/", Version: "v9"})
	r := request()
	tracer.Request(&r)
	plain := telemetry.Request{TraceID: "0000000000000000000000000000000a", SpanID: "000000000000000b", TraceState: "not a state", Start: r.Start, End: r.End,
		Method: "other", Route: "none", Class: "bulk", Status: 503, Release: -1}
	tracer.Request(&plain)
	ctx, span := tracer.Start(t.Context(), "import")
	tracer.Record(ctx, "decode", r.Start, r.End, "failed")
	span.End("refused", slog.String("outcome", "refused"), slog.Uint64("release", 7), slog.Bool("b", true), slog.Int("findings", 2))
	if err := tracer.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := c.Spans()
	if len(got) != 4 {
		t.Fatalf("%d spans of 4: %+v", len(got), got)
	}
	const server, internal = "SPAN_KIND_SERVER", "SPAN_KIND_INTERNAL"
	want := []collector.Span{
		{Name: "GET /v1/drugs/{key}", TraceID: traceID, SpanID: r.SpanID, ParentID: parentID, State: "vendor=1", Kind: server, Start: r.Start, End: r.End, Attributes: map[string]any{
			"http.request.method": "GET", "http.route": "/v1/drugs/{key}", "http.response.status_code": int64(200), "http.response.body.size": int64(1234),
			"fest.class": "lookup", "fest.release": int64(7), "nhn.event_id": "e-1",
		}},
		{Name: "HTTP none", TraceID: plain.TraceID, SpanID: plain.SpanID, Kind: server, Failed: true, Start: r.Start, End: r.End, Attributes: map[string]any{
			"http.request.method": "_OTHER", "http.route": "none", "http.response.status_code": int64(503), "http.response.body.size": int64(0), "fest.class": "bulk", "error.type": "503",
		}},
		{Name: "decode", TraceID: got[3].TraceID, SpanID: got[2].SpanID, ParentID: got[3].SpanID, Kind: internal, Failed: true, Start: r.Start, End: r.End, Attributes: map[string]any{"error.type": "failed"}},
		{Name: "import", TraceID: got[3].TraceID, SpanID: got[3].SpanID, Kind: internal, Failed: true, Start: got[3].Start, End: got[3].End, Attributes: map[string]any{
			"error.type": "refused", "fest.outcome": "refused", "fest.release": int64(7), "fest.b": true, "fest.findings": int64(2),
		}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(collector.Span{}, "Resource"), cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
		t.Error(diff)
	}
	for k, v := range map[string]string{"service.name": "festd", "service.version": "v9", "deployment.environment.name": "test", "telemetry.sdk.name": "opentelemetry"} {
		if got[0].Resource[k] != v {
			t.Errorf("the resource has %s %v, want %s", k, got[0].Resource[k], v)
		}
	}
	if recorded, exported, failed := tracer.Counts(); recorded != 4 || exported != 4 || failed != 0 {
		t.Errorf("counts %d %d %d", recorded, exported, failed)
	}
}

// TestBlackHole: a collector that takes connections and never answers slows
// nothing and keeps nothing from ending; what does not fit is dropped.
func TestBlackHole(t *testing.T) {
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	tracer := start(t, telemetry.Options{Endpoint: "http://" + ln.Addr().String(), Queue: 64, Delay: time.Millisecond})
	began := time.Now()
	const many = 20_000
	for range many {
		r := request()
		tracer.Request(&r)
	}
	if took := time.Since(began); took > 9*time.Second { // less than one attempt to export may take
		t.Errorf("recording took %v", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began = time.Now()
	if err := tracer.Shutdown(ctx); err == nil {
		t.Error("the end does not say that spans were lost")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the end took %v", took)
	}
	if recorded, exported, _ := tracer.Counts(); recorded != many || exported != 0 {
		t.Errorf("counts %d %d", recorded, exported)
	}
}

func TestWants(t *testing.T) {
	c := collector.Start(t)
	for ratio, want := range map[float64]float64{0: 0, 0.25: 0.25, 1: 1} {
		tracer := start(t, telemetry.Options{Endpoint: c.URL, Ratio: ratio})
		if tracer.Wants(traceID, true, false) || !tracer.Wants(traceID, true, true) {
			t.Errorf("ratio %v: the client does not decide", ratio)
		}
		const n = 4000
		wanted := 0
		for range n {
			id := fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()|1)
			yes := tracer.Wants(id, false, false)
			if yes {
				wanted++
			}
			if yes != tracer.Wants(id, false, false) {
				t.Errorf("%s is wanted and not", id)
			}
		}
		if share := float64(wanted) / n; share < want-0.05 || share > want+0.05 {
			t.Errorf("ratio %v: %v are wanted", ratio, share)
		}
		if err := tracer.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestNone: a nil tracer does nothing.
func TestNone(t *testing.T) {
	var tracer *telemetry.Tracer
	ctx, span := tracer.Start(t.Context(), "x")
	span.End("")
	tracer.Record(ctx, "x", time.Now(), time.Now(), "")
	r := request()
	tracer.Request(&r)
	if tracer.Wants(traceID, true, true) || tracer.Shutdown(ctx) != nil {
		t.Error("it does something")
	}
}

// The standard's switch holds however the collector is named.
func TestConfigured(t *testing.T) {
	const endpoint = "http://collector:4318"
	for name, test := range map[string]struct {
		endpoint, variable, value string
		want                      bool
	}{
		"nothing":                     {"", "OTEL_SERVICE_NAME", "x", false},
		"by option":                   {endpoint, "OTEL_SERVICE_NAME", "x", true},
		"by the environment":          {"", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint, true},
		"by option, switched off":     {endpoint, "OTEL_SDK_DISABLED", "True", false},
		"by option, no such exporter": {endpoint, "OTEL_TRACES_EXPORTER", "none", false},
		"by option, not switched off": {endpoint, "OTEL_SDK_DISABLED", "false", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(test.variable, test.value)
			if got := telemetry.Configured(test.endpoint); got != test.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]telemetry.Options{
		"no URL": {Endpoint: "collector:4318"}, "another scheme": {Endpoint: "grpc://collector:4317"}, "a user": {Endpoint: "http://u:p@collector"},
		"a query": {Endpoint: "http://collector?x=1"}, "ratio above": {Ratio: 1.5}, "ratio below": {Ratio: -1}, "negative": {Queue: -1},
	} {
		if tracer, err := telemetry.New(t.Context(), o); err == nil {
			t.Errorf("%s: no error", name)
			_ = tracer.Shutdown(t.Context())
		}
	}
}
