package reference

import (
	"math/big"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Substitution is what may be dispensed in the place of a package on a day
// (R94–R99). Packages are named by id, or entry id where they have none.
type Substitution struct {
	// State is notStated (no group is named), unknownGroup (the release has it
	// not), substitutable, limited (R96), notYet, over or unsure: it would hold
	// if until-dates counted (R6).
	State  string
	Remark string
	// Free are those that can be had and are freely substitutable, Limited the
	// same where the remark limits substitution (R96); NotObtainable cannot be
	// had (R98). The lowest price per unit first, those without one last, then
	// by item number, then as in the file.
	Free, Limited, NotObtainable []string
	// Unsure would be members if until-dates counted (R6).
	Unsure []string
	// Lowest are the packages of the lowest maximum retail price per unit, the
	// package itself among them, by unit and currency, of those that can be had
	// (R99).
	Lowest map[string][]string
}

// Substitutes answers for the entry of a package.
func (r *Register) Substitutes(asked *fest.Entry, day string) Substitution {
	p, ok := asked.Object.(*fest.Package)
	if !ok || p.PackageSubstitutionGroup == nil {
		return Substitution{State: "notStated"}
	}
	group := one[fest.SubstitutionGroup](r, p.PackageSubstitutionGroup.SubstitutionGroup)
	if group == nil {
		return Substitution{State: "unknownGroup"}
	}
	s := Substitution{State: membership(p, group, day), Lowest: map[string][]string{}}
	if group.SubstitutionDescription != nil {
		s.Remark = string(*group.SubstitutionDescription)
	}
	if s.State != "in" {
		return s
	}
	s.State = "substitutable"
	if group.RemarkRegardingSubstitution == "true" || group.RemarkRegardingSubstitution == "1" {
		s.State = "limited"
	}
	var members, gone []*fest.Entry
	for _, e := range r.referring(fest.Ref(group.ID)) {
		q, ok := e.Object.(*fest.Package)
		if !ok || e == asked || q.PackageSubstitutionGroup == nil || string(q.PackageSubstitutionGroup.SubstitutionGroup) != string(group.ID) {
			continue
		}
		switch membership(q, group, day) {
		case "in":
			if Dispensable(q, day) == "no" {
				gone = append(gone, e)
			} else {
				members = append(members, e)
			}
		case "unsure":
			s.Unsure = append(s.Unsure, nameOf(e))
		}
	}
	unit, _ := sizeOf(p)
	s.NotObtainable = inOrder(gone, unit, day)
	if s.State == "limited" {
		s.Limited = inOrder(members, unit, day)
	} else {
		s.Free = inOrder(members, unit, day)
	}
	all := members
	if Dispensable(p, day) != "no" {
		all = append([]*fest.Entry{asked}, members...)
	}
	best := map[string]*big.Rat{}
	for _, e := range all {
		price, unit, ok := PerUnit(e.Object.(*fest.Package), day)
		if !ok {
			continue
		}
		switch lowest := best[unit]; {
		case lowest == nil || price.Cmp(lowest) < 0:
			best[unit], s.Lowest[unit] = price, []string{nameOf(e)}
		case price.Cmp(lowest) == 0:
			s.Lowest[unit] = append(s.Lowest[unit], nameOf(e))
		}
	}
	for unit := range s.Lowest {
		slices.Sort(s.Lowest[unit])
	}
	return s
}

// membership is in, unsure, notYet or over: the package's link and the group
// must both hold (R94).
func membership(p *fest.Package, g *fest.SubstitutionGroup, day string) string {
	d, link := at(day), p.PackageSubstitutionGroup
	started := begun(link.ValidFromDate, d) && begun(g.ValidFromDate, d)
	switch {
	case started && before(link.ValidUntilDate, d) && before(g.ValidUntilDate, d):
		return "in"
	case started && through(link.ValidUntilDate, d) && through(g.ValidUntilDate, d):
		return "unsure" // the day is an until-date (R6)
	case before(link.ValidUntilDate, d) && before(g.ValidUntilDate, d):
		return "notYet"
	default:
		return "over"
	}
}

func nameOf(e *fest.Entry) string {
	if id := e.ObjectID(); id != "" {
		return string(id)
	}
	return string(e.EntryID)
}

// inOrder sorts packages: prices in the unit of the asked one first, then
// those in other units, unit by unit, then those without a price.
func inOrder(list []*fest.Entry, own string, day string) []string {
	type priced struct {
		name, number string
		price        *big.Rat
		unit         string
		ok           bool
	}
	var all []priced
	for _, e := range list {
		p := e.Object.(*fest.Package)
		price, unit, ok := PerUnit(p, day)
		all = append(all, priced{nameOf(e), string(p.ItemNumber), price, unit, ok})
	}
	slices.SortStableFunc(all, func(a, b priced) int {
		codeA, codeB := codeOfUnit(a.unit), codeOfUnit(b.unit)
		switch {
		case a.ok && !b.ok:
			return -1
		case !a.ok && b.ok:
			return 1
		case a.ok && codeA != codeB && codeA == own:
			return -1
		case a.ok && codeA != codeB && codeB == own:
			return 1
		case a.ok && a.unit != b.unit:
			return strings.Compare(a.unit, b.unit)
		case a.ok && a.price.Cmp(b.price) != 0:
			return a.price.Cmp(b.price)
		}
		return strings.Compare(a.number, b.number)
	})
	var out []string
	for _, p := range all {
		out = append(out, p.name)
	}
	return out
}

func codeOfUnit(unit string) string {
	code, _, _ := strings.Cut(unit, " ")
	return code
}

// PerUnit is the maximum retail price (AUP, type 4 of list 7453) for each unit
// on a day, with unit and currency. There is none where AUP is below AIP (type
// 3): then types or prices are not to be trusted (R101).
func PerUnit(p *fest.Package, day string) (*big.Rat, string, bool) {
	retail, purchase := priceOn(p.Prices, "4", day), priceOn(p.Prices, "3", day)
	unit, size := sizeOf(p)
	if retail == nil || size == nil {
		return nil, "", false
	}
	value, ok := plainNumber(retail.Price.Value)
	if !ok {
		return nil, "", false
	}
	if purchase != nil {
		if below, ok := plainNumber(purchase.Price.Value); ok && value.Cmp(below) < 0 {
			return nil, "", false
		}
	}
	return new(big.Rat).Quo(value, size), unit + " " + retail.Price.Currency, true
}

// priceOn is the price of a type that holds on a day: of those that do the one
// with the latest from-date (R5); of several such the first.
func priceOn(prices []fest.Price, kind, day string) *fest.Price {
	d := at(day)
	var best *fest.Price
	for i := range prices {
		p := &prices[i]
		if p.PriceType.System != "2.16.578.1.12.4.1.1.7453" || p.PriceType.Code != kind || !begun(p.ValidFromDate, d) || !through(p.ValidUntilDate, d) {
			continue
		}
		from, stated := dayOf(p.ValidFromDate)
		if best == nil {
			best = p
			continue
		}
		if earlier, ok := dayOf(best.ValidFromDate); stated && (!ok || from.After(earlier)) {
			best = p
		}
	}
	return best
}

// sizeOf is a package's size: Multippel × Antall × Mengde, a missing factor
// being 1, over its parts, if they have one unit (R46). Nil is not known.
func sizeOf(p *fest.Package) (unit string, size *big.Rat) {
	size = new(big.Rat)
	for i := range p.PackageInformation {
		part := &p.PackageInformation[i]
		n := big.NewRat(1, 1)
		factors := []string{string(part.Quantity)}
		for _, f := range []*fest.Integer{part.Multiple, part.Number} {
			if f != nil {
				factors = append(factors, string(*f))
			}
		}
		for _, f := range factors {
			x, ok := plainNumber(f)
			if !ok || x.Sign() <= 0 {
				return "", nil
			}
			n.Mul(n, x)
		}
		if i > 0 && part.PackageUnit.Code != unit {
			return "", nil
		}
		unit = part.PackageUnit.Code
		size.Add(size, n)
	}
	if size.Sign() == 0 {
		return "", nil
	}
	return unit, size
}

// plainNumber reads digits with or without a decimal point.
func plainNumber(s string) (*big.Rat, bool) {
	s = strings.TrimSpace(s)
	if strings.Trim(s, "0123456789.+-") != "" || s == "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}
