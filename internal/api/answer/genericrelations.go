package answer

import (
	"strings"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// GenericRelations are what belongs together with a generic: what it refers to
// itself, nothing that is matched by value (R57).
type GenericRelations struct {
	Generic Reference `json:"generic"`
	Atc     *Code     `json:"atc,omitempty"`
	Group   *Code     `json:"prescriptionGroup,omitempty"`
	// Prescribable says whether one of its packages is (R62); left out where
	// that rule is switched off.
	Prescribable *Verdict              `json:"prescribable,omitempty"`
	Ingredients  *List[HeldIngredient] `json:"ingredients,omitempty"`
	// Units and sizes are what amounts can be prescribed in (R61).
	Units    []Code                `json:"prescribingUnits"`
	Sizes    *List[SizeCount]      `json:"sizes,omitempty"`
	Drugs    *List[Reference]      `json:"drugs,omitempty"`
	Packages *List[RelatedPackage] `json:"packages,omitempty"`
	// Also are what may be dispensed on a prescription of it beside its
	// packages: those of their substitution groups, also under another generic
	// (R66).
	Also *List[AlsoDispensable] `json:"alsoDispensable,omitempty"`
	Basis
}

// SizeCount is a size, and how many packages of the generic have it.
type SizeCount struct {
	Sizes    []Size `json:"sizes"` // one for each part of the package (R47)
	Packages int    `json:"packages"`
}

// AlsoDispensable is a package of a substitution group.
type AlsoDispensable struct {
	RelatedPackage
	SubstitutionGroup Reference `json:"substitutionGroup"`
	// Limited: the group's remark limits substitution (R96).
	Limited bool `json:"limited"`
}

// GenericRelations are those of a generic that the register handed out.
func (r *Register) GenericRelations(g *fest.Generic, p *Paging) GenericRelations {
	out := GenericRelations{
		Generic: r.Reference(g), Atc: CodeOf(g.Atc), Group: CodeOfList(&g.PrescriptionGroup, "7421"), Prescribable: r.verdictOfGeneric(g),
		Units: CodesOf(g.PrescribingUnits), Basis: r.Basis("R36", "R41", "R57", "R61", "R62", "R66", "R94"),
	}
	r.Cite(&out.Basis, packageRules...)
	if out.Units == nil {
		out.Units = []Code{}
	}
	out.Ingredients = paged(p, ListIngredients, r.ingredients(g.SortedActiveSubstancesWithStrength, g.SortedActiveSubstancesWithoutStrength), asShown)
	out.Drugs = paged(p, ListDrugs, uniqueRefs(g.Drugs), func(ref fest.Ref) Reference { return r.ReferenceTo(fest.ResourceDrugs, ref) })
	packages := uniqueRefs(g.Packages)
	out.Packages = paged(p, ListPackages, packages, r.packageNamed)
	var own []*fest.Package
	for _, ref := range packages {
		if pack, ok := r.Package(ref); ok {
			own = append(own, pack)
		}
	}
	out.Sizes = paged(p, ListSizes, sizeCounts(own), asShown)
	if p.List == "" || p.List == ListAlso {
		also, unsure := r.alsoDispensable(packages, own)
		if unsure {
			r.Cite(&out.Basis, "R6")
		}
		for _, a := range also {
			if a.limited {
				r.Cite(&out.Basis, "R96")
				break
			}
		}
		out.Also = paged(p, ListAlso, also, func(a alsoMember) AlsoDispensable {
			return AlsoDispensable{r.relatedPackage(a.pack), r.Reference(a.group), a.limited}
		})
	}
	return out
}

type alsoMember struct {
	pack    *fest.Package
	group   *fest.SubstitutionGroup
	limited bool
}

// alsoDispensable are the other members of the substitution groups that
// packages stand in on the day. unsure: the day is an until-date of one of them
// (R6).
func (r *Register) alsoDispensable(named []fest.Ref, own []*fest.Package) (out []alsoMember, unsure bool) {
	seen := map[string]bool{}
	for _, ref := range named {
		seen[string(ref)] = true
	}
	done := map[fest.ID]bool{}
	for _, pack := range own {
		link := pack.PackageSubstitutionGroup
		if link == nil {
			continue
		}
		g, ok := r.SubstitutionGroup(link.SubstitutionGroup)
		if !ok || done[g.ID] {
			continue
		}
		m, _ := rules.MembershipOn(link, g, r.day)
		unsure = unsure || m.Unsure
		if m.State != rules.Valid {
			continue
		}
		done[g.ID] = true
		for _, member := range r.MembersOf(g.ID) {
			key := r.Key(member)
			if seen[key] {
				continue
			}
			m, _ := rules.MembershipOn(member.PackageSubstitutionGroup, g, r.day)
			unsure = unsure || m.Unsure
			if m.State == rules.Valid {
				seen[key] = true
				out = append(out, alsoMember{member, g, rules.Limits(g)})
			}
		}
	}
	return out, unsure
}

// sizeCounts are the sizes of packages, equal ones together, in the order of
// the packages.
func sizeCounts(packages []*fest.Package) []SizeCount {
	var out []SizeCount
	at := map[string]int{}
	for _, p := range packages {
		var key strings.Builder
		for i := range p.PackageInformation {
			part := &p.PackageInformation[i]
			key.WriteString(string(part.PackageSize) + "\x00" + part.PackageUnit.Code + "\x00")
		}
		i, ok := at[key.String()]
		if !ok {
			i = len(out)
			at[key.String()] = i
			out = append(out, SizeCount{Sizes: sizesOf(p)})
		}
		out[i].Packages++
	}
	return out
}

// uniqueRefs are references in their order, each once.
func uniqueRefs(refs []fest.Ref) []fest.Ref {
	out := make([]fest.Ref, 0, len(refs))
	seen := make(map[fest.Ref]bool, len(refs))
	for _, ref := range refs {
		if !seen[ref] {
			seen[ref] = true
			out = append(out, ref)
		}
	}
	return out
}
