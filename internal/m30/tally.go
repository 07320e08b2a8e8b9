package m30

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Tally counts what decoding met that the schemas do not foresee: by rule,
// class and path. Nothing that is left out of a decoded entry goes uncounted.
// One goroutine at a time; give each [Decoder] its own and merge them.
type Tally struct {
	limits   Limits
	notes    map[note]*noted
	affected int
}

type note struct {
	rule  string
	class fest.Class
	path  string
}

type counted struct {
	note
	count int
}

type noted struct {
	count    int
	affected []fest.Affected
	unnamed  bool // more entries are concerned than affected names
}

// otherPaths stands for all paths above [Limits.Paths].
const otherPaths = "(other paths)"

func newTally(l Limits) *Tally { return &Tally{limits: l, notes: map[note]*noted{}} }

func (t *Tally) add(n note, count int, who ...fest.Affected) {
	at := t.notes[n]
	if at == nil {
		if len(t.notes) >= t.limits.Paths {
			n.class, n.path = 0, otherPaths
		}
		if at = t.notes[n]; at == nil {
			at = &noted{}
			t.notes[n] = at
		}
	}
	at.count += count
	for _, w := range who {
		if k := len(at.affected); k > 0 && at.affected[k-1] == w {
			continue
		}
		if t.affected >= t.limits.Affected {
			at.unnamed = true
			return
		}
		at.affected = append(at.affected, w)
		t.affected++
	}
}

// Merge adds what o counted. o stays as it is.
func (t *Tally) Merge(o *Tally) {
	if o == nil {
		return
	}
	for _, n := range slices.SortedFunc(maps.Keys(o.notes), note.compare) {
		from := o.notes[n]
		t.add(n, from.count, from.affected...)
		if from.unnamed {
			if at := t.notes[n]; at != nil {
				at.unnamed = true
			}
		}
	}
}

// Count is how often a rule was noted, over all paths.
func (t *Tally) Count(rule string) int {
	count := 0
	for n, at := range t.notes {
		if n.rule == rule {
			count += at.count
		}
	}
	return count
}

func (n note) compare(o note) int {
	return cmp.Or(cmp.Compare(n.rule, o.rule), cmp.Compare(n.class, o.class), cmp.Compare(n.path, o.path))
}

// Findings returns what was counted, ordered by rule, class and path, the
// entries of each by their line.
func (t *Tally) Findings() []fest.Finding {
	var out []fest.Finding
	for _, n := range slices.SortedFunc(maps.Keys(t.notes), note.compare) {
		at := t.notes[n]
		f := fest.Finding{Rule: n.rule, Severity: severity(n.rule), Path: n.path, Count: at.count, Text: n.text(at)}
		if n.class.Valid() {
			f.Class = n.class.String()
		}
		f.Affected = slices.Clone(at.affected)
		slices.SortStableFunc(f.Affected, func(a, b fest.Affected) int { return cmp.Compare(a.Line, b.Line) })
		out = append(out, f)
	}
	return out
}

// severity: what does not change what an entry says is a note; what the
// decoder had to leave out, or misses, is for a person to look at.
func severity(rule string) fest.Severity {
	switch rule {
	case fest.RuleNamespaceLost, fest.RuleCatalogueOrder:
		return fest.SeverityNote
	default:
		return fest.SeverityHold
	}
}

func (n note) text(at *noted) string {
	what := map[string]string{
		fest.RuleNamespaceLost:    "stands outside its namespace; read by its name and place",
		fest.RuleUnknownElement:   "is not in the schemas of 2014-12-01; left out with all it holds",
		fest.RuleUnknownAttribute: "is not in the schemas of 2014-12-01; left out",
		fest.RuleMissingElement:   "is required by the schemas and absent",
		fest.RuleRepeatedElement:  "stands more often than the schemas allow; the first was kept",
		fest.RuleUnexpectedText:   "holds text where the schemas allow none; left out",
		fest.RuleEntryWithout:     "is active but has no object",
		fest.RuleIncrement:        "is retired (Status U): the file is an increment, not a full extract",
		fest.RuleCatalogueOrder:   "does not stand in the order of the schemas; read all the same",
	}[n.rule]
	text := fmt.Sprintf("%s %s (%d ×)", n.path, what, at.count)
	if at.unnamed {
		text += fmt.Sprintf("; only %d of the entries are named", len(at.affected))
	}
	return text
}
