package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// DayStanding is what holds for a product on one day. A timeline is that of every
// day, and what is upcoming on a day is how it differs from that of the day
// before.
type DayStanding struct {
	Availability string // "" of commodities
	// Prices are the places of those that hold (R5).
	Prices []int
	// Substitution is the group that it is a member of; "" for none (R94).
	Substitution string
	// Prescribe and Dispense are "group code" of the reimbursement that holds,
	// "group" where the group requires no code (R80, R88): one for each link and
	// code, in the order of the text.
	Prescribe, Dispense []string
}

// Standings answers for the products of a release.
type Standings struct {
	groups         map[string]*fest.SubstitutionGroup
	reimbursements map[string]*fest.ReimbursementGroup
}

// NewStandings takes the entries of a release.
func NewStandings(entries []*fest.Entry) *Standings {
	s := &Standings{map[string]*fest.SubstitutionGroup{}, map[string]*fest.ReimbursementGroup{}}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.SubstitutionGroup:
			if s.groups[string(o.ID)] == nil {
				s.groups[string(o.ID)] = o
			}
		case *fest.Reimbursement:
			for i := range o.ReimbursementGroups {
				g := &o.ReimbursementGroups[i]
				if s.reimbursements[string(g.ID)] == nil {
					s.reimbursements[string(g.ID)] = g
				}
			}
		}
	}
	return s
}

// On is that of a package or commodity on a day; false for another entry.
func (s *Standings) On(e *fest.Entry, day string) (DayStanding, bool) {
	var out DayStanding
	var links []fest.ProductReimbursement
	if p, ok := e.Object.(*fest.Package); ok {
		out.Availability, out.Prices, links = Availability(p, day), PricesOn(p.Prices, day).Now, p.Reimbursements
		if link := p.PackageSubstitutionGroup; link != nil {
			g := s.groups[string(link.SubstitutionGroup)]
			if g == nil {
				g = &fest.SubstitutionGroup{} // only the link is known
			}
			if membership(p, g, day) == "in" {
				out.Substitution = string(link.SubstitutionGroup)
			}
		}
	} else {
		c, _ := commodityOf(e)
		if c == nil {
			return out, false
		}
		if out.Prices = PricesOn(c.Prices, day).Now; c.Reimbursement != nil {
			links = []fest.ProductReimbursement{*c.Reimbursement}
		}
	}
	for i := range links {
		s.reimbursed(&out, &links[i], day)
	}
	slices.Sort(out.Prescribe)
	slices.Sort(out.Dispense)
	return out, true
}

func (s *Standings) reimbursed(out *DayStanding, link *fest.ProductReimbursement, day string) {
	d := at(day)
	// UtleveresTilDato is never the earlier of the two (R4).
	dispensable := func(prescribe, dispense *fest.Date) bool {
		_, stated := dayOf(prescribe)
		return through(dispense, d) || stated && through(prescribe, d)
	}
	if !begun(&link.ValidFromDate, d) {
		return
	}
	prescribe, dispense := through(link.PrescribeUntilDate, d), dispensable(link.PrescribeUntilDate, link.DispenseUntilDate)
	for k, ref := range link.ReimbursementGroups {
		if slices.Contains(link.ReimbursementGroups[:k], ref) {
			continue
		}
		g := s.reimbursements[string(ref)]
		required := g != nil && (g.RequiresReimbursementCode == "true" || g.RequiresReimbursementCode == "1")
		if g != nil && g.RequiresReimbursementCode != "false" && g.RequiresReimbursementCode != "0" { // it does not say
			required = required || len(g.ReimbursementCodes) > 0
		}
		if !required {
			if prescribe {
				out.Prescribe = append(out.Prescribe, string(ref))
			}
			if dispense {
				out.Dispense = append(out.Dispense, string(ref))
			}
			continue
		}
		for i := range g.ReimbursementCodes {
			c := &g.ReimbursementCodes[i]
			name := string(ref) + " " + c.Code.System + " " + c.Code.Code
			if !begun(&c.ValidFromDate, d) {
				continue
			}
			if prescribe && through(c.PrescribeUntilDate, d) {
				out.Prescribe = append(out.Prescribe, name)
			}
			if dispense && dispensable(c.PrescribeUntilDate, c.DispenseUntilDate) {
				out.Dispense = append(out.Dispense, name)
			}
		}
	}
}
