package fest

// Drug is LegemiddelMerkevare: a brand in one form and strength.
type Drug struct {
	Medicine
	ID                                    *ID                    `fest:"fs:Id" json:"id"`
	BrandName                             Text                   `fest:"fs:Varenavn" json:"brandName"`
	PharmaceuticalFormLong                *Text                  `fest:"fs:LegemiddelformLang" json:"pharmaceuticalFormLong"`
	SortedActiveSubstancesWithStrength    []SortedStrength       `fest:"fs:SortertVirkestoffMedStyrke" json:"sortedActiveSubstancesWithStrength"`
	SortedActiveSubstancesWithoutStrength []SortedSubstance      `fest:"fs:SortertVirkestoffUtenStyrke" json:"sortedActiveSubstancesWithoutStrength"`
	Taste                                 *CS                    `fest:"fs:Smak" json:"taste"`
	ProductInformation                    *ProductInformation    `fest:"fs:ProduktInfo" json:"productInformation"`
	PrescriptionValidities                []PrescriptionValidity `fest:"fs:Reseptgyldighet" json:"prescriptionValidities"`
	InactiveSubstances                    []InactiveSubstance    `fest:"fs:Hjelpestoff" json:"inactiveSubstances"`
	SpcSections                           []SpcSection           `fest:"fs:Preparatomtaleavsnitt" json:"spcSections"`
}

// ProductInformation is ProduktInfo. ReferenceProduct is a trade name as
// text, not a reference.
type ProductInformation struct {
	WarningTriangle  *Boolean `fest:"fs:Varseltrekant" json:"warningTriangle"`
	ReferenceProduct *Text    `fest:"fs:Referanseprodukt" json:"referenceProduct"`
	VaccineStandard  *CV      `fest:"fs:Vaksinestandard" json:"vaccineStandard" list:"7447"`
	Manufacturer     *Text    `fest:"fs:Produsent" json:"manufacturer"`
}

// PrescriptionValidity is Reseptgyldighet; without Gender it holds for all
// (R68).
type PrescriptionValidity struct {
	Gender   *CS      `fest:"fs:Kjonn" json:"gender" list:"3101"`
	Duration Duration `fest:"fs:Varighet" json:"duration"`
}

// InactiveSubstance is Hjelpestoff; not filled today.
type InactiveSubstance struct {
	Name Text `fest:"fs:Navn" json:"name"`
}
