package reference

import (
	"slices"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Reimbursement is what FEST states of a product's reimbursement on a day
// (R80–R93).
type Reimbursement struct {
	// State is stated (a group holds on the day, for prescribing or
	// dispensing), otherDays, unknownGroup or noneStated.
	State string
	// Prescribable are the kinds of the groups that hold for prescribing.
	Prescribable []string
	Groups       map[string]ReimbursedGroup
	// Individual are the collective groups without a list of products (R85).
	Individual []string
}

// ReimbursedGroup is a group that a product links to, or that stands for
// itself.
type ReimbursedGroup struct {
	Kind                string
	Prescribe, Dispense Holding
	Codes               []ReimbursedCode
	// Conditions are those of the group.
	Conditions []string
}

// ReimbursedCode is a diagnosis code of a group.
type ReimbursedCode struct {
	System, Code        string
	Prescribe, Dispense Holding
	// Conditions are those of the code that hold on the day, or will.
	Conditions []string
}

// Holding is how something holds on a day: valid, notYet, over or notStated;
// from and to which day that is, "" being open.
type Holding struct{ State, From, Until string }

// span is from when to when something holds; zero ends are open.
type span struct{ from, until time.Time }

// both is where two spans hold.
func (s span) both(o span) span {
	if s.from.Before(o.from) {
		s.from = o.from
	}
	if s.until.IsZero() || !o.until.IsZero() && o.until.Before(s.until) {
		s.until = o.until
	}
	return s
}

func (s span) never() bool { return !s.until.IsZero() && s.until.Before(s.from) }

// spans are those of prescribing and dispensing: of a date to prescribe until
// and one to dispense until, which is never the earlier (R4).
func spans(from fest.Date, prescribe, dispense *fest.Date) (p, d span) {
	p.from, _ = dayOf(&from)
	d.from = p.from
	p.until, _ = dayOf(prescribe)
	d.until, _ = dayOf(dispense)
	if !d.until.IsZero() && d.until.Before(p.until) {
		d.until = p.until
	}
	return p, d
}

// held is how the best of some spans holds on a day.
func held(all []span, day string) Holding {
	d := at(day)
	var valid, coming, over []span
	for _, s := range all {
		switch {
		case s.never():
			over = append(over, s)
		case d.Before(s.from):
			coming = append(coming, s)
		case !s.until.IsZero() && d.After(s.until):
			over = append(over, s)
		default:
			valid = append(valid, s)
		}
	}
	text := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format("2006-01-02")
	}
	switch {
	case len(all) == 0:
		return Holding{State: "notStated"}
	case len(valid) > 0:
		best := valid[0]
		for _, s := range valid {
			if s.from.Before(best.from) {
				best.from = s.from
			}
			if s.until.IsZero() || !best.until.IsZero() && s.until.After(best.until) {
				best.until = s.until
			}
		}
		return Holding{"valid", text(best.from), text(best.until)}
	case len(coming) > 0:
		first := coming[0]
		for _, s := range coming {
			if s.from.Before(first.from) {
				first = s
			}
		}
		return Holding{"notYet", text(first.from), text(first.until)}
	default:
		last := over[0]
		for _, s := range over {
			if s.until.After(last.until) {
				last = s
			}
		}
		return Holding{"over", text(last.from), text(last.until)}
	}
}

// kindOf is what a group's reimbursement is.
func kindOf(of *fest.Reimbursement, g *fest.ReimbursementGroup) string {
	switch {
	case of.StatutoryAuthority.Code == "950": // R88
		return "hPrescription"
	case of.StatutoryAuthority.Code == "200":
		return "preApproved"
	case strings.HasSuffix(g.GroupNumber.System, ".7403"): // R130
		return "commodity"
	case of.RequiresDecision == "true" || of.RequiresDecision == "1": // R85
		return "individual"
	default:
		return "other"
	}
}

