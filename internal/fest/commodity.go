package fest

// Commodity is typeVare: what the three kinds of commodity share. It has no
// object id; its key is the item number (R16), which nothing promises to be
// unique (R21).
type Commodity struct {
	ItemNumber         Number                `fest:"fs:Nr" json:"itemNumber"`
	Name               Text                  `fest:"fs:Navn" json:"name"`
	ProductInformation *CommodityInformation `fest:"fs:ProduktInfoVare" json:"productInformation"`
	Supplier           *Supplier             `fest:"fs:Leverandor" json:"supplier"`
	Prices             []Price               `fest:"fs:PrisVare" json:"prices"`
	Reimbursement      *ProductReimbursement `fest:"fs:Refusjon" json:"reimbursement"`
}

// BreastProsthesis is Brystprotese.
type BreastProsthesis struct {
	Commodity
}

// MedicalConsumable is MedForbMatr.
type MedicalConsumable struct {
	Commodity
	MaterialComponents []MaterialComponent `fest:"fs:BestanddelMatr" json:"materialComponents"`
}

// Nutrient is Naringsmiddel.
type Nutrient struct {
	Commodity
	StrengthFormSubstance *StrengthFormSubstance `fest:"fs:StyrkeFormStoff" json:"strengthFormSubstance"`
}

// CommodityInformation is ProduktInfoVare.
type CommodityInformation struct {
	ProductNumber            Text    `fest:"fs:ProduktNr" json:"productNumber"`
	Volume                   *Text   `fest:"fs:Volum" json:"volume"`
	SizeUnit                 CV      `fest:"fs:EnhetStorrelse" json:"sizeUnit" list:"7452"`
	NumberPerPackage         Integer `fest:"fs:AntPerPakning" json:"numberPerPackage"`
	Conditions               []Ref   `fest:"fs:RefVilkar" json:"conditions" ref:"conditions"`
	AboveMaximumPriceAllowed Boolean `fest:"fs:TillattMerMakspris" json:"aboveMaximumPriceAllowed"`
}

// Supplier is Leverandor.
type Supplier struct {
	Name      Text `fest:"fs:Navn" json:"name"`
	Address   Text `fest:"fs:Adresse" json:"address"`
	Telephone Text `fest:"fs:Telefon" json:"telephone"`
}

// MaterialComponent is BestanddelMatr; not filled today.
type MaterialComponent struct {
	Name     Text `fest:"fs:Navn" json:"name"`
	Material Text `fest:"fs:Materiale" json:"material"`
}

// StrengthFormSubstance is StyrkeFormStoff; not filled today.
type StrengthFormSubstance struct {
	Strength   *Text  `fest:"fs:Styrke" json:"strength"`
	Form       *Text  `fest:"fs:Form" json:"form"`
	Substances []Text `fest:"fs:Stoff" json:"substances"`
}
