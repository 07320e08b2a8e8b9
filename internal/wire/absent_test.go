package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// members are the members of an object's JSON.
func members(t *testing.T, class fest.Class, object any) map[string]any {
	t.Helper()
	e := &fest.Entry{Envelope: fest.Envelope{EntryID: "ID_E"}, Class: class, Object: object}
	var v map[string]any
	if err := json.Unmarshal([]byte(render(t, e, false, directory{})[0]), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// What is absent is absent in JSON, whether its absence means not stated (R28,
// R32), no (R29) or not relevant (R30): the meaning is the rules' to give, and a
// value that was made up here could not be told from one that FEST has.
func TestWhatIsAbsentIsNotMadeUp(t *testing.T) {
	id := fest.ID("ID_1")
	drug := members(t, fest.ClassDrug, &fest.Drug{ID: &id, Medicine: fest.Medicine{MedicineAdministration: &fest.MedicineAdministration{}}})
	pack := members(t, fest.ClassPackage, &fest.Package{ID: &id})
	for _, name := range []string{"atc", "opioidApplication", "blackTriangle", "prescriptionValidities", "barCodes", "prices", "marketingInformation", "spcSections", "productInformation"} {
		if drug[name] != nil || pack[name] != nil {
			t.Errorf("%s: %v, %v", name, drug[name], pack[name])
		}
	}
	administration, _ := drug["medicineAdministration"].(map[string]any)
	for _, name := range []string{"mixingLiquid", "canBeCrushed", "canBeOpened", "divisionOfDose", "injectionRateBolus"} {
		if administration[name] != nil {
			t.Errorf("%s: %v", name, administration[name])
		}
	}
}

// 9 and 0 of the lists of handling are not known and not specified, neither yes
// nor no: they stay the codes that they are (R31).
func TestNotKnownStaysACode(t *testing.T) {
	id := fest.ID("ID_1")
	drug := members(t, fest.ClassDrug, &fest.Drug{ID: &id, Medicine: fest.Medicine{MedicineAdministration: &fest.MedicineAdministration{
		CanBeCrushed: &fest.CS{Code: "9", Display: "Vet ikke"}, DivisionOfDose: &fest.CS{Code: "0", Display: "Ikke angitt"}, InjectionRateBolus: &fest.CS{Code: "0", Display: "Ikke angitt"},
	}}})
	want := map[string]any{
		"canBeCrushed":       map[string]any{"code": "9", "system": "urn:oid:" + fest.OIDRoot + "1103", "display": "Vet ikke"},
		"divisionOfDose":     map[string]any{"code": "0", "system": "urn:oid:" + fest.OIDRoot + "7472", "display": "Ikke angitt"},
		"injectionRateBolus": map[string]any{"code": "0", "system": "urn:oid:" + fest.OIDRoot + "7471", "display": "Ikke angitt"},
	}
	if diff := cmp.Diff(want, drug["medicineAdministration"]); diff != "" {
		t.Error(diff)
	}
}

// A list that the XML does not name is its field's; taste and section heading
// have none; a unit is no coded value (R135, R137).
func TestListsOfCodes(t *testing.T) {
	id, upper := fest.ID("ID_1"), fest.Decimal("10")
	drug := members(t, fest.ClassDrug, &fest.Drug{
		ID: &id, Medicine: fest.Medicine{PrescriptionGroup: fest.CS{Code: "C", Display: "Reseptgruppe C"}}, Taste: &fest.CS{Code: "1", Display: "Jordbær"},
		SpcSections: []fest.SpcSection{{SectionHeading: fest.CS{Code: "1", Display: "Indikasjon"}}},
	})
	if diff := cmp.Diff(map[string]any{"code": "C", "system": "urn:oid:" + fest.OIDRoot + "7421", "display": "Reseptgruppe C"}, drug["prescriptionGroup"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"code": "1", "display": "Jordbær"}, drug["taste"]); diff != "" {
		t.Error(diff)
	}
	section := drug["spcSections"].([]any)[0].(map[string]any)["sectionHeading"]
	if diff := cmp.Diff(map[string]any{"code": "1", "display": "Indikasjon"}, section); diff != "" {
		t.Error(diff)
	}
	strength := members(t, fest.ClassIngredientStrength, &fest.IngredientStrength{ID: id, Strength: fest.PQ{Value: "5", Unit: "mg"}, StrengthUpperValue: &upper})
	if diff := cmp.Diff(map[string]any{"value": 5.0, "unit": "mg"}, strength["strength"]); diff != "" {
		t.Error(diff)
	}
}

// The alternative strength is the same strength said otherwise: it is shown as
// such, and what the strength is called says one of them (R39). The concentration
// of a powder after mixing is no part of it (R38).
func TestAlternativeStrengthIsNoOther(t *testing.T) {
	plain := fest.IngredientStrength{Strength: fest.PQ{Value: "10", Unit: "mg"}, StrengthDenominator: &fest.PQ{Value: "1", Unit: "g"}}
	said := plain
	said.AlternativeStrength = &fest.PQ{Value: "1", Unit: "%"}
	want, _ := wire.Display(&fest.Entry{Class: fest.ClassIngredientStrength, Object: &plain}, fest.Item{})
	got, _ := wire.Display(&fest.Entry{Class: fest.ClassIngredientStrength, Object: &said}, fest.Item{})
	if want != "10 mg/g" || got != want {
		t.Errorf("%q and %q", want, got)
	}
	if o := members(t, fest.ClassIngredientStrength, &said); o["alternativeStrength"].(map[string]any)["unit"] != "%" || o["strength"].(map[string]any)["unit"] != "mg" {
		t.Errorf("%v", o)
	}
}
