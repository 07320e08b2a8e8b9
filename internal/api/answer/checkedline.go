package answer

import (
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// CheckedLine is a line of a check: what it was, what it was taken as, and what
// it can be matched by.
type CheckedLine struct {
	Line  int       `json:"line"` // from 0
	Input Line      `json:"input"`
	State LineState `json:"state"`
	// TakenAs is what the line names; resource atc is a code.
	TakenAs *Reference `json:"takenAs,omitempty"`
	// Choices are the things that have the number, where those are several.
	Choices []Reference `json:"choices,omitempty"`
	// Removed is said of what is gone, and of an id that was replaced.
	Removed *Gone `json:"removed,omitempty"`
	// KnownSince says of what is unknown since when that can be known (R26).
	KnownSince string `json:"knownSince,omitempty"`
	// Atc are the codes that it is matched by, AtcFrom says where they are from.
	Atc     []Code `json:"atc,omitempty"`
	AtcFrom string `json:"atcFrom,omitempty"`
	// Components are the codes of a combination's substances alone, where they
	// were asked for (R113).
	Components []Code      `json:"components,omitempty"`
	Substances []Reference `json:"substances,omitempty"`
	// Checkable: nothing about the line keeps a pair from being found free
	// (R119); else Reason says why.
	Checkable bool   `json:"checkable"`
	Reason    string `json:"reason,omitempty"`
	// NotAssessed is the code that FEST lists as not assessed: one of the line's,
	// or one above it.
	NotAssessed *Code `json:"notAssessed,omitempty"`
}

// Why a line could not be checked.
const (
	reasonUnknown   = "unknown"
	reasonSeveral   = "several"
	reasonNoContent = "removed-without-content"
	reasonNotInFEST = "not-in-fest"
	reasonCommodity = "commodity"
	reasonOther     = "no-medicine"
	reasonNoCode    = "nothing-to-match" // no ATC and no substance that an interaction names
	reasonGroup     = "atc-group"
	reasonMixture   = "mixture"
)

// checkingLine is a line with what it is matched by.
type checkingLine struct {
	subject
	answer      CheckedLine
	standing    rules.Standing
	postings    []posting // by its own codes and substances
	byComponent []posting // by its own and its components'; nil if that is the same
	bare        bool      // a bare substance (R114)
}

func (l *checkingLine) withComponents() []posting {
	if l.byComponent == nil {
		return l.postings
	}
	return l.byComponent
}

// line finds what a line names, and what that is matched by.
func (c *checking) line(n int, in *Line) checkingLine {
	f := c.look(in)
	l := checkingLine{answer: CheckedLine{Line: n, Input: *in, State: f.state, Removed: f.gone}}
	reason := c.take(&l, &f)
	a := &l.answer
	if f.state == LineUnknown {
		a.KnownSince = c.question.KnownSince
	}
	a.Atc, a.AtcFrom = l.atc, l.atcFrom
	for _, id := range l.own {
		a.Substances = append(a.Substances, c.ReferenceTo(fest.ResourceIngredients, fest.Ref(id)))
	}
	l.postings = c.table.find(nil, &l.Subject)
	c.addComponents(&l)
	switch {
	case reason != "":
	case l.mixture:
		reason = reasonMixture
	case l.Open:
		reason = reasonGroup
	case len(l.ATC) == 0 && len(l.postings) == 0:
		reason = reasonNoCode
	}
	a.Checkable, a.Reason = reason == "", reason
	unassessed := c.table.notAssessed(&l.Subject)
	if unassessed != "" {
		code := c.atcCode(unassessed)
		a.NotAssessed = &code
	}
	l.standing = rules.Standing{Checkable: a.Checkable, Assessed: unassessed == ""}
	return l
}

// take makes the subject of what a line names. The reason says why it cannot
// be checked, "" that nothing is known against it yet.
func (c *checking) take(l *checkingLine, f *found) (reason string) {
	if f.code != "" {
		s, ok := c.atcOfLine(f.code)
		if !ok {
			return reasonNoCode
		}
		l.subject = s
		l.answer.TakenAs = &Reference{"atc", f.code, s.atc[0].Display}
		if f.state == LineUnknown {
			return reasonUnknown
		}
		return ""
	}
	switch f.state {
	case LineUnknown:
		return reasonUnknown
	case LineNotInFEST:
		return reasonNotInFEST
	case LineSeveral:
		l.answer.Choices = f.items
	case LineFound, LineRemoved:
		if len(f.items) > 0 {
			l.answer.TakenAs = &f.items[0]
		}
	}
	if len(f.objects) == 0 {
		return reasonNoContent
	}
	if commodityOf(f.objects[0]) != nil {
		return reasonCommodity
	}
	s, ok := c.subjectOf(f.objects[0], c.table)
	if !ok {
		return reasonOther
	}
	for _, o := range f.objects[1:] { // several that are matched alike are one for this
		if other, ok := c.subjectOf(o, c.table); !ok || !s.sameAs(&other) {
			return reasonSeveral
		}
	}
	switch f.objects[0].(type) {
	case *fest.Ingredient, *fest.IngredientStrength:
		l.bare = true
	}
	l.subject = s
	return ""
}

// addComponents adds the codes of a combination's substances, where they were
// asked for (R113).
func (c *checking) addComponents(l *checkingLine) {
	if !c.question.ByComponent || !c.On("R113") || len(l.own) < 2 || len(l.components) == 0 {
		return
	}
	for _, code := range l.components {
		l.answer.Components = append(l.answer.Components, c.atcCode(code))
	}
	l.byComponent = c.table.find(nil, &rules.Subject{ATC: slices.Concat(l.ATC, l.components), Substances: l.Substances})
}
