package reference

import (
	"time"

	"github.com/festd/festd/internal/fest"
)

// Availability is a package's state on a day (R49–R51): notYetMarketed,
// marketed, sellingOut, soldOut (the three months are over and FEST has it
// still) or notStated.
func Availability(p *fest.Package, day string) string {
	d, m := at(day), p.MarketingInformation
	if m == nil {
		return "notStated"
	}
	var out time.Time
	for _, date := range []*fest.Date{m.WithdrawalDate, m.TemporarilyDiscontinuedDate} {
		if t, ok := dayOf(date); ok && (out.IsZero() || t.Before(out)) {
			out = t
		}
	}
	if !out.IsZero() && !d.Before(out) {
		if d.After(monthsLater(out, 3)) {
			return "soldOut"
		}
		return "sellingOut"
	}
	from, ok := dayOf(m.MarketingDate)
	switch {
	case !ok:
		return "notStated"
	case d.Before(from):
		return "notYetMarketed"
	default:
		return "marketed"
	}
}

// Dispensable is yes, no or unknown on a day (R51).
func Dispensable(p *fest.Package, day string) string {
	switch Availability(p, day) {
	case "marketed", "sellingOut":
		return "yes"
	case "notStated":
		return "unknown"
	default:
		return "no"
	}
}
