package api_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/festd/festd/internal/api"
)

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// TestEventID: nhn-event-id comes back in answers and problems of both
// listeners and stands in the access log; what could be put into a log by it,
// or tell of a person, does not.
func TestEventID(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.AccessLog = slog.New(slog.NewJSONHandler(&log, nil)) })
	for _, id := range []string{"0b5a2c1e-6a0f-4f0e-9d3e-1c2b3a4d5e6f", "{0B5A2C1E-6A0F-4F0E-9D3E-1C2B3A4D5E6F}", "a", "epj.no:2026/42+x=@_~", "1-12345678901a", strings.Repeat("x", 128)} {
		log.Reset()
		header := "nhn-event-id: " + id
		if got := s.get(t, "/v1/drugs", header).header.Get("nhn-event-id"); got != id {
			t.Errorf("%q: the answer has %q", id, got)
		}
		if a := s.get(t, "/v1/drugs/none", header); a.header.Get("nhn-event-id") != id || str(t, a.json(t), "eventId") != id {
			t.Errorf("%q: the problem has %q %s", id, a.header.Get("nhn-event-id"), a.body)
		}
		if n := strings.Count(log.String(), `"event_id":"`+id+`"`); n != 2 {
			t.Errorf("%q stands in %d lines of 2: %s", id, n, log.String())
		}
		if got := do(t, s.Ops(), "GET", "/livez", header).header.Get("nhn-event-id"); got != id {
			t.Errorf("%q: a probe answers with %q", id, got)
		}
		if a := do(t, s.Ops(), "GET", "/none", header); a.header.Get("nhn-event-id") != id || str(t, a.json(t), "eventId") != id {
			t.Errorf("%q: the ops problem has %q %s", id, a.header.Get("nhn-event-id"), a.body)
		}
	}
	for _, bad := range []string{
		"", " ", strings.Repeat("x", 129), "a\nlevel=ERROR", "a b", "\x1b[31m", "æ", `a"b`, "a;b", "a,b", "<x>", "01017012345", "fnr:01017012345", "x-01017012345-y", "010170-12345",
	} {
		log.Reset()
		a := s.get(t, "/v1/drugs/none", "nhn-event-id: "+bad)
		if a.status != http.StatusNotFound || a.header["Nhn-Event-Id"] != nil || bytes.Contains(a.body, []byte("eventId")) || strings.Contains(log.String(), "event_id") {
			t.Errorf("%q: %d %v %s %s", bad, a.status, a.header["Nhn-Event-Id"], a.body, log.String())
		}
	}
}

// recorder notes what it is given.
type recorder struct {
	wants func(traceID string, sent, sampled bool) bool
	spans []api.Span
}

func (r *recorder) Wants(id string, sent, sampled bool) bool { return r.wants(id, sent, sampled) }
func (r *recorder) Record(s *api.Span)                       { r.spans = append(r.spans, *s) }

// TestRecorder: a request is recorded once, under the ids that its client was
// told, and with nothing of what it asked for.
func TestRecorder(t *testing.T) {
	rec := &recorder{wants: func(_ string, sent, sampled bool) bool { return sampled || !sent }}
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.Recorder = rec })
	id := str(t, s.first(t, "/v1/drugs?limit=1"), "id")
	rec.spans = nil
	a := s.get(t, "/v1/drugs/"+id, "traceparent: "+traceparent, "tracestate: a=1", "tracestate: b=2", "nhn-event-id: e-1")
	answered := strings.Split(a.header.Get("traceresponse"), "-")
	if len(answered) != 4 || answered[1] != traceparent[3:35] || answered[3] != "01" {
		t.Fatalf("traceresponse %v", answered)
	}
	s.get(t, "/v1/search?q=secret") // no traceparent: its own trace
	s.get(t, "/v1/drugs/none", "traceparent: "+traceparent[:53]+"00")
	s.get(t, "/secret")
	do(t, s.Ops(), "GET", "/livez")
	do(t, s.Ops(), "GET", "/admin/v1/releases")
	want := []api.Span{
		{
			TraceID: traceparent[3:35], SpanID: answered[2], ParentID: traceparent[36:52], TraceState: "a=1,b=2", EventID: "e-1",
			Method: "GET", Route: "/v1/drugs/{key}", Class: "lookup", Status: 200, Bytes: int64(len(a.body)), Released: true, Release: 7,
		},
		{Method: "GET", Route: "/v1/search", Class: "compute", Status: 200, Released: true, Release: 7},
		{Method: "GET", Route: "none", Class: "lookup", Status: 404, Released: true, Release: 7},
		{Method: "GET", Route: "/admin/v1/releases", Class: "ops", Status: 403},
	}
	for i := range rec.spans {
		if i > 0 {
			if sp := &rec.spans[i]; len(sp.TraceID) != 32 || len(sp.SpanID) != 16 || sp.ParentID != "" || sp.Bytes == 0 {
				t.Errorf("%+v", sp)
			}
			rec.spans[i].TraceID, rec.spans[i].SpanID, rec.spans[i].Bytes = "", "", 0
		}
	}
	if diff := cmp.Diff(want, rec.spans, cmpopts.IgnoreFields(api.Span{}, "Start", "End")); diff != "" {
		t.Error(diff)
	}
	if text, _ := json.Marshal(rec.spans); strings.Contains(string(text), "secret") {
		t.Errorf("%s", text)
	}
}

// TestRecorderOfTheFile: the file is drawn from a release, too, although that
// is given back before it is sent; and a client cannot fill the queue of spans
// by a long tracestate.
func TestRecorderOfTheFile(t *testing.T) {
	rec := &recorder{wants: func(string, bool, bool) bool { return true }}
	s, _ := withFile(t, 100, newValves(t), func(o *api.Options) { o.Recorder = rec })
	s.get(t, zipPath, "traceparent: "+traceparent, "tracestate: a="+strings.Repeat("x", 510))
	s.get(t, zipPath, "traceparent: "+traceparent, "tracestate: a="+strings.Repeat("x", 300), "tracestate: b="+strings.Repeat("x", 300))
	if len(rec.spans) != 2 || !rec.spans[0].Released || rec.spans[0].Release != 7 || rec.spans[0].Status != http.StatusOK {
		t.Errorf("%+v", rec.spans)
	}
	for i, want := range []int{512, 0} {
		if got := rec.spans[i].TraceState; len(got) != want {
			t.Errorf("tracestate of %d bytes, want %d", len(got), want)
		}
	}
}
