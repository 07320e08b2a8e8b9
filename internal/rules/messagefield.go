package rules

import (
	"maps"
	"slices"
)

// MessageField says whether a property of a product goes into the prescription
// message M1 (R138).
type MessageField string

// The answers.
const (
	// FieldGoes: mandatory in FEST, and so taken over.
	FieldGoes MessageField = "goes"
	// FieldKeptOut: not to be sent.
	FieldKeptOut MessageField = "keptOut"
	// FieldNotSaid: neither mandatory in FEST nor kept out; the
	// specification of the message decides.
	FieldNotSaid MessageField = "notSaid"
)

// messageFields are the properties of drugs, packages and generics.
var messageFields = map[string]MessageField{
	"nameFormStrength": FieldGoes, "prescriptionGroup": FieldGoes, "brandName": FieldGoes, "itemNumber": FieldGoes,
	"prescriptionPackageInformation": FieldGoes,

	"spcSections": FieldKeptOut, "inactiveSubstances": FieldKeptOut, "prescriptionValidities": FieldKeptOut, "productInformation": FieldKeptOut,
	"sortedActiveSubstancesWithStrength": FieldKeptOut, "sortedActiveSubstancesWithoutStrength": FieldKeptOut, "medicineAdministration": FieldKeptOut,
	"packageSubstitutionGroup": FieldKeptOut, "reimbursements": FieldKeptOut, "opioidApplication": FieldKeptOut, "applicationType": FieldKeptOut,
	"conditions": FieldKeptOut, "barCodes": FieldKeptOut, "packageInformation": FieldKeptOut, "prices": FieldKeptOut, "marketingInformation": FieldKeptOut,
	// References of generics are ids of drugs and packages, which mean nothing outside M30.
	"drugs": FieldKeptOut, "packages": FieldKeptOut,
}

// MessageFieldOf says it of a property by its name; package is the one whose
// id is not named among those that M30 keeps for itself.
func MessageFieldOf(property string, isPackage bool) MessageField {
	if property == "id" && !isPackage {
		return FieldKeptOut
	}
	if f, ok := messageFields[property]; ok {
		return f
	}
	return FieldNotSaid
}

// LegalBases are those that the prescription of a product may stand under: of
// drugs §§ 2, 3, 4 and H-prescription; none for food supplements (R139).
func LegalBases(prescriptionGroup string) []string {
	if prescriptionGroup == GroupK {
		return nil
	}
	return []string{"§ 2", "§ 3", "§ 4", "H-prescription"}
}

// MessageProperties are the properties that the rules speak of.
func MessageProperties() []string { return slices.Sorted(maps.Keys(messageFields)) }
