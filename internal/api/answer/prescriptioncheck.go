package answer

import (
	"strings"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// PrescriptionQuestion is a list of prescriptions to check, as at renewal.
type PrescriptionQuestion struct {
	Lines []PrescriptionLine
	// Audience is a code of list 7442; "" is all (R126).
	Audience string
	// KnownSince is the HentetDato since which it can be known that something
	// was there (R26).
	KnownSince string
}

// PrescriptionLine is one prescription.
type PrescriptionLine struct {
	Line
	// Day is the one that it is checked as of; "" is the register's.
	Day rules.Day
	Sex rules.Sex
	// Problem is why the line cannot be looked up. It is answered in its place:
	// no line is the failure of the whole.
	Problem *LineProblem
}

// LineProblem is what is wrong with a line, and what would be right.
type LineProblem struct {
	Pointer  string   `json:"pointer"`
	Detail   string   `json:"detail"`
	Value    string   `json:"value,omitempty"`
	Expected string   `json:"expected,omitempty"`
	Known    []string `json:"known,omitempty"`
}

// States of a prescription beside those of any line.
const (
	// LineInvalid cannot be looked up; Problem says why.
	LineInvalid LineState = "invalid"
	// LineNoMedicine is in FEST, and nothing that is prescribed.
	LineNoMedicine LineState = "noMedicine"
)

// PrescriptionCheck is the answer: as many lines as were asked, in their order.
type PrescriptionCheck struct {
	Audience string `json:"audience,omitempty"`
	// Counts are how many lines have which state.
	Counts map[LineState]int     `json:"counts"`
	Lines  []CheckedPrescription `json:"lines"`
}

// CheckedPrescription is a line with what a renewal needs to know.
type CheckedPrescription struct {
	Line  int          `json:"line"` // from 0
	Input Line         `json:"input"`
	Date  rules.Day    `json:"date,omitempty"`
	Sex   string       `json:"sex,omitempty"`
	State LineState    `json:"state"`
	Error *LineProblem `json:"problem,omitempty"`
	// TakenAs is what the line names.
	TakenAs *Reference `json:"takenAs,omitempty"`
	// OutgoingItemNumber: the item number is the package's old one (R18).
	OutgoingItemNumber bool `json:"outgoingItemNumber,omitempty"`
	// Choices are the things that have the number, where those are several.
	Choices []Reference `json:"choices,omitempty"`
	// Removed is said of what is gone, and of an entry id that was replaced:
	// removed is not withdrawn (R25).
	Removed *Gone `json:"removed,omitempty"`
	// Successors are what may be prescribed in the place of what is gone, the
	// likeliest first.
	Successors []PrescriptionSuccessor `json:"rankedSuccessors,omitempty"`
	// KnownSince says of what is unknown since when that can be known (R26).
	KnownSince string `json:"knownSince,omitempty"`
	// Generics are what a brand is converted to, also at renewal (R59, R60).
	Generics []Reference `json:"generics,omitempty"`
	// Facts are those of a medicine, Commodity those of a commodity.
	Facts     *SheetFacts          `json:"medicine,omitempty"`
	Commodity *PrescribedCommodity `json:"commodity,omitempty"`
}

// PrescribedCommodity is what a renewal needs to know of a commodity (R130,
// R131, R139).
type PrescribedCommodity struct {
	Name string `json:"name"`
	// Prescribable: single items are shown, groups are prescribed.
	Prescribable  Verdict           `json:"prescribable"`
	ProductGroups []PrescribedGroup `json:"productGroups"`
	Reimbursement Reimbursement     `json:"reimbursement"`
}

// PrescribedGroup is a product group (list 7403) that a commodity hangs on.
type PrescribedGroup struct {
	Code
	LegalBasis   string `json:"legalBasis,omitempty"`
	Prescribable bool   `json:"prescribable"`
}

// prescribing is a check under way: registers of the days that its lines are
// of share what was decoded, and lines of one thing what was found of it.
type prescribing struct {
	*Register
	question *PrescriptionQuestion
	days     map[rules.Day]*Register
	facts    map[factsKey]*SheetFacts
}

type factsKey struct {
	resource fest.Resource
	id       string
	day      rules.Day
	sex      rules.Sex
}

// CheckPrescriptions answers each line by itself.
func (r *Register) CheckPrescriptions(q *PrescriptionQuestion) PrescriptionCheck {
	c := prescribing{r, q, map[rules.Day]*Register{r.day: r}, map[factsKey]*SheetFacts{}}
	out := PrescriptionCheck{Audience: rules.AudienceName(q.Audience), Counts: map[LineState]int{}, Lines: make([]CheckedPrescription, len(q.Lines))}
	for i := range q.Lines {
		out.Lines[i] = c.check(i, &q.Lines[i])
		out.Counts[out.Lines[i].State]++
	}
	for _, on := range c.days {
		if r.err == nil {
			r.err = on.err
		}
	}
	return out
}

// on is a register of another day that shares what was decoded.
func (c *prescribing) on(day rules.Day) *Register {
	if day == "" {
		return c.Register
	}
	if r, ok := c.days[day]; ok {
		return r
	}
	r := *c.Register
	r.day, r.err = day, nil
	c.days[day] = &r
	return &r
}

func (c *prescribing) check(n int, in *PrescriptionLine) CheckedPrescription {
	out := CheckedPrescription{Line: n, Input: in.Line, Sex: rules.SexName(in.Sex), State: LineInvalid, Error: in.Problem}
	if in.Problem != nil {
		return out
	}
	r := c.on(in.Day)
	f := r.look(&in.Line)
	out.State, out.Date, out.Removed = f.state, r.day, f.gone
	switch f.state {
	case LineSeveral:
		out.Choices = f.items
		return out
	case LineFound, LineRemoved:
	case LineUnknown, LineNotInFEST, LineInvalid, LineNoMedicine:
		out.KnownSince = c.question.KnownSince
		return out
	}
	if len(f.items) > 0 {
		out.TakenAs = &f.items[0]
	}
	if f.state == LineRemoved {
		out.Successors = r.prescriptionSuccessors(&f)
		return out
	}
	c.found(r, in, f.objects, &out)
	return out
}

// found adds what is known of something in FEST.
func (c *prescribing) found(r *Register, in *PrescriptionLine, objects []any, out *CheckedPrescription) {
	if len(objects) == 0 { // it could not be decoded; the register's error says why
		out.State = LineUnknown
		return
	}
	if commodity := commodityOf(objects[0]); commodity != nil {
		out.Commodity = r.prescribedCommodity(commodity, c.question.Audience)
		return
	}
	key := factsKey{out.TakenAs.Resource, out.TakenAs.ID, r.day, in.Sex}
	s, ok := r.sheetSubjectOf(objects[0], *out.TakenAs)
	if !ok {
		out.State = LineNoMedicine
		return
	}
	for _, g := range s.generics {
		out.Generics = append(out.Generics, r.Reference(g))
	}
	if s.pack != nil && in.ItemNumber != "" {
		out.OutgoingItemNumber = strings.TrimSpace(in.ItemNumber) != string(s.pack.ItemNumber)
	}
	if out.Facts = c.facts[key]; out.Facts == nil {
		facts := r.sheetFacts(s, SheetQuestion{Audience: c.question.Audience, Sex: in.Sex})
		out.Facts, c.facts[key] = &facts, &facts
	}
}

// prescribedCommodity gathers what is known of a commodity.
func (r *Register) prescribedCommodity(o *fest.Commodity, audience string) *PrescribedCommodity {
	c := &PrescribedCommodity{
		Name: string(o.Name), ProductGroups: []PrescribedGroup{},
		Prescribable: r.VerdictOf(rules.Answer{Value: rules.No, Reason: "single-item", Rules: []string{"R131"}}),
	}
	var links []fest.ProductReimbursement
	if o.Reimbursement != nil {
		links = append(links, *o.Reimbursement)
	}
	c.Reimbursement = r.commodityReimbursement(o, audience)
	for i := range links {
		for _, id := range links[i].ReimbursementGroups {
			g, ok := r.ReimbursementGroup(id)
			code := Code{}
			if ok {
				if number := CodeOf(&g.GroupNumber); number != nil {
					code = *number
				}
			}
			if code.Code == "" {
				continue
			}
			c.ProductGroups = append(c.ProductGroups, PrescribedGroup{
				Code: code, LegalBasis: rules.LegalBasis(code.Code), Prescribable: rules.CommodityPrescribable(code.Code, r.structuredTypes(g.Conditions)),
			})
		}
	}
	return c
}

// structuredTypes are the types of the structured conditions among conditions.
func (r *Register) structuredTypes(conditions []fest.Ref) []string {
	var types []string
	for _, id := range conditions {
		if o, ok := r.Condition(id); ok {
			for i := range o.StructuredConditions {
				types = append(types, o.StructuredConditions[i].Type.Code)
			}
		}
	}
	return types
}
