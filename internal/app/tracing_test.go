package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/sample"
	"github.com/festd/festd/internal/telemetry/collector"
)

// TestTraces: an import, the load that follows and requests arrive at a
// collector, requests as children of the client's span; nothing of what was
// asked for does.
func TestTraces(t *testing.T) {
	c := collector.Start(t)
	file := filepath.Join(t.TempDir(), "fest.zip")
	if err := sample.Small(sample.DefaultRetrieved()).WriteFile(file); err != nil {
		t.Fatal(err)
	}
	o := app.Options{Source: file, Tracing: &app.Tracing{Endpoint: c.URL, Ratio: 0}}
	o.Listen, o.OpsListen, o.DataDir = "127.0.0.1:0", "127.0.0.1:0", filepath.Join(t.TempDir(), "data")
	a, err := app.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &server{a, o.DataDir, t}
	s.ready("1")
	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	got := s.get("/v1/search?q=geheim", "Traceparent", "00-"+trace+"-"+parent+"-01", "Nhn-Event-Id", "event-1", "User-Agent", "geheim")
	answered := got.Header.Get("Traceresponse")
	s.get("/v1/drugs", "Traceparent", "00-"+strings.Repeat("a", 32)+"-"+parent+"-00") // the client does not record it
	s.get("/v1/drugs")                                                                // and the ratio is 0
	if err := a.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	spans := map[string]collector.Span{}
	for _, sp := range c.Spans() {
		spans[sp.Name] = sp
	}
	search := spans["GET /v1/search"]
	if search.TraceID != trace || search.ParentID != parent || answered != "00-"+trace+"-"+search.SpanID+"-01" ||
		search.Attributes["fest.release"] != int64(1) || search.Attributes["nhn.event_id"] != "event-1" {
		t.Errorf("the request, answered with %s: %+v", answered, search)
	}
	if _, ok := spans["GET /v1/drugs"]; ok {
		t.Error("a request was recorded that nobody wanted")
	}
	imported := spans["import"]
	if imported.ParentID != "" || imported.Attributes["fest.outcome"] != "published" || imported.Attributes["fest.release"] != int64(1) {
		t.Errorf("the import: %+v", imported)
	}
	for _, step := range []string{"decode", "seal", "build", "judge", "leave", "publish"} {
		sp, ok := spans[step]
		if !ok || sp.TraceID != imported.TraceID || sp.ParentID != imported.SpanID || sp.Start.Before(imported.Start) || sp.End.After(imported.End) {
			t.Errorf("the step %s: %+v in %+v", step, sp, imported)
		}
	}
	if load := spans["load release"]; load.Attributes["fest.release"] != int64(1) || load.Failed {
		t.Errorf("the load: %+v", load)
	}
	for _, secret := range []string{"geheim", "127.0.0.1", file} {
		if bytes.Contains(c.Raw(), []byte(secret)) {
			t.Errorf("the collector was told of %q", secret)
		}
	}
}

// TestDeadCollector: one that takes connections and never answers keeps no
// request waiting, and a stop for two seconds at most.
func TestDeadCollector(t *testing.T) {
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	o := app.Options{Tracing: &app.Tracing{Endpoint: "http://" + ln.Addr().String(), Ratio: 1}, Sample: app.SampleOn, Log: slog.New(slog.DiscardHandler)}
	o.Listen, o.OpsListen, o.DataDir = "127.0.0.1:0", "127.0.0.1:0", filepath.Join(t.TempDir(), "data")
	a, err := app.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &server{a, o.DataDir, t}
	for range 600 { // more than a batch
		if got := s.get("/v1/drugs?limit=1"); got.StatusCode != http.StatusOK && got.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("%s", got.Status)
		}
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := a.Stop(ctx); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("stopping took %v", took)
	}
}
