package fest

// Medicine is typeLegemiddel: what drugs, packages, generics and doses share.
// Which of them fill which field: DMP guide table 2.
type Medicine struct {
	Atc                      *CV                       `fest:"fs:Atc" json:"atc" list:"7180"`
	NameFormStrength         Text                      `fest:"fs:NavnFormStyrke" json:"nameFormStrength"`
	PrescriptionGroup        CS                        `fest:"fs:Reseptgruppe" json:"prescriptionGroup" list:"7421"`
	PharmaceuticalFormShort  *CV                       `fest:"fs:LegemiddelformKort" json:"pharmaceuticalFormShort" list:"7448"`
	Conditions               []Ref                     `fest:"fs:RefVilkar" json:"conditions" ref:"conditions"`
	MedicationType           *CS                       `fest:"fs:Preparattype" json:"medicationType" list:"7424"`
	ApplicationType          *CS                       `fest:"fs:TypeSoknadSlv" json:"applicationType" list:"7422"`
	OpioidApplication        *Boolean                  `fest:"fs:Opioidsoknad" json:"opioidApplication"`
	Reimbursements           []ProductReimbursement    `fest:"fs:Refusjon" json:"reimbursements"`
	PackageSubstitutionGroup *PackageSubstitutionGroup `fest:"fs:PakningByttegruppe" json:"packageSubstitutionGroup"`
	MedicineAdministration   *MedicineAdministration   `fest:"fs:AdministreringLegemiddel" json:"medicineAdministration"`
	BlackTriangle            *CV                       `fest:"fs:SvartTrekant" json:"blackTriangle" list:"7510"`
}

// ProductReimbursement is Refusjon: a product's link to reimbursement groups.
type ProductReimbursement struct {
	ReimbursementGroups []Ref `fest:"fs:RefRefusjonsgruppe" json:"reimbursementGroups" ref:"reimbursements" card:"1..*"`
	ValidFromDate       Date  `fest:"fs:GyldigFraDato" json:"validFromDate"`
	PrescribeUntilDate  *Date `fest:"fs:ForskrivesTilDato" json:"prescribeUntilDate"`
	DispenseUntilDate   *Date `fest:"fs:UtleveresTilDato" json:"dispenseUntilDate"`
}

// PackageSubstitutionGroup is PakningByttegruppe: a package's membership in a
// substitution group.
type PackageSubstitutionGroup struct {
	SubstitutionGroup Ref   `fest:"fs:RefByttegruppe" json:"substitutionGroup" ref:"substitution-groups"`
	ValidFromDate     *Date `fest:"fs:GyldigFraDato" json:"validFromDate"`
	ValidUntilDate    *Date `fest:"fs:GyldigTilDato" json:"validUntilDate"`
}

// MedicineAdministration is AdministreringLegemiddel.
type MedicineAdministration struct {
	MixingLiquid           *Boolean `fest:"fs:Blandingsveske" json:"mixingLiquid"`
	MixingLiquidProposals  []Ref    `fest:"fs:RefBlandingsveske" json:"mixingLiquidProposals" ref:"generics|drugs"`
	RoutesOfAdministration []CV     `fest:"fs:Administrasjonsvei" json:"routesOfAdministration" list:"7477" card:"1..*"`
	CanBeCrushed           *CS      `fest:"fs:KanKnuses" json:"canBeCrushed" list:"1103"`
	CanBeOpened            *CS      `fest:"fs:KanApnes" json:"canBeOpened" list:"1103"`
	Bolus                  *CS      `fest:"fs:Bolus" json:"bolus" list:"7470"`
	InjectionRateBolus     *CS      `fest:"fs:InjeksjonshastighetBolus" json:"injectionRateBolus" list:"7471"`
	DivisionOfDose         *CS      `fest:"fs:Deling" json:"divisionOfDose" list:"7472"`
	DosageUnits            []CV     `fest:"fs:EnhetDosering" json:"dosageUnits" list:"7480"`
	ShortDoses             []CV     `fest:"fs:Kortdose" json:"shortDoses" list:"7478"`
	IngestionPrecautions   []CV     `fest:"fs:ForhandsregelInntak" json:"ingestionPrecautions" list:"7479"`
	LabelApplicationAreas  []CV     `fest:"fs:BruksomradeEtikett" json:"labelApplicationAreas" list:"7488"`
}

// SortedStrength is SortertVirkestoffMedStyrke. Sorting gives display order
// and starts anywhere (R41).
type SortedStrength struct {
	Sorting                     Integer `fest:"fs:Sortering" json:"sorting"`
	ActiveSubstanceWithStrength Ref     `fest:"fs:RefVirkestoffMedStyrke" json:"activeSubstanceWithStrength" ref:"ingredient-strengths"`
}

// SortedSubstance is SortertVirkestoffUtenStyrke.
type SortedSubstance struct {
	Sorting         Integer `fest:"fs:Sortering" json:"sorting"`
	ActiveSubstance Ref     `fest:"fs:RefVirkestoff" json:"activeSubstance" ref:"ingredients"`
}

// SpcSection is Preparatomtaleavsnitt: a link to the summary of product
// characteristics. It stands on the drug or on the package, never both (R55).
type SpcSection struct {
	SectionHeading CS   `fest:"fs:Avsnittoverskrift" json:"sectionHeading"`
	Link           Link `fest:"fs:Lenke" json:"link"`
}

// Link is Lenke (forskrivning).
type Link struct {
	Description *Text `fest:"fs:Beskrivelse" json:"description"`
	URL         URL   `fest:"fs:Www" json:"url"`
}

// Price is PrisVare. Several types and coming prices may stand at once
// (R101, R102).
type Price struct {
	PriceType      CV    `fest:"fs:Type" json:"priceType" list:"7453|7423"`
	Price          MO    `fest:"fs:Pris" json:"price"`
	ValidFromDate  *Date `fest:"fs:GyldigFraDato" json:"validFromDate"`
	ValidUntilDate *Date `fest:"fs:GyldigTilDato" json:"validUntilDate"`
}

// PackageComponent is Pakningskomponent: a part of a kit (R48).
type PackageComponent struct {
	PackageType CV       `fest:"fs:Pakningstype" json:"packageType" list:"7449"`
	Quantity    PQ       `fest:"fs:Mengde" json:"quantity" list:"7452"`
	Number      *Integer `fest:"fs:Antall" json:"number"`
}