// groupOn is a group on a day by some links; without any, by its codes alone.
func groupOn(of *fest.Reimbursement, g *fest.ReimbursementGroup, links []fest.ProductReimbursement, alone bool, day string) ReimbursedGroup {
	out := ReimbursedGroup{Kind: kindOf(of, g)}
	for _, ref := range g.Conditions {
		out.Conditions = append(out.Conditions, string(ref))
	}
	var linkP, linkD []span
	for i := range links {
		p, d := spans(links[i].ValidFromDate, links[i].PrescribeUntilDate, links[i].DispenseUntilDate)
		linkP, linkD = append(linkP, p), append(linkD, d)
	}
	if alone {
		linkP, linkD = []span{{}}, []span{{}}
	}
	var allP, allD []span
	for i := range g.ReimbursementCodes {
		c := &g.ReimbursementCodes[i]
		p, d := spans(c.ValidFromDate, c.PrescribeUntilDate, c.DispenseUntilDate)
		var codeP, codeD []span
		for k := range linkP {
			codeP, codeD = append(codeP, p.both(linkP[k])), append(codeD, d.both(linkD[k]))
		}
		allP, allD = append(allP, codeP...), append(allD, codeD...)
		code := ReimbursedCode{System: c.Code.System, Code: c.Code.Code, Prescribe: held(codeP, day), Dispense: held(codeD, day)}
		for k := range c.ReimbursementConditions {
			rc := &c.ReimbursementConditions[k]
			var own span
			own.from, _ = dayOf(&rc.FromDate)
			if until, ok := dayOf(rc.ToDate); ok {
				own.until = until.AddDate(0, 0, -1) // R3
			}
			if state := held([]span{own.both(d)}, day).State; state != "over" {
				code.Conditions = append(code.Conditions, string(rc.Condition)+" "+state)
			}
		}
		out.Codes = append(out.Codes, code)
	}
	required := g.RequiresReimbursementCode != "false" && g.RequiresReimbursementCode != "0"
	if required && (len(g.ReimbursementCodes) > 0 || g.RequiresReimbursementCode == "true" || g.RequiresReimbursementCode == "1") {
		out.Prescribe, out.Dispense = held(allP, day), held(allD, day)
	} else {
		out.Prescribe, out.Dispense = held(linkP, day), held(linkD, day)
	}
	return out
}

// Reimbursed answers for what has the links. medicine says that individual
// reimbursement may be applied for.
func (r *Register) Reimbursed(links []fest.ProductReimbursement, medicine bool, day string) Reimbursement {
	out := Reimbursement{State: "noneStated", Groups: map[string]ReimbursedGroup{}}
	byGroup := map[string][]fest.ProductReimbursement{}
	for i := range links {
		for _, ref := range links[i].ReimbursementGroups {
			byGroup[string(ref)] = append(byGroup[string(ref)], links[i])
		}
	}
	for _, e := range r.byClass[fest.ClassReimbursement] {
		of, ok := e.Object.(*fest.Reimbursement)
		if !ok || !medicine || !no(of.RequiresProductLink) {
			continue
		}
		for i := range of.ReimbursementGroups {
			if g := &of.ReimbursementGroups[i]; (g.Atc == nil || g.Atc.Code == "") && kindOf(of, g) == "individual" {
				out.Individual = append(out.Individual, string(g.ID))
			}
		}
	}
	stated, unknown := false, false
	for id, own := range byGroup {
		of, group := r.reimbursementGroup(id)
		if group == nil {
			unknown = true
			out.Groups[id] = ReimbursedGroup{}
			continue
		}
		g := groupOn(of, group, own, false, day)
		out.Groups[id] = g
		stated = stated || g.Prescribe.State == "valid" || g.Dispense.State == "valid"
		if g.Prescribe.State == "valid" && !slices.Contains(out.Prescribable, g.Kind) {
			out.Prescribable = append(out.Prescribable, g.Kind)
		}
	}
	slices.Sort(out.Prescribable)
	switch {
	case stated:
		out.State = "stated"
	case unknown:
		out.State = "unknownGroup"
	case len(byGroup) > 0:
		out.State = "otherDays"
	}
	return out
}

func no(b fest.Boolean) bool { return b == "false" || b == "0" }

