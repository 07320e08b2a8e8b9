package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Prescribable is yes, no or unknown: whether a package may stand on an
// e-prescription on a day, and why not (R49–R53, R74). Conditions are told by
// their numbers, and one that the release has not may be any.
func (r *Register) Prescribable(p *fest.Package, day string) (value, reason string) {
	var numbers []string
	unknown := false
	for _, ref := range p.Conditions {
		c := one[fest.Condition](r, ref)
		if c != nil && c.ConditionNumber != nil {
			numbers = append(numbers, string(*c.ConditionNumber))
		}
		unknown = unknown || c == nil
	}
	switch {
	case p.PrescriptionGroup.Code == "K":
		return "no", "food-supplement"
	case p.MarketingInformation != nil && p.MarketingInformation.UnitDoseRepackager != nil || slices.Contains(numbers, "41"):
		return "no", "unit-dose-repack"
	case slices.Contains(numbers, "40"):
		return "no", "machine-dispensing-pack"
	}
	switch Availability(p, day) {
	case "notYetMarketed":
		return "no", "not-yet-marketed"
	case "sellingOut":
		return "no", "selling-out"
	case "soldOut":
		return "no", "sold-out"
	case "notStated":
		if p.MarketingInformation == nil {
			return "unknown", "marketing-not-stated"
		}
		return "unknown", "marketing-date-not-stated"
	default:
		if unknown {
			return "unknown", "condition-not-in-release"
		}
		return "yes", ""
	}
}

// GenericPrescribable is yes if that of one of the generic's packages is, no if
// that of all is, else unknown (R62). A package that the release has not is
// unknown.
func (r *Register) GenericPrescribable(g *fest.Generic, day string) string {
	if len(g.Packages) == 0 {
		return "unknown"
	}
	out := "no"
	for _, ref := range g.Packages {
		value := "unknown"
		if p := one[fest.Package](r, ref); p != nil {
			value, _ = r.Prescribable(p, day)
		}
		if value == "yes" {
			return "yes"
		}
		if value == "unknown" {
			out = "unknown"
		}
	}
	return out
}
