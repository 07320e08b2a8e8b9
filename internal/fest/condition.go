package fest

// Condition is Vilkar. Its dates say when it was made and will be deleted in
// FEST, not when it binds (R8).
type Condition struct {
	ID                   ID                    `fest:"m30:Id" json:"id"`
	ConditionNumber      *Text                 `fest:"m30:VilkarNr" json:"conditionNumber"`
	ConditionGroup       CV                    `fest:"m30:Gruppe" json:"conditionGroup" list:"7437"`
	AppliesTo            CS                    `fest:"m30:GjelderFor" json:"appliesTo" list:"7438"`
	Text                 Text                  `fest:"m30:Tekst" json:"text"`
	ValidFromDate        *Date                 `fest:"m30:GyldigFraDato" json:"validFromDate"`
	ValidUntilDate       *Date                 `fest:"m30:GyldigTilDato" json:"validUntilDate"`
	StructuredConditions []StructuredCondition `fest:"m30:StrukturertVilkar" json:"structuredConditions"`
}

// StructuredCondition is StrukturertVilkar: either texts or coded values, of
// which several are alternatives (R76).
type StructuredCondition struct {
	Type        CV     `fest:"m30:Type" json:"type" list:"7439"`
	TextValues  []Text `fest:"m30:VerdiTekst" json:"textValues" choice:"value" card:"1..*"`
	CodedValues []CV   `fest:"m30:VerdiKodet" json:"codedValues" choice:"value" card:"1..*"`
}