// GroupsOfATC are the groups of an ATC code on a day, by their codes alone:
// whose code it is, lies below it, or above it (R111).
func (r *Register) GroupsOfATC(code, day string) map[string]ReimbursedGroup {
	out := map[string]ReimbursedGroup{}
	for _, e := range r.byClass[fest.ClassReimbursement] {
		of, ok := e.Object.(*fest.Reimbursement)
		if !ok {
			continue
		}
		for i := range of.ReimbursementGroups {
			g := &of.ReimbursementGroups[i]
			if g.Atc == nil || g.Atc.Code == "" {
				continue
			}
			if own := strings.ToUpper(g.Atc.Code); own == code || isBelow(own, code) || isBelow(code, own) {
				out[string(g.ID)] = groupOn(of, g, nil, true, day)
			}
		}
	}
	return out
}

// isBelow reports whether an ATC code is below another one, which is of a
// level above the fifth.
func isBelow(code, group string) bool {
	digits := len(group)
	if strings.HasPrefix(group, "Q") || strings.HasPrefix(group, "Z") {
		digits--
	}
	return (digits == 1 || digits == 3 || digits == 4 || digits == 5) && len(code) > len(group) && strings.HasPrefix(code, group)
}

// DiagnosedGroup is what a diagnosis code gives the right to, by one group.
type DiagnosedGroup struct {
	Codes []ReimbursedCode
	// Products are those whose link and a code hold on the day, for prescribing
	// or dispensing: resource and id, with both states.
	Products []string
}

// Diagnosed answers what a diagnosis code of ICPC-2 or ICD-10 gives the right
// to on a day (R89). ICD-10 codes are compared without their dot.
func (r *Register) Diagnosed(icpc2 bool, code, day string) map[string]DiagnosedGroup {
	same := func(c *fest.CV) bool {
		switch c.System[strings.LastIndexByte(c.System, '.')+1:] {
		case "7170", "7434":
			return icpc2 && strings.EqualFold(c.Code, code)
		case "7435", "7110":
			return !icpc2 && strings.EqualFold(strings.ReplaceAll(c.Code, ".", ""), strings.ReplaceAll(code, ".", ""))
		}
		return false
	}
	out := map[string]DiagnosedGroup{}
	for _, e := range r.byDiagnosis[plainDiagnosis(code)] {
		of, ok := e.Object.(*fest.Reimbursement)
		if !ok {
			continue
		}
		for i := range of.ReimbursementGroups {
			g := of.ReimbursementGroups[i]
			g.ReimbursementCodes = nil
			for k := range of.ReimbursementGroups[i].ReimbursementCodes {
				if c := &of.ReimbursementGroups[i].ReimbursementCodes[k]; same(&c.Code) {
					g.ReimbursementCodes = append(g.ReimbursementCodes, *c)
				}
			}
			if len(g.ReimbursementCodes) == 0 {
				continue
			}
			g.RequiresReimbursementCode = "true" // it is asked for by its code
			d := DiagnosedGroup{Codes: groupOn(of, &g, nil, true, day).Codes}
			for _, p := range r.referring(fest.Ref(g.ID)) {
				links, resource := linksOf(p)
				var own []fest.ProductReimbursement
				for k := range links {
					if slices.Contains(links[k].ReimbursementGroups, fest.Ref(g.ID)) {
						own = append(own, links[k])
					}
				}
				if len(own) == 0 {
					continue
				}
				on := groupOn(of, &g, own, false, day)
				if on.Prescribe.State == "valid" || on.Dispense.State == "valid" {
					d.Products = append(d.Products, strings.Join([]string{resource, p.Items()[0].Key, on.Prescribe.State, on.Dispense.State}, " "))
				}
			}
			slices.Sort(d.Products)
			out[string(g.ID)] = d
		}
	}
	return out
}

// linksOf are the links of an entry that may have some, and its resource.
func linksOf(e *fest.Entry) ([]fest.ProductReimbursement, string) {
	one := func(r *fest.ProductReimbursement) ([]fest.ProductReimbursement, string) {
		if r == nil {
			return nil, ""
		}
		return []fest.ProductReimbursement{*r}, "commodities"
	}
	switch o := e.Object.(type) {
	case *fest.Package:
		return o.Reimbursements, "packages"
	case *fest.Generic:
		return o.Reimbursements, "generics"
	case *fest.Ingredient:
		return o.Reimbursements, "ingredients"
	case *fest.BreastProsthesis:
		return one(o.Reimbursement)
	case *fest.MedicalConsumable:
		return one(o.Reimbursement)
	case *fest.Nutrient:
		return one(o.Reimbursement)
	}
	return nil, ""
}
