package answer

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// Holding is how something holds on the day, and from and to which day.
type Holding struct {
	// State is valid, notYet, over, or notStated: FEST has no code, where one is
	// required.
	State HoldingState `json:"state"`
	First rules.Day    `json:"firstDay,omitempty"`
	Last  rules.Day    `json:"lastDay,omitempty"`
}

// HoldingState is a [rules.Validity], or notStated.
type HoldingState string

// HoldingNotStated is that of what FEST has no dates for.
const HoldingNotStated HoldingState = "notStated"

func holdingOf(h rules.Holding) Holding {
	if h.State == "" {
		return Holding{State: HoldingNotStated}
	}
	return Holding{HoldingState(h.State), h.First, h.Last}
}

// valid reports whether it holds on the day.
func (h *Holding) valid() bool { return h.State == HoldingState(rules.Valid) }

// ReimbursementGroup is what a reimbursement group gives on the day, to what
// was asked about. Of a group that the release has not, only the reference is
// there.
type ReimbursementGroup struct {
	Reference
	Kind rules.ReimbursementKind `json:"kind,omitempty"`
	// Restriction says to people who may use it at all (R88).
	Restriction        string `json:"restriction,omitempty"`
	StatutoryAuthority *Code  `json:"statutoryAuthority,omitempty"`
	GroupNumber        *Code  `json:"groupNumber,omitempty"`
	ATC                *Code  `json:"atc,omitempty"`
	// Match is how the group's ATC code lies to the one asked for.
	Match ATCMatch `json:"atcMatch,omitempty"`
	Use   string   `json:"reimbursableUse,omitempty"`
	// What the group requires; absent is not stated.
	RequiresCode     *bool `json:"requiresReimbursementCode,omitempty"`
	RequiresLink     *bool `json:"requiresProductLink,omitempty"`
	RequiresDecision *bool `json:"requiresDecision,omitempty"`
	// Prescribing and Dispensing are two answers (R4). Those of a generic are by
	// its own link; for dispensing the package decides (R83).
	Prescribing *Holding `json:"prescribing,omitempty"`
	Dispensing  *Holding `json:"dispensing,omitempty"`
	// EveryCodeOf is the code list of which every code is valid (R85); the
	// group's own are then left out.
	EveryCodeOf string              `json:"everyCodeOf,omitempty"`
	Codes       []ReimbursementCode `json:"codes,omitzero"`
	// Conditions are those of the group (R92).
	Conditions []ConditionOn `json:"conditions,omitempty"`
	// Packages are those of a generic that link to the group (R83); Products
	// those of a diagnosis.
	Packages []ProductOn `json:"packages,omitzero"`
	Products []ProductOn `json:"products,omitzero"`
}

// ReimbursementCode is a diagnosis code of a group.
type ReimbursementCode struct {
	Code   string `json:"code"`
	System string `json:"system,omitempty"`
	// Classification is ICPC-2 or ICD-10 (R89); "" for another list.
	Classification string `json:"classification,omitempty"`
	// Display is what is stored; Text what a prescriber's screen shows (R90). A
	// dispenser is given neither (R91).
	Display     string  `json:"display,omitempty"`
	Text        string  `json:"text,omitempty"`
	Prescribing Holding `json:"prescribing"`
	Dispensing  Holding `json:"dispensing"`
	// Conditions are those of the code that hold on the day, or will (R92).
	Conditions []ConditionOn `json:"conditions,omitempty"`
}

// ConditionOn is a condition on something; what it says stands in conditions
// of the answer, once.
type ConditionOn struct {
	Reference
	// Holding is left out of those of a group, which hold as the group does.
	*Holding
}

// ProductOn is a product that links to a group, and how that holds.
type ProductOn struct {
	Reference
	Prescribing Holding `json:"prescribing"`
	Dispensing  Holding `json:"dispensing"`
}

// hospitalOnly is who may prescribe on H-prescription (R88).
const hospitalOnly = "only hospital doctors and contracted specialists"

// reimbursement composes an answer: it collects the conditions and the rules.
type reimbursement struct {
	*Register
	basis      Basis
	audience   Audience
	brief      bool // groups without their codes and conditions
	conditions []Condition
	seen       map[fest.Ref]bool // conditions, shown (true) or for others (false)
}

func (r *Register) reimbursement(a Audience) *reimbursement {
	x := &reimbursement{Register: r, audience: a, seen: map[fest.Ref]bool{}, conditions: []Condition{}}
	if a == AudienceDispenser {
		x.cite("R91")
	}
	return x
}

func (x *reimbursement) cite(cited ...string) { x.Cite(&x.basis, cited...) }

// head is what a group says of itself.
func (x *reimbursement) head(g Group) ReimbursementGroup {
	out := headOf(x.Register, g)
	if out.Restriction != "" {
		x.cite("R88")
	}
	return out
}

