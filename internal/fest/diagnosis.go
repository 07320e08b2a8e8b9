package fest

// Diagnosis is Diagnose. The catalogue is empty today.
type Diagnosis struct {
	ID              ID          `fest:"m30:Id" json:"id"`
	DiagnosisCode   CV          `fest:"m30:Diagnosekode" json:"diagnosisCode" list:"7110|7435"`
	ApplicationArea *Text       `fest:"m30:Bruksomrade" json:"applicationArea"`
	Treatments      []Treatment `fest:"m30:Behandling" json:"treatments"`
}

// Treatment is Behandling.
type Treatment struct {
	Description       *Text              `fest:"m30:Beskrivelse" json:"description"`
	MedicineProposals []MedicineProposal `fest:"m30:Legemiddelforslag" json:"medicineProposals"`
}

// MedicineProposal is Legemiddelforslag.
type MedicineProposal struct {
	ActiveSubstanceNameForm Text             `fest:"m30:VirkestoffnavnForm" json:"activeSubstanceNameForm"`
	Generics                []Ref            `fest:"m30:RefLegemiddelVirkestoff" json:"generics" ref:"generics"`
	Drugs                   []Ref            `fest:"m30:RefLegemiddelMerkevare" json:"drugs" ref:"drugs"`
	Cautions                []CV             `fest:"m30:Oppmerksomhet" json:"cautions" list:"7476"`
	DosageProposals         []DosageProposal `fest:"m30:Doseringsforslag" json:"dosageProposals"`
}

// DosageProposal is Doseringsforslag.
type DosageProposal struct {
	TreatmentPhase               *CS           `fest:"m30:Behandlingsfase" json:"treatmentPhase" list:"7473"`
	MinimumTimeSincePreviousDose *Duration     `fest:"m30:MinTidForrigeDosering" json:"minimumTimeSincePreviousDose"`
	Duration                     *Duration     `fest:"m30:Varighet" json:"duration"`
	DosingRules                  []DosingRule  `fest:"m30:Doseringsregel" json:"dosingRules"`
	ApprovedNormalDoses          []NormalDose  `fest:"m30:GodkjentNormaldose" json:"approvedNormalDoses" card:"1..*"`
	ApprovedMaximumDoses         []MaximumDose `fest:"m30:GodkjentMaksimaldose" json:"approvedMaximumDoses"`
}

// DosingRule is Doseringsregel of M30; that of forskrivning is [DosageRule].
type DosingRule struct {
	DosedBy    CS       `fest:"m30:DoseresEtter" json:"dosedBy"`
	UpperLimit *Decimal `fest:"m30:OvreGrense" json:"upperLimit"`
	LowerLimit *Decimal `fest:"m30:NedreGrense" json:"lowerLimit"`
	Unit       CV       `fest:"m30:Enhet" json:"unit"`
}

// NormalDose is GodkjentNormaldose.
type NormalDose struct {
	UpperNormalDose      Decimal  `fest:"m30:OvreNormaldose" json:"upperNormalDose"`
	LowerNormalDose      Decimal  `fest:"m30:NedreNormaldose" json:"lowerNormalDose"`
	Unit                 CV       `fest:"m30:Enhet" json:"unit" list:"9090"`
	MinimumNumberOfDoses *Integer `fest:"m30:MinAntDoser" json:"minimumNumberOfDoses"`
	MaximumNumberOfDoses *Integer `fest:"m30:MaksAntDoser" json:"maximumNumberOfDoses"`
	Period               CV       `fest:"m30:Periode" json:"period" list:"9088|7475"`
}

// MaximumDose is GodkjentMaksimaldose.
type MaximumDose struct {
	MaximumDose Decimal `fest:"m30:Maksimaldose" json:"maximumDose"`
	Unit        CV      `fest:"m30:Enhet" json:"unit"`
	Period      CV      `fest:"m30:Periode" json:"period"`
}
