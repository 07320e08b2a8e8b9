package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Relations are what something belongs together with: ids by the name of the
// list, each in the order of the file, once. Lists that are empty are left out.
type Relations map[string][]string

func (r Relations) add(list, id string) {
	if !slices.Contains(r[list], id) {
		r[list] = append(r[list], id)
	}
}

// IngredientRelations are those of an ingredient (R34, R35, R43).
//
// Drugs and generics stand under "drugs" and "generics" with what they are:
// single (the moiety and its salts are all that is in them) or combination, and
// whether a strength of it is stated.
func IngredientRelations(entries []*fest.Entry, id string) Relations {
	out := Relations{}
	family := familyOf(entries, id)
	for _, e := range entries {
		i, ok := e.Object.(*fest.Ingredient)
		if !ok {
			continue
		}
		for _, ref := range i.FullActiveSubstances {
			if string(ref) == id && string(i.ID) != id {
				out.add("moieties", string(i.ID))
			}
			if string(i.ID) == id && string(ref) != id {
				out.add("salts", string(ref))
			}
		}
	}
	drugs, substances := map[string]bool{}, substancesOf(entries)
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.IngredientStrength:
			if slices.Contains(family, string(o.ActiveSubstance)) {
				out.add("strengths", string(o.ID))
			}
		case *fest.Drug:
			if how := holds(substances, o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength, family); how != "" {
				out.add("drugs "+how, nameOf(e))
				drugs[nameOf(e)] = true
			}
		case *fest.Generic:
			if how := holds(substances, o.SortedActiveSubstancesWithStrength, o.SortedActiveSubstancesWithoutStrength, family); how != "" {
				out.add("generics "+how, nameOf(e))
			}
		}
	}
	for _, e := range entries {
		if p, ok := e.Object.(*fest.Package); ok {
			for i := range p.PackageInformation {
				if drugs[string(p.PackageInformation[i].Drug)] {
					out.add("packages", nameOf(e))
				}
			}
		}
	}
	return out
}

// familyOf is what counts as the substance: it, its moieties, and all their
// salts and esters (R34).
func familyOf(entries []*fest.Entry, id string) []string {
	roots := []string{}
	for _, e := range entries {
		if i, ok := e.Object.(*fest.Ingredient); ok && string(i.ID) != id && slices.Contains(i.FullActiveSubstances, fest.Ref(id)) {
			roots = append(roots, string(i.ID))
		}
	}
	if len(roots) == 0 {
		roots = append(roots, id)
	}
	family := append([]string{id}, roots...)
	for _, e := range entries {
		if i, ok := e.Object.(*fest.Ingredient); ok && slices.Contains(roots, string(i.ID)) {
			for _, ref := range i.FullActiveSubstances {
				family = append(family, string(ref))
			}
		}
	}
	return family
}

// substancesOf are the substances of strengths, by the strength's id.
func substancesOf(entries []*fest.Entry) map[string]string {
	out := map[string]string{}
	for _, e := range entries {
		if s, ok := e.Object.(*fest.IngredientStrength); ok {
			if _, twice := out[string(s.ID)]; !twice {
				out[string(s.ID)] = string(s.ActiveSubstance)
			}
		}
	}
	return out
}

// holds says how a product holds one of a family; "" if it does not. A strength
// that the release has not is of some other substance.
func holds(substances map[string]string, with []fest.SortedStrength, without []fest.SortedSubstance, family []string) string {
	inWith, inWithout, others := false, false, false
	for i := range with {
		substance, known := substances[string(with[i].ActiveSubstanceWithStrength)]
		if known && slices.Contains(family, substance) {
			inWith = true
		} else {
			others = true
		}
	}
	for i := range without {
		if slices.Contains(family, string(without[i].ActiveSubstance)) {
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
func DrugRelations(entries []*fest.Entry, d *fest.Drug, id string) Relations {
	out := Relations{}
	for i := range d.SortedActiveSubstancesWithStrength {
		ref := string(d.SortedActiveSubstancesWithStrength[i].ActiveSubstanceWithStrength)
		out.add("strengths", ref)
		for _, e := range entries {
			if s, ok := e.Object.(*fest.IngredientStrength); ok && string(s.ID) == ref {
				out.add("ingredients", string(s.ActiveSubstance))
				break
			}
		}
	}
	for i := range d.SortedActiveSubstancesWithoutStrength {
		out.add("ingredients", string(d.SortedActiveSubstancesWithoutStrength[i].ActiveSubstance))
	}
	slices.Sort(out["ingredients"])
	slices.Sort(out["strengths"])
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Package:
			for i := range o.PackageInformation {
				if string(o.PackageInformation[i].Drug) == id {
					out.add("packages", nameOf(e))
				}
			}
		case *fest.Generic:
			if slices.Contains(o.Drugs, fest.Ref(id)) {
				out.add("generics", nameOf(e))
			}
		case *fest.Dose:
			if string(o.Drug) == id {
				out.add("doses", nameOf(e))
			}
		}
	}
	out.spc(d.SpcSections, "drug")
	for _, e := range entries {
		if p, ok := e.Object.(*fest.Package); ok && slices.Contains(out["packages"], nameOf(e)) {
			out.spc(p.SpcSections, "package")
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
func PackageRelations(entries []*fest.Entry, p *fest.Package, id string) Relations {
	out := Relations{}
	for i := range p.PackageInformation {
		out.add("drugs", string(p.PackageInformation[i].Drug))
	}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.Generic:
			if slices.Contains(o.Packages, fest.Ref(id)) {
				out.add("generics", nameOf(e))
			}
		case *fest.Dose:
			if slices.Contains(o.Packages, fest.Ref(id)) {
				out.add("doses", nameOf(e))
			}
		}
	}
	out.spc(p.SpcSections, "package")
	for _, drug := range out["drugs"] {
		for _, e := range entries {
			if d, ok := e.Object.(*fest.Drug); ok && nameOf(e) == drug {
				out.spc(d.SpcSections, "drug")
				break
			}
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
func GenericRelations(entries []*fest.Entry, g *fest.Generic, day string) Relations {
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
	groups := map[string]*fest.SubstitutionGroup{}
	for _, e := range entries {
		if b, ok := e.Object.(*fest.SubstitutionGroup); ok && groups[string(b.ID)] == nil {
			groups[string(b.ID)] = b
		}
	}
	in := func(p *fest.Package) *fest.SubstitutionGroup {
		if p.PackageSubstitutionGroup == nil {
			return nil
		}
		b := groups[string(p.PackageSubstitutionGroup.SubstitutionGroup)]
		if b == nil || membership(p, b, day) != "in" {
			return nil
		}
		return b
	}
	var own []*fest.SubstitutionGroup
	for _, e := range entries {
		p, ok := e.Object.(*fest.Package)
		if ok && slices.Contains(out["packages"], nameOf(e)) {
			if b := in(p); b != nil {
				own = append(own, b)
			}
		}
	}
	for _, e := range entries {
		p, ok := e.Object.(*fest.Package)
		if !ok || slices.Contains(out["packages"], nameOf(e)) {
			continue
		}
		if b := in(p); b != nil && slices.Contains(own, b) {
			out.add("alsoDispensable", nameOf(e))
		}
	}
	return out
}