func headOf(r *Register, g Group) ReimbursementGroup {
	out := ReimbursementGroup{
		Reference: r.Reference(g), Kind: rules.ReimbursementKindOf(g.Of, g.ReimbursementGroup),
		StatutoryAuthority: CodeOf(&g.Of.StatutoryAuthority), GroupNumber: CodeOf(&g.GroupNumber), ATC: CodeOf(g.Atc), Use: TextOf(g.ReimbursableUse),
		RequiresCode: boolOf(g.RequiresReimbursementCode), RequiresLink: boolOf(g.Of.RequiresProductLink), RequiresDecision: boolOf(g.Of.RequiresDecision),
	}
	if out.Kind == rules.HPrescription {
		out.Restriction = hospitalOnly
	}
	return out
}

// boolOf is a boolean of an entry; nil is not stated.
func boolOf(b fest.Boolean) *bool {
	value, ok := b.Bool()
	if !ok {
		return nil
	}
	return &value
}

// open is what holds always: the place of a link where there is none.
var open = []rules.Reimbursable{{}}

// on is a group on the day, by the links of a product to it (R80).
func (x *reimbursement) on(g Group, links []rules.Reimbursable) ReimbursementGroup {
	x.cite("R80", "R4")
	out := x.head(g)
	prescribing, dispensing := x.holdings(g, links, false)
	out.Prescribing, out.Dispensing = &prescribing, &dispensing
	if x.brief {
		return out
	}
	out.Codes = []ReimbursementCode{}
	for i := range g.ReimbursementCodes {
		out.Codes = append(out.Codes, x.code(&g.ReimbursementCodes[i], links))
	}
	out.Conditions = x.groupConditions(g)
	return out
}

// groupConditions are the conditions on a group (R92).
func (x *reimbursement) groupConditions(g Group) []ConditionOn {
	var out []ConditionOn
	for _, ref := range g.ReimbursementGroup.Conditions {
		if x.shows(ref) {
			x.cite("R92")
			out = append(out, ConditionOn{x.ReferenceTo(fest.ResourceConditions, ref), nil})
		}
	}
	return out
}

// holdings are those of links and codes together, or of the links alone where
// the group requires no code (R88) and none was asked for.
func (x *reimbursement) holdings(g Group, links []rules.Reimbursable, byCode bool) (prescribing, dispensing Holding) {
	all := links
	if byCode || rules.CodeRequired(g.ReimbursementGroup) {
		all = nil
		for i := range g.ReimbursementCodes {
			code := rules.ReimbursableByCode(&g.ReimbursementCodes[i])
			for _, l := range links {
				all = append(all, code.And(l))
			}
		}
	}
	return x.held(all)
}

func (x *reimbursement) held(all []rules.Reimbursable) (prescribing, dispensing Holding) {
	p, d := make([]rules.Period, len(all)), make([]rules.Period, len(all))
	for i := range all {
		p[i], d[i] = all[i].Prescribe, all[i].Dispense
	}
	return holdingOf(rules.Held(p, x.day)), holdingOf(rules.Held(d, x.day))
}

func (x *reimbursement) code(c *fest.ReimbursementCode, links []rules.Reimbursable) ReimbursementCode {
	out := ReimbursementCode{Code: c.Code.Code, Classification: rules.DiagnosisSystem(c.Code.System), Text: rules.DiagnosisText(c, x.audience == AudienceDispenser)}
	if c.Code.System != "" {
		out.System = urn + c.Code.System
	}
	if x.audience != AudienceDispenser {
		out.Display = c.Code.Display
	}
	if out.Text != out.Display {
		x.cite("R90")
	}
	own := rules.ReimbursableByCode(c)
	all := make([]rules.Reimbursable, len(links))
	for i := range links {
		all[i] = own.And(links[i])
	}
	out.Prescribing, out.Dispensing = x.held(all)
	for i := range c.ReimbursementConditions {
		rc := &c.ReimbursementConditions[i]
		h := rules.ReimbursementConditionOn(rc, c, x.day)
		if h.State == rules.Over || !x.shows(rc.Condition) {
			continue
		}
		x.cite("R92", "R3")
		holding := holdingOf(h)
		out.Conditions = append(out.Conditions, ConditionOn{x.ReferenceTo(fest.ResourceConditions, rc.Condition), &holding})
	}
	return out
}

// shows reports whether a condition is for the audience, and notes it for the
// answer's list.
func (x *reimbursement) shows(ref fest.Ref) bool {
	if shown, seen := x.seen[ref]; seen {
		return shown
	}
	if c, ok := x.Condition(ref); ok && !x.audience.sees(c) {
		x.cite("R72")
		x.seen[ref] = false
		return false
	}
	x.seen[ref] = true
	x.conditions = append(x.conditions, x.ConditionOf(ref))
	return true
}

// hidden counts the conditions that are for others.
func (x *reimbursement) hidden() int {
	n := 0
	for _, shown := range x.seen {
		if !shown {
			n++
		}
	}
	return n
}
