package gate

import (
	"strconv"

	"github.com/festd/festd/internal/fest"
)

// Finding is what a rule saw, with what it measured and what it allows.
//
// Count of the embedded finding is how many objects are concerned, all of
// which Affected names where they can be named.
type Finding struct {
	fest.Finding
	// Measured is what was compared with Limit: of several groups (ATC, code
	// lists) the one that lost the greatest share.
	Measured Level `json:"measured"`
	Limit    Level `json:"limit"`
	// Against is what the candidate was compared with; "" for rules that look
	// at the candidate alone.
	Against Against `json:"against,omitempty"`
	// Waived is the waiver that made a note of what would hold.
	Waived *Waiver `json:"waived,omitempty"`
}

// Against is which baseline a finding compares with.
type Against string

// The two baselines.
const (
	AgainstServed Against = "served"
	AgainstAnchor Against = "anchor"
)

// percent writes a share for people: 92.6 %.
func percent(share float64) string {
	digits := 1
	if share != 0 && share < 0.001 {
		digits = 3
	}
	s := strconv.FormatFloat(share*100, 'f', digits, 64)
	if digits == 1 && len(s) > 2 && s[len(s)-2:] == ".0" {
		s = s[:len(s)-2]
	}
	return s + " %"
}
