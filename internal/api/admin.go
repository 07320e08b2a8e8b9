package api

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// What administration may be refused for. The texts of the errors that wrap
// them say what, and what would be right.
var (
	// ErrAdminNotFound: no release or candidate has that serial or digest.
	ErrAdminNotFound = errors.New("no such release or candidate")
	// ErrAdminConflict: the state is not what the caller believed, such as
	// another baseline than the one that the verdict was given against.
	ErrAdminConflict = errors.New("the state has moved on")
	// ErrAdminInvalid: what was asked for makes no sense, such as no reason.
	ErrAdminInvalid = errors.New("not a valid request")
	// ErrAdminUnavailable: the store cannot be reached.
	ErrAdminUnavailable = errors.New("the store cannot be reached")
)

// Admin administers releases. One implementation stands behind the ops API
// and the command line. What is named by ref is a serial, or a digest or at
// least eight digits of it. Every change leaves a row in the audit log.
type Admin interface {
	// Releases gives the whole state.
	Releases(ctx context.Context) (AdminState, error)
	// Release shows one release or candidate with its verdict.
	Release(ctx context.Context, ref string) (AdminRelease, error)
	// Diff compares two contents that are kept.
	Diff(ctx context.Context, from, to string) (*cache.Comparison, error)
	// Approve publishes a held or rejected content.
	Approve(ctx context.Context, ref string, a Decision) (fest.Release, error)
	// Reject keeps a content from being published without an approval.
	Reject(ctx context.Context, ref string, a Decision) (fest.Act, error)
	// Rollback publishes the content of an earlier release again, and rejects
	// the one that was served. ref "" is the release before, with another
	// content.
	Rollback(ctx context.Context, ref string, a Decision) (fest.Release, error)
	// Act records a freeze, unfreeze, advise, withdraw or waive; or adopts: this
	// node then follows a database that went back or is another one.
	Act(ctx context.Context, act fest.Act) (fest.Act, error)
	// Audit lists the audit log, newest first.
	Audit(ctx context.Context) ([]fest.Act, error)
}

// Decision is a person's.
type Decision struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	// Baseline is the serial that was served when the person looked; nil: the
	// one that the verdict was given against.
	Baseline *fest.Serial `json:"baseline,omitempty"`
}

// AdminState is what operators see first.
type AdminState struct {
	Stream     string           `json:"stream"`
	Serial     fest.Serial      `json:"serial"`     // served
	Releases   []AdminRelease   `json:"releases"`   // newest first; without verdicts
	Candidates []fest.Candidate `json:"candidates"` // without verdicts and findings
	Rejected   []fest.Digest    `json:"rejected"`
	Frozen     *fest.Act        `json:"frozen,omitempty"`
	Advisory   *fest.Act        `json:"advisory,omitempty"`
	Waivers    []fest.Act       `json:"waivers,omitempty"`
}

// AdminRelease is a release or a candidate.
type AdminRelease struct {
	Release   *fest.Release   `json:"release,omitempty"`
	Candidate *fest.Candidate `json:"candidate,omitempty"`
	Kept      bool            `json:"kept"`   // its content can be served again
	OnDisk    bool            `json:"onDisk"` // by this node within a second
	Verdict   json.RawMessage `json:"verdict,omitempty"`
	Text      string          `json:"text,omitempty"` // the verdict for people
}

// Archive gives requests the releases beside the one served, without asking
// the store: from memory and the local disk.
type Archive interface {
	// Releases are all that were published, newest first.
	Releases() []ArchivedRelease
	// Open returns the snapshot of a release whose content is on local disk;
	// the caller closes it. One load of a release is in flight at a time, and
	// few stay open. It has what was removed as known then.
	Open(ctx context.Context, serial fest.Serial) (*cache.Snapshot, error)
	// Compare compares two releases on local disk; results are kept a while.
	Compare(ctx context.Context, from, to fest.Serial) (*cache.Comparison, error)
}

// What an [Archive] may refuse.
var (
	// ErrNotKept is a release that is not on the local disk.
	ErrNotKept = errors.New("the release is not kept")
	// ErrBusy is too much under way at once: the client comes back later.
	ErrBusy = errors.New("too much is under way")
)

// ArchivedRelease is a release of the ledger.
type ArchivedRelease struct {
	fest.Release
	OnDisk bool // can be opened
}

// Advisory is what answers carry while it stands.
type Advisory struct {
	Text  string     `json:"text"`
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until,omitempty"`
}
