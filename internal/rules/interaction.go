package rules

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Subject is something that is checked for interactions: what it matches by.
type Subject struct {
	// ATC are its codes: a drug's own (R113), a bare substance's derived ones
	// (R43, R114).
	ATC []string
	// Ingredients are the ids of its substances, moieties and salts together
	// (R34).
	Ingredients []fest.ID
}

// Checkable says whether there is anything to match by (R119).
func (s *Subject) Checkable() bool {
	return len(s.Ingredients) > 0 || slices.ContainsFunc(s.ATC, func(c string) bool { return ATCLevel(c) > 0 })
}

// Matches says whether a substance of an interaction is the subject's: by ATC
// where it has one (R111), else by what it refers to (R112).
func (s *Subject) Matches(sub *fest.Substance) bool {
	if sub.Atc != nil && sub.Atc.Code != "" {
		return slices.ContainsFunc(s.ATC, func(c string) bool { return ATCCovers(sub.Atc.Code, c) })
	}
	return slices.ContainsFunc(sub.ActiveSubstances, func(r fest.Ref) bool { return slices.Contains(s.Ingredients, fest.ID(r)) })
}

// PairMatch is how two subjects meet in an interaction: the numbers of the
// groups, from 0, and of the substances within them.
type PairMatch struct {
	GroupA, SubstanceA, GroupB, SubstanceB int
}

// Interacts says whether an interaction applies to a pair: one matches one
// group and the other another; two matches in one group are none (R110).
func Interacts(in *fest.Interaction, a, b *Subject) (PairMatch, bool) {
	ofA, ofB := groupsOf(in, a), groupsOf(in, b)
	for i, x := range ofA {
		for j, y := range ofB {
			if i != j && x >= 0 && y >= 0 {
				return PairMatch{i, x, j, y}, true
			}
		}
	}
	return PairMatch{}, false
}

// groupsOf has for each group the first substance that matches, or -1.
func groupsOf(in *fest.Interaction, s *Subject) []int {
	out := make([]int, len(in.SubstanceGroups))
	for i := range in.SubstanceGroups {
		out[i] = slices.IndexFunc(in.SubstanceGroups[i].Substances, func(sub fest.Substance) bool { return s.Matches(&sub) })
	}
	return out
}

// PairState is what can be said of a pair (R119). Absent is not none.
type PairState string

// The states.
const (
	PairInteraction  PairState = "interaction"
	PairNone         PairState = "noneFound"         // and both are assessed
	PairNotAssessed  PairState = "notAssessed"       // the ATC, or one above it, is listed as not assessed
	PairNotCheckable PairState = "couldNotBeChecked" // nothing to match by
)

// PairStateOf is the state of a pair. An interaction and not assessed can hold
// at once (R120): the state is then interaction, and the second result true.
func PairStateOf(interactions int, a, b *Subject, notAssessed func(*Subject) bool) (state PairState, alsoNotAssessed bool) {
	unassessed := notAssessed(a) || notAssessed(b)
	switch {
	case interactions > 0:
		return PairInteraction, unassessed
	case !a.Checkable() || !b.Checkable():
		return PairNotCheckable, unassessed
	case unassessed:
		return PairNotAssessed, true
	default:
		return PairNone, false
	}
}

// NotAssessed says whether one of the subject's codes, or one above it, is
// among those that nobody has assessed (R119).
func NotAssessed(s *Subject, listed func(atc string) bool) bool {
	for _, code := range s.ATC {
		for _, n := range []int{1, 3, 4, 5, 7} {
			if len(code) >= n && listed(code[:n]) {
				return true
			}
		}
		if len(code) > 7 && listed(code) {
			return true
		}
	}
	return false
}

// ListIsClear says whether one "none" may be said of a whole list: only if
// every pair was checkable and assessed (R119).
func ListIsClear(states []PairState) bool {
	return !slices.ContainsFunc(states, func(s PairState) bool { return s != PairNone })
}

// Relevance of an interaction, the most serious first: 1 avoid, 2
// precautions, 3 no action (R116); what is none comes last.
func Relevance(in *fest.Interaction) int {
	switch in.Relevance.Code {
	case "1", "2", "3":
		return int(in.Relevance.Code[0] - '0')
	default:
		return 9
	}
}

// Warns says whether an interaction is shown as a warning; those that need no
// action are for free search only (R116).
func Warns(in *fest.Interaction) bool { return Relevance(in) != 3 }

// ShownTo says whether display rules show something to an audience (list
// 7442: 1 general practitioner, 2 specialist, 3 hospital, 4 pharmacy, 5
// veterinary); none of them means to all (R117, R126). An unnamed audience
// sees all.
func ShownTo(rules []fest.CV, audience string) bool {
	return audience == "" || len(rules) == 0 || slices.ContainsFunc(rules, func(r fest.CV) bool { return r.Code == audience })
}

// ByRelevance orders interactions (R116); equals keep their order.
func ByRelevance(list []*fest.Interaction) {
	slices.SortStableFunc(list, func(a, b *fest.Interaction) int { return cmp.Compare(Relevance(a), Relevance(b)) })
}

// DuplicateTherapy says whether two drugs do the same: the same moiety, or the
// same ATC level 4 (R115).
func DuplicateTherapy(a, b *Subject) (reason string, yes bool) {
	for _, i := range a.Ingredients {
		if slices.Contains(b.Ingredients, i) {
			return "same-ingredient", true
		}
	}
	for _, x := range a.ATC {
		for _, y := range b.ATC {
			if g := ATCGroup(x); g != "" && g == ATCGroup(y) {
				return "same-atc-level-4", true
			}
		}
	}
	return "", false
}
