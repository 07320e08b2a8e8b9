package api

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Problem is the body of every failure: problem details of RFC 9457 and this
// API's extension members. Absent members are left out.
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail,omitempty"`
	TraceID string `json:"traceId"`
	// EventID is the request's nhn-event-id.
	EventID string `json:"eventId,omitempty"`
	// Parameter, Value and Expected say which query parameter is wrong, what it
	// was and what would be right.
	Parameter string `json:"parameter,omitempty"`
	Value     string `json:"value,omitempty"`
	Expected  string `json:"expected,omitempty"`
	// Pointer leads to the member of a posted body that is wrong (a JSON
	// pointer, RFC 6901); left out where that is the body as a whole.
	Pointer string `json:"pointer,omitempty"`
	// Known lists the parameters, members, methods or resources that there are.
	Known []string `json:"known,omitempty"`
	// Available lists the media types that there are.
	Available []string `json:"available,omitempty"`
	// KnownSince is the HentetDato of the oldest release known (R26).
	KnownSince string `json:"knownSince,omitempty"`
	// Hint says what was perhaps meant.
	Hint string `json:"hint,omitempty"`
	// Choices are the entries that share a key.
	Choices []Choice `json:"choices,omitempty"`
	// Kept are the releases that can be read, newest first.
	Kept []ReleaseRef `json:"kept,omitempty"`
	// What is said of an entry that was removed, and its last content.
	*Removal
	LastContent json.RawMessage `json:"lastContent,omitempty"`
}

// ReleaseRef names a release.
type ReleaseRef struct {
	// Serial is left out where what happened was before the first release.
	Serial        *fest.Serial  `json:"serial,omitempty"`
	RetrievalDate fest.DateTime `json:"retrievalDate"`
}

// Choice is one of several entries that share a key.
type Choice struct {
	Resource string `json:"resource"`
	ID       string `json:"id"`
	EntryID  string `json:"entryId"`
	Href     string `json:"href"`
}

// failure is a sentinel error with what the caller needs to know. Cause is for
// the log only.
type failure struct {
	kind    error
	cause   error
	problem Problem // members beside type, title, status and traceId
	allow   string  // header Allow
	// challenge is the header WWW-Authenticate.
	challenge string
	// retry is the header Retry-After in seconds; 0 is drawn, where the status
	// wants one.
	retry int
}

func (f *failure) Error() string {
	s := f.kind.Error()
	if f.problem.Detail != "" {
		s += ": " + f.problem.Detail
	}
	if f.cause != nil {
		s += ": " + f.cause.Error()
	}
	return s
}

// Unwrap returns the sentinel and the cause.
func (f *failure) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

// fail is a failure with a detail for people.
func fail(kind error, detail string) *failure {
	return &failure{kind: kind, problem: Problem{Detail: detail}}
}

// internal is a failure of the server itself; the cause is only logged.
func internal(cause error) *failure { return &failure{kind: errInternal, cause: cause} }

// badParameter is a query parameter that cannot be used.
func badParameter(name, value, detail, expected string) *failure {
	return &failure{kind: errInvalidParameter, problem: Problem{
		Detail: detail, Parameter: clip(name), Value: clip(value), Expected: expected,
	}}
}

// clip keeps what clients send from making an answer long.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 { // not inside a character
		cut--
	}
	return s[:cut] + "…"
}

// problem writes the answer to an error. It is the only place that does.
func (a *API) problem(c *call, err error) {
	kind := problemTypeOf(err)
	p := Problem{}
	h := c.Header()
	if f, ok := asFailure(err); ok {
		p = f.problem
		if f.allow != "" {
			h["Allow"] = []string{f.allow}
		}
		if f.challenge != "" {
			h["Www-Authenticate"] = []string{f.challenge}
		}
		if f.retry > 0 {
			h["Retry-After"] = []string{strconv.Itoa(f.retry)}
		}
	}
	if kind.status >= http.StatusInternalServerError && !kind.forOperators() {
		// What a 5xx may say is in the table; the cause is for the log.
		p = Problem{Detail: kind.doc}
	}
	if kind.status == http.StatusInternalServerError {
		a.opts.Log.LogAttrs(c.r.Context(), levelError, "request failed", a.failureAttrs(c, err)...)
	}
	if kind.status == http.StatusServiceUnavailable && h["Retry-After"] == nil {
		h["Retry-After"] = []string{retryAfter(a.opts.RetryMin, a.opts.RetryMax)}
	}
	p.Type, p.Title, p.Status, p.TraceID, p.EventID = typeBase+kind.slug, kind.title, kind.status, c.traceID(), c.event
	body, err := json.Marshal(&p)
	if err != nil { // strings and numbers only: cannot be
		body = []byte(`{}`)
	}
	body = append(body, '\n')

	// What an answer that now is none had set.
	delete(h, "Etag")
	delete(h, "Content-Encoding")
	delete(h, "Link")
	delete(h, "Last-Modified")
	delete(h, "Accept-Ranges")
	h["Content-Type"] = typeProblem
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["Cache-Control"] = noStore
	h["Vary"] = varyAccept
	c.traceResponse(h)
	c.WriteHeader(kind.status)
	c.writeBody(body)
}

// retryAfter draws whole seconds evenly between the two.
func retryAfter(least, most time.Duration) string {
	lo, hi := int64(least/time.Second), int64(most/time.Second)
	return strconv.FormatInt(lo+rand.Int64N(hi-lo+1), 10)
}
