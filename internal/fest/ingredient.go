package fest

// Ingredient is Virkestoff: a moiety, salt or ester. FullActiveSubstances
// runs from the moiety to its salts and esters (R34).
type Ingredient struct {
	ID                   ID                     `fest:"fs:Id" json:"id"`
	Name                 Text                   `fest:"fs:Navn" json:"name"`
	NameEnglish          *Text                  `fest:"fs:NavnEngelsk" json:"nameEnglish"`
	FullActiveSubstances []Ref                  `fest:"fs:RefVirkestoff" json:"fullActiveSubstances" ref:"ingredients"`
	Reimbursements       []ProductReimbursement `fest:"fs:Refusjon" json:"reimbursements"`
}

// IngredientStrength is VirkestoffMedStyrke: numerator over denominator, no
// denominator = per 1 (R36). Several may be equal in content and differ in id
// (R42).
type IngredientStrength struct {
	ID                             ID       `fest:"fs:Id" json:"id"`
	Strength                       PQ       `fest:"fs:Styrke" json:"strength" list:"9090"`
	StrengthDenominator            *PQ      `fest:"fs:StyrkeNevner" json:"strengthDenominator" list:"7452"`
	ActiveSubstance                Ref      `fest:"fs:RefVirkestoff" json:"activeSubstance" ref:"ingredients"`
	AlternativeStrength            *PQ      `fest:"fs:AlternativStyrke" json:"alternativeStrength" list:"9090"`
	AlternativeStrengthDenominator *PQ      `fest:"fs:AlternativStyrkeNevner" json:"alternativeStrengthDenominator" list:"7452"`
	StrengthOperator               CV       `fest:"fs:Styrkeoperator" json:"strengthOperator" list:"7445"`
	StrengthUpperValue             *Decimal `fest:"fs:StyrkeOvreVerdi" json:"strengthUpperValue"`
	AtcOfCombinationComponent      *CV      `fest:"fs:AtcKombipreparat" json:"atcOfCombinationComponent" list:"7180"`
}
