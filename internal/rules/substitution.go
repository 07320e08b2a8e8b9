package rules

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Member is a package's membership in a substitution group on a day.
type Member struct {
	Package *fest.Package
	Link    Validity
	Group   Validity
	// Unsure: the day is one of which it is not stated whether it counts (R6).
	Unsure       bool
	Availability Availability
	PerUnit      float64 // lowest maximum retail price per unit (R99); 0: none
	Unit         string
}

// In says whether the membership holds: the package's link and the group (R94).
func (m *Member) In() bool { return m.Link == Valid && m.Group == Valid }

// MemberOn is a package's membership in its group on a day; false where it has
// none.
func MemberOn(p *fest.Package, g *fest.SubstitutionGroup, d Day) (Member, bool) {
	link := p.PackageSubstitutionGroup
	if link == nil || g == nil || fest.ID(link.SubstitutionGroup) != g.ID {
		return Member{}, false
	}
	own, group := BeforeUnsure(link.ValidFromDate, link.ValidUntilDate), BeforeUnsure(g.ValidFromDate, g.ValidUntilDate)
	m := Member{
		Package: p, Link: own.On(d), Group: group.On(d),
		Unsure:       own.Unsure == d || group.Unsure == d,
		Availability: AvailabilityOf(p.MarketingInformation, d),
	}
	m.PerUnit, m.Unit, _ = RetailPerUnit(p, d)
	return m, true
}

// Substitutes are the members that a package may be replaced by.
type Substitutes struct {
	// Remark limits substitution: it is always shown, and the members are then
	// not freely substitutable (R96).
	Remark string
	Limits bool
	// Obtainable are those that can be had on the day, the lowest maximum
	// retail price per unit first (R99); Other are those that cannot (R98).
	Obtainable, Other []Member
}

// SubstitutesOn lists the other members of a group in which the package's own
// membership holds; nothing where it does not (R94).
func SubstitutesOn(own Member, g *fest.SubstitutionGroup, members []Member) Substitutes {
	var s Substitutes
	if g.SubstitutionDescription != nil {
		s.Remark = string(*g.SubstitutionDescription)
	}
	s.Limits, _ = g.RemarkRegardingSubstitution.Bool()
	if !own.In() {
		return s
	}
	for _, m := range members {
		switch {
		case !m.In() || m.Package == own.Package:
		case m.Availability.Dispensable.Value == No:
			s.Other = append(s.Other, m)
		default:
			s.Obtainable = append(s.Obtainable, m)
		}
	}
	slices.SortStableFunc(s.Obtainable, byPrice)
	slices.SortStableFunc(s.Other, byPrice)
	return s
}

// byPrice has those without a price last (R99), then by item number.
func byPrice(a, b Member) int {
	switch {
	case a.PerUnit == 0 && b.PerUnit != 0:
		return 1
	case a.PerUnit != 0 && b.PerUnit == 0:
		return -1
	}
	return cmp.Or(cmp.Compare(a.PerUnit, b.PerUnit), cmp.Compare(a.Package.ItemNumber, b.Package.ItemNumber))
}
