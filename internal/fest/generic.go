package fest

// Generic is LegemiddelVirkestoff: a prescribable group of the same
// substances, ATC, form, strength and prescription group (R57). Not a
// substance: that is [Ingredient].
type Generic struct {
	Medicine
	ID                                    ID                `fest:"fs:Id" json:"id"`
	SortedActiveSubstancesWithStrength    []SortedStrength  `fest:"fs:SortertVirkestoffMedStyrke" json:"sortedActiveSubstancesWithStrength"`
	SortedActiveSubstancesWithoutStrength []SortedSubstance `fest:"fs:SortertVirkestoffUtenStyrke" json:"sortedActiveSubstancesWithoutStrength"`
	Drugs                                 []Ref             `fest:"fs:RefLegemiddelMerkevare" json:"drugs" ref:"drugs"`
	Packages                              []Ref             `fest:"fs:RefPakning" json:"packages" ref:"packages"`
	PrescribingUnits                      []CV              `fest:"fs:ForskrivningsenhetResept" json:"prescribingUnits" list:"7452"`
}
