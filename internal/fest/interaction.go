package fest

// Interaction is Interaksjon: two (or more) substance groups that interact
// (R110).
type Interaction struct {
	ID                   ID                     `fest:"m30:Id" json:"id"`
	Relevance            CS                     `fest:"m30:Relevans" json:"relevance" list:"7483"`
	SituationCriterion   *Text                  `fest:"m30:Situasjonskriterium" json:"situationCriterion"`
	ClinicalConsequence  Text                   `fest:"m30:KliniskKonsekvens" json:"clinicalConsequence"`
	InteractionMechanism *Text                  `fest:"m30:Interaksjonsmekanisme" json:"interactionMechanism"`
	SourceBasis          CS                     `fest:"m30:Kildegrunnlag" json:"sourceBasis" list:"7485"`
	Handling             *Text                  `fest:"m30:Handtering" json:"handling"`
	DisplayRules         []CV                   `fest:"m30:Visningsregel" json:"displayRules" list:"7442"`
	References           []InteractionReference `fest:"m30:Referanse" json:"references"`
	SubstanceGroups      []SubstanceGroup       `fest:"m30:Substansgruppe" json:"substanceGroups" card:"2..*"`
}

// InteractionReference is Referanse: a source of the assessment.
type InteractionReference struct {
	Source Text `fest:"m30:Kilde" json:"source"`
	URL    *URL `fest:"m30:Lenke" json:"url"`
}

// SubstanceGroup is Substansgruppe.
type SubstanceGroup struct {
	Name       *Text       `fest:"m30:Navn" json:"name"`
	Substances []Substance `fest:"m30:Substans" json:"substances" card:"1..*"`
}

// Substance is Substans: it matches by ATC of any level (R111), or, without
// one, by its references (R112).
type Substance struct {
	Substance        Text  `fest:"m30:Substans" json:"substance"`
	Atc              *CV   `fest:"m30:Atc" json:"atc" list:"7180"`
	ActiveSubstances []Ref `fest:"m30:RefVirkestoff" json:"activeSubstances" ref:"ingredients"`
}

// InteractionNotAssessed is InteraksjonIkkeVurdert: nobody has assessed the
// interactions of this ATC code, which is not "no interaction" (R119).
type InteractionNotAssessed struct {
	Atc CV `fest:"m30:Atc" json:"atc" list:"7180"`
}
