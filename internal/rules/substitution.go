package rules

import (
	"cmp"
	"math/big"

	"github.com/festd/festd/internal/fest"
)

// Membership is how a day lies to a package's place in a substitution group:
// to its link and to the group itself, which must both hold (R94).
type Membership struct {
	// State is Valid only where both are; Over where one of them is.
	State Validity
	// Unsure: the day is an until-date of which it is not stated whether it
	// counts, and the membership would hold if it did (R6, INF).
	Unsure bool
	// First and Last are the days from and to which both hold; "": open.
	First, Last Day
}

// MembershipOn is a package's by its link; false where the link does not name
// the group.
func MembershipOn(link *fest.PackageSubstitutionGroup, g *fest.SubstitutionGroup, d Day) (Membership, bool) {
	if link == nil || g == nil || fest.ID(link.SubstitutionGroup) != g.ID {
		return Membership{}, false
	}
	both := BeforeUnsure(link.ValidFromDate, link.ValidUntilDate).And(BeforeUnsure(g.ValidFromDate, g.ValidUntilDate))
	m := Membership{State: both.On(d), First: both.First, Last: both.Last}
	if both.Last != "" && d > both.Last { // also of a period that ends before it begins
		m.State = Over
	}
	m.Unsure = both.Unsure == d && d >= both.First
	return m, true
}

// Limits reports whether a group's remark limits substitution: then it is
// always shown, and the members are not freely substitutable (R96).
func Limits(g *fest.SubstitutionGroup) bool {
	limits, _ := g.RemarkRegardingSubstitution.Bool()
	return limits
}

// UnitPrice is a package's maximum retail price on a day, for each unit: not
// what a pharmacy charges (R99).
type UnitPrice struct {
	// Price is the price of type AUP that holds (R5); nil: there is none.
	Price *fest.Price
	// Doubtful: it is below the purchase price of the day, so that types or
	// prices are not to be trusted (R101). It is then not compared.
	Doubtful bool
	// PerUnit is exact; nil where there is no price to compare, or no size.
	PerUnit *big.Rat
	// Unit is the code of the package unit, of PerUnit.
	Unit string
}

// UnitPriceOn is a package's on a day (R5, R46, R99, R101).
func UnitPriceOn(p *fest.Package, d Day) UnitPrice {
	var u UnitPrice
	now, _ := PricesOn(p.Prices, d)
	var purchase *fest.Price
	for i := range now {
		if now[i].PriceType.System != ListDrugPrices {
			continue
		}
		switch now[i].PriceType.Code {
		case PriceRetail:
			u.Price = &now[i]
		case PricePurchase:
			purchase = &now[i]
		}
	}
	if u.Price == nil {
		return u
	}
	value, ok := decimal(u.Price.Price.Value)
	if !ok {
		return u
	}
	if purchase != nil {
		least, ok := decimal(purchase.Price.Value)
		if u.Doubtful = ok && value.Cmp(least) < 0; u.Doubtful {
			return u
		}
	}
	size, unit, ok := exactUnits(p.PackageInformation)
	if ok {
		u.PerUnit, u.Unit = value.Quo(value, size), unit
	}
	return u
}

// Comparable says whether two prices are for the same unit in the same
// currency.
func (u *UnitPrice) Comparable(v *UnitPrice) bool {
	return u.PerUnit != nil && v.PerUnit != nil && u.Unit == v.Unit && u.Price.Price.Currency == v.Price.Price.Currency
}

// Compare orders prices per unit for a package whose units are own: those in
// that unit first, then those in others, unit by unit, then those without a
// price; the lowest first (R99).
func (u *UnitPrice) Compare(v *UnitPrice, own string) int {
	switch {
	case u.PerUnit == nil || v.PerUnit == nil:
		return cmp.Compare(last(u.PerUnit == nil), last(v.PerUnit == nil))
	case u.Comparable(v):
		return u.PerUnit.Cmp(v.PerUnit)
	case u.Unit != v.Unit && (u.Unit == own || v.Unit == own):
		return cmp.Compare(last(u.Unit != own), last(v.Unit != own))
	default:
		return cmp.Or(cmp.Compare(u.Unit, v.Unit), cmp.Compare(u.Price.Price.Currency, v.Price.Price.Currency))
	}
}

func last(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
