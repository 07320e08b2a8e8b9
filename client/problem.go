package client

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Problem is an answer that is none, as the service describes it (RFC 9457).
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	TraceID string `json:"traceId"`
	EventID string `json:"eventId"` // what [WithTrace] gave the call
	// KnownSince: an id that is not known may have been in FEST before this
	// HentetDato.
	KnownSince string `json:"knownSince"`
	// Successors stand in the place of what was removed, where FEST names them.
	Successors []Reference `json:"successors"`
	// LastContent is what was removed, as it was last served.
	LastContent json.RawMessage `json:"lastContent"`
}

func newProblem(status int, body []byte) *Problem {
	p := &Problem{}
	if json.Unmarshal(body, p) != nil {
		p = &Problem{} // of a proxy, say
	}
	p.Status = status
	if p.Title == "" {
		p.Title = http.StatusText(status)
	}
	return p
}

// Error implements error.
func (p *Problem) Error() string {
	s := fmt.Sprintf("the FEST service says %d %s", p.Status, p.Title)
	if p.Detail != "" {
		s += ": " + p.Detail
	}
	if p.TraceID != "" {
		s += " (trace " + p.TraceID + ")"
	}
	return s
}

// NotFound reports that the id is not known. See KnownSince.
func (p *Problem) NotFound() bool { return p.Status == http.StatusNotFound }

// Removed reports that the id was in FEST and no longer is. See Successors and LastContent.
func (p *Problem) Removed() bool { return p.Status == http.StatusGone }

// temporary says whether asking again can help.
func (p *Problem) temporary() bool {
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusInternalServerError, http.StatusRequestTimeout:
		return true
	default:
		return false
	}
}
