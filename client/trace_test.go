package client

import (
	"net/http"
	"testing"
)

// TestTrace: what the context has goes with every attempt, and what cannot
// stand in a header keeps no call from its answer.
func TestTrace(t *testing.T) {
	t.Parallel()
	const traceparent, eventID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "0b5a2c1e-6a0f-4f0e-9d3e-1c2b3a4d5e6f"
	attempts := 0
	c := newClient(t, func(r *http.Request) (int, map[string]string, string) {
		attempts++
		if r.Header.Get("traceparent") != traceparent || r.Header.Get("tracestate") != "a=1" || r.Header.Get("nhn-event-id") != eventID {
			t.Errorf("attempt %d has %v", attempts, r.Header)
		}
		if attempts == 1 {
			return 500, nil, ""
		}
		return 404, nil, `{"title":"Not found","status":404,"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","eventId":"` + eventID + `"}`
	}, func(o *Options) { o.Backoff = 1 })
	_, err := c.Drug(WithTrace(t.Context(), Trace{Traceparent: traceparent, Tracestate: "a=1", EventID: eventID}), "x")
	p, ok := err.(*Problem) //nolint:errorlint // as it is returned
	if !ok || p.EventID != eventID || attempts != 2 {
		t.Errorf("after %d attempts: %v", attempts, err)
	}
	plain := newClient(t, func(r *http.Request) (int, map[string]string, string) {
		for _, name := range []string{"Traceparent", "Tracestate", "Nhn-Event-Id"} {
			if _, sent := r.Header[name]; sent {
				t.Errorf("%s was sent", name)
			}
		}
		return good(r)
	}, nil)
	if _, err := plain.Ingredient(t.Context(), "ID_1"); err != nil {
		t.Error(err)
	}
	if _, err := plain.Ingredient(WithTrace(t.Context(), Trace{Traceparent: "a\nb", EventID: "æ"}), "ID_1"); err != nil {
		t.Error(err)
	}
}
