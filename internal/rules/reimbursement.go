package rules

import "github.com/festd/festd/internal/fest"

// Reimbursed is how a product's link and a group's code hold on a day: both
// must (R80). Prescribing and dispensing differ (R4).
type Reimbursed struct {
	Prescribe, Dispense Validity
	// PrescribeUntil and DispenseUntil are the last days; "": open.
	PrescribeUntil, DispenseUntil Day
	From                          Day
}

// ReimbursedOn joins a product's link with a code of the group (nil where the
// group requires none: H-prescription, R88).
func ReimbursedOn(link *fest.ProductReimbursement, code *fest.ReimbursementCode, d Day) Reimbursed {
	prescribe, dispense := Through(&link.ValidFromDate, link.PrescribeUntilDate), Through(&link.ValidFromDate, dispenseUntil(link.PrescribeUntilDate, link.DispenseUntilDate))
	if code != nil {
		prescribe = prescribe.And(Through(&code.ValidFromDate, code.PrescribeUntilDate))
		dispense = dispense.And(Through(&code.ValidFromDate, dispenseUntil(code.PrescribeUntilDate, code.DispenseUntilDate)))
	}
	return Reimbursed{
		Prescribe: prescribe.On(d), Dispense: dispense.On(d),
		PrescribeUntil: prescribe.Last, DispenseUntil: dispense.Last, From: prescribe.First,
	}
}

// dispenseUntil is UtleveresTilDato, which is never the earlier of the two
// (R4): where the data say so, what may be prescribed may be dispensed.
func dispenseUntil(prescribe, dispense *fest.Date) *fest.Date {
	if dispense == nil || prescribe == nil {
		return dispense
	}
	p, okP := dayOf(*prescribe)
	u, okU := dayOf(*dispense)
	if okP && okU && u < p {
		return prescribe
	}
	return dispense
}

// ReimbursementConditionOn is how a code's condition holds on a day: by its
// own dates, the last of which does not count (R3), within the code's (R92).
func ReimbursementConditionOn(c *fest.ReimbursementCondition, code *fest.ReimbursementCode, d Day) Validity {
	own := Before(&c.FromDate, c.ToDate)
	return own.And(Through(&code.ValidFromDate, dispenseUntil(code.PrescribeUntilDate, code.DispenseUntilDate))).On(d)
}

// The code systems of diagnoses (R89).
const (
	listICPC2    = "2.16.578.1.12.4.1.1.7170"
	listICPC2Own = "2.16.578.1.12.4.1.1.7434"
	listICD10    = "2.16.578.1.12.4.1.1.7435"
	listICD10Old = "2.16.578.1.12.4.1.1.7110"
)

// DiagnosisSystem names the system of a reimbursement code: the same text in
// two systems is two codes (R89). "" for another list.
func DiagnosisSystem(system string) string {
	switch system {
	case listICPC2, listICPC2Own:
		return "ICPC-2"
	case listICD10, listICD10Old:
		return "ICD-10"
	default:
		return ""
	}
}

// DiagnosisText is what a prescriber's screen shows: Underterm in the place of
// the display, for ICPC only (R90); a dispenser's shows none (R91).
func DiagnosisText(c *fest.ReimbursementCode, dispenser bool) string {
	switch {
	case dispenser:
		return ""
	case c.SubTerm != nil && *c.SubTerm != "" && DiagnosisSystem(c.Code.System) == "ICPC-2":
		return string(*c.SubTerm)
	default:
		return c.Code.Display
	}
}

// Unreimbursed is what to say of a product without a link that holds: never a
// plain "not reimbursed", since individual reimbursement may apply (R84, INF).
const Unreimbursed = "no pre-approved or H-prescription reimbursement is stated in FEST; individual reimbursement (§ 3) and § 4 may still apply"
