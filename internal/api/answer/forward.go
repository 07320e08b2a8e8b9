package answer

import (
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// What references name, by id. False is an id that nothing in the release has.

// Ingredient is the ingredient with that id.
func (r *Register) Ingredient(id fest.Ref) (*fest.Ingredient, bool) {
	return get[fest.Ingredient](r, fest.ResourceIngredients, id)
}

// IngredientStrength is the ingredient strength with that id.
func (r *Register) IngredientStrength(id fest.Ref) (*fest.IngredientStrength, bool) {
	return get[fest.IngredientStrength](r, fest.ResourceIngredientStrengths, id)
}

// Drug is the drug with that id.
func (r *Register) Drug(id fest.Ref) (*fest.Drug, bool) {
	return get[fest.Drug](r, fest.ResourceDrugs, id)
}

// Generic is the generic with that id.
func (r *Register) Generic(id fest.Ref) (*fest.Generic, bool) {
	return get[fest.Generic](r, fest.ResourceGenerics, id)
}

// Package is the package with that id.
func (r *Register) Package(id fest.Ref) (*fest.Package, bool) {
	return get[fest.Package](r, fest.ResourcePackages, id)
}

// Dose is the dose with that id.
func (r *Register) Dose(id fest.Ref) (*fest.Dose, bool) {
	return get[fest.Dose](r, fest.ResourceDoses, id)
}

// SubstitutionGroup is the substitution group with that id.
func (r *Register) SubstitutionGroup(id fest.Ref) (*fest.SubstitutionGroup, bool) {
	return get[fest.SubstitutionGroup](r, fest.ResourceSubstitutionGroups, id)
}

// Condition is the condition with that id.
func (r *Register) Condition(id fest.Ref) (*fest.Condition, bool) {
	return get[fest.Condition](r, fest.ResourceConditions, id)
}

// Interaction is the interaction with that id.
func (r *Register) Interaction(id fest.Ref) (*fest.Interaction, bool) {
	return get[fest.Interaction](r, fest.ResourceInteractions, id)
}

// ShortDose is the short dose with that code of list 7478.
func (r *Register) ShortDose(code string) (*fest.ShortDose, bool) {
	return get[fest.ShortDose](r, fest.ResourceShortDoses, fest.Ref(code))
}

// CodeSystem is the code list of that number, such as 7452. Big ones take
// their time: that of ATC has thousands of codes.
func (r *Register) CodeSystem(number string) (*fest.CodeSystem, bool) {
	return get[fest.CodeSystem](r, fest.ResourceCodeSystems, fest.Ref(fest.OIDRoot+number))
}

// Commodity is the first commodity with that key: nothing promises that there
// is but one (R21). Its kind stands in [Register.EntryOf].
func (r *Register) Commodity(itemNumber string) (*fest.Commodity, bool) {
	i, ok := r.Find(fest.ResourceCommodities, itemNumber)
	if !ok {
		return nil, false
	}
	c := commodityOf(r.Object(i))
	return c, c != nil
}

// CommodityAt is the commodity of an item.
func (r *Register) CommodityAt(i cache.Index) (*fest.Commodity, bool) {
	c := commodityOf(r.Object(i))
	return c, c != nil
}

// Group is a reimbursement group and the entry that it stands in, whose only
// group it is there.
type Group struct {
	*fest.ReimbursementGroup
	Of *fest.Reimbursement
}

// ReimbursementGroup is the reimbursement group with that id.
func (r *Register) ReimbursementGroup(id fest.Ref) (Group, bool) {
	o, ok := get[fest.Reimbursement](r, fest.ResourceReimbursements, id)
	if !ok {
		return Group{}, false
	}
	return groupOf(o)
}

func groupOf(o *fest.Reimbursement) (Group, bool) {
	if len(o.ReimbursementGroups) != 1 {
		return Group{}, false
	}
	return Group{&o.ReimbursementGroups[0], o}, true
}
