package cache

import "github.com/festd/festd/internal/fest"

// Match says how a filter compares its value with an entry's keys.
type Match uint8

// The ways a filter matches. All of them ignore white space around the value.
const (
	// MatchExact compares the whole key; a value that finds nothing is tried
	// once more in upper case.
	MatchExact Match = iota + 1
	// MatchName compares the folded beginning (see search.Fold) of a name.
	MatchName
	// MatchCodeOrName compares a code exactly, and where no entry has that
	// code, the folded beginning of its display.
	MatchCodeOrName
	// MatchATC takes an ATC code of any level: it finds that code and, for a
	// group, everything below (R111).
	MatchATC
	// MatchATCBothWays also finds the groups above the code: an interaction
	// on a group holds for what is below it (R111, R121).
	MatchATCBothWays
	// MatchGTIN compares bar codes padded with zeros to 14 digits and accepts
	// a scanned GS1 string, of which AI 01 counts (R22).
	MatchGTIN
	// MatchCodePrefix compares the beginning of a code: the tree of product
	// groups goes by code length (R130).
	MatchCodePrefix
	// MatchIngredient compares the id of an ingredient exactly, and also finds
	// what the ATC codes derived for that ingredient find (R43, R114).
	MatchIngredient
)

// Filter is a query parameter of a list. The API, its description and the
// docs derive from this table.
type Filter struct {
	Name  string // of the query parameter
	Match Match
	Doc   string // what it finds, one sentence, with rules
}

