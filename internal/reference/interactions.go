package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Interactions says what FEST has on two drugs taken together (R110–R122).
type Interactions struct {
	drugs        map[fest.ID]*fest.Drug
	packages     map[fest.ID]*fest.Package
	generics     map[fest.ID]*fest.Generic
	doses        map[fest.ID]*fest.Dose
	strengths    map[fest.ID]*fest.IngredientStrength
	ingredients  []*fest.Ingredient
	interactions []*fest.Interaction
	substances   []substance
	notAssessed  []string
	// What was found before.
	moietiesOf map[fest.ID][]fest.ID
	derivedFor map[fest.ID][]string
	products   []Subject // drugs and generics
}

// substance is one of a group of an interaction: with a code, or with
// references.
type substance struct {
	Side
	code string
	refs []fest.Ref
}

// NewInteractions takes all entries of a release, in any order.
func NewInteractions(entries []*fest.Entry) *Interactions {
	x := &Interactions{
		drugs: map[fest.ID]*fest.Drug{}, packages: map[fest.ID]*fest.Package{}, generics: map[fest.ID]*fest.Generic{},
		doses: map[fest.ID]*fest.Dose{}, strengths: map[fest.ID]*fest.IngredientStrength{},
		moietiesOf: map[fest.ID][]fest.ID{}, derivedFor: map[fest.ID][]string{},
	}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Drug:
			x.drugs[e.ObjectID()] = o
		case *fest.Package:
			x.packages[e.ObjectID()] = o
		case *fest.Generic:
			x.generics[o.ID] = o
		case *fest.Dose:
			x.doses[o.ID] = o
		case *fest.IngredientStrength:
			x.strengths[o.ID] = o
		case *fest.Ingredient:
			x.ingredients = append(x.ingredients, o)
		case *fest.Interaction:
			x.interactions = append(x.interactions, o)
			for g := range o.SubstanceGroups {
				for _, s := range o.SubstanceGroups[g].Substances {
					x.substances = append(x.substances, substance{Side{o, g}, codeText(s.Atc), s.ActiveSubstances})
				}
			}
		case *fest.InteractionNotAssessed:
			x.notAssessed = append(x.notAssessed, o.Atc.Code)
		}
	}
	return x
}

// Side is a group of an interaction that a subject matches.
type Side struct {
	Interaction *fest.Interaction
	Group       int
}

// Sides are all groups that a subject matches (R111, R112), in the order of the
// file.
func (x *Interactions) Sides(s Subject) []Side {
	var out []Side
	for i := range x.substances {
		sub := &x.substances[i]
		if len(out) > 0 && out[len(out)-1] == sub.Side {
			continue // by a substance before
		}
		if x.matches(s, sub.code, sub.refs) {
			out = append(out, sub.Side)
		}
	}
	return out
}

// Matches says that a subject is, or holds, a substance of a group.
func (x *Interactions) Matches(s Subject, sub *fest.Substance) bool {
	return x.matches(s, codeText(sub.Atc), sub.ActiveSubstances)
}

// matches is by the code, or where that is none, by the references.
func (x *Interactions) matches(s Subject, code string, refs []fest.Ref) bool {
	if len(realCodes(code)) > 0 {
		for _, c := range s.Codes {
			if within(c, code) {
				return true
			}
		}
		return false
	}
	for _, r := range refs {
		for _, h := range s.Substances {
			if x.related(fest.ID(r), h) {
				return true
			}
		}
	}
	return false
}

// Meeting is an interaction of two subjects, and the first groups, in the
// order of the file, that each matches.
type Meeting struct {
	Interaction    *fest.Interaction
	GroupA, GroupB int
}

// Between are the interactions of two subjects by the sides that each matches:
// one matches a group, the other another one (R110). In the order of the file.
func Between(a, b []Side) []Meeting {
	var out []Meeting
	for _, l := range a {
		for _, r := range b {
			known := func(m Meeting) bool { return m.Interaction == l.Interaction }
			if l.Interaction == r.Interaction && l.Group != r.Group && !slices.ContainsFunc(out, known) {
				out = append(out, Meeting{l.Interaction, l.Group, r.Group})
			}
		}
	}
	return out
}

// Substances are those of a group that a subject matches, from 0.
func (x *Interactions) Substances(s Subject, g *fest.SubstanceGroup) []int {
	var out []int
	for i := range g.Substances {
		if x.Matches(s, &g.Substances[i]) {
			out = append(out, i)
		}
	}
	return out
}

// Standing is what the state of a pair takes from one of the two (R119).
type Standing struct {
	Checkable   bool
	NotAssessed []string // codes
}

// Standing says whether there is something to compare, a code or a substance
// that an interaction refers to, so that it matches a group, and nothing beyond
// that: a code that stands for a group cannot be found free, for the drugs below
// it have not been looked at, and what is in a mixture is not known.
func (x *Interactions) Standing(s Subject, sides []Side) Standing {
	return Standing{Checkable: (len(s.Codes) > 0 || len(sides) > 0) && !s.Open, NotAssessed: x.notAssessedOf(s)}
}

// notAssessedOf are the codes of the subject that nobody has assessed, by
// themselves or by one above (R119).
func (x *Interactions) notAssessedOf(s Subject) []string {
	var out []string
	for _, c := range s.Codes {
		for _, n := range x.notAssessed {
			if within(c, n) {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

// The states of a pair (R119).
const (
	StateInteraction       = "interaction"
	StateNoneFound         = "noneFound"
	StateNotAssessed       = "notAssessed"
	StateCouldNotBeChecked = "couldNotBeChecked"
)

// State is that of a pair with those interactions between them. None is only
// said of two that could be checked and were assessed.
func State(a, b Standing, between []Meeting) string {
	switch {
	case len(between) > 0:
		return StateInteraction
	case !a.Checkable, !b.Checkable:
		return StateCouldNotBeChecked
	case len(a.NotAssessed) > 0, len(b.NotAssessed) > 0:
		return StateNotAssessed
	}
	return StateNoneFound
}

// Duplicate says why two subjects are the same therapy twice: the moieties
// that both hold, and the codes of ATC level 4 that both are of (R115). Codes
// that are not WHO's are none.
func (x *Interactions) Duplicate(a, b Subject) (moieties []fest.ID, level4 []string) {
	for _, s := range a.Substances {
		for _, t := range b.Substances {
			for _, m := range x.moieties(s) {
				if slices.Contains(x.moieties(t), m) && !slices.Contains(moieties, m) {
					moieties = append(moieties, m)
				}
			}
		}
	}
	for _, c := range a.Codes {
		for _, d := range b.Codes {
			if four := levelFour(c); four != "" && four == levelFour(d) && !slices.Contains(level4, four) {
				level4 = append(level4, four)
			}
		}
	}
	slices.Sort(moieties)
	slices.Sort(level4)
	return moieties, level4
}
