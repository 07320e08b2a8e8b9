package rules

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// The prescription groups (R53).
const (
	GroupA  = "A"
	GroupB  = "B"
	GroupC  = "C"
	GroupF  = "F"  // no prescription
	GroupCF = "CF" // above package level only: some packages C, some F
	GroupK  = "K"  // food supplement
)

// SamePrescriptionGroup says whether an entry's group matches one that is
// asked for; C and F match CF above package level (R54, INF).
func SamePrescriptionGroup(asked, of string, isPackage bool) bool {
	return asked == of || !isPackage && of == GroupCF && (asked == GroupC || asked == GroupF)
}

// The conditions that say what a package is for (R52).
const (
	conditionMachineDispensing = "40"
	conditionUnitDose          = "41"
)

// Prescription says whether a package may stand on an e-prescription on a day,
// conditions being the numbers of its conditions (VilkarNr): R49–R53.
func Prescription(p *fest.Package, conditions []string, d Day) Answer {
	switch {
	case p.PrescriptionGroup.Code == GroupK:
		return Answer{Value: No, Reason: "food-supplement", Rules: []string{"R53", "R139"}}
	case p.MarketingInformation != nil && p.MarketingInformation.UnitDoseRepackager != nil, slices.Contains(conditions, conditionUnitDose):
		return Answer{Value: No, Reason: "unit-dose-repack", Rules: []string{"R52"}}
	case slices.Contains(conditions, conditionMachineDispensing):
		return Answer{Value: No, Reason: "machine-dispensing-pack", Rules: []string{"R52"}}
	}
	return AvailabilityOf(p.MarketingInformation, d).Prescribable
}

// GenericPrescribable is a generic's: yes if that of one of its packages is
// (R62, INF); no if all say no; else unknown.
func GenericPrescribable(packages []Answer) Answer {
	a := Answer{Value: No, Reason: "no-package-prescribable", Rules: []string{"R62"}, Inferred: true}
	if len(packages) == 0 {
		a.Value, a.Reason = Unknown, "no-packages"
		return a
	}
	for _, p := range packages {
		switch p.Value {
		case Yes:
			return Answer{Value: Yes, Rules: []string{"R62"}, Inferred: true}
		case Unknown:
			a.Value, a.Reason = Unknown, "some-packages-not-stated"
		case No:
		}
	}
	return a
}

// medicationUnregistered is the type of medication of list 7424 that has no
// marketing authorisation (R127).
const medicationUnregistered = "11"

// Unregistered says whether a medicine is (R127), and what must be done to get
// it: none, pharmacyDecides, applicationFirst, or "" where FEST does not state
// it. A type of medication that is not stated is not a registered one (R28).
func Unregistered(m *fest.Medicine) (unregistered Tristate, application string) {
	switch {
	case m.MedicationType == nil || m.MedicationType.Code == "":
		unregistered = Unknown
	case m.MedicationType.Code == medicationUnregistered:
		unregistered = Yes
	default:
		unregistered = No
	}
	if m.ApplicationType == nil {
		return unregistered, ""
	}
	switch m.ApplicationType.Code {
	case "1":
		return unregistered, "none"
	case "2":
		return unregistered, "pharmacyDecides"
	case "3":
		return unregistered, "applicationFirst"
	default:
		return unregistered, ""
	}
}

// JustificationNeeded says whether the prescriber must give a justification or
// an application, by what must be done (R128).
func JustificationNeeded(application string) Tristate {
	switch application {
	case "none":
		return No
	case "pharmacyDecides", "applicationFirst":
		return Yes
	default:
		return Unknown
	}
}

// Marked says whether a mark is there that only true is sent of: absent is no
// (R29).
func Marked(b *fest.Boolean) bool {
	if b == nil {
		return false
	}
	v, _ := b.Bool()
	return v
}
