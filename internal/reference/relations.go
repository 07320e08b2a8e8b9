package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Relations are what something belongs together with: ids by the name of the
// list, each sorted. Lists that are empty are left out.
type Relations map[string][]string

func (r Relations) add(list, id string) {
	if at, known := slices.BinarySearch(r[list], id); !known {
		r[list] = slices.Insert(r[list], at, id)
	}
}

// IngredientRelations are those of an ingredient (R34, R35, R43).
//
// Drugs and generics stand under "drugs" and "generics" with what they are:
// single (the moiety and its salts are all that is in them) or combination, and
// whether a strength of it is stated.
func (r *Register) IngredientRelations(id fest.Ref) Relations {
	out := Relations{}
	family := r.familyOf(id)
	for _, e := range append(r.called(id), r.referring(id)...) {
		i, ok := e.Object.(*fest.Ingredient)
		if !ok {
			continue
		}
		for _, ref := range i.FullActiveSubstances {
			if ref == id && fest.Ref(i.ID) != id {
				out.add("moieties", string(i.ID))
			}
			if fest.Ref(i.ID) == id && ref != id {
				out.add("salts", string(ref))
			}
		}
	}
	of := slices.Clone(family) // what a product that holds it refers to
	for _, e := range r.referring(family...) {
		if s, ok := e.Object.(*fest.IngredientStrength); ok && slices.Contains(family, s.ActiveSubstance) {
			out.add("strengths", string(s.ID))
			of = append(of, fest.Ref(s.ID))
		}
	}
	var drugs []fest.Ref
	for _, e := range r.referring(of...) {
		switch o := e.Object.(type) {
		case *fest.Drug:
			if how := r.holds(o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength, family); how != "" {
				out.add("drugs "+how, nameOf(e))
				drugs = append(drugs, fest.Ref(nameOf(e)))
			}
		case *fest.Generic:
			if how := r.holds(o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength, family); how != "" {
				out.add("generics "+how, nameOf(e))
			}
		}
	}
	for _, drug := range drugs {
		for _, e := range r.referring(drug) {
			if p, ok := e.Object.(*fest.Package); ok && inPackage(p, drug) {
				out.add("packages", nameOf(e))
			}
		}
	}
	return out
}

// inPackage says that a package holds a drug (R56).
func inPackage(p *fest.Package, drug fest.Ref) bool {
	return slices.ContainsFunc(p.PackageInformation, func(i fest.PackageInformation) bool { return i.Drug == drug })
}

// familyOf is what counts as the substance: it, its moieties, and all their
// salts and esters (R34).
func (r *Register) familyOf(id fest.Ref) []fest.Ref {
	roots := []fest.Ref{}
	for _, e := range r.referring(id) {
		if i, ok := e.Object.(*fest.Ingredient); ok && fest.Ref(i.ID) != id && slices.Contains(i.FullActiveSubstances, id) {
			roots = append(roots, fest.Ref(i.ID))
		}
	}
	if len(roots) == 0 {
		roots = append(roots, id)
	}
	family := append([]fest.Ref{id}, roots...)
	for _, e := range r.called(roots...) {
		if i, ok := e.Object.(*fest.Ingredient); ok {
			family = append(family, i.FullActiveSubstances...)
		}
	}
	return family
}

// holds says how a product holds one of a family; "" if it does not. A strength
// that the release has not is of some other substance.
func (r *Register) holds(with []fest.SortedStrength, without []fest.SortedSubstance, family []fest.Ref) string {
	inWith, inWithout, others := false, false, false
	for i := range with {
		strength := one[fest.IngredientStrength](r, with[i].ActiveSubstanceWithStrength)
		if strength != nil && slices.Contains(family, strength.ActiveSubstance) {
			inWith = true
		} else {
			others = true
		}
	}
	for i := range without {
		if slices.Contains(family, without[i].ActiveSubstance) {
			inWithout = true
		} else {
			others = true
		}
	}
	switch {
	case !inWith && !inWithout:
		return ""
	case others && inWith:
		return "combination withStrength"
	case others:
		return "combination withoutStrength"
	case inWith:
		return "single withStrength"
	default:
		return "single withoutStrength"
	}
}

