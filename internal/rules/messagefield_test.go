package rules

import (
	"testing"
)

func TestR138MessageFields(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		property  string
		isPackage bool
		want      MessageField
	}{
		{"nameFormStrength", false, FieldGoes}, {"itemNumber", true, FieldGoes}, {"prices", true, FieldKeptOut}, {"opioidApplication", true, FieldKeptOut},
		{"id", false, FieldKeptOut}, {"id", true, FieldNotSaid}, {"atc", false, FieldNotSaid},
	} {
		if got := MessageFieldOf(test.property, test.isPackage); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}

func TestR139LegalBases(t *testing.T) {
	t.Parallel()
	if got := LegalBases(GroupC); len(got) != 4 || got[0] != "§ 2" {
		t.Errorf("of a drug: %v", got)
	}
	if got := LegalBases(GroupK); got != nil {
		t.Errorf("of a food supplement: %v", got)
	}
}
