package rules

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestR80BothLinkAndCode(t *testing.T) {
	t.Parallel()
	link := ReimbursableByLink(&fest.ProductReimbursement{ValidFromDate: "2026-01-10", PrescribeUntilDate: date("2026-06-30"), DispenseUntilDate: date("2027-06-30")})
	code := ReimbursableByCode(&fest.ReimbursementCode{ValidFromDate: "2026-02-01", PrescribeUntilDate: date("2026-05-31")})
	both := link.And(code)
	for d, want := range map[Day][2]Validity{
		"2026-01-31": {NotYet, NotYet}, "2026-02-01": {Valid, Valid}, // R2
		"2026-05-31": {Valid, Valid}, "2026-06-01": {Over, Valid}, // R4: prescribing and dispensing apart
		"2027-06-30": {Over, Valid}, "2027-07-01": {Over, Over},
	} {
		if got := [2]Validity{both.Prescribe.On(d), both.Dispense.On(d)}; got != want {
			t.Errorf("on %s: %v, want %v", d, got, want)
		}
	}
	// R4: UtleveresTilDato is never the earlier, and absent it is open.
	odd := ReimbursableByLink(&fest.ProductReimbursement{ValidFromDate: "2026-01-10", PrescribeUntilDate: date("2026-06-30"), DispenseUntilDate: date("2026-03-31")})
	if odd.Dispense.Last != "2026-06-30" || odd.Prescribe.Last != "2026-06-30" {
		t.Errorf("dispensing ends before prescribing: %+v", odd)
	}
	if until := ReimbursableByLink(&fest.ProductReimbursement{PrescribeUntilDate: date("2026-06-30")}).Dispense.Last; until != "" {
		t.Errorf("without a date dispensing ends %s", until)
	}
}

func TestHeld(t *testing.T) {
	t.Parallel()
	period := func(first, last Day) Period { return Period{First: first, Last: last} }
	for _, test := range []struct {
		name string
		all  []Period
		want Holding
	}{
		{"nothing", nil, Holding{}},
		{"open", []Period{{}}, Holding{State: Valid}},
		{"two that hold", []Period{period("2026-01-01", "2026-04-01"), period("2026-02-01", "2026-06-01")}, Holding{Valid, "2026-01-01", "2026-06-01"}},
		{"one of them open", []Period{period("2026-01-01", "2026-04-01"), period("2026-02-01", "")}, Holding{Valid, "2026-01-01", ""}},
		{"one holds", []Period{period("2026-04-01", ""), period("2026-01-01", "2026-03-10"), period("", "2025-01-01")}, Holding{Valid, "2026-01-01", "2026-03-10"}},
		{"one will", []Period{period("2026-05-01", "2026-06-01"), period("2026-04-01", ""), period("", "2026-03-09")}, Holding{NotYet, "2026-04-01", ""}},
		{"all over", []Period{period("2020-01-01", "2021-01-01"), period("", "2026-03-09"), period("2022-01-01", "2023-01-01")}, Holding{Over, "", "2026-03-09"}},
		{"one that never holds is over", []Period{period("2026-05-01", "2026-04-01")}, Holding{Over, "2026-05-01", "2026-04-01"}},
	} {
		if got := Held(test.all, "2026-03-10"); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestR3R92ReimbursementCondition(t *testing.T) {
	t.Parallel()
	code := &fest.ReimbursementCode{ValidFromDate: "2026-01-01", PrescribeUntilDate: date("2026-12-31"), DispenseUntilDate: date("2026-12-31")}
	c := &fest.ReimbursementCondition{FromDate: "2026-02-01", ToDate: date("2026-03-01")}
	for d, want := range map[Day]Validity{"2026-01-31": NotYet, "2026-02-01": Valid, "2026-02-28": Valid, "2026-03-01": Over} {
		if got := ReimbursementConditionOn(c, code, d); got.State != want || got.Last != "2026-02-28" {
			t.Errorf("on %s %+v, want %s", d, got, want)
		}
	}
	open := &fest.ReimbursementCondition{FromDate: "2026-02-01"}
	if got := ReimbursementConditionOn(open, code, "2027-01-01"); got.State != Over {
		t.Errorf("R92: after its code it is %+v", got)
	}
}

func TestR88CodeRequired(t *testing.T) {
	t.Parallel()
	some := []fest.ReimbursementCode{{}}
	for _, test := range []struct {
		says  fest.Boolean
		codes []fest.ReimbursementCode
		want  bool
	}{
		{"true", some, true}, {"true", nil, true}, {"1", nil, true}, {"false", some, false}, {"0", nil, false}, {"", some, true}, {"", nil, false},
	} {
		if got := CodeRequired(&fest.ReimbursementGroup{RequiresReimbursementCode: test.says, ReimbursementCodes: test.codes}); got != test.want {
			t.Errorf("%q with %d codes: %v", test.says, len(test.codes), got)
		}
	}
}

func TestR85R88R130Kinds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		authority, list string
		decision        fest.Boolean
		want            ReimbursementKind
	}{
		{"200", "7451", "false", PreApproved}, {"950", "7451", "false", HPrescription}, {"300", "7451", "true", IndividualGrant},
		{"601", "7403", "true", CommodityGroup}, {"501", "7403", "false", CommodityGroup}, {"400", "7451", "false", OtherReimbursable}, {"", "", "", OtherReimbursable},
	} {
		of := &fest.Reimbursement{StatutoryAuthority: fest.CV{Code: test.authority}, RequiresDecision: test.decision}
		if got := ReimbursementKindOf(of, &fest.ReimbursementGroup{GroupNumber: fest.CV{System: fest.OIDRoot + test.list}}); got != test.want {
			t.Errorf("%s of list %s: %s, want %s", test.authority, test.list, got, test.want)
		}
	}
	for says, want := range map[fest.Boolean]bool{"false": true, "0": true, "true": false, "": false} { // R28
		if ProductsNotListed(&fest.Reimbursement{RequiresProductLink: says}) != want {
			t.Errorf("R86: %q", says)
		}
	}
}

func TestR89SameDiagnosis(t *testing.T) {
	t.Parallel()
	cv := func(system, code string) *fest.CV { return &fest.CV{System: system, Code: code} }
	for _, test := range []struct {
		of           *fest.CV
		system, code string
		want         bool
	}{
		{cv(listICPC2, "A01"), "ICPC-2", "A01", true}, {cv(listICPC2Own, "-51"), "ICPC-2", "-51", true}, {cv(listICPC2, "A01"), "ICPC-2", "a01", true},
		{cv(listICD10, "A01"), "ICPC-2", "A01", false}, {cv(listICPC2, "A01"), "ICD-10", "A01", false}, {cv(listICD10Old, "E11"), "ICD-10", "E11", true},
		{cv(listICD10, "E78.0"), "ICD-10", "E780", true}, {cv(listICD10, "E780"), "ICD-10", "e78.0", true}, {cv(listICD10, "E78"), "ICD-10", "E78.0", false},
		{cv("1.2.3", "A01"), "ICPC-2", "A01", false},
	} {
		if got := SameDiagnosis(test.of, test.system, test.code); got != test.want {
			t.Errorf("%v as %s %s: %v", *test.of, test.system, test.code, got)
		}
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
