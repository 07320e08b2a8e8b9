package fest

// Package is Legemiddelpakning: a package, known by its item number.
type Package struct {
	Medicine
	ID                             *ID                              `fest:"fs:Id" json:"id"`
	ItemNumber                     Number                           `fest:"fs:Varenr" json:"itemNumber"`
	BarCodes                       []Number                         `fest:"fs:Ean" json:"barCodes"`
	WithoutPreservative            *Boolean                         `fest:"fs:IkkeKonservering" json:"withoutPreservative"`
	Storage                        *CS                              `fest:"fs:Oppbevaring" json:"storage" list:"7487"`
	PackageInformation             []PackageInformation             `fest:"fs:Pakningsinfo" json:"packageInformation"`
	PrescriptionPackageInformation []PrescriptionPackageInformation `fest:"fs:PakningsinfoResept" json:"prescriptionPackageInformation"`
	Prices                         []Price                          `fest:"fs:PrisVare" json:"prices"`
	MarketingInformation           *MarketingInformation            `fest:"fs:Markedsforingsinfo" json:"marketingInformation"`
	SpcSections                    []SpcSection                     `fest:"fs:Preparatomtaleavsnitt" json:"spcSections"`
}

// PackageInformation is Pakningsinfo; several on multiple-strength and
// combination packs (R47). Size = Multiple × Number × Quantity (R46).
type PackageInformation struct {
	Drug              Ref                `fest:"fs:RefLegemiddelMerkevare" json:"drug" ref:"drugs"`
	PackageSize       Text               `fest:"fs:Pakningsstr" json:"packageSize"`
	PackageUnit       CV                 `fest:"fs:EnhetPakning" json:"packageUnit" list:"7452"`
	PackageType       CV                 `fest:"fs:Pakningstype" json:"packageType" list:"7449"`
	Multiple          *Integer           `fest:"fs:Multippel" json:"multiple"`
	Number            *Integer           `fest:"fs:Antall" json:"number"`
	Quantity          Decimal            `fest:"fs:Mengde" json:"quantity"`
	Sorting           *Integer           `fest:"fs:Sortering" json:"sorting"`
	DDD               *PQ                `fest:"fs:DDD" json:"ddd" list:"7489"`
	StatisticsFactor  *Decimal           `fest:"fs:Statistikkfaktor" json:"statisticsFactor"`
	PackageComponents []PackageComponent `fest:"fs:Pakningskomponent" json:"packageComponents"`
}

// PrescriptionPackageInformation is PakningsinfoResept: part of the
// prescription message M1, not filled in FEST.
type PrescriptionPackageInformation struct {
	BrandName   Text `fest:"fs:Varenavn" json:"brandName"`
	PackageSize Text `fest:"fs:Pakningsstr" json:"packageSize"`
	PackageUnit CV   `fest:"fs:EnhetPakning" json:"packageUnit" list:"7452"`
}

// MarketingInformation is Markedsforingsinfo (R18, R49, R50).
type MarketingInformation struct {
	DiscontinuedItemNumber      *Number `fest:"fs:VarenrUtgaende" json:"discontinuedItemNumber"`
	MarketingDate               *Date   `fest:"fs:Markedsforingsdato" json:"marketingDate"`
	WithdrawalDate              *Date   `fest:"fs:AvregDato" json:"withdrawalDate"`
	TemporarilyDiscontinuedDate *Date   `fest:"fs:MidlUtgattDato" json:"temporarilyDiscontinuedDate"`
	UnitDoseRepackager          *Text   `fest:"fs:OmpakkerAvEndose" json:"unitDoseRepackager"`
}
