package answer

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// Availability is a package's state on the day (R49–R51).
type Availability struct {
	State rules.Market `json:"state"`
	// Since is the day that made it so, Until the last day of selling out.
	Since rules.Day `json:"since,omitempty"`
	Until rules.Day `json:"until,omitempty"`
	// Dispensable says whether it can be had from a pharmacy, as far as FEST
	// says: who may prescribe it is another question.
	Dispensable Verdict `json:"dispensable"`
}

// AvailabilityOf is a package's on the day.
func (r *Register) AvailabilityOf(p *fest.Package) Availability {
	a := rules.AvailabilityOf(p.MarketingInformation, r.day)
	return Availability{State: a.Market, Since: a.Since, Until: a.Until, Dispensable: r.VerdictOf(a.Dispensable)}
}