// filterTable lists the filters of every resource. The order numbers the key
// tables of the file: a change of it, or of what a filter's keys are, is a
// change of [Format].
var filterTable = []struct {
	resource fest.Resource
	filter   Filter
}{
	{fest.ResourceIngredients, Filter{Name: "name", Match: MatchName, Doc: "Start of the Norwegian or English name, folded."}},
	{fest.ResourceIngredients, Filter{Name: "salt", Match: MatchExact, Doc: "Id of a salt or ester: finds its moiety (R34)."}},
	{fest.ResourceIngredients, Filter{Name: "reimbursement", Match: MatchExact, Doc: "Id of a reimbursement group that the ingredient links to (R80); dates are not looked at."}},
	{fest.ResourceIngredientStrengths, Filter{Name: "ingredient", Match: MatchExact, Doc: "Id of the ingredient that the strength is of, its moiety or one of its salts and esters (R34)."}},
	{fest.ResourceDrugs, Filter{Name: "atc", Match: MatchATC, Doc: "ATC code of any level; a group finds everything below it (R111)."}},
	{fest.ResourceDrugs, Filter{Name: "name", Match: MatchName, Doc: "Start of the brand name or of name, form and strength, folded."}},
	{fest.ResourceDrugs, Filter{Name: "ingredient", Match: MatchExact, Doc: "Id of an ingredient, found with and without strength (R35); moiety and its salts and esters count as one (R34)."}},
	{fest.ResourceDrugs, Filter{Name: "ingredientStrength", Match: MatchExact, Doc: "Id of an ingredient strength, that very one: equal ones have several ids (R42)."}},
	{fest.ResourceDrugs, Filter{Name: "prescriptionGroup", Match: MatchExact, Doc: "Code of list 7421; C and F also find CF (R54)."}},
	{fest.ResourceDrugs, Filter{Name: "form", Match: MatchCodeOrName, Doc: "Pharmaceutical form: code of list 7448, or the start of its name, folded."}},
	{fest.ResourceDrugs, Filter{Name: "condition", Match: MatchExact, Doc: "Id of a condition that the drug has; dates are not looked at (R8)."}},
	{fest.ResourceGenerics, Filter{Name: "atc", Match: MatchATC, Doc: "ATC code of any level; a group finds everything below it (R111)."}},
	{fest.ResourceGenerics, Filter{Name: "name", Match: MatchName, Doc: "Start of name, form and strength, folded."}},
	{fest.ResourceGenerics, Filter{Name: "ingredient", Match: MatchExact, Doc: "Id of an ingredient, found with and without strength (R35); moiety and its salts and esters count as one (R34)."}},
	{fest.ResourceGenerics, Filter{Name: "ingredientStrength", Match: MatchExact, Doc: "Id of an ingredient strength, that very one: equal ones have several ids (R42)."}},
	{fest.ResourceGenerics, Filter{Name: "drug", Match: MatchExact, Doc: "Id of a drug that the generic lists (R57)."}},
	{fest.ResourceGenerics, Filter{Name: "package", Match: MatchExact, Doc: "Id of a package that the generic lists (R57)."}},
	{fest.ResourceGenerics, Filter{Name: "reimbursement", Match: MatchExact, Doc: "Id of a reimbursement group that the generic links to (R80); dates are not looked at."}},
	{fest.ResourceGenerics, Filter{Name: "condition", Match: MatchExact, Doc: "Id of a condition that the generic has; dates are not looked at (R8)."}},
	{fest.ResourcePackages, Filter{Name: "itemNumber", Match: MatchExact, Doc: "Item number with its leading zeros, also the outgoing one (R18, R20)."}},
	{fest.ResourcePackages, Filter{Name: "gtin", Match: MatchGTIN, Doc: "Bar code, compared as 14 digits; a scanned GS1 string is accepted (R22)."}},
	{fest.ResourcePackages, Filter{Name: "atc", Match: MatchATC, Doc: "ATC code of any level; a group finds everything below it (R111)."}},
	{fest.ResourcePackages, Filter{Name: "drug", Match: MatchExact, Doc: "Id of a drug in the package (R56)."}},
	{fest.ResourcePackages, Filter{Name: "substitutionGroup", Match: MatchExact, Doc: "Id or code of the substitution group that the package refers to (R94); dates are not looked at."}},
	{fest.ResourcePackages, Filter{Name: "name", Match: MatchName, Doc: "Start of name, form and strength, folded."}},
	{fest.ResourcePackages, Filter{Name: "reimbursement", Match: MatchExact, Doc: "Id of a reimbursement group that the package links to (R80); dates are not looked at."}},
	{fest.ResourcePackages, Filter{Name: "condition", Match: MatchExact, Doc: "Id of a condition that the package has; dates are not looked at (R8)."}},
	{fest.ResourceDoses, Filter{Name: "lmrNumber", Match: MatchExact, Doc: "LMR number with its leading zeros (R20, R23)."}},
	{fest.ResourceDoses, Filter{Name: "drug", Match: MatchExact, Doc: "Id of the dose's drug (R56)."}},
	{fest.ResourceDoses, Filter{Name: "package", Match: MatchExact, Doc: "Id of a package that the dose comes in (R56)."}},
	{fest.ResourceCommodities, Filter{Name: "itemNumber", Match: MatchExact, Doc: "Item number with its leading zeros (R20, R21)."}},
	{fest.ResourceCommodities, Filter{Name: "productGroup", Match: MatchCodePrefix, Doc: "Product group (list 7403), 3, 5 or 7 digits: the group and everything below it (R130)."}},
	{fest.ResourceCommodities, Filter{Name: "name", Match: MatchName, Doc: "Start of the name, folded."}},
	{fest.ResourceCommodities, Filter{Name: "reimbursement", Match: MatchExact, Doc: "Id of a reimbursement group that the commodity links to (R130); dates are not looked at."}},
	{fest.ResourceCommodities, Filter{Name: "condition", Match: MatchExact, Doc: "Id of a condition that the commodity has; dates are not looked at (R8)."}},
	{fest.ResourceSubstitutionGroups, Filter{Name: "code", Match: MatchExact, Doc: "Code of list 7450 with its leading zeros."}},
	{fest.ResourceReimbursements, Filter{Name: "groupNumber", Match: MatchExact, Doc: "Group number: list 7451 for drugs, 7403 for commodities."}},
	{fest.ResourceReimbursements, Filter{Name: "atc", Match: MatchATC, Doc: "ATC code of any level; a group finds everything below it (R111)."}},
	{fest.ResourceReimbursements, Filter{Name: "icpc2", Match: MatchExact, Doc: "ICPC-2 code (lists 7170 and 7434) that gives the right to reimbursement (R89)."}},
	{fest.ResourceReimbursements, Filter{Name: "icd10", Match: MatchExact, Doc: "ICD-10 code (lists 7435 and 7110) that gives the right to reimbursement (R89)."}},
	{fest.ResourceReimbursements, Filter{Name: "legalBasis", Match: MatchExact, Doc: "Statutory authority, code of list 7427: 200 is § 2, 950 H-prescription (R139)."}},
	{fest.ResourceReimbursements, Filter{Name: "condition", Match: MatchExact, Doc: "Id of a condition of the group or of one of its codes (R92); dates are not looked at."}},
	{fest.ResourceConditions, Filter{Name: "number", Match: MatchExact, Doc: "Condition number."}},
	{fest.ResourceConditions, Filter{Name: "group", Match: MatchExact, Doc: "Condition group, code of list 7437 (R71)."}},
	{fest.ResourceNotifications, Filter{Name: "type", Match: MatchExact, Doc: "Notification type, code of list 7441."}},
	{fest.ResourceNotifications, Filter{Name: "reference", Match: MatchExact, Doc: "Id of a drug, package, generic or reimbursement that the notification names (R123)."}},
	{fest.ResourceInteractions, Filter{Name: "atc", Match: MatchATCBothWays, Doc: "ATC code of any level: finds interactions on the code, on groups above it and on what is below it (R111, R121)."}},
	{fest.ResourceInteractions, Filter{Name: "ingredient", Match: MatchIngredient, Doc: "Id of an ingredient: named by the interaction (R112), or covered by its ATC through the derived codes of the ingredient (R43, R114); moiety and its salts and esters count as one (R34)."}},
	{fest.ResourceNotAssessed, Filter{Name: "atc", Match: MatchATCBothWays, Doc: "ATC code of any level: finds the code, groups above it and what is below it (R119)."}},
	{fest.ResourceCodeSystems, Filter{Name: "code", Match: MatchExact, Doc: "A code that the list holds."}},
}

// tableOf returns the number of a filter's key table, from 0; -1 for a filter
// that the resource does not have.
func tableOf(r fest.Resource, name string) int {
	for i := range filterTable {
		if filterTable[i].resource == r && filterTable[i].filter.Name == name {
			return i
		}
	}
	return -1
}

// derivedTable is the number of the key table of the ATC codes derived for an
// ingredient (R43); it follows those of the filters.
var derivedTable = len(filterTable)

// Filters returns the filters of a resource in the order of the docs; nil for
// a resource without any.
func Filters(r fest.Resource) []Filter {
	var out []Filter
	for i := range filterTable {
		if filterTable[i].resource == r {
			out = append(out, filterTable[i].filter)
		}
	}
	return out
}
