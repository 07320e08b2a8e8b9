package fest

// Dose is Legemiddeldose: the smallest pickable unit, one to one with its LMR
// number (R23).
type Dose struct {
	Medicine
	ID                ID                 `fest:"fs:Id" json:"id"`
	LmrNumber         *Number            `fest:"fs:LmrLopenr" json:"lmrNumber"`
	Quantity          PQ                 `fest:"fs:Mengde" json:"quantity" list:"7452"`
	PackageType       *CV                `fest:"fs:Pakningstype" json:"packageType" list:"7449"`
	Drug              Ref                `fest:"fs:RefLegemiddelMerkevare" json:"drug" ref:"drugs"`
	Packages          []Ref              `fest:"fs:RefPakning" json:"packages" ref:"packages" card:"1..*"`
	PackageComponents []PackageComponent `fest:"fs:Pakningskomponent" json:"packageComponents"`
	OrderingUnits     []CV               `fest:"fs:EnhetOrdinering" json:"orderingUnits" list:"7480"`
}
