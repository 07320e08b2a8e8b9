package api

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/festd/festd/internal/api/valve"
)

// Refuse is the whole answer to a request above the cap on connections, by its
// path: the probe as ever, to all others 503. The connection closes after it.
func (a *API) Refuse(path string) []byte {
	status, contentType := http.StatusServiceUnavailable, typeProblem[0]
	var text string
	switch {
	case path != "/healthz":
		var id [32]byte
		randomHex(id[:])
		kind := problemTypeOf(errOverloaded)
		text = string(mustJSON(&Problem{Type: typeBase + kind.slug, Title: kind.title, Status: kind.status, Detail: kind.doc, TraceID: string(id[:])})) + "\n"
	case a.opts.State.readiness(a.opts.Served).ready:
		status, contentType, text = http.StatusOK, typeText[0], "ready\n"
	default:
		contentType, text = typeText[0], "not ready\n"
	}
	b := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Type: %s\r\nContent-Length: %d\r\nDate: %s\r\n",
		status, http.StatusText(status), contentType, len(text), a.opts.Now().UTC().Format(http.TimeFormat))
	if status != http.StatusOK {
		b = append(b, "Retry-After: "+strconv.Itoa(valve.RetryAfter(a.opts.RetryMin, a.opts.RetryMax-a.opts.RetryMin))+"\r\n"...)
	}
	return append(append(b, "\r\n"...), text...)
}
