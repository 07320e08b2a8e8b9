package answer

import (
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// What refers to something, by the key tables of the snapshot: in file order,
// once each. Dates are not looked at.

// MoietiesOf are the moieties of a salt or ester (R34): mostly one.
func (r *Register) MoietiesOf(salt fest.Ref) []*fest.Ingredient {
	return list[fest.Ingredient](r, fest.ResourceIngredients, "salt", string(salt))
}

// StrengthsOf are the strengths of an ingredient, its moiety and their salts
// (R34).
func (r *Register) StrengthsOf(ingredient fest.Ref) []*fest.IngredientStrength {
	return list[fest.IngredientStrength](r, fest.ResourceIngredientStrengths, "ingredient", string(ingredient))
}

// DrugsOf are the drugs with an ingredient, its moiety or one of their salts,
// with or without strength, in combinations too (R34, R35).
func (r *Register) DrugsOf(ingredient fest.Ref) []*fest.Drug {
	return list[fest.Drug](r, fest.ResourceDrugs, "ingredient", string(ingredient))
}

// GenericsOf are the generics with an ingredient; see [Register.DrugsOf].
func (r *Register) GenericsOf(ingredient fest.Ref) []*fest.Generic {
	return list[fest.Generic](r, fest.ResourceGenerics, "ingredient", string(ingredient))
}

// DrugsOfStrength are the drugs that name that very ingredient strength.
func (r *Register) DrugsOfStrength(id fest.Ref) []*fest.Drug {
	return list[fest.Drug](r, fest.ResourceDrugs, "ingredientStrength", string(id))
}

// GenericsOfStrength are the generics that name that very ingredient strength.
func (r *Register) GenericsOfStrength(id fest.Ref) []*fest.Generic {
	return list[fest.Generic](r, fest.ResourceGenerics, "ingredientStrength", string(id))
}

// PackagesOfDrug are the packages with a drug in them.
func (r *Register) PackagesOfDrug(id fest.Ref) []*fest.Package {
	return list[fest.Package](r, fest.ResourcePackages, "drug", string(id))
}

// DosesOfDrug are the doses of a drug.
func (r *Register) DosesOfDrug(id fest.Ref) []*fest.Dose {
	return list[fest.Dose](r, fest.ResourceDoses, "drug", string(id))
}

// DosesOfPackage are the doses that come in a package.
func (r *Register) DosesOfPackage(id fest.Ref) []*fest.Dose {
	return list[fest.Dose](r, fest.ResourceDoses, "package", string(id))
}

// GenericsOfDrug are the generics that list a drug.
func (r *Register) GenericsOfDrug(id fest.Ref) []*fest.Generic {
	return list[fest.Generic](r, fest.ResourceGenerics, "drug", string(id))
}

// GenericsOfPackage are the generics that list a package.
func (r *Register) GenericsOfPackage(id fest.Ref) []*fest.Generic {
	return list[fest.Generic](r, fest.ResourceGenerics, "package", string(id))
}

// PackagesOfItemNumber are the packages with that item number, also the
// outgoing one (R18, R21).
func (r *Register) PackagesOfItemNumber(number string) []*fest.Package {
	return list[fest.Package](r, fest.ResourcePackages, "itemNumber", number)
}

// DrugsOfATC are the drugs of an ATC code, of a group those of all codes below.
func (r *Register) DrugsOfATC(code string) []*fest.Drug {
	return list[fest.Drug](r, fest.ResourceDrugs, "atc", code)
}

// GenericsOfATC are the generics of an ATC code; see [Register.DrugsOfATC].
func (r *Register) GenericsOfATC(code string) []*fest.Generic {
	return list[fest.Generic](r, fest.ResourceGenerics, "atc", code)
}

// PackagesOfATC are the packages of an ATC code; see [Register.DrugsOfATC].
func (r *Register) PackagesOfATC(code string) []*fest.Package {
	return list[fest.Package](r, fest.ResourcePackages, "atc", code)
}

// MembersOf are the packages that refer to a substitution group.
func (r *Register) MembersOf(group fest.ID) []*fest.Package {
	var out []*fest.Package
	for _, p := range list[fest.Package](r, fest.ResourcePackages, "substitutionGroup", string(group)) {
		// The filter also finds by code, which an id never is.
		if g := p.PackageSubstitutionGroup; g != nil && fest.ID(g.SubstitutionGroup) == group {
			out = append(out, p)
		}
	}
	return out
}

// PackagesOfReimbursement are the packages that link to a reimbursement group.
func (r *Register) PackagesOfReimbursement(group fest.ID) []*fest.Package {
	return list[fest.Package](r, fest.ResourcePackages, "reimbursement", string(group))
}

// GenericsOfReimbursement are the generics that link to a reimbursement group.
func (r *Register) GenericsOfReimbursement(group fest.ID) []*fest.Generic {
	return list[fest.Generic](r, fest.ResourceGenerics, "reimbursement", string(group))
}

// IngredientsOfReimbursement are the ingredients that link to a reimbursement
// group.
func (r *Register) IngredientsOfReimbursement(group fest.ID) []*fest.Ingredient {
	return list[fest.Ingredient](r, fest.ResourceIngredients, "reimbursement", string(group))
}

// CommoditiesOfReimbursement are the commodities that link to a reimbursement
// group.
func (r *Register) CommoditiesOfReimbursement(group fest.ID) []*fest.Commodity {
	return r.commodities(r.indexes(fest.ResourceCommodities, "reimbursement", string(group)))
}

// CommoditiesOfProductGroup are the commodities of a product group (list
// 7403), of a group of three or five digits those of all below (R130).
func (r *Register) CommoditiesOfProductGroup(code string) []*fest.Commodity {
	return r.commodities(r.indexes(fest.ResourceCommodities, "productGroup", code))
}

// CommoditiesOfItemNumber are the commodities with that item number (R21).
func (r *Register) CommoditiesOfItemNumber(number string) []*fest.Commodity {
	return r.commodities(r.indexes(fest.ResourceCommodities, "itemNumber", number))
}

func (r *Register) commodities(found []cache.Index) []*fest.Commodity {
	var out []*fest.Commodity
	for _, i := range found {
		if c := commodityOf(r.Object(i)); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// ReimbursementGroupsOfATC are the groups of an ATC code; of a group of codes
// those of all below.
func (r *Register) ReimbursementGroupsOfATC(code string) []Group {
	return r.groups("atc", code)
}

// ReimbursementGroupsOfNumber are the groups with that group number: list 7451
// for drugs, 7403 for commodities.
func (r *Register) ReimbursementGroupsOfNumber(number string) []Group {
	return r.groups("groupNumber", number)
}

// ReimbursementGroupsOfICPC2 are the groups with that ICPC-2 code (R89).
func (r *Register) ReimbursementGroupsOfICPC2(code string) []Group { return r.groups("icpc2", code) }

// ReimbursementGroupsOfICD10 are the groups with that ICD-10 code (R89).
func (r *Register) ReimbursementGroupsOfICD10(code string) []Group { return r.groups("icd10", code) }

// ReimbursementGroupsOfCondition are the groups that a condition stands on, or
// on one of their codes.
func (r *Register) ReimbursementGroupsOfCondition(id fest.Ref) []Group {
	return r.groups("condition", string(id))
}

func (r *Register) groups(filter, value string) []Group {
	var out []Group
	for _, o := range list[fest.Reimbursement](r, fest.ResourceReimbursements, filter, value) {
		if g, ok := groupOf(o); ok {
			out = append(out, g)
		}
	}
	return out
}

// DrugsOfCondition are the drugs that a condition stands on.
func (r *Register) DrugsOfCondition(id fest.Ref) []*fest.Drug {
	return list[fest.Drug](r, fest.ResourceDrugs, "condition", string(id))
}

// GenericsOfCondition are the generics that a condition stands on.
func (r *Register) GenericsOfCondition(id fest.Ref) []*fest.Generic {
	return list[fest.Generic](r, fest.ResourceGenerics, "condition", string(id))
}

// PackagesOfCondition are the packages that a condition stands on.
func (r *Register) PackagesOfCondition(id fest.Ref) []*fest.Package {
	return list[fest.Package](r, fest.ResourcePackages, "condition", string(id))
}

// CommoditiesOfCondition are the commodities that a condition stands on.
func (r *Register) CommoditiesOfCondition(id fest.Ref) []*fest.Commodity {
	return r.commodities(r.indexes(fest.ResourceCommodities, "condition", string(id)))
}

// NotificationsOn are the notifications that name a drug, package, generic or
// reimbursement group by its id, and only those: which others concern it says
// R123.
func (r *Register) NotificationsOn(id fest.Ref) []*fest.Notification {
	return list[fest.Notification](r, fest.ResourceNotifications, "reference", string(id))
}

// InteractionsOfATC are the interactions on a code, above it or below it
// (R111).
func (r *Register) InteractionsOfATC(code string) []*fest.Interaction {
	return list[fest.Interaction](r, fest.ResourceInteractions, "atc", code)
}

// InteractionsOf are the interactions that name an ingredient or are covered
// by its codes (R112, R114).
func (r *Register) InteractionsOf(ingredient fest.Ref) []*fest.Interaction {
	return list[fest.Interaction](r, fest.ResourceInteractions, "ingredient", string(ingredient))
}
