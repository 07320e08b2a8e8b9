package answer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/search"
)

// interactionName is what groups or substances of interactions are called:
// their codes and ingredients, of all that are called so.
type interactionName struct {
	text   string
	folded string // search.Fold of text
	group  bool   // a group's own name; else a substance's
	codes  []string
	refs   []fest.ID
}

// nameCollector collects names while the table is made.
type nameCollector struct {
	byName map[nameKey]*interactionName
}

type nameKey struct {
	text  string
	group bool
}

func newNameCollector() *nameCollector {
	return &nameCollector{byName: map[nameKey]*interactionName{}}
}

// group adds the name of a group and those of its substances: the name that
// the interaction gives and the one of the code.
func (c *nameCollector) group(g *fest.SubstanceGroup) {
	whole := c.name(TextOf(g.Name), true)
	for k := range g.Substances {
		sub := &g.Substances[k]
		code := rules.ATC(sub.Atc)
		whole.add(code, sub.ActiveSubstances)
		c.name(string(sub.Substance), false).add(code, sub.ActiveSubstances)
		if sub.Atc != nil && sub.Atc.Display != string(sub.Substance) {
			c.name(sub.Atc.Display, false).add(code, nil)
		}
	}
}

// name is the one of that text; nil for an empty one.
func (c *nameCollector) name(text string, group bool) *interactionName {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	n := c.byName[nameKey{text, group}]
	if n == nil {
		text = strings.Clone(text)
		n = &interactionName{text: text, folded: search.Fold(text), group: group}
		c.byName[nameKey{text, group}] = n
	}
	return n
}

// add notes what is called so; of a substance with a code only that (R112).
func (n *interactionName) add(code string, refs []fest.Ref) {
	switch {
	case n == nil:
	case code != "":
		if !slices.Contains(n.codes, code) {
			n.codes = append(n.codes, strings.Clone(code))
		}
	default:
		for _, r := range refs {
			if !slices.Contains(n.refs, fest.ID(r)) {
				n.refs = append(n.refs, fest.ID(strings.Clone(string(r))))
			}
		}
	}
}

// sorted are the names, groups first, then by what they are folded to.
func (c *nameCollector) sorted() []interactionName {
	out := make([]interactionName, 0, len(c.byName))
	for _, n := range c.byName {
		out = append(out, *n)
	}
	slices.SortFunc(out, func(a, b interactionName) int {
		if a.group != b.group {
			if a.group {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.folded, b.folded), strings.Compare(a.text, b.text))
	})
	return out
}
