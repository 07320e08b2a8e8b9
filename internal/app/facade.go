package app

import (
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

// Location is a source as people may see it: a URL without secrets.
func Location(source string) string { return fetch.Location(source) }

// DefaultLimits are the decoder's.
func DefaultLimits() Limits { return m30.DefaultLimits() }

// ImportOutcome names what became of an import; see ingest.Outcome.
func ImportOutcome(r ImportResult, err error) string { return ingest.Outcome(r, err) }

// Count is the number of objects of a class, by the class's name.
type Count struct {
	Class string
	N     int
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
