package fest

// OrderingSubstance is OrdineringVirkestoff: hospital ordering. The catalogue
// is empty today. FormSubstitutionGroup is about changing form in hospital,
// not the generic substitution group (R100).
type OrderingSubstance struct {
	ID                      ID                      `fest:"m30:Id" json:"id"`
	Name                    Text                    `fest:"m30:NavnVirkestoffOrdinering" json:"name"`
	PharmaceuticalFormShort CV                      `fest:"m30:LegemiddelformKort" json:"pharmaceuticalFormShort" list:"7448"`
	PrescriptionGroup       CS                      `fest:"m30:Reseptgruppe" json:"prescriptionGroup" list:"7421"`
	FormSubstitutionGroup   *Ref                    `fest:"m30:RefByttegruppe" json:"formSubstitutionGroup" ref:"substitution-groups"`
	OrderingUnits           []CV                    `fest:"m30:EnhetOrdinering" json:"orderingUnits" list:"7480"`
	Atc                     *CV                     `fest:"m30:Atc" json:"atc" list:"7180"`
	MedicineAdministration  *MedicineAdministration `fest:"fs:AdministreringLegemiddel" json:"medicineAdministration"`
	BlackTriangle           *CV                     `fest:"m30:SvartTrekant" json:"blackTriangle" list:"7510"`
	Generics                []Ref                   `fest:"m30:RefLegemiddelVirkestoff" json:"generics" ref:"generics" card:"1..*"`
	Doses                   []Ref                   `fest:"m30:RefLegemiddelDose" json:"doses" ref:"doses" card:"1..*"`
}
