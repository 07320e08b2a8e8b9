package fest

// Resource is a resource of the public API, /v1/{resource}.
type Resource string

// The resources that serve entries, in the order the API lists them.
const (
	ResourceIngredients         Resource = "ingredients"
	ResourceIngredientStrengths Resource = "ingredient-strengths"
	ResourceDrugs               Resource = "drugs"
	ResourceGenerics            Resource = "generics"
	ResourcePackages            Resource = "packages"
	ResourceDoses               Resource = "doses"
	ResourceCommodities         Resource = "commodities"
	ResourceSubstitutionGroups  Resource = "substitution-groups"
	ResourceReimbursements      Resource = "reimbursements"
	ResourceConditions          Resource = "conditions"
	ResourceNotifications       Resource = "notifications"
	ResourceInteractions        Resource = "interactions"
	ResourceNotAssessed         Resource = "interactions/not-assessed"
	ResourceCodeSystems         Resource = "code-systems"
	ResourceShortDoses          Resource = "short-doses"
	ResourceDiagnoses           Resource = "diagnoses"
	ResourceOrderingSubstances  Resource = "ordering-substances"
)

// ResourceCodeSystemElements names the elements of a code system as targets
// of references (ParentId). It is no resource of the API.
const ResourceCodeSystemElements Resource = "code-system-elements"

// Resources returns the resources that serve entries, in the order the API
// lists them.
func Resources() []Resource {
	return []Resource{
		ResourceIngredients, ResourceIngredientStrengths, ResourceDrugs, ResourceGenerics, ResourcePackages,
		ResourceDoses, ResourceCommodities, ResourceSubstitutionGroups, ResourceReimbursements, ResourceConditions,
		ResourceNotifications, ResourceInteractions, ResourceNotAssessed, ResourceCodeSystems, ResourceShortDoses,
		ResourceDiagnoses, ResourceOrderingSubstances,
	}
}
