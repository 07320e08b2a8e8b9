package fest

// ShortDose is Kortdose (KatStrDosering): a structured dosage, known by its
// code of list 7478.
type ShortDose struct {
	ShortDose            CV                    `fest:"m30:Kortdose" json:"shortDose" list:"7478"`
	TermDescription      Text                  `fest:"m30:BeskrivelseTerm" json:"termDescription"`
	MedicineConsumptions []MedicineConsumption `fest:"m30:Legemiddelforbruk" json:"medicineConsumptions"`
}

// MedicineConsumption is Legemiddelforbruk; absent Iterations = repeated for
// ever (R108).
type MedicineConsumption struct {
	SequenceNumber Integer  `fest:"m30:Lopenr" json:"sequenceNumber"`
	Quantity       Decimal  `fest:"m30:Mengde" json:"quantity"`
	Period         Duration `fest:"m30:Periode" json:"period"`
	Iterations     *Integer `fest:"m30:Iterasjoner" json:"iterations"`
	Dosage         *Dosage  `fest:"fs:Dosering" json:"dosage"`
}

// Dosage is Dosering (forskrivning): either doses at fixed times or doses as
// needed.
type Dosage struct {
	StartTime      *TS             `fest:"fs:Starttidspunkt" json:"startTime"`
	EndTime        *TS             `fest:"fs:Sluttidspunkt" json:"endTime"`
	DosingRule     *DosageRule     `fest:"fs:Doseringsregel" json:"dosingRule"`
	FixedTimeDoses []FixedTimeDose `fest:"fs:DoseFastTidspunkt" json:"fixedTimeDoses" choice:"doses" card:"1..*"`
	AsNeededDoses  []AsNeededDose  `fest:"fs:DoseEtterBehov" json:"asNeededDoses" choice:"doses" card:"1..*"`
}

// DosageRule is Doseringsregel of forskrivning; that of M30 is [DosingRule].
type DosageRule struct {
	DosedBy CS    `fest:"fs:DoseresEtter" json:"dosedBy" list:"9080"`
	Remark  *Text `fest:"fs:Merknad" json:"remark"`
}

// DoseAmount is typeDose: what fixed-time and as-needed doses share.
type DoseAmount struct {
	Quantity      PQ             `fest:"fs:Mengde" json:"quantity" list:"7480"`
	Interval      *PQ            `fest:"fs:Intervall" json:"interval" list:"9088"`
	InfusionSpeed *InfusionSpeed `fest:"fs:Infusjonshastighet" json:"infusionSpeed"`
}

// InfusionSpeed is Infusjonshastighet.
type InfusionSpeed struct {
	Volume   PQ `fest:"fs:Volum" json:"volume"`
	TimeUnit CS `fest:"fs:Tidsenhet" json:"timeUnit" list:"9088"`
}

// FixedTimeDose is DoseFastTidspunkt.
type FixedTimeDose struct {
	DoseAmount
	TimeOfDay *Time      `fest:"fs:Klokkeslett" json:"timeOfDay"`
	PartOfDay *CS        `fest:"fs:Tidsomrade" json:"partOfDay" list:"8325"`
	ExactTime Boolean    `fest:"fs:GisEksakt" json:"exactTime"`
	FixedDose *FixedDose `fest:"fs:FastDose" json:"fixedDose"`
}

// FixedDose is FastDose.
type FixedDose struct {
	Weekdays []CS     `fest:"fs:FasteUkedager" json:"weekdays" list:"9082"`
	DaysOn   *Integer `fest:"fs:DagerPa" json:"daysOn"`
	DaysOff  *Integer `fest:"fs:DagerAv" json:"daysOff"`
}

// AsNeededDose is DoseEtterBehov.
type AsNeededDose struct {
	DoseAmount
	MaximumDailyDose    PQ `fest:"fs:DoseDognMaks" json:"maximumDailyDose"`
	MaximumDoseInPeriod PQ `fest:"fs:DoseTidsromMaks" json:"maximumDoseInPeriod"`
	Period              PQ `fest:"fs:Tidsrom" json:"period"`
	MinimumDoseInterval PQ `fest:"fs:DoseIntervallMin" json:"minimumDoseInterval"`
}
