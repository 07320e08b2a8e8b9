package api

import (
	"time"

	"github.com/festd/festd/internal/fest"
)

// Register is what is known of the register beside its releases: what the gate
// said and what people decided, without their names and without where files
// came from, which are the operators' business. It never changes once given.
type Register struct {
	// Verdicts are what became of what came last, the newest first.
	Verdicts []RegisterVerdict
	// Held are the candidates that wait for a person, the one held last first;
	// HeldTotal is how many wait, where they are more.
	Held      []HeldCandidate
	HeldTotal int
	// Frozen says that publications are stopped; nil: they are not. It says
	// itself when it ends.
	Frozen *Freeze
}

// Outcome is what became of a content.
type Outcome string

// The outcomes.
const (
	OutcomePassed     Outcome = "passed"     // published: the gate let it pass
	OutcomeApproved   Outcome = "approved"   // published: a person let it pass
	OutcomeRolledBack Outcome = "rolledBack" // published again: a person went back to it
	OutcomeHeld       Outcome = "held"       // not published: it waits for a person
	OutcomeRejected   Outcome = "rejected"   // not published: a person said no
)

// RegisterVerdict is what became of one content, and why.
type RegisterVerdict struct {
	Outcome       Outcome       `json:"outcome"`
	At            time.Time     `json:"at"`
	Serial        *fest.Serial  `json:"serial,omitempty"` // of the release that it became
	RetrievalDate fest.DateTime `json:"retrievalDate"`
	Digest        fest.Digest   `json:"digest"`
	// Reason is that of the person who decided.
	Reason string `json:"reason,omitempty"`
	// Findings are the first of FindingsTotal, those that hold before notes,
	// each with the first of the entries that it names.
	Findings      []fest.Finding `json:"findings"`
	FindingsTotal int            `json:"findingsTotal"`
}

// HeldCandidate is content that waits for a person, and what it would have
// done.
type HeldCandidate struct {
	Digest        fest.Digest   `json:"digest"`
	RetrievalDate fest.DateTime `json:"retrievalDate"`
	Filter        fest.Filter   `json:"filter,omitempty"`
	HeldAt        time.Time     `json:"heldAt"`
	// Baseline is what was served when it was judged; nil: nothing.
	Baseline *fest.Serial `json:"baseline,omitempty"`
	Counts   fest.Counts  `json:"counts"`
	// Findings are those that hold, the first of FindingsTotal, each with the
	// first hundred entries that it names.
	Findings      []fest.Finding `json:"findings"`
	FindingsTotal int            `json:"findingsTotal"`
	// Removed is what it would have removed from the baseline, by class, with
	// the first hundred of each.
	Removed []fest.Loss `json:"removed"`
	// Waiting is what clients do not get while it is held.
	Waiting *RegisterWaiting `json:"waiting,omitempty"`
}

// RegisterWaiting is what is inside a held candidate and not in what is served.
type RegisterWaiting struct {
	// Notices are the first of NoticesTotal new safety notices and sales stops.
	Notices      []RegisterNotice `json:"notices"`
	NoticesTotal int              `json:"noticesTotal"`
	// NextDate is the first coming day on which something begins or ends; "" is
	// none.
	NextDate string `json:"nextDate,omitempty"`
}

// RegisterNotice is a notification (VarselSlv) of type 1 (safety) or 3 (sales
// stop), list 7441.
type RegisterNotice struct {
	Type     string `json:"type"`
	Headline string `json:"headline"`
}

// Freeze is a stop of publications.
type Freeze struct {
	Since  time.Time  `json:"since"`
	Until  *time.Time `json:"until,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

// stands says whether it does at this time.
func (f *Freeze) stands(now time.Time) bool {
	return f != nil && (f.Until == nil || now.Before(*f.Until))
}
