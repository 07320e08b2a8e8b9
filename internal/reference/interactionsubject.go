package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Subject is one thing that is checked against others. A combination is one:
// its substances are no pair among themselves.
type Subject struct {
	// Codes are the ATC codes it is matched by; WITHOUT is none (R115).
	Codes []string
	// Substances are the ingredients that it holds, as FEST refers to them.
	Substances []fest.ID
	// Open says that it is more than this: its code stands for all drugs below
	// it, or it is a mixture.
	Open bool
}

// Drug is the subject that a drug is: its own code (R113), and its substances
// with and without strength (R35).
func (x *Interactions) Drug(id fest.ID) Subject {
	d := x.drugs[id]
	if d == nil {
		return Subject{}
	}
	return Subject{
		Codes: realCodes(codeText(d.Atc)), Substances: x.held(d.SortedActiveSubstancesWithStrength, d.SortedActiveSubstancesWithoutStrength), Open: mixture(&d.Medicine),
	}
}

// Generic is the subject that a generic is.
func (x *Interactions) Generic(id fest.ID) Subject {
	g := x.generics[id]
	if g == nil {
		return Subject{}
	}
	return Subject{
		Codes: realCodes(codeText(g.Atc)), Substances: x.held(g.SortedActiveSubstancesWithStrength, g.SortedActiveSubstancesWithoutStrength), Open: mixture(&g.Medicine),
	}
}

// Package is the subject that a package is: its own code, else those of its
// drugs; the substances of all its drugs (R47, R56).
func (x *Interactions) Package(id fest.ID) Subject {
	p := x.packages[id]
	if p == nil {
		return Subject{}
	}
	s := Subject{Open: mixture(&p.Medicine)}
	for _, i := range p.PackageInformation {
		of := x.Drug(fest.ID(i.Drug))
		s.Codes = append(s.Codes, of.Codes...)
		s.Substances = append(s.Substances, of.Substances...)
		s.Open = s.Open || of.Open
	}
	if own := codeText(p.Atc); own != "" {
		s.Codes = realCodes(own)
	}
	return s
}

// Dose is the subject that a dose is: its own code, else that of its drug, and
// the substances of its drug (R56).
func (x *Interactions) Dose(id fest.ID) Subject {
	d := x.doses[id]
	if d == nil {
		return Subject{}
	}
	s := x.Drug(fest.ID(d.Drug))
	s.Open = s.Open || mixture(&d.Medicine)
	if own := codeText(d.Atc); own != "" {
		s.Codes = realCodes(own)
	}
	return s
}

// mixture says that a pharmacy makes it (list 7424).
func mixture(m *fest.Medicine) bool { return m.MedicationType != nil && m.MedicationType.Code == "10" }

// Ingredient is the subject that a bare substance is: all codes that can be
// derived for it (R43, R114).
func (x *Interactions) Ingredient(id fest.ID) Subject {
	return Subject{Codes: x.Derived(id), Substances: []fest.ID{id}}
}

// Code is the subject that an ATC code is.
func (x *Interactions) Code(code string) Subject {
	return Subject{Codes: realCodes(code), Open: covers(code)}
}

// Derived are the ATC codes of the drugs and generics that hold only this
// substance, as moiety or salt (R43), sorted.
func (x *Interactions) Derived(id fest.ID) []string {
	if out, ok := x.derivedFor[id]; ok {
		return out
	}
	var out []string
	add := func(s Subject) {
		only := len(s.Substances) > 0
		for _, h := range s.Substances {
			only = only && x.related(h, id)
		}
		if only {
			out = append(out, s.Codes...)
		}
	}
	if x.products == nil {
		for d := range x.drugs {
			x.products = append(x.products, x.Drug(d))
		}
		for g := range x.generics {
			x.products = append(x.products, x.Generic(g))
		}
	}
	for _, p := range x.products {
		add(p)
	}
	slices.Sort(out)
	x.derivedFor[id] = slices.Compact(out)
	return x.derivedFor[id]
}

// held are the substances of a product, with and without strength (R35).
func (x *Interactions) held(with []fest.SortedStrength, without []fest.SortedSubstance) []fest.ID {
	var out []fest.ID
	for _, s := range with {
		if strength := x.strengths[fest.ID(s.ActiveSubstanceWithStrength)]; strength != nil {
			out = append(out, fest.ID(strength.ActiveSubstance))
		}
	}
	for _, s := range without {
		out = append(out, fest.ID(s.ActiveSubstance))
	}
	return out
}

// moieties are the therapeutic moieties of a substance: those that name it as
// one of their salts and esters, else itself (R34).
func (x *Interactions) moieties(id fest.ID) []fest.ID {
	out, ok := x.moietiesOf[id]
	if ok {
		return out
	}
	for _, i := range x.ingredients {
		if i.ID != id && slices.Contains(i.FullActiveSubstances, fest.Ref(id)) {
			out = append(out, i.ID)
		}
	}
	if out == nil {
		out = []fest.ID{id}
	}
	x.moietiesOf[id] = out
	return out
}

// related says that two substances are moiety and salt, or salts of one
// moiety, or the same (R34).
func (x *Interactions) related(a, b fest.ID) bool {
	of := x.moieties(a)
	for _, m := range x.moieties(b) {
		if slices.Contains(of, m) {
			return true
		}
	}
	return false
}
