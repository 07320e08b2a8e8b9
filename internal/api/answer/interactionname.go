package answer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/search"
)

// interactionName is what groups or substances of interactions, or ingredients
// of the register, are called: the codes and ingredients of all that are called
// so.
type interactionName struct {
	text   string
	folded string // search.Fold of text
	kind   nameKind
	codes  []string // of an ingredient the derived ones (R43)
	refs   []fest.ID
	posts  []posting // of substances that have neither
}

// nameKind is what has a name; what is listed first stands first.
type nameKind uint8

const (
	groupName nameKind = iota
	substanceName
	ingredientName
	nameKinds
)

// nameCollector collects names while the table is made.
type nameCollector struct {
	byName map[nameKey]*interactionName
}

type nameKey struct {
	text string
	kind nameKind
}

func newNameCollector() *nameCollector {
	return &nameCollector{byName: map[nameKey]*interactionName{}}
}

// group adds the name of a group and those of its substances: the name that
// the interaction gives and the one of the code. first is the posting of its
// first substance.
func (c *nameCollector) group(g *fest.SubstanceGroup, first posting) {
	whole := c.name(TextOf(g.Name), groupName)
	for k := range g.Substances {
		sub, p := &g.Substances[k], first+posting(k) //nolint:gosec // not negative
		whole.add(sub, p)
		c.name(string(sub.Substance), substanceName).add(sub, p)
		if sub.Atc != nil && sub.Atc.Display != string(sub.Substance) {
			c.name(sub.Atc.Display, substanceName).add(sub, p)
		}
	}
}

// name is the one of that text; nil for an empty one.
func (c *nameCollector) name(text string, kind nameKind) *interactionName {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	n := c.byName[nameKey{text, kind}]
	if n == nil {
		text = strings.Clone(text)
		n = &interactionName{text: text, folded: search.Fold(text), kind: kind}
		c.byName[nameKey{text, kind}] = n
	}
	return n
}

// add notes a substance that is called so; of one with a code only that (R112).
func (n *interactionName) add(sub *fest.Substance, p posting) {
	code := rules.ATC(sub.Atc)
	switch {
	case n == nil:
	case code != "":
		if !slices.Contains(n.codes, code) {
			n.codes = append(n.codes, strings.Clone(code))
		}
	case len(sub.ActiveSubstances) == 0:
		n.posts = append(n.posts, p)
	default:
		for _, r := range sub.ActiveSubstances {
			if !slices.Contains(n.refs, fest.ID(r)) {
				n.refs = append(n.refs, fest.ID(strings.Clone(string(r))))
			}
		}
	}
}

// ingredient adds the names of a substance that an interaction can be found by.
func (c *nameCollector) ingredient(o *fest.Ingredient, derived []string) {
	for _, text := range []string{string(o.Name), TextOf(o.NameEnglish)} {
		n := c.name(text, ingredientName)
		if n == nil {
			continue
		}
		if !slices.Contains(n.refs, o.ID) { // two substances may be called alike
			n.refs = append(n.refs, fest.ID(strings.Clone(string(o.ID))))
		}
		for _, code := range derived {
			if code = rules.ATCCode(code); code != "" && !slices.Contains(n.codes, code) {
				n.codes = append(n.codes, code)
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
		return cmp.Or(cmp.Compare(a.kind, b.kind), strings.Compare(a.folded, b.folded), strings.Compare(a.text, b.text))
	})
	return out
}
