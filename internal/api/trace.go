package api

import (
	"encoding/hex"
	"math/rand/v2"
	"net/http"
)

// trace is a trace context of W3C: the client's, or one of our own.
type trace struct {
	id   [32]byte // hexadecimal
	set  bool
	sent bool // by the client
}

// traceID is the id of the client's traceparent, else a new one; made when it
// is first asked for, since most answers need none.
func (c *call) traceID() string {
	t := &c.trace
	if !t.set {
		t.set = true
		if v := c.r.Header["Traceparent"]; len(v) == 1 && validTraceparent(v[0]) {
			copy(t.id[:], v[0][3:35])
			t.sent = true
		} else {
			randomHex(t.id[:])
		}
	}
	return string(t.id[:])
}

// traceResponse names the trace in the answer (header traceresponse of Trace
// Context level 2).
func (c *call) traceResponse(h http.Header) {
	var span [16]byte
	randomHex(span[:])
	h["Traceresponse"] = []string{"00-" + c.traceID() + "-" + string(span[:]) + "-00"}
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
