package fest

import (
	"encoding/json"
	"time"
)

// Cause is how a release came to be served.
type Cause string

// The causes of a publication.
const (
	CauseImport   Cause = "import"   // the gate let it pass
	CauseApproval Cause = "approval" // a person let it pass
	CauseRollback Cause = "rollback" // a person went back to an older content
)

// ActKind says what was done to a store beside publishing.
type ActKind string

// The acts. Publications are no acts: they are releases, with a [Cause].
const (
	ActHold     ActKind = "hold"     // the gate held a candidate
	ActReject   ActKind = "reject"   // a content must not be published without an approval
	ActFreeze   ActKind = "freeze"   // imports publish nothing from now on
	ActUnfreeze ActKind = "unfreeze" // they do again
	ActAdvise   ActKind = "advise"   // answers carry an advisory
	ActWithdraw ActKind = "withdraw" // they carry it no longer
	ActWaive    ActKind = "waive"    // a finding is expected ahead
	ActHistory  ActKind = "history"  // an older file told what has been removed since
	ActAdopt    ActKind = "adopt"    // a node follows a database that went back or is another one
	// ActUnchanged: a file said what is served already, so nothing was
	// published. Once for each file beside each release.
	ActUnchanged ActKind = "unchanged"
)

// Act is a row of the audit log: who did what to the store, when and why.
type Act struct {
	// ID and After are given by the store: IDs grow, and After is the serial
	// that was served when the act was made, so that acts and publications
	// have one order.
	ID    uint64    `json:"id"`
	After Serial    `json:"after"`
	At    time.Time `json:"at"`
	Kind  ActKind   `json:"kind"`
	// By and Reason are mandatory for what a person does; the program itself
	// acts as "festd".
	By     string `json:"by"`
	Reason string `json:"reason,omitempty"`

	Content   Digest          `json:"content,omitempty"`   // hold, reject, history, unchanged
	Source    *Source         `json:"source,omitempty"`    // unchanged: the file
	Candidate *Candidate      `json:"candidate,omitempty"` // hold
	Until     *time.Time      `json:"until,omitempty"`     // freeze, advise: ends by itself; nil: it does not
	Text      string          `json:"text,omitempty"`      // advise: what answers say; adopt: what is followed instead of what
	Waiver    json.RawMessage `json:"waiver,omitempty"`    // waive: as the gate's configuration has it
}

// CandidateState is what became of a candidate.
type CandidateState string

// The states of a candidate.
const (
	CandidateHeld      CandidateState = "held"
	CandidateRejected  CandidateState = "rejected"
	CandidatePublished CandidateState = "published"
)

// Candidate is content that the gate held. It is known by its digest.
type Candidate struct {
	Content Content `json:"content"`
	Source  Source  `json:"source"`
	// Baseline is the serial that was served when it was judged; 0: none.
	Baseline Serial `json:"baseline"`
	// Verdict is the gate's, all of it.
	Verdict json.RawMessage `json:"verdict,omitempty"`
	HeldAt  time.Time       `json:"heldAt"`
	// Act, State and Decision are derived by [NewDocket]: stores do not keep
	// them. Act is the ID of the last act that held it.
	Act      uint64         `json:"-"`
	State    CandidateState `json:"state,omitempty"`
	Decision *Decision      `json:"decision,omitempty"`
}

// Decision says who decided about a content, and why.
type Decision struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	Serial Serial    `json:"serial,omitempty"` // of the release that the decision made
}
