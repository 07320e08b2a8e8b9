package answer

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// The lists of relations, as Paging names them.
const (
	ListMoieties    = "moieties"
	ListSalts       = "salts"
	ListStrengths   = "strengths"
	ListDrugs       = "drugs"
	ListGenerics    = "generics"
	ListPackages    = "packages"
	ListIngredients = "ingredients"
	ListDoses       = "doses"
	ListSizes       = "sizes"
	ListAlso        = "alsoDispensable"
)

// IngredientRelations are what belongs together with an ingredient. It, its
// moieties and all their salts and esters count as one (R34).
type IngredientRelations struct {
	Ingredient  Reference              `json:"ingredient"`
	NameEnglish string                 `json:"nameEnglish,omitempty"`
	Moieties    *List[Reference]       `json:"moieties,omitempty"`
	Salts       *List[Reference]       `json:"salts,omitempty"`
	Strengths   *List[RelatedStrength] `json:"strengths,omitempty"`
	// DerivedATC are the codes of the drugs that hold nothing else: FEST has no
	// link between a substance and its codes (R43).
	DerivedATC []Code                   `json:"derivedAtc"`
	DrugCounts HoldingCounts            `json:"drugCounts"`
	Drugs      *List[RelatedSubstances] `json:"drugs,omitempty"`
	Generics   *List[RelatedSubstances] `json:"generics,omitempty"`
	Packages   *List[RelatedPackage]    `json:"packages,omitempty"`
	Basis
}

// RelatedStrength is a strength of an ingredient. Equal ones are one, with all
// their ids (R42).
type RelatedStrength struct {
	ActiveSubstance Reference `json:"activeSubstance"`
	Strength
	IngredientStrengths []Reference `json:"ingredientStrengths"`
}

// RelatedSubstances is a drug or generic with an ingredient in it.
type RelatedSubstances struct {
	Reference
	// Combination: another substance is in it, too. One that the release has
	// not is another.
	Combination bool `json:"combination"`
	// StrengthStated: its strength is stated, not only that it is in there
	// (R35).
	StrengthStated bool `json:"strengthStated"`
}

// HoldingCounts are how many drugs hold an ingredient in which way.
type HoldingCounts struct {
	SingleWithStrength         int `json:"singleWithStrength"`
	SingleWithoutStrength      int `json:"singleWithoutStrength"`
	CombinationWithStrength    int `json:"combinationWithStrength"`
	CombinationWithoutStrength int `json:"combinationWithoutStrength"`
}

