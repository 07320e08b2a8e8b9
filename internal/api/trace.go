package api

import (
	"encoding/hex"
	"math/rand/v2"
	"net/http"
)

// trace is a trace context of W3C: the client's, or one of our own, and what
// answering the request is called in it.
type trace struct {
	id     [32]byte // hexadecimal
	span   [16]byte // ours
	parent [16]byte // the client's, where sent
	set    bool
	sent   bool // by the client
	// sampled: the client records this trace, so that a recorder is to do so, too.
	sampled bool
	// record: the request will be given to the recorder.
	record bool
}

// context is the trace context of the request, made when it is first asked
// for: most answers need none.
func (c *call) context() *trace {
	t := &c.trace
	if t.set {
		return t
	}
	t.set = true
	randomHex(t.span[:])
	if v := c.r.Header["Traceparent"]; len(v) == 1 && validTraceparent(v[0]) {
		copy(t.id[:], v[0][3:35])
		copy(t.parent[:], v[0][36:52])
		t.sent, t.sampled = true, unhex(v[0][54])&1 == 1
	} else {
		randomHex(t.id[:])
	}
	return t
}

// traceID is the id of the client's traceparent, else a new one.
func (c *call) traceID() string { return string(c.context().id[:]) }

// echo tells a client that sent a trace context or an event id of both, and
// asks the recorder, if there is one, whether it wants this request.
func (a *API) echo(c *call, h http.Header) {
	if v := c.r.Header[eventHeader]; len(v) == 1 && validEventID(v[0]) {
		c.event = v[0]
		h[eventHeader] = v
	}
	if a.opts.Recorder != nil {
		t := c.context()
		t.record = a.opts.Recorder.Wants(string(t.id[:]), t.sent, t.sampled)
	}
	if c.r.Header["Traceparent"] != nil {
		c.traceResponse(h)
	}
}

// traceResponse names the trace in the answer (header traceresponse of Trace
// Context level 2).
func (c *call) traceResponse(h http.Header) {
	t, flags := c.context(), "-00"
	if t.record {
		flags = "-01"
	}
	h["Traceresponse"] = []string{"00-" + string(t.id[:]) + "-" + string(t.span[:]) + flags}
}

// unhex is the value of a hexadecimal digit.
func unhex(b byte) byte {
	if b >= 'a' {
		return b - 'a' + 10
	}
	return b - '0'
}

// validTraceparent reports whether s is a traceparent whose first four fields
// can be used: of version 00, or of a later one that starts alike.
func validTraceparent(s string) bool {
	const length = 55 // 00-<32>-<16>-<2>
	if len(s) < length || s[2] != '-' || s[35] != '-' || s[52] != '-' {
		return false
	}
	if s[:2] == "ff" || s[:2] == "00" && len(s) != length || len(s) > length && s[length] != '-' {
		return false
	}
	return lowerHex(s[:2]) && lowerHex(s[3:35]) && lowerHex(s[36:52]) && lowerHex(s[53:55]) &&
		!zeros(s[3:35]) && !zeros(s[36:52])
}

func lowerHex(s string) bool {
	for _, b := range []byte(s) {
		if (b < '0' || b > '9') && (b < 'a' || b > 'f') {
			return false
		}
	}
	return true
}

func zeros(s string) bool {
	for _, b := range []byte(s) {
		if b != '0' {
			return false
		}
	}
	return true
}

// randomHex fills dst with random hexadecimal digits, 16 at a time, not all of
// them zero. Trace ids need to be unlikely to meet, not to be secret.
func randomHex(dst []byte) {
	var raw [8]byte
	for len(dst) >= 16 {
		n := rand.Uint64() | 1
		for i := range raw {
			raw[i] = byte(n >> (8 * i))
		}
		hex.Encode(dst, raw[:])
		dst = dst[16:]
	}
}
