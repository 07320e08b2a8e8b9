package answer

import "github.com/festd/festd/internal/fest"

// PackageRelations are what belongs together with a package (R46–R48, R55–R57).
type PackageRelations struct {
	Package    Reference `json:"package"`
	ItemNumber string    `json:"itemNumber,omitempty"`
	Outgoing   string    `json:"discontinuedItemNumber,omitempty"` // R18
	BarCodes   []string  `json:"barCodes,omitempty"`
	// Combination: it has several parts, one drug each (R47).
	Combination bool `json:"combinationPackage"`
	// Parts are the drugs in it, with size and type.
	Parts []PackagePart `json:"drugs,omitzero"`
	// Storage is left out where it is not stated.
	Storage           *Code              `json:"storage,omitempty"`
	SubstitutionGroup *Reference         `json:"substitutionGroup,omitempty"`
	Generics          *List[Reference]   `json:"generics,omitempty"`
	Doses             *List[RelatedDose] `json:"doses,omitempty"`
	SPC               *SPC               `json:"spc,omitempty"`
	Basis
}

// PackagePart is Pakningsinfo: a drug in a package. The size is multiple ×
// number × quantity, a missing factor being 1 (R46).
type PackagePart struct {
	Drug     Reference `json:"drug"`
	Size     string    `json:"packageSize,omitempty"`
	Unit     *Code     `json:"packageUnit,omitempty"`
	Type     *Code     `json:"packageType,omitempty"`
	Multiple Number    `json:"multiple,omitempty"`
	Number   Number    `json:"number,omitempty"`
	Quantity Number    `json:"quantity,omitempty"`
	// Components are the contents of a kit (R48).
	Components []KitComponent `json:"packageComponents,omitempty"`
}

// KitComponent is Pakningskomponent: what is in one kit.
type KitComponent struct {
	Type     *Code     `json:"packageType,omitempty"`
	Quantity *Quantity `json:"quantity,omitempty"`
	Number   Number    `json:"number,omitempty"`
}

// PackageRelations are those of a package that the register handed out.
func (r *Register) PackageRelations(pack *fest.Package, p *Paging) PackageRelations {
	id := fest.Ref(r.Key(pack))
	out := PackageRelations{
		Package: r.Reference(pack), ItemNumber: string(pack.ItemNumber), Storage: CodeOfList(pack.Storage, "7487"),
		Combination: len(pack.PackageInformation) > 1, Parts: []PackagePart{}, Basis: r.Basis("R46", "R56", "R57"),
	}
	for _, code := range pack.BarCodes {
		out.BarCodes = append(out.BarCodes, string(code))
	}
	if m := pack.MarketingInformation; m != nil && m.DiscontinuedItemNumber != nil {
		out.Outgoing = TextOf(m.DiscontinuedItemNumber)
		r.Cite(&out.Basis, "R18")
	}
	if g := pack.PackageSubstitutionGroup; g != nil {
		ref := r.ReferenceTo(fest.ResourceSubstitutionGroups, g.SubstitutionGroup)
		out.SubstitutionGroup = &ref
	}
	var drugs []*fest.Drug
	for i := range pack.PackageInformation {
		part := &pack.PackageInformation[i]
		one := PackagePart{
			Drug: r.ReferenceTo(fest.ResourceDrugs, part.Drug), Size: string(part.PackageSize), Unit: CodeOf(&part.PackageUnit), Type: CodeOf(&part.PackageType),
			Multiple: Number(TextOf(part.Multiple)), Number: Number(TextOf(part.Number)), Quantity: Number(part.Quantity),
		}
		for k := range part.PackageComponents {
			c := &part.PackageComponents[k]
			one.Components = append(one.Components, KitComponent{CodeOf(&c.PackageType), QuantityOf(&c.Quantity), Number(TextOf(c.Number))})
			r.Cite(&out.Basis, "R48")
		}
		out.Parts = append(out.Parts, one)
		if d, ok := r.Drug(part.Drug); ok {
			drugs = append(drugs, d)
		}
	}
	generics := r.GenericsOfPackage(id)
	if out.Combination {
		r.Cite(&out.Basis, "R47")
	}
	if len(generics) == 0 {
		r.Cite(&out.Basis, "R58")
	}
	out.Generics = paged(p, ListGenerics, generics, asReference[fest.Generic](r))
	out.Doses = paged(p, ListDoses, r.DosesOfPackage(id), r.relatedDose)
	spc := r.spc([]*fest.Package{pack}, drugs)
	out.SPC = &spc
	return out
}