// DrugRelations are those of a drug (R35, R56, R57).
func (r *Register) DrugRelations(d *fest.Drug, id fest.Ref) Relations {
	out := Relations{}
	for i := range d.SortedActiveSubstancesWithStrength {
		ref := d.SortedActiveSubstancesWithStrength[i].ActiveSubstanceWithStrength
		out.add("strengths", string(ref))
		if s := one[fest.IngredientStrength](r, ref); s != nil {
			out.add("ingredients", string(s.ActiveSubstance))
		}
	}
	for i := range d.SortedActiveSubstancesWithoutStrength {
		out.add("ingredients", string(d.SortedActiveSubstancesWithoutStrength[i].ActiveSubstance))
	}
	out.spc(d.SpcSections, "drug")
	for _, e := range r.referring(id) {
		switch o := e.Object.(type) {
		case *fest.Package:
			if inPackage(o, id) {
				out.add("packages", nameOf(e))
				out.spc(o.SpcSections, "package")
			}
		case *fest.Generic:
			if slices.Contains(o.Drugs, id) {
				out.add("generics", nameOf(e))
			}
		case *fest.Dose:
			if o.Drug == id {
				out.add("doses", nameOf(e))
			}
		}
	}
	return out
}

// spc notes the links to the summary of product characteristics, and on what
// they stand (R55).
func (r Relations) spc(sections []fest.SpcSection, on string) {
	for i := range sections {
		r.add("spc "+on, sections[i].Link.URL.Value)
	}
}

// PackageRelations are those of a package (R47, R55–R57).
func (r *Register) PackageRelations(p *fest.Package, id fest.Ref) Relations {
	out := Relations{}
	for i := range p.PackageInformation {
		out.add("drugs", string(p.PackageInformation[i].Drug))
	}
	for _, e := range r.referring(id) {
		switch o := e.Object.(type) {
		case *fest.Generic:
			if slices.Contains(o.Packages, id) {
				out.add("generics", nameOf(e))
			}
		case *fest.Dose:
			if slices.Contains(o.Packages, id) {
				out.add("doses", nameOf(e))
			}
		}
	}
	out.spc(p.SpcSections, "package")
	for _, drug := range out["drugs"] {
		if d := one[fest.Drug](r, fest.Ref(drug)); d != nil {
			out.spc(d.SpcSections, "drug")
		}
	}
	return out
}

// DoseRelations are those of a dose (R56).
func DoseRelations(d *fest.Dose) Relations {
	out := Relations{}
	out.add("drugs", string(d.Drug))
	for _, ref := range d.Packages {
		out.add("packages", string(ref))
	}
	return out
}

// GenericRelations are those of a generic on a day: what it names (R57), its
// units (R61), and what may be dispensed on it beside its packages: those of
// their substitution groups, also under another generic (R66, R94).
func (r *Register) GenericRelations(g *fest.Generic, day string) Relations {
	out := Relations{}
	for _, ref := range g.Drugs {
		out.add("drugs", string(ref))
	}
	for _, ref := range g.Packages {
		out.add("packages", string(ref))
	}
	for i := range g.PrescribingUnits {
		out.add("units", g.PrescribingUnits[i].Code)
	}
	in := func(p *fest.Package) *fest.SubstitutionGroup {
		if p.PackageSubstitutionGroup == nil {
			return nil
		}
		b := one[fest.SubstitutionGroup](r, p.PackageSubstitutionGroup.SubstitutionGroup)
		if b == nil || membership(p, b, day) != "in" {
			return nil
		}
		return b
	}
	var own []fest.Ref
	for _, e := range r.called(g.Packages...) {
		if p, ok := e.Object.(*fest.Package); ok {
			if b := in(p); b != nil && !slices.Contains(own, fest.Ref(b.ID)) {
				own = append(own, fest.Ref(b.ID))
			}
		}
	}
	for _, e := range r.referring(own...) {
		p, ok := e.Object.(*fest.Package)
		if !ok || slices.Contains(g.Packages, fest.Ref(nameOf(e))) {
			continue
		}
		if b := in(p); b != nil && slices.Contains(own, fest.Ref(b.ID)) {
			out.add("alsoDispensable", nameOf(e))
		}
	}
	return out
}