// IngredientRelations are those of an ingredient that the register handed out.
func (r *Register) IngredientRelations(i *fest.Ingredient, p *Paging) IngredientRelations {
	id := fest.Ref(i.ID)
	out := IngredientRelations{
		Ingredient: r.Reference(i), NameEnglish: TextOf(i.NameEnglish),
		DerivedATC: []Code{}, Basis: r.Basis("R34", "R35", "R41", "R42", "R43", "R56", "R57"),
	}
	r.Cite(&out.Basis, packageRules...)
	var moieties []*fest.Ingredient
	for _, m := range r.MoietiesOf(id) {
		if m.ID != i.ID {
			moieties = append(moieties, m)
		}
	}
	out.Moieties = paged(p, ListMoieties, moieties, asReference[fest.Ingredient](r))
	var salts []fest.Ref
	for _, s := range i.FullActiveSubstances {
		if s != id && !slices.Contains(salts, s) {
			salts = append(salts, s)
		}
	}
	out.Salts = paged(p, ListSalts, salts, func(s fest.Ref) Reference { return r.ReferenceTo(fest.ResourceIngredients, s) })
	if p.List == "" || p.List == ListStrengths {
		out.Strengths = paged(p, ListStrengths, r.relatedStrengths(id), asShown)
	}
	family := r.familyIDs(i)
	drugs := r.DrugsOf(id)
	held := make([]RelatedSubstances, 0, len(drugs))
	for _, d := range drugs {
		h := r.holding(d.SortedActiveSubstancesWithStrength, d.SortedActiveSubstancesWithoutStrength, family)
		h.Reference = r.Reference(d)
		held = append(held, h)
		out.DrugCounts.add(h)
		if !h.Combination {
			out.derive(d.Atc)
		}
	}
	slices.SortFunc(out.DerivedATC, func(a, b Code) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortStableFunc(held, byHolding)
	out.Drugs = paged(p, ListDrugs, held, asShown)
	if p.List == "" || p.List == ListGenerics {
		var generics []RelatedSubstances
		for _, g := range r.GenericsOf(id) {
			h := r.holding(g.SortedActiveSubstancesWithStrength, g.SortedActiveSubstancesWithoutStrength, family)
			h.Reference = r.Reference(g)
			generics = append(generics, h)
		}
		slices.SortStableFunc(generics, byHolding)
		out.Generics = paged(p, ListGenerics, generics, asShown)
	}
	if p.List == "" || p.List == ListPackages {
		var packages []cache.Index
		for _, d := range drugs {
			packages = append(packages, r.indexes(fest.ResourcePackages, "drug", r.Key(d))...)
		}
		slices.Sort(packages)
		out.Packages = paged(p, ListPackages, slices.Compact(packages), r.packageAt)
	}
	return out
}

// derive adds a code to those derived; WITHOUT is none (R115).
func (a *IngredientRelations) derive(atc *fest.CV) {
	code := CodeOf(atc)
	if code == nil || code.Code == "" || code.Code == "WITHOUT" || slices.ContainsFunc(a.DerivedATC, func(c Code) bool { return c.Code == code.Code }) {
		return
	}
	a.DerivedATC = append(a.DerivedATC, *code)
}

// familyIDs are the ids that count as the substance, also those that the release
// has not (R34).
func (r *Register) familyIDs(i *fest.Ingredient) map[fest.Ref]bool {
	id := fest.Ref(i.ID)
	out := map[fest.Ref]bool{id: true}
	roots := slices.DeleteFunc(r.MoietiesOf(id), func(m *fest.Ingredient) bool { return m == i })
	if len(roots) == 0 {
		roots = []*fest.Ingredient{i}
	}
	for _, m := range roots {
		out[fest.Ref(m.ID)] = true
		for _, salt := range m.FullActiveSubstances {
			out[salt] = true
		}
	}
	return out
}

// holding says how a product holds one of a family.
func (r *Register) holding(with []fest.SortedStrength, without []fest.SortedSubstance, family map[fest.Ref]bool) RelatedSubstances {
	var h RelatedSubstances
	for i := range with {
		s, ok := r.IngredientStrength(with[i].ActiveSubstanceWithStrength)
		if ok && family[s.ActiveSubstance] {
			h.StrengthStated = true
		} else {
			h.Combination = true
		}
	}
	for i := range without {
		if !family[without[i].ActiveSubstance] {
			h.Combination = true
		}
	}
	return h
}

// byHolding has products of the substance alone first, and of either those
// that state its strength.
func byHolding(a, b RelatedSubstances) int { return a.rank() - b.rank() }

func (h *RelatedSubstances) rank() int {
	rank := 0
	if h.Combination {
		rank += 2
	}
	if !h.StrengthStated {
		rank++
	}
	return rank
}

func (c *HoldingCounts) add(h RelatedSubstances) {
	switch h.rank() {
	case 0:
		c.SingleWithStrength++
	case 1:
		c.SingleWithoutStrength++
	case 2:
		c.CombinationWithStrength++
	default:
		c.CombinationWithoutStrength++
	}
}

// relatedStrengths are the strengths of an ingredient and its family, equal
// ones together (R42).
func (r *Register) relatedStrengths(id fest.Ref) []RelatedStrength {
	type value struct {
		of, value, unit, perValue, perUnit, operator, upper string
		alternative, alternativeUnit, altPerValue, altPer   string
	}
	var out []RelatedStrength
	at := map[value]int{}
	for _, s := range r.StrengthsOf(id) {
		v := value{of: string(s.ActiveSubstance), value: s.Strength.Value, unit: s.Strength.Unit, operator: s.StrengthOperator.Code, upper: TextOf(s.StrengthUpperValue)}
		v.perValue, v.perUnit = amountOf(s.StrengthDenominator)
		v.alternative, v.alternativeUnit = amountOf(s.AlternativeStrength)
		v.altPerValue, v.altPer = amountOf(s.AlternativeStrengthDenominator)
		i, ok := at[v]
		if !ok {
			i = len(out)
			at[v] = i
			out = append(out, RelatedStrength{ActiveSubstance: r.ReferenceTo(fest.ResourceIngredients, s.ActiveSubstance), Strength: strengthOf(s)})
		}
		out[i].IngredientStrengths = append(out[i].IngredientStrengths, r.Reference(s))
	}
	return out
}

func amountOf(q *fest.PQ) (value, unit string) {
	if q == nil {
		return "", ""
	}
	return q.Value, q.Unit
}
