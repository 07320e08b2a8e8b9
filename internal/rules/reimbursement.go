package rules

import (
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Holding is how the best of several periods lies to a day.
type Holding struct {
	// State is Valid if one holds, else NotYet if one will; "" without any.
	State Validity
	// First and Last are the days from and to which that is so; "": open.
	First, Last Day
}

// Held is how periods lie to a day: those that hold together, else the one that
// begins first, else the one that ended last. A period that ends before it
// begins is over.
func Held(periods []Period, d Day) Holding {
	var valid, coming, over *Holding
	for _, p := range periods {
		h := Holding{First: p.First, Last: p.Last}
		switch state := p.On(d); {
		case p.Last != "" && p.Last < p.First, state == Over:
			if over == nil || h.Last > over.Last {
				h.State = Over
				over = &h
			}
		case state == NotYet:
			if coming == nil || h.First < coming.First {
				h.State = NotYet
				coming = &h
			}
		case valid == nil:
			h.State = Valid
			valid = &h
		default:
			valid.First = min(valid.First, h.First)
			if valid.Last == "" || h.Last == "" {
				valid.Last = ""
			} else {
				valid.Last = max(valid.Last, h.Last)
			}
		}
	}
	for _, h := range []*Holding{valid, coming, over} {
		if h != nil {
			return *h
		}
	}
	return Holding{}
}

// Reimbursable are the periods in which something may be prescribed and
// dispensed on reimbursement: by ForskrivesTilDato and by UtleveresTilDato
// (R4, R80).
type Reimbursable struct{ Prescribe, Dispense Period }

// ReimbursableByLink are those of a product's link.
func ReimbursableByLink(l *fest.ProductReimbursement) Reimbursable {
	return reimbursable(&l.ValidFromDate, l.PrescribeUntilDate, l.DispenseUntilDate)
}

// ReimbursableByCode are those of a diagnosis code of a group.
func ReimbursableByCode(c *fest.ReimbursementCode) Reimbursable {
	return reimbursable(&c.ValidFromDate, c.PrescribeUntilDate, c.DispenseUntilDate)
}

// And is where both hold: link and code must (R80).
func (r Reimbursable) And(s Reimbursable) Reimbursable {
	return Reimbursable{r.Prescribe.And(s.Prescribe), r.Dispense.And(s.Dispense)}
}

// reimbursable has UtleveresTilDato never be the earlier of the two (R4): where
// the data say so, what may be prescribed may be dispensed.
func reimbursable(from, prescribe, dispense *fest.Date) Reimbursable {
	r := Reimbursable{Through(from, prescribe), Through(from, dispense)}
	if r.Dispense.Last != "" && r.Dispense.Last < r.Prescribe.Last {
		r.Dispense.Last = r.Prescribe.Last
	}
	return r
}

// CodeRequired reports whether a group's reimbursement is by a diagnosis code:
// H-prescription is not (R88). A group that does not say so requires one if it
// has any.
func CodeRequired(g *fest.ReimbursementGroup) bool {
	required, ok := g.RequiresReimbursementCode.Bool()
	return required || !ok && len(g.ReimbursementCodes) > 0
}

// ReimbursementConditionOn is how a code's condition lies to a day: by its own
// dates, the last of which does not count (R3), within the code's (R92).
func ReimbursementConditionOn(c *fest.ReimbursementCondition, code *fest.ReimbursementCode, d Day) Holding {
	return Held([]Period{Before(&c.FromDate, c.ToDate).And(ReimbursableByCode(code).Dispense)}, d)
}

// ReimbursementKind is what a group's reimbursement is.
type ReimbursementKind string

// The kinds. More legal bases exist than the data show (list 7427).
const (
	PreApproved       ReimbursementKind = "preApproved"   // § 2
	HPrescription     ReimbursementKind = "hPrescription" // R88
	IndividualGrant   ReimbursementKind = "individual"    // § 3: by decision (R85)
	CommodityGroup    ReimbursementKind = "commodity"     // § 5 and § 6 (R130, R139)
	OtherReimbursable ReimbursementKind = "other"
)

// The codes of list 7427 that are known.
const (
	authorityPreApproved   = "200"
	authorityHPrescription = "950"
)

// listProductGroups is that of commodities (7403).
const listProductGroups = fest.OIDRoot + "7403"

// ReimbursementKindOf is a group's.
func ReimbursementKindOf(of *fest.Reimbursement, g *fest.ReimbursementGroup) ReimbursementKind {
	decision, _ := of.RequiresDecision.Bool()
	switch {
	case of.StatutoryAuthority.Code == authorityHPrescription:
		return HPrescription
	case of.StatutoryAuthority.Code == authorityPreApproved:
		return PreApproved
	case g.GroupNumber.System == listProductGroups:
		return CommodityGroup
	case decision:
		return IndividualGrant
	default:
		return OtherReimbursable
	}
}

// ProductsNotListed reports whether a group stands for itself, without products
// that link to it: magistral mixtures by its ATC code (R86), and, without one,
// whatever an individual decision is about (R85).
func ProductsNotListed(of *fest.Reimbursement) bool {
	linked, ok := of.RequiresProductLink.Bool()
	return ok && !linked
}

// The code systems of diagnoses (R89).
const (
	listICPC2    = fest.OIDRoot + "7170"
	listICPC2Own = fest.OIDRoot + "7434"
	listICD10    = fest.OIDRoot + "7435"
	listICD10Old = fest.OIDRoot + "7110"
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

// SameDiagnosis reports whether a code is the one that was asked for, in a
// system that [DiagnosisSystem] names. ICD-10 is written with a dot and
// without.
func SameDiagnosis(c *fest.CV, system, code string) bool {
	if DiagnosisSystem(c.System) != system {
		return false
	}
	if system == "ICD-10" {
		return strings.EqualFold(strings.ReplaceAll(c.Code, ".", ""), strings.ReplaceAll(code, ".", ""))
	}
	return strings.EqualFold(c.Code, code)
}

// Unreimbursed is what to say of a product without a link that holds: never a
// plain "not reimbursed", since individual reimbursement may apply (R84, INF).
const Unreimbursed = "no pre-approved or H-prescription reimbursement is stated in FEST; individual reimbursement (§ 3) and § 4 may still apply"
