package api

import (
	"net/http"
	"strconv"
)

// probeBody is the answer of a probe in JSON.
type probeBody struct {
	Status string `json:"status"` // ready, not ready
	Check  string `json:"check,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// healthz answers load balancers on the public listener: readiness, without
// the operators' reason.
func (a *API) healthz(c *call, _ *view) error {
	ready := a.opts.State.readiness(a.opts.Served)
	ready.reason = ""
	return a.probe(c, ready)
}

// probe writes a readiness: 200 or 503, as text, or as JSON where that is
// preferred. It is never refused, whatever Accept says.
func (a *API) probe(c *call, ready readiness) error {
	status, text := http.StatusOK, "ready"
	h := c.Header()
	if !ready.ready {
		status, text = http.StatusServiceUnavailable, "not ready"
		h["Retry-After"] = []string{retryAfter(a.opts.RetryMin, a.opts.RetryMax)}
	}
	body := []byte(text + "\n")
	h["Content-Type"] = typeText
	if negotiate(c.r.Header["Accept"], []mediaType{mediaText, mediaJSON}) == mediaJSON {
		h["Content-Type"] = typeJSON
		body = append(mustJSON(probeBody{text, ready.check, ready.reason}), '\n')
	} else if ready.check != "" {
		body = []byte(text + ": " + ready.check)
		if ready.reason != "" {
			body = append(body, (": " + ready.reason)...)
		}
		body = append(body, '\n')
	}
	h["Cache-Control"] = noStore
	h["Vary"] = varyAccept
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.WriteHeader(status)
	c.writeBody(body)
	return nil
}
