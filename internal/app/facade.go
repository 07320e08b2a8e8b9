package app

import (
	"log/slog"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/ingest/fetch"
	"github.com/festd/festd/internal/m30"
)

// What the command line needs of the other rooms, so that it imports this
// package alone.
type (
	// Limits are the decoder's.
	Limits = m30.Limits
	// Filter is which of DMP's extracts a file is.
	Filter = fest.Filter
	// Finding is something seen in a file.
	Finding = fest.Finding
	// Release is a publication.
	Release = fest.Release
	// Approval is a person's decision.
	Approval = fest.Approval
	// GateConfig has the gate's thresholds.
	GateConfig = gate.Config
	// GateText says what a verdict's text is about.
	GateText = gate.TextOptions
	// Verdict is the gate's.
	Verdict = gate.Verdict
	// ImportResult says what an import did.
	ImportResult = ingest.Result
	// ImportProgress is how far an import has come.
	ImportProgress = ingest.Progress
	// Waiver expects a finding ahead.
	Waiver = gate.Waiver
	// WaiverBound is how much a waiver expects at most.
	WaiverBound = gate.Bound
	// Act is a row of the audit log.
	Act = fest.Act
	// Candidate is content that the gate held.
	Candidate = fest.Candidate
	// Serial is a release's number.
	Serial = fest.Serial
	// Resource is what the API calls a class.
	Resource = fest.Resource
	// LogLevel is the least severe level that is logged.
	LogLevel = api.LogLevel
	// LogRemote is how much of a client's address is logged.
	LogRemote = api.Remote
	// AdminState is what operators see first.
	AdminState = api.AdminState
	// AdminRelease is a release or a candidate.
	AdminRelease = api.AdminRelease
	// Decision is a person's.
	Decision = api.Decision
	// Rejection says who decided about a content, and why.
	Rejection = fest.Decision
	// Comparison is what changed from one release to another.
	Comparison = cache.Comparison
	// ChangeCounts counts the changes of a resource.
	ChangeCounts = cache.ChangeCounts
	// Change is an item that is not the same in two releases.
	Change = cache.Change
	// ChangeKind is added, removed or changed.
	ChangeKind = cache.ChangeKind
	// RefusedError means that a file is no usable FEST file.
	RefusedError = ingest.RefusedError
	// HeldError means that a file must not be published unseen.
	HeldError = ingest.HeldError
)

// ParseGateConfig reads thresholds that differ from those of a profile,
// default or production; no text means none.
func ParseGateConfig(text []byte, profile string) (GateConfig, error) {
	if len(text) == 0 {
		text = []byte("{}")
	}
	return gate.ParseConfig(text, gate.Profile(profile))
}

// NewLogLevel begins with the level that was configured.
func NewLogLevel(configured slog.Level) *LogLevel { return api.NewLogLevel(configured) }

// Location is a source as people may see it: a URL without secrets.
func Location(source string) string { return fetch.Location(source) }

// DefaultLimits are the decoder's.
func DefaultLimits() Limits { return m30.DefaultLimits() }

// ImportOutcome names what became of an import; see ingest.Outcome.
func ImportOutcome(r ImportResult, err error) string { return ingest.Outcome(r, err) }

// The acts that people record.
const (
	ActFreeze   = fest.ActFreeze
	ActUnfreeze = fest.ActUnfreeze
	ActAdvise   = fest.ActAdvise
	ActWithdraw = fest.ActWithdraw
	ActWaive    = fest.ActWaive
	ActAdopt    = fest.ActAdopt
)

// Resources are those of the API, in the order of its paths.
func Resources() []Resource { return fest.Resources() }

// Count is the number of objects of a class, by the class's name.
type Count struct {
	Class string
	N     int
}

// CountChange is the number of objects of a class before and after.
type CountChange struct {
	Class  string `json:"class"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

// CountChanges lists what a verdict compared: the classes whose number of
// objects is not the same, in the order of the catalogues.
func CountChanges(v *Verdict) []CountChange {
	if v == nil || v.Baseline == nil || v.Candidate == nil {
		return nil
	}
	var out []CountChange
	for _, class := range gate.Classes() {
		if b, a := v.Baseline.Counts[class], v.Candidate.Counts[class]; a != b {
			out = append(out, CountChange{class, b, a})
		}
	}
	return out
}

// FirstCounts lists what was counted of a file that had nothing to be compared
// with, in the order of the catalogues; of any other there are
// [CountChanges].
func FirstCounts(v *Verdict) []Count {
	if v == nil || v.Baseline != nil || v.Candidate == nil {
		return nil
	}
	var out []Count
	for _, class := range gate.Classes() {
		out = append(out, Count{class, v.Candidate.Counts[class]})
	}
	return out
}

// CountsOf lists the counts of a release in the order of the catalogues,
// without the classes it has none of.
func CountsOf(r Release) []Count {
	var out []Count
	for _, c := range fest.Classes() {
		if n := r.Content.Counts[c.String()]; n > 0 {
			out = append(out, Count{c.String(), n})
		}
	}
	return out
}
