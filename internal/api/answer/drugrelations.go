package answer

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// DrugRelations are what belongs together with a drug (R35, R55–R57).
type DrugRelations struct {
	Drug        Reference             `json:"drug"`
	Ingredients *List[HeldIngredient] `json:"ingredients,omitempty"`
	Packages    *List[RelatedPackage] `json:"packages,omitempty"`
	// Generics are those that list it. None is not "no such medicine" (R58).
	Generics *List[Reference]   `json:"generics,omitempty"`
	Doses    *List[RelatedDose] `json:"doses,omitempty"`
	// SPC is left out where one list is asked for.
	SPC *SPC `json:"spc,omitempty"`
	Basis
}

// RelatedDose is a dose in a list.
type RelatedDose struct {
	Reference
	LMRNumber   string      `json:"lmrNumber,omitempty"`
	Quantity    *Quantity   `json:"quantity,omitempty"`
	PackageType *Code       `json:"packageType,omitempty"`
	Packages    []Reference `json:"packages"`
}

func (r *Register) relatedDose(d *fest.Dose) RelatedDose {
	out := RelatedDose{
		Reference: r.Reference(d), LMRNumber: TextOf(d.LmrNumber), Quantity: QuantityOf(&d.Quantity), PackageType: CodeOf(d.PackageType), Packages: []Reference{},
	}
	for _, ref := range d.Packages {
		out.Packages = append(out.Packages, r.ReferenceTo(fest.ResourcePackages, ref))
	}
	return out
}

// DrugRelations are those of a drug that the register handed out.
func (r *Register) DrugRelations(d *fest.Drug, p *Paging) DrugRelations {
	id := fest.Ref(r.Key(d))
	out := DrugRelations{Drug: r.Reference(d), Basis: r.Basis("R35", "R36", "R41", "R56", "R57", "R58")}
	r.Cite(&out.Basis, packageRules...)
	out.Ingredients = paged(p, ListIngredients, r.ingredients(d.SortedActiveSubstancesWithStrength, d.SortedActiveSubstancesWithoutStrength), asShown)
	packages := r.PackagesOfDrug(id)
	out.Packages = paged(p, ListPackages, packages, r.relatedPackage)
	out.Generics = paged(p, ListGenerics, r.GenericsOfDrug(id), asReference[fest.Generic](r))
	out.Doses = paged(p, ListDoses, r.DosesOfDrug(id), r.relatedDose)
	if p.List == "" {
		spc := r.spc(packages, []*fest.Drug{d})
		out.SPC = &spc
	}
	return out
}

// DoseRelations are what belongs together with a dose. It is a medicine of its
// own in FEST; what it does not say of itself its drug says (R56).
type DoseRelations struct {
	Dose        Reference             `json:"dose"`
	LMRNumber   string                `json:"lmrNumber,omitempty"` // R23
	Quantity    *Quantity             `json:"quantity,omitempty"`
	PackageType *Code                 `json:"packageType,omitempty"`
	Drug        Reference             `json:"drug"`
	Atc         *DoseDetail           `json:"atc,omitempty"`
	Form        *DoseDetail           `json:"pharmaceuticalFormShort,omitempty"`
	Group       *DoseDetail           `json:"prescriptionGroup,omitempty"`
	Packages    *List[RelatedPackage] `json:"packages,omitempty"`
	Basis
}

// DoseDetail is a coded value, and whether the dose states it or its drug.
type DoseDetail struct {
	Code
	Of fest.Resource `json:"statedOn"`
}

