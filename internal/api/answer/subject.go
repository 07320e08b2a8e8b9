package answer

import (
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// Where the ATC codes of a subject come from.
const (
	atcOwn     = "own"     // the entry's own (R113)
	atcDrug    = "drug"    // those of the drugs in a package, or of a dose's drug (R56)
	atcDerived = "derived" // those of the products that hold only the substance (R43, R114)
	atcGiven   = "given"
)

// subject is what something is matched by, and where that comes from.
type subject struct {
	rules.Subject
	// own are the ids of its substances, as FEST refers to them.
	own     []fest.ID
	atcFrom string
	atc     []Code
	// components are the codes of a combination's substances alone (R113),
	// without those of its own.
	components []string
	mixture    bool
}

// medicationMixture is the code of list 7424 of what a pharmacy makes.
const medicationMixture = "10"

// subjectOf is what an entry's object is matched by; false for what is no
// medicine and no substance.
func (r *Register) subjectOf(object any, t *interactionTable) (s subject, ok bool) {
	switch o := object.(type) {
	case *fest.Drug:
		s.addMedicine(&o.Medicine)
		r.hold(&s, t, o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength)
	case *fest.Generic:
		s.addMedicine(&o.Medicine)
		r.hold(&s, t, o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength)
	case *fest.Package:
		s.addMedicine(&o.Medicine)
		for i := range o.PackageInformation { // several are one subject, too (R47)
			r.addDrug(&s, t, o.PackageInformation[i].Drug, o.Atc == nil || o.Atc.Code == "")
		}
	case *fest.Dose:
		s.addMedicine(&o.Medicine)
		r.addDrug(&s, t, o.Drug, o.Atc == nil || o.Atc.Code == "")
	case *fest.Ingredient:
		r.addIngredient(&s, o.ID)
	case *fest.IngredientStrength:
		r.addIngredient(&s, fest.ID(o.ActiveSubstance))
	default:
		return s, false
	}
	t.complete(&s)
	return s, true
}

// subjectOfATC is a code that stands for itself. Of levels 1–4 it is open:
// what is below it may have interactions of its own.
func subjectOfATC(code string, display string) subject {
	s := subject{atcFrom: atcGiven}
	s.ATC, s.atc = []string{code}, []Code{{Code: code, System: SystemOf("7180"), Display: display}}
	s.Open = rules.IsATCGroup(code)
	return s
}

// addMedicine adds what stands on the entry itself.
func (s *subject) addMedicine(m *fest.Medicine) {
	s.addATC(m.Atc, atcOwn)
	s.addType(m.MedicationType)
}

// addType notes a mixture: its code and substances need not be all of it.
func (s *subject) addType(t *fest.CS) {
	s.mixture = s.mixture || t != nil && t.Code == medicationMixture
	s.Open = s.Open || s.mixture
}

// addDrug adds what stands on a drug that is held: its substances, and where
// the holder states no code, its code (R56).
func (r *Register) addDrug(s *subject, t *interactionTable, id fest.Ref, code bool) {
	d, ok := everHad[fest.Drug](r, fest.ResourceDrugs, id)
	if !ok {
		return
	}
	r.hold(s, t, d.SortedActiveSubstancesWithStrength, d.SortedActiveSubstancesWithoutStrength)
	if code {
		s.addATC(d.Atc, atcDrug)
	}
	s.addType(d.MedicationType)
}

// addATC adds a code that is one; WITHOUT is none (R115).
func (s *subject) addATC(v *fest.CV, from string) {
	code := rules.ATC(v)
	if code == "" || slices.Contains(s.ATC, code) {
		return
	}
	s.ATC, s.atc, s.atcFrom = append(s.ATC, code), append(s.atc, *CodeOf(v)), from
}

// addIngredient adds a bare substance, and all codes that are derived for it
// (R43, R114).
func (r *Register) addIngredient(s *subject, id fest.ID) {
	s.own = append(s.own, id)
	if !r.On("R114") {
		return
	}
	for _, code := range r.snap.DerivedATC(nil, string(id)) {
		if code = rules.ATCCode(code); code != "" && !slices.Contains(s.ATC, code) {
			s.ATC, s.atc, s.atcFrom = append(s.ATC, code), append(s.atc, r.atcCode(code)), atcDerived
		}
	}
}

// atcCode is a code with the name that the release has for it.
func (r *Register) atcCode(code string) Code {
	return Code{Code: code, System: SystemOf("7180"), Display: r.snap.ATCName(code)}
}

// hold adds the substances of a product, with and without strength (R35), and
// of a combination the codes of each alone.
func (r *Register) hold(s *subject, t *interactionTable, with []fest.SortedStrength, without []fest.SortedSubstance) {
	var components []string
	for i := range with {
		ref := with[i].ActiveSubstanceWithStrength
		strength, ok := t.strengths[fest.ID(ref)]
		if !ok { // what was removed often refers to what was, too
			o, had := everHad[fest.IngredientStrength](r, fest.ResourceIngredientStrengths, ref)
			if !had {
				continue
			}
			strength = strengthFactsOf(o)
		}
		s.addSubstance(strength.substance)
		if strength.component != "" {
			components = append(components, strength.component)
		}
	}
	for i := range without {
		s.addSubstance(fest.ID(without[i].ActiveSubstance))
	}
	s.components = append(s.components, components...)
}

func (s *subject) addSubstance(id fest.ID) {
	if !slices.Contains(s.own, id) {
		s.own = append(s.own, id)
	}
}

// complete adds the families and moieties of the substances (R34), and leaves
// the components that are the subject's own codes.
func (t *interactionTable) complete(s *subject) {
	for _, id := range s.own {
		s.Substances = t.moieties.AppendFamily(s.Substances, id)
		s.Moieties = t.moieties.AppendOf(s.Moieties, id)
	}
	s.Substances, s.Moieties = unique(s.Substances), unique(s.Moieties)
	s.components = slices.DeleteFunc(unique(s.components), func(c string) bool { return slices.Contains(s.ATC, c) })
}

// unique drops what was there before; the order stays.
func unique[T comparable](list []T) []T {
	out := list[:0]
	for _, x := range list {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// sameAs says whether two subjects are matched alike.
func (s *subject) sameAs(o *subject) bool {
	return slices.Equal(s.ATC, o.ATC) && slices.Equal(s.own, o.own) && s.Open == o.Open
}
