package cache

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

// The numbers of the relations are those of the filters.
func TestFilterTableIsInStep(t *testing.T) {
	for i, want := range map[relationNumber]struct {
		resource fest.Resource
		name     string
	}{
		relIngredientName: {fest.ResourceIngredients, "name"}, relStrengthIngredient: {fest.ResourceIngredientStrengths, "ingredient"},
		relDrugATC: {fest.ResourceDrugs, "atc"}, relDrugForm: {fest.ResourceDrugs, "form"}, relGenericIngredient: {fest.ResourceGenerics, "ingredient"},
		relPackageItemNumber: {fest.ResourcePackages, "itemNumber"}, relPackageName: {fest.ResourcePackages, "name"}, relDosePackage: {fest.ResourceDoses, "package"},
		relCommodityProductGroup: {fest.ResourceCommodities, "productGroup"}, relSubstitutionGroupCode: {fest.ResourceSubstitutionGroups, "code"},
		relReimbursementLegalBasis: {fest.ResourceReimbursements, "legalBasis"}, relConditionGroup: {fest.ResourceConditions, "group"},
		relNotificationReference: {fest.ResourceNotifications, "reference"}, relInteractionATC: {fest.ResourceInteractions, "atc"},
		relNotAssessedATC: {fest.ResourceNotAssessed, "atc"}, relCodeSystemCode: {fest.ResourceCodeSystems, "code"},
	} {
		if got := tableOf(want.resource, want.name); got != int(i) {
			t.Errorf("%s.%s: table %d, relation %d", want.resource, want.name, got, i)
		}
	}
	if derivedTable != int(relIngredientATC) {
		t.Errorf("%d filters, and the derived table is %d", derivedTable, relIngredientATC)
	}
	for i := range filterTable {
		if f := filterTable[i].filter; f.Match == 0 || f.Doc == "" || f.Name == "" {
			t.Errorf("filter %d: %+v", i, f)
		}
	}
}

func TestATCLevels(t *testing.T) {
	for code, want := range map[string]struct {
		level  int
		parent string
	}{
		"N": {1, ""}, "N02": {2, "N"}, "N02B": {3, "N02"}, "N02BE": {4, "N02B"}, "N02BE01": {5, "N02BE"},
		"QN02BE01": {5, "QN02BE"}, "QN": {1, ""}, "ZV80AA01": {5, "ZV80AA"}, "Q": {0, ""},
		"": {0, ""}, "N0": {0, ""}, "N02BE0": {0, ""}, "WITHOUT": {0, ""}, "N02BE012": {0, ""}, "n02": {0, ""},
	} {
		if got, parent := atcLevel(code), atcParent(code); got != want.level || parent != want.parent {
			t.Errorf("%q: level %d, parent %q; want %d, %q", code, got, parent, want.level, want.parent)
		}
	}
}
