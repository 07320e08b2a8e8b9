package answer

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// RelatedPackage is a package in a list, with its state on the day. One that
// the release has not is its id alone.
type RelatedPackage struct {
	Reference
	ItemNumber   string         `json:"itemNumber,omitempty"`
	Sizes        []Size         `json:"sizes,omitempty"`
	State        rules.Market   `json:"availability,omitempty"`
	Prescribable rules.Tristate `json:"prescribable,omitempty"`
	Dispensable  rules.Tristate `json:"dispensable,omitempty"`
}

// packageRules are those that a RelatedPackage rests on.
var packageRules = []string{"R46", "R51", "R52"}

func (r *Register) relatedPackage(p *fest.Package) RelatedPackage {
	a := rules.AvailabilityOf(p.MarketingInformation, r.day)
	return RelatedPackage{
		Reference: r.Reference(p), ItemNumber: string(p.ItemNumber), Sizes: sizesOf(p),
		State: a.Market, Prescribable: r.prescribable(p).Value, Dispensable: a.Dispensable.Value,
	}
}

func (r *Register) packageNamed(ref fest.Ref) RelatedPackage {
	if p, ok := r.Package(ref); ok {
		return r.relatedPackage(p)
	}
	return RelatedPackage{Reference: r.ReferenceTo(fest.ResourcePackages, ref)}
}

func (r *Register) packageAt(i cache.Index) RelatedPackage {
	if p, ok := r.Object(i).(*fest.Package); ok {
		return r.relatedPackage(p)
	}
	return RelatedPackage{}
}

// sizesOf are the sizes of a package's parts, as the text says them (R46, R47).
func sizesOf(p *fest.Package) []Size {
	out := make([]Size, 0, len(p.PackageInformation))
	for i := range p.PackageInformation {
		out = append(out, Size{string(p.PackageInformation[i].PackageSize), CodeOf(&p.PackageInformation[i].PackageUnit)})
	}
	return out
}

// Strength is a strength as FEST states it: numerator over denominator, no
// denominator is per 1 (R36); denominators are kept as given (R37). The
// alternative is the same said otherwise (R39).
type Strength struct {
	Strength               *Quantity `json:"strength,omitempty"`
	Denominator            *Quantity `json:"strengthDenominator,omitempty"`
	Operator               *Code     `json:"strengthOperator,omitempty"`
	Upper                  Number    `json:"strengthUpperValue,omitempty"`
	Alternative            *Quantity `json:"alternativeStrength,omitempty"`
	AlternativeDenominator *Quantity `json:"alternativeStrengthDenominator,omitempty"`
}

func strengthOf(s *fest.IngredientStrength) Strength {
	return Strength{
		QuantityOf(&s.Strength), QuantityOf(s.StrengthDenominator), CodeOf(&s.StrengthOperator), Number(TextOf(s.StrengthUpperValue)),
		QuantityOf(s.AlternativeStrength), QuantityOf(s.AlternativeStrengthDenominator),
	}
}

// HeldIngredient is an ingredient of a drug or generic, in the order that FEST
// gives for display (R41).
type HeldIngredient struct {
	// ActiveSubstance is left out where the release has not the strength that
	// names it.
	ActiveSubstance *Reference `json:"activeSubstance,omitempty"`
	// IngredientStrength is left out where none is stated for it (R35).
	IngredientStrength *Reference `json:"ingredientStrength,omitempty"`
	Strength
}

// ingredients are those of a drug or generic, with and without strength (R35).
func (r *Register) ingredients(with []fest.SortedStrength, without []fest.SortedSubstance) []HeldIngredient {
	type sorted struct {
		at int
		HeldIngredient
	}
	var all []sorted
	for i := range with {
		ref := r.ReferenceTo(fest.ResourceIngredientStrengths, with[i].ActiveSubstanceWithStrength)
		h := HeldIngredient{IngredientStrength: &ref}
		if s, ok := r.IngredientStrength(with[i].ActiveSubstanceWithStrength); ok {
			substance := r.ReferenceTo(fest.ResourceIngredients, s.ActiveSubstance)
			h.ActiveSubstance, h.Strength = &substance, strengthOf(s)
		}
		all = append(all, sorted{sortingOf(with[i].Sorting), h})
	}
	for i := range without {
		substance := r.ReferenceTo(fest.ResourceIngredients, without[i].ActiveSubstance)
		all = append(all, sorted{sortingOf(without[i].Sorting), HeldIngredient{ActiveSubstance: &substance}})
	}
	slices.SortStableFunc(all, func(a, b sorted) int { return cmp.Compare(a.at, b.at) })
	out := make([]HeldIngredient, len(all))
	for i := range all {
		out[i] = all[i].HeldIngredient
	}
	return out
}

// sortingOf is a Sortering; one that cannot be read comes last.
func sortingOf(s fest.Integer) int {
	n, err := strconv.Atoi(strings.TrimSpace(string(s)))
	if err != nil {
		return 1 << 30
	}
	return n
}

// asShown shows what is shown already.
func asShown[T any](v T) T { return v }

// asReference shows an object as a reference to it.
func asReference[T any](r *Register) func(*T) Reference {
	return func(o *T) Reference { return r.Reference(o) }
}
