package gate

import "time"

// Waiver expects a finding ahead: it lets one rule be broken in one class, up
// to a bound, until it expires. An approval, by contrast, is given to one file
// after it was seen.
type Waiver struct {
	Rule  string `json:"rule"`
	Class string `json:"class"` // "" only for rules that concern no class
	// Path is the field, for rules that judge fields. Optional.
	Path string `json:"path,omitempty"`
	// Most is the bound: a finding beyond it is not waived. At least one part
	// is given.
	Most Bound `json:"most"`
	// Reason says why this is expected, By who says so.
	Reason  string    `json:"reason"`
	By      string    `json:"by,omitempty"`
	Expires time.Time `json:"expires"`
}

// covers says whether the waiver waives the finding, at that time.
func (w *Waiver) covers(f *Finding, now time.Time) bool {
	switch {
	case w.Rule != f.Rule, w.Class != f.Class, w.Path != "" && w.Path != f.Path, !now.Before(w.Expires):
		return false
	case w.Most.Count != nil && f.Measured.Count > *w.Most.Count:
		return false
	case w.Most.Share != nil && f.Measured.Share > *w.Most.Share:
		return false
	default:
		return w.Most.Count != nil || w.Most.Share != nil
	}
}
