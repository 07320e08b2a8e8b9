package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Prescribable says whether an object may be prescribed and dispensed on a
// day: yes, no, or unknown (R49–R53, R62, R66).
func (s *Sheet) Prescribable(object any, day string) (prescribe, dispense string) {
	if p, ok := object.(*fest.Package); ok {
		return s.packagePrescribable(p, day)
	}
	packs := s.packagesOf(object)
	if len(packs) == 0 {
		return "unknown", "unknown"
	}
	prescribe, dispense = "no", "no"
	if g, ok := object.(*fest.Generic); ok && len(packs) < len(g.Packages) { // one that the release has not
		prescribe, dispense = "unknown", "unknown"
	}
	for _, p := range packs {
		a, b := s.packagePrescribable(p, day)
		prescribe, dispense = better(prescribe, a), better(dispense, b)
	}
	if medicine(object).PrescriptionGroup.Code == "K" {
		prescribe = "no"
	}
	return prescribe, dispense
}

func better(a, b string) string {
	for _, v := range []string{"yes", "unknown", "no"} {
		if a == v || b == v {
			return v
		}
	}
	return a
}

func (s *Sheet) packagePrescribable(p *fest.Package, day string) (prescribe, dispense string) {
	prescribe, dispense = market(p.MarketingInformation, day)
	if p.PrescriptionGroup.Code == "K" { // R53
		prescribe = "no"
	}
	if p.MarketingInformation != nil && p.MarketingInformation.UnitDoseRepackager != nil { // R52
		prescribe = "no"
	}
	for _, id := range p.Conditions { // R52, R74
		c := one[fest.Condition](s.of, id)
		switch {
		case c == nil && prescribe == "yes":
			prescribe = "unknown" // which condition, the release does not say
		case c != nil && c.ConditionNumber != nil && slices.Contains([]fest.Text{"40", "41"}, *c.ConditionNumber):
			prescribe = "no"
		}
	}
	return prescribe, dispense
}

// market is by the marketing dates alone.
func market(m *fest.MarketingInformation, day string) (prescribe, dispense string) {
	if m == nil {
		return "unknown", "unknown" // R32
	}
	from := dayText(m.MarketingDate)
	var out string
	for _, d := range []string{dayText(m.WithdrawalDate), dayText(m.TemporarilyDiscontinuedDate)} {
		if d != "" && (out == "" || d < out) {
			out = d
		}
	}
	switch {
	case out != "" && day >= out && day <= threeMonthsAfter(out):
		return "no", "yes" // R50: selling out
	case out != "" && day > threeMonthsAfter(out):
		return "no", "no"
	case from == "":
		return "unknown", "unknown" // R28
	case day < from:
		return "no", "no" // R49
	}
	return "yes", "yes"
}

func threeMonthsAfter(day string) string { return monthsLater(at(day), 3).Format("2006-01-02") }

// Codes are the reimbursement codes that an object may be prescribed and
// dispensed by on a day: link and code both valid (R80), as group, system and
// code; a group that asks for none stands by itself (R88). Sorted.
func (s *Sheet) Codes(object any, day string) (prescribe, dispense []string) {
	within := func(from fest.Date, until *fest.Date) bool {
		u := dayText(until)
		return day >= dayText(&from) && (u == "" || day <= u)
	}
	for _, link := range medicine(object).Reimbursements {
		for _, ref := range link.ReimbursementGroups {
			for _, e := range s.of.called(ref) {
				r, ok := e.Object.(*fest.Reimbursement)
				if !ok {
					continue
				}
				for _, g := range r.ReimbursementGroups {
					if fest.Ref(g.ID) != ref {
						continue
					}
					if needs, known := g.RequiresReimbursementCode.Bool(); known && !needs && len(g.ReimbursementCodes) == 0 {
						if within(link.ValidFromDate, link.PrescribeUntilDate) {
							prescribe = append(prescribe, string(g.ID))
						}
						if within(link.ValidFromDate, laterOf(link.PrescribeUntilDate, link.DispenseUntilDate)) {
							dispense = append(dispense, string(g.ID))
						}
					}
					for _, c := range g.ReimbursementCodes {
						name := string(g.ID) + " " + c.Code.System + " " + c.Code.Code
						if within(link.ValidFromDate, link.PrescribeUntilDate) && within(c.ValidFromDate, c.PrescribeUntilDate) {
							prescribe = append(prescribe, name)
						}
						if within(link.ValidFromDate, laterOf(link.PrescribeUntilDate, link.DispenseUntilDate)) &&
							within(c.ValidFromDate, laterOf(c.PrescribeUntilDate, c.DispenseUntilDate)) {
							dispense = append(dispense, name)
						}
					}
				}
			}
		}
	}
	slices.Sort(prescribe)
	slices.Sort(dispense)
	return slices.Compact(prescribe), slices.Compact(dispense)
}

// laterOf is UtleveresTilDato, which is never the earlier (R4); absent is open.
func laterOf(prescribe, dispense *fest.Date) *fest.Date {
	if dispense == nil || prescribe != nil && dayText(dispense) < dayText(prescribe) {
		if dispense == nil {
			return nil
		}
		return prescribe
	}
	return dispense
}
