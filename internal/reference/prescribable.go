package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Prescribable is yes, no or unknown: whether a package may stand on an
// e-prescription on a day, and why not (R49–R53, R74). entries are those of the
// release: conditions are told by their numbers, and one that the release has
// not may be any.
func Prescribable(entries []*fest.Entry, p *fest.Package, day string) (value, reason string) {
	var numbers []string
	unknown := false
	for _, ref := range p.Conditions {
		found := false
		for _, e := range entries {
			c, ok := e.Object.(*fest.Condition)
			if !ok || string(c.ID) != string(ref) {
				continue
			}
			if found = true; c.ConditionNumber != nil {
				numbers = append(numbers, string(*c.ConditionNumber))
			}
			break
		}
		unknown = unknown || !found
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
func GenericPrescribable(entries []*fest.Entry, g *fest.Generic, day string) string {
	if len(g.Packages) == 0 {
		return "unknown"
	}
	out := "no"
	for _, ref := range g.Packages {
		value := "unknown"
		for _, e := range entries {
			if p, ok := e.Object.(*fest.Package); ok && string(e.ObjectID()) == string(ref) {
				value, _ = Prescribable(entries, p, day)
				break
			}
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
