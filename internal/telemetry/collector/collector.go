// Package collector is a small OpenTelemetry collector for tests: it takes
// spans over HTTP and keeps them.
package collector

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"
)

// Span is a span as it came.
type Span struct {
	Name, TraceID, SpanID, ParentID, State string // ids hexadecimal; ParentID "" for none
	Failed                                 bool
	Kind                                   string
	Start, End                             time.Time
	Attributes, Resource                   map[string]any // of string, int64 and bool
}

// Collector keeps what it is sent.
type Collector struct {
	URL string // its base

	mu    sync.Mutex
	spans []Span
	raw   bytes.Buffer
}

// Start starts a collector, which the end of the test stops.
func Start(t testing.TB) *Collector {
	t.Helper()
	c := new(Collector)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := c.take(r); err != nil {
			t.Errorf("the collector was sent what it cannot read: %v", err)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

func (c *Collector) take(r *http.Request) error {
	if r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		return http.ErrNotSupported
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			return err
		}
		body = z
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	var sent collectortrace.ExportTraceServiceRequest
	if err := proto.Unmarshal(text, &sent); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw.Write(text)
	for _, rs := range sent.GetResourceSpans() {
		for _, ss := range rs.GetScopeSpans() {
			for _, s := range ss.GetSpans() {
				c.spans = append(c.spans, Span{
					Name: s.GetName(), TraceID: hex.EncodeToString(s.GetTraceId()), SpanID: hex.EncodeToString(s.GetSpanId()),
					ParentID: hex.EncodeToString(s.GetParentSpanId()), State: s.GetTraceState(), Failed: s.GetStatus().GetCode() == 2,
					Kind:  s.GetKind().String(),
					Start: time.Unix(0, int64(s.GetStartTimeUnixNano())), End: time.Unix(0, int64(s.GetEndTimeUnixNano())), //nolint:gosec // times of a test
					Attributes: values(s.GetAttributes()), Resource: values(rs.GetResource().GetAttributes()),
				})
			}
		}
	}
	return nil
}

func values(attrs []*commonv1.KeyValue) map[string]any {
	out := map[string]any{}
	for _, a := range attrs {
		switch v := a.GetValue().GetValue().(type) {
		case *commonv1.AnyValue_StringValue:
			out[a.GetKey()] = v.StringValue
		case *commonv1.AnyValue_IntValue:
			out[a.GetKey()] = v.IntValue
		case *commonv1.AnyValue_BoolValue:
			out[a.GetKey()] = v.BoolValue
		default:
			out[a.GetKey()] = a.GetValue().String()
		}
	}
	return out
}

// Spans are those that came until now, in the order in which they came.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Span(nil), c.spans...)
}

// Raw is all that came, as it came: to look for what should not be in it.
func (c *Collector) Raw() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.raw.Bytes())
}
