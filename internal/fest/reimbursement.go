package fest

// Reimbursement is Refusjonshjemmel: a statutory authority with its groups.
// One entry holds one or several groups (R81); the group's id is the stable
// key of a reimbursement (R16).
type Reimbursement struct {
	StatutoryAuthority  CV                   `fest:"m30:Refusjonshjemmel" json:"statutoryAuthority" list:"7427"`
	RequiresProductLink Boolean              `fest:"m30:KreverVarekobling" json:"requiresProductLink"`
	RequiresDecision    Boolean              `fest:"m30:KreverVedtak" json:"requiresDecision"`
	ReimbursementGroups []ReimbursementGroup `fest:"m30:Refusjonsgruppe" json:"reimbursementGroups" card:"1..*"`
}

// ReimbursementGroup is Refusjonsgruppe.
type ReimbursementGroup struct {
	ID                        ID                  `fest:"m30:Id" json:"id"`
	GroupNumber               CV                  `fest:"m30:GruppeNr" json:"groupNumber" list:"7451|7403"`
	Atc                       *CV                 `fest:"m30:Atc" json:"atc" list:"7180"`
	RequiresReimbursementCode Boolean             `fest:"m30:KreverRefusjonskode" json:"requiresReimbursementCode"`
	ReimbursableUse           *Text               `fest:"m30:RefusjonsberettighetBruk" json:"reimbursableUse"`
	Conditions                []Ref               `fest:"m30:RefVilkar" json:"conditions" ref:"conditions"`
	ReimbursementCodes        []ReimbursementCode `fest:"m30:Refusjonskode" json:"reimbursementCodes"`
}

// ReimbursementCode is Refusjonskode: a diagnosis code that gives the right
// to reimbursement. The same code text in two systems is two codes (R89).
type ReimbursementCode struct {
	Code                    CV                       `fest:"m30:Refusjonskode" json:"code" list:"7170|7434|7435|7110"`
	SubTerm                 *Text                    `fest:"m30:Underterm" json:"subTerm"`
	ValidFromDate           Date                     `fest:"m30:GyldigFraDato" json:"validFromDate"`
	PrescribeUntilDate      *Date                    `fest:"m30:ForskrivesTilDato" json:"prescribeUntilDate"`
	DispenseUntilDate       *Date                    `fest:"m30:UtleveresTilDato" json:"dispenseUntilDate"`
	ReimbursementConditions []ReimbursementCondition `fest:"m30:Refusjonsvilkar" json:"reimbursementConditions"`
}

// ReimbursementCondition is Refusjonsvilkar; ToDate does not count (R3).
type ReimbursementCondition struct {
	Condition Ref   `fest:"m30:RefVilkar" json:"condition" ref:"conditions"`
	FromDate  Date  `fest:"m30:FraDato" json:"fromDate"`
	ToDate    *Date `fest:"m30:TilDato" json:"toDate"`
}
