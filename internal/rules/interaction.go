package rules

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Subject is one thing that is checked for interactions: what it matches by. A
// combination is one subject; its substances are no pair among themselves.
type Subject struct {
	// ATC are its codes, as [ATC] has them: a drug's own (R113), a bare
	// substance's derived ones (R43, R114).
	ATC []string
	// Substances are the ids of those that it holds, each with its family (R34).
	Substances []fest.ID
	// Moieties are those of its substances (R34).
	Moieties []fest.ID
	// Open says that it stands for more than it tells: an ATC code of levels
	// 1–4, below which there may be interactions that the group has not; or a
	// mixture. Nothing can be ruled out for it.
	Open bool
}

// Matches says whether a substance of an interaction is the subject's: by ATC
// where it has one (R111), else by what it refers to (R112).
func (s *Subject) Matches(sub *fest.Substance) bool {
	if code := ATC(sub.Atc); code != "" {
		return slices.ContainsFunc(s.ATC, func(c string) bool { return ATCCovers(code, c) })
	}
	return slices.ContainsFunc(sub.ActiveSubstances, func(r fest.Ref) bool { return slices.Contains(s.Substances, fest.ID(r)) })
}

// Interacts says whether an interaction applies to a pair, and by which of its
// groups, from 0: one matches one group and the other another; two matches in
// one group are none (R110). The groups are the first that will do.
func Interacts(in *fest.Interaction, a, b *Subject) (groupA, groupB int, yes bool) {
	for i := range in.SubstanceGroups {
		if !a.in(&in.SubstanceGroups[i]) {
			continue
		}
		for j := range in.SubstanceGroups {
			if i != j && b.in(&in.SubstanceGroups[j]) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

func (s *Subject) in(g *fest.SubstanceGroup) bool {
	return slices.ContainsFunc(g.Substances, func(sub fest.Substance) bool { return s.Matches(&sub) })
}

// PairState is what can be said of a pair (R119). Absent is not none.
type PairState string

// The states.
const (
	PairInteraction  PairState = "interaction"
	PairNone         PairState = "noneFound"         // and both are assessed
	PairNotAssessed  PairState = "notAssessed"       // the ATC, or one above it, is listed as not assessed
	PairNotCheckable PairState = "couldNotBeChecked" // nothing to match by, or not all of it
)

// Standing is what a subject's part in a pair's state is (R119).
type Standing struct {
	// Checkable: it has a code, or a substance that an interaction refers to,
	// and is not open.
	Checkable bool
	// Assessed: none of its codes, and none above them, is listed as not assessed.
	Assessed bool
}

// PairStateOf is the state of a pair. An interaction and not assessed can hold
// at once (R120): the state is then interaction. Of two that are not assessed
// and not checkable, the latter: less is known of it.
func PairStateOf(interacts bool, a, b Standing) PairState {
	switch {
	case interacts:
		return PairInteraction
	case !a.Checkable || !b.Checkable:
		return PairNotCheckable
	case !a.Assessed || !b.Assessed:
		return PairNotAssessed
	default:
		return PairNone
	}
}

// Relevance of an interaction, the most serious first: 1 avoid, 2
// precautions, 3 no action (R116); what is none comes last.
func Relevance(in *fest.Interaction) int {
	switch in.Relevance.Code {
	case "1", "2", "3":
		return int(in.Relevance.Code[0] - '0')
	default:
		return RelevanceUnknown
	}
}

// RelevanceUnknown is that of an interaction whose relevance is none of list
// 7483. It warns.
const RelevanceUnknown = 9

// RelevanceNoAction is that of interactions that do not warn.
const RelevanceNoAction = 3

// Warns says whether an interaction is shown as a warning; those that need no
// action are for free search only (R116).
func Warns(relevance int) bool { return relevance != RelevanceNoAction }

// ShownTo says whether display rules show something to an audience (list
// 7442: 1 general practitioner, 2 specialist, 3 hospital, 4 pharmacy, 5
// veterinary); none of them means to all (R117, R126). An unnamed audience
// sees all.
func ShownTo(rules []fest.CV, audience string) bool {
	return audience == "" || len(rules) == 0 || slices.ContainsFunc(rules, func(r fest.CV) bool { return r.Code == audience })
}

// SameMoieties are the moieties that both subjects hold, by which they are
// duplicate therapy (R115); in the order of a.
func SameMoieties(a, b *Subject) []fest.ID { return common(a.Moieties, b.Moieties) }

// SameATCGroups are the codes of ATC level 4 that both subjects are of, by
// which they are duplicate therapy (R115); in the order of a. WITHOUT and codes
// that are not WHO's are none.
func SameATCGroups(a, b *Subject) []string {
	return common(groupsOf(a.ATC), groupsOf(b.ATC))
}

func groupsOf(codes []string) []string {
	var out []string
	for _, c := range codes {
		if g := ATCGroup(c); g != "" {
			out = append(out, g)
		}
	}
	return out
}

func common[T comparable](a, b []T) []T {
	var out []T
	for _, x := range a {
		if slices.Contains(b, x) && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
