package rules

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestR80BothLinkAndCode(t *testing.T) {
	t.Parallel()
	link := &fest.ProductReimbursement{ValidFromDate: "2026-01-10", PrescribeUntilDate: date("2026-06-30"), DispenseUntilDate: date("2027-06-30")}
	code := &fest.ReimbursementCode{ValidFromDate: "2026-02-01", PrescribeUntilDate: date("2026-05-31")}
	for d, want := range map[Day][2]Validity{
		"2026-01-31": {NotYet, NotYet}, "2026-02-01": {Valid, Valid},
		"2026-05-31": {Valid, Valid}, "2026-06-01": {Over, Valid}, // R4: prescribing and dispensing apart
		"2027-06-30": {Over, Valid}, "2027-07-01": {Over, Over},
	} {
		if got := ReimbursedOn(link, code, d); got.Prescribe != want[0] || got.Dispense != want[1] {
			t.Errorf("on %s: %+v, want %v", d, got, want)
		}
	}
	// R88: a group without codes is held by the link alone.
	if got := ReimbursedOn(link, nil, "2026-01-10"); got.Prescribe != Valid || got.PrescribeUntil != "2026-06-30" {
		t.Errorf("without a code: %+v", got)
	}
	// R4: UtleveresTilDato is never the earlier.
	odd := &fest.ProductReimbursement{ValidFromDate: "2026-01-10", PrescribeUntilDate: date("2026-06-30"), DispenseUntilDate: date("2026-03-31")}
	if got := ReimbursedOn(odd, nil, "2026-06-30"); got.Dispense != Valid {
		t.Errorf("dispensing ends before prescribing: %+v", got)
	}
}

func TestR3R92ReimbursementCondition(t *testing.T) {
	t.Parallel()
	code := &fest.ReimbursementCode{ValidFromDate: "2026-01-01", PrescribeUntilDate: date("2026-12-31"), DispenseUntilDate: date("2026-12-31")}
	c := &fest.ReimbursementCondition{FromDate: "2026-02-01", ToDate: date("2026-03-01")}
	for d, want := range map[Day]Validity{"2026-01-31": NotYet, "2026-02-01": Valid, "2026-02-28": Valid, "2026-03-01": Over} {
		if got := ReimbursementConditionOn(c, code, d); got != want {
			t.Errorf("on %s %s, want %s", d, got, want)
		}
	}
	open := &fest.ReimbursementCondition{FromDate: "2026-02-01"}
	if got := ReimbursementConditionOn(open, code, "2027-01-01"); got != Over {
		t.Errorf("R92: after its code it is %s", got)
	}
}

func TestR89R90R91Diagnoses(t *testing.T) {
	t.Parallel()
	for system, want := range map[string]string{listICPC2: "ICPC-2", listICPC2Own: "ICPC-2", listICD10: "ICD-10", listICD10Old: "ICD-10", "1.2.3": ""} {
		if got := DiagnosisSystem(system); got != want {
			t.Errorf("%s is %q, want %q", system, got, want)
		}
	}
	icpc := &fest.ReimbursementCode{Code: fest.CV{System: listICPC2, Display: "Hypertensjon"}, SubTerm: ptr(fest.Text("Høyt blodtrykk"))}
	icd := &fest.ReimbursementCode{Code: fest.CV{System: listICD10, Display: "Hypertensjon"}, SubTerm: ptr(fest.Text("Høyt blodtrykk"))}
	if got := DiagnosisText(icpc, false); got != "Høyt blodtrykk" {
		t.Errorf("R90: %q", got)
	}
	if got := DiagnosisText(icd, false); got != "Hypertensjon" {
		t.Errorf("R90, ICPC only: %q", got)
	}
	if got := DiagnosisText(icpc, true); got != "" {
		t.Errorf("R91: a dispenser is shown %q", got)
	}
}
