package answer

import (
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/rules"
)

// SheetQuestion is for whom a sheet is.
type SheetQuestion struct {
	// Audience is a code of list 7442; "" is all (R126).
	Audience string
	// Sex is the patient's; "" is not known (R68).
	Sex rules.Sex
}

// Sheet is what a prescriber is shown of a generic or a package on the day.
type Sheet struct {
	Subject  Reference `json:"subject"`
	Audience string    `json:"audience,omitempty"`
	Sex      string    `json:"sex,omitempty"`
	SheetFacts
	Sizes   SheetSizes    `json:"sizes"`
	Dosages []SheetDosage `json:"dosages"`
	Message SheetMessage  `json:"prescriptionMessage"`
}

// SheetFacts are what a sheet and a check of a prescription have in common.
type SheetFacts struct {
	NameFormStrength  string     `json:"nameFormStrength"`
	Atc               *Code      `json:"atc,omitempty"`
	PrescriptionGroup SheetGroup `json:"prescriptionGroup"`
	// Availability is that of a package; of others each package has its own.
	Availability  *Availability      `json:"availability,omitempty"`
	Prescribable  Verdict            `json:"prescribable"`
	Dispensable   Verdict            `json:"dispensable"`
	Registration  SheetRegistration  `json:"registration"`
	Validity      SheetValidity      `json:"validity"`
	Conditions    SheetConditions    `json:"conditions"`
	Notifications SheetNotifications `json:"notifications"`
	Reimbursement Reimbursement      `json:"reimbursement"`
	Opioid        SheetMark          `json:"opioidApplication"`
	BlackTriangle SheetMark          `json:"blackTriangle"`
}

// Sheet answers for an item that is a generic, a package or a drug; false for
// another.
func (r *Register) Sheet(i cache.Index, q SheetQuestion) (Sheet, bool) {
	object := r.Object(i)
	if object == nil {
		return Sheet{}, false
	}
	s, ok := r.sheetSubjectOf(object, r.Reference(object))
	if !ok {
		return Sheet{}, false
	}
	return Sheet{
		Subject: s.ref, Audience: rules.AudienceName(q.Audience), Sex: rules.SexName(q.Sex),
		SheetFacts: r.sheetFacts(s, q), Sizes: r.sheetSizes(s), Dosages: r.sheetDosages(s), Message: r.sheetMessage(s),
	}, true
}

func (r *Register) sheetFacts(s *sheetSubject, q SheetQuestion) SheetFacts {
	f := SheetFacts{
		NameFormStrength: string(s.NameFormStrength), Atc: CodeOf(s.Medicine.Atc), PrescriptionGroup: r.sheetGroup(s), Registration: r.sheetRegistration(s),
		Conditions: r.sheetConditions(s), Notifications: r.sheetNotifications(s, q.Audience),
		Reimbursement: r.sheetReimbursement(s, q.Audience), Opioid: r.opioidApplication(s), BlackTriangle: r.blackTriangle(s),
	}
	f.Prescribable, f.Dispensable = r.sheetPrescribable(s)
	f.Validity = r.sheetValidity(s, q.Sex, &f.Conditions)
	if s.pack != nil {
		a := r.AvailabilityOf(s.pack)
		f.Availability = &a
	}
	return f
}
