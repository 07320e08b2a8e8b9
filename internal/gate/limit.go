package gate

import (
	"maps"

	"github.com/festd/festd/internal/fest"
)

// SeverityOff switches a rule off.
const SeverityOff fest.Severity = "off"

// Limit is what a rule allows. What is measured passes up to and including
// the limit; a rule is broken by what is above both Share and Count.
type Limit struct {
	// Severity is what breaking the rule does: hold, note or off.
	Severity fest.Severity `json:"severity"`
	// Share is a part of the class, from 0 to 1.
	Share float64 `json:"share"`
	// Count is a number of objects.
	Count int `json:"count"`
	// Small, if set, takes the place of Share and Count in classes with fewer
	// than Parameters.SmallClass objects.
	Small *Bound `json:"small,omitempty"`
	// Classes overrides by class, and by nothing it leaves out.
	Classes map[string]Bound `json:"classes,omitempty"`
}

// Bound is part of a [Limit]; what is nil is inherited.
type Bound struct {
	Share *float64 `json:"share,omitempty"`
	Count *int     `json:"count,omitempty"`
}

// Level is a number of objects and, where they are part of something, of how
// many and their share.
type Level struct {
	Count int     `json:"count"`
	Of    int     `json:"of,omitempty"`
	Share float64 `json:"share,omitempty"`
}

func levelOf(n, of int) Level {
	l := Level{Count: n, Of: of}
	if of > 0 {
		l.Share = float64(n) / float64(of)
	}
	return l
}

// in is the limit that holds for a class of the size.
func (l Limit) in(c class, size, small int) Level {
	at := Level{Share: l.Share, Count: l.Count}
	if l.Small != nil && size < small {
		at = l.Small.over(at)
	}
	if b, ok := l.Classes[c.String()]; ok {
		at = b.over(at)
	}
	return at
}

func (b Bound) over(at Level) Level {
	if b.Share != nil {
		at.Share = *b.Share
	}
	if b.Count != nil {
		at.Count = *b.Count
	}
	return at
}

// exceeds says whether a measured level is above the limit. A part of nothing
// is above any share. Shares are differences of quotients: what they lack of
// being exact is no excess.
func (l Level) exceeds(limit Level) bool {
	const inexact = 1e-9
	return l.Count > limit.Count && (l.Of == 0 || l.Share-limit.Share > inexact)
}

func (l Limit) clone() Limit {
	if l.Small != nil {
		s := *l.Small
		l.Small = &s
	}
	l.Classes = maps.Clone(l.Classes)
	return l
}

func share(v float64) Bound { return Bound{Share: &v} }

func bound(v float64, n int) Bound { return Bound{Share: &v, Count: &n} }
