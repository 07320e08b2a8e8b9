package answer

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// The states of a product's reimbursement on a day; none is a plain "not
// reimbursed" (R84).
const (
	sheetReimbursedPrescribe  = "prescribable"    // a link and a code hold for prescribing
	sheetReimbursedDispense   = "dispensableOnly" // for dispensing only
	sheetReimbursedNotOnDay   = "notOnDay"        // there are links; none holds on the day
	sheetReimbursedNoneStated = "noneStated"      // FEST states none (R84)
)

// SheetReimbursement are the reimbursement groups of a product and the codes
// that hold on the day (R80–R92).
type SheetReimbursement struct {
	State string `json:"state"`
	// Note says what may still apply, where nothing holds (R84).
	Note   string                    `json:"note,omitempty"`
	Groups []SheetReimbursementGroup `json:"reimbursementGroups"`
	Basis
}

// SheetReimbursementGroup is a group that the product is linked to.
type SheetReimbursementGroup struct {
	Reference
	// InRelease is false where the release has not the group: then nothing
	// more is known of it.
	InRelease   bool   `json:"inRelease"`
	LegalBasis  *Code  `json:"statutoryAuthority,omitempty"`
	GroupNumber *Code  `json:"groupNumber,omitempty"`
	Use         string `json:"reimbursableUse,omitempty"`
	// RequiresCode and RequiresDecision are "yes", "no" or "unknown".
	RequiresCode     rules.Tristate `json:"requiresReimbursementCode"`
	RequiresDecision rules.Tristate `json:"requiresDecision"`
	// SheetReimbursed is the link's, with no code.
	SheetReimbursed
	// Codes are those that hold on the day for prescribing or dispensing;
	// OtherCodes is how many do not.
	Codes      []SheetReimbursementCode `json:"reimbursementCodes"`
	OtherCodes int                      `json:"otherCodes"`
	// Conditions are those of the group (H-prescription, R92).
	Conditions []SheetCondition `json:"conditions,omitempty"`
}

// SheetReimbursed is how something holds: prescribing and dispensing apart
// (R4).
type SheetReimbursed struct {
	Prescribe      rules.Validity `json:"prescribe,omitempty"`
	Dispense       rules.Validity `json:"dispense,omitempty"`
	From           rules.Day      `json:"firstDay,omitempty"`
	PrescribeUntil rules.Day      `json:"lastDayToPrescribe,omitempty"`
	DispenseUntil  rules.Day      `json:"lastDayToDispense,omitempty"`
}

// SheetReimbursementCode is a code with the link (R80).
type SheetReimbursementCode struct {
	Code   string `json:"code"`
	System string `json:"system,omitempty"`
	// DiagnosisSystem is ICPC-2 or ICD-10 (R89).
	DiagnosisSystem string `json:"diagnosisSystem,omitempty"`
	// Text is the sub-term, else the display (R90); not for pharmacies (R91).
	Text string `json:"text,omitempty"`
	SheetReimbursed
	Conditions []SheetCondition `json:"conditions,omitempty"`
}

// audiencePharmacy is a dispenser's, by list 7442 (R91).
const audiencePharmacy = "4"

func (r *Register) sheetReimbursement(links []fest.ProductReimbursement, audience string) SheetReimbursement {
	s := SheetReimbursement{State: sheetReimbursedNoneStated, Groups: []SheetReimbursementGroup{}, Basis: r.Basis("R80", "R89", "R90", "R92")}
	if audience == audiencePharmacy {
		r.Cite(&s.Basis, "R91")
	}
	for i := range links {
		for _, id := range links[i].ReimbursementGroups {
			g := r.sheetReimbursementGroup(&links[i], id, audience)
			s.Groups = append(s.Groups, g)
			s.State = better(s.State, stateOf(&g))
		}
	}
	if s.State == sheetReimbursedPrescribe || s.State == sheetReimbursedDispense {
		return s
	}
	if r.Cite(&s.Basis, "R84"); r.On("R84") {
		s.Note = rules.Unreimbursed
	}
	return s
}

// better is the state that says more of two.
func better(a, b string) string {
	for _, s := range []string{sheetReimbursedPrescribe, sheetReimbursedDispense, sheetReimbursedNotOnDay} {
		if a == s || b == s {
			return s
		}
	}
	return a
}

// stateOf is what one group makes of the state.
func stateOf(g *SheetReimbursementGroup) string {
	state := sheetReimbursedNotOnDay
	add := func(h *SheetReimbursed) {
		switch {
		case h.Prescribe == rules.Valid:
			state = better(state, sheetReimbursedPrescribe)
		case h.Dispense == rules.Valid:
			state = better(state, sheetReimbursedDispense)
		}
	}
	if g.InRelease && g.RequiresCode == rules.No && len(g.Codes) == 0 && g.OtherCodes == 0 {
		add(&g.SheetReimbursed)
	}
	for i := range g.Codes {
		add(&g.Codes[i].SheetReimbursed)
	}
	return state
}

func (r *Register) sheetReimbursementGroup(link *fest.ProductReimbursement, id fest.Ref, audience string) SheetReimbursementGroup {
	o := SheetReimbursementGroup{
		Reference: r.ReferenceTo(fest.ResourceReimbursements, id), RequiresCode: rules.Unknown, RequiresDecision: rules.Unknown,
		SheetReimbursed: sheetReimbursed(rules.ReimbursedOn(link, nil, r.day)), Codes: []SheetReimbursementCode{},
	}
	g, ok := r.ReimbursementGroup(id)
	if !ok {
		return o
	}
	o.InRelease = true
	o.LegalBasis, o.GroupNumber, o.Use = CodeOf(&g.Of.StatutoryAuthority), CodeOf(&g.GroupNumber), TextOf(g.ReimbursableUse)
	o.RequiresCode, o.RequiresDecision = tristate(g.RequiresReimbursementCode), tristate(g.Of.RequiresDecision)
	for _, c := range g.Conditions {
		o.Conditions = append(o.Conditions, r.sheetCondition(c))
	}
	for i := range g.ReimbursementCodes {
		c := &g.ReimbursementCodes[i]
		h := rules.ReimbursedOn(link, c, r.day)
		if h.Prescribe != rules.Valid && h.Dispense != rules.Valid {
			o.OtherCodes++
			continue
		}
		code := SheetReimbursementCode{
			Code: c.Code.Code, DiagnosisSystem: rules.DiagnosisSystem(c.Code.System), Text: rules.DiagnosisText(c, audience == audiencePharmacy), SheetReimbursed: sheetReimbursed(h),
		}
		if c.Code.System != "" {
			code.System = urn + c.Code.System
		}
		for k := range c.ReimbursementConditions {
			if rc := &c.ReimbursementConditions[k]; rules.ReimbursementConditionOn(rc, c, r.day) == rules.Valid {
				code.Conditions = append(code.Conditions, r.sheetCondition(rc.Condition))
			}
		}
		o.Codes = append(o.Codes, code)
	}
	return o
}

func sheetReimbursed(h rules.Reimbursed) SheetReimbursed {
	return SheetReimbursed{h.Prescribe, h.Dispense, h.From, h.PrescribeUntil, h.DispenseUntil}
}

// tristate is a boolean of FEST; what is none is unknown.
func tristate(b fest.Boolean) rules.Tristate {
	switch v, ok := b.Bool(); {
	case !ok:
		return rules.Unknown
	case v:
		return rules.Yes
	default:
		return rules.No
	}
}