// DoseRelations are those of a dose that the register handed out.
func (r *Register) DoseRelations(d *fest.Dose, p *Paging) DoseRelations {
	out := DoseRelations{
		Dose: r.Reference(d), LMRNumber: TextOf(d.LmrNumber), Quantity: QuantityOf(&d.Quantity), PackageType: CodeOf(d.PackageType),
		Drug: r.ReferenceTo(fest.ResourceDrugs, d.Drug), Basis: r.Basis("R23", "R56"),
	}
	r.Cite(&out.Basis, packageRules...)
	drug, ok := r.Drug(d.Drug)
	if !ok {
		drug = new(fest.Drug)
	}
	out.Atc = detail(CodeOf(d.Atc), CodeOf(drug.Atc))
	out.Form = detail(CodeOf(d.PharmaceuticalFormShort), CodeOf(drug.PharmaceuticalFormShort))
	out.Group = detail(CodeOfList(&d.PrescriptionGroup, "7421"), CodeOfList(&drug.PrescriptionGroup, "7421"))
	out.Packages = paged(p, ListPackages, uniqueRefs(d.Packages), r.packageNamed)
	return out
}

// detail is the dose's own, else its drug's; nil where neither states one.
func detail(own, drug *Code) *DoseDetail {
	switch {
	case own != nil:
		return &DoseDetail{*own, fest.ResourceDoses}
	case drug != nil:
		return &DoseDetail{*drug, fest.ResourceDrugs}
	default:
		return nil
	}
}

// ConversionState says whether there is a generic to prescribe in the place of
// a brand.
type ConversionState string

// The states.
const (
	ConversionFound ConversionState = "generics"
	// ConversionNone: no generic lists the drug. FEST does not say why, and the
	// medicine can be prescribed by package (R58, R60).
	ConversionNone ConversionState = "noGeneric"
)

// DrugGenerics are the generics to prescribe in the place of a drug (R59, R60).
type DrugGenerics struct {
	Drug  Reference       `json:"drug"`
	State ConversionState `json:"state"`
	// Generics stand in the order of their names (R59).
	Generics *List[ConvertedGeneric] `json:"generics"`
	// Packages are the drug's own: what to prescribe where substitution must
	// not happen, or where there is no generic (R60).
	Packages int `json:"packagesOfDrug"`
	Basis
}

// ConvertedGeneric is a generic with what is needed to choose it.
type ConvertedGeneric struct {
	Reference
	Atc   *Code `json:"atc,omitempty"`
	Group *Code `json:"prescriptionGroup,omitempty"`
	// Prescribable is left out where R62 is switched off.
	Prescribable *Verdict `json:"prescribable,omitempty"`
	Units        []Code   `json:"prescribingUnits,omitempty"`
	Packages     int      `json:"packages"`
}

// DrugGenerics are those of a drug that the register handed out.
func (r *Register) DrugGenerics(d *fest.Drug, p *Paging) DrugGenerics {
	id := fest.Ref(r.Key(d))
	out := DrugGenerics{
		Drug: r.Reference(d), State: ConversionFound, Packages: len(r.indexes(fest.ResourcePackages, "drug", string(id))),
		Basis: r.Basis("R57", "R59", "R60"),
	}
	generics := r.GenericsOfDrug(id)
	if len(generics) == 0 {
		out.State = ConversionNone
		r.Cite(&out.Basis, "R58")
	} else {
		r.Cite(&out.Basis, "R61", "R62")
	}
	slices.SortStableFunc(generics, func(a, b *fest.Generic) int { return cmp.Compare(a.NameFormStrength, b.NameFormStrength) })
	out.Generics = paged(p, ListGenerics, generics, func(g *fest.Generic) ConvertedGeneric {
		return ConvertedGeneric{
			Reference: r.Reference(g), Atc: CodeOf(g.Atc), Group: CodeOfList(&g.PrescriptionGroup, "7421"),
			Prescribable: r.verdictOfGeneric(g), Units: CodesOf(g.PrescribingUnits), Packages: len(g.Packages),
		}
	})
	return out
}

// verdictOfGeneric says whether a generic can be prescribed; nil where R62 is
// switched off: FEST itself does not say.
func (r *Register) verdictOfGeneric(g *fest.Generic) *Verdict {
	if !r.On("R62") {
		return nil
	}
	v := r.VerdictOf(r.genericPrescribable(g))
	return &v
}
