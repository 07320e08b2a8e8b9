package api

import (
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Recorder takes requests as spans of a trace. Its methods are called from all
// requests at once and must not block.
type Recorder interface {
	// Wants says whether a request is to be recorded: by the id of its trace,
	// and, where the client sent a traceparent, by the client's flag.
	Wants(traceID string, sent, sampled bool) bool
	// Record takes a request that has ended and was wanted.
	Record(s *Span)
}

// Span is a request that has ended. It has nothing of the client: no address,
// no path, no query, no header but the ids to follow it by.
type Span struct {
	TraceID, SpanID string // hexadecimal
	ParentID        string // the client's span; "" for none
	TraceState      string // as the client sent it, not checked; "" where it is long
	EventID         string // nhn-event-id; "" for none
	Start, End      time.Time
	Method          string // GET, HEAD, OPTIONS, POST or other
	Route           string // its pattern
	Class           string // of its cost
	Status          int    // 499 where the client was gone
	Bytes           int64  // of the body as sent
	// Released says that the answer was drawn from a release, Release.
	Released bool
	Release  fest.Serial
}

// drawn notes which release the answer is drawn from, before it is given back.
func (c *call) drawn() {
	if snap := c.opened; snap != nil {
		c.released, c.serial = true, snap.Release().Serial
	} else if snap := c.snap; snap != nil {
		c.released, c.serial = true, snap.Release().Serial
	}
}

// mostTraceState is the length of a tracestate that every vendor passes on (W3C
// Trace Context, §3.3.1.5): a queue of spans must not hold what clients like.
const mostTraceState = 512

// span is the request for the recorder.
func (c *call) span(rt *Route, status int, end time.Time) *Span {
	t := c.context()
	s := &Span{
		TraceID: string(t.id[:]), SpanID: string(t.span[:]), EventID: c.event, Start: c.start, End: end,
		Method: methodNames[methodIndex(c.r.Method)], Route: rt.Pattern, Class: rt.Cost.String(), Status: status, Bytes: c.bytes,
		Released: c.released, Release: c.serial,
	}
	if t.sent {
		s.ParentID = string(t.parent[:])
		if state := strings.Join(c.r.Header["Tracestate"], ","); len(state) <= mostTraceState {
			s.TraceState = state
		}
	}
	return s
}
