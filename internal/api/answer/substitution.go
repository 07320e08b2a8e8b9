package answer

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// SubstitutionState says whether a package can be substituted on a day, as far
// as FEST says.
type SubstitutionState string

// The states.
const (
	// Substitutable: by the members of its group that can be had.
	Substitutable SubstitutionState = "substitutable"
	// SubstitutionLimited: by members of its group, but only as the group's
	// remark says (R96).
	SubstitutionLimited SubstitutionState = "limited"
	// SubstitutionNotYet: its place in the group begins later.
	SubstitutionNotYet SubstitutionState = "notYet"
	// SubstitutionOver: its place in the group has ended.
	SubstitutionOver SubstitutionState = "over"
	// SubstitutionUnsure: the day is an until-date, and R6, by which it would
	// not count, is switched off.
	SubstitutionUnsure SubstitutionState = "unsure"
	// SubstitutionNotStated: FEST names no substitution group for it. That is
	// how a package that left its group mostly looks, too (R95).
	SubstitutionNotStated SubstitutionState = "notStated"
	// SubstitutionUnknownGroup: the release has not the group that it names.
	SubstitutionUnknownGroup SubstitutionState = "unknownGroup"
)

// Substitution is what may be dispensed in the place of a package on the day
// (R94–R99). Lists are left out where the package cannot be substituted, and
// empty where there is nothing.
type Substitution struct {
	// Remark comes first: nobody may see a member before it (R96).
	Remark *SubstitutionRemark `json:"remark,omitempty"`
	State  SubstitutionState   `json:"state"`
	// Unsure: the day is an until-date of the package's place in its group, of
	// which it is not stated whether it counts (R6).
	Unsure bool                 `json:"unsure,omitempty"`
	Group  *SubstitutionGroup   `json:"substitutionGroup,omitempty"`
	Asked  SubstitutionMember   `json:"package"`
	Free   []SubstitutionMember `json:"substitutes,omitzero"`
	// Limited are members that can be had, where the remark limits
	// substitution: they are not freely substitutable.
	Limited []SubstitutionMember `json:"limitedSubstitutes,omitzero"`
	// NotObtainable are members that cannot be had on the day (R98).
	NotObtainable []SubstitutionMember `json:"notObtainable,omitzero"`
	// UnsureMembers would be members if until-dates counted (R6).
	UnsureMembers []SubstitutionMember `json:"unsureMembers,omitempty"`
	// Lowest are the lowest maximum retail prices per unit, one for each unit;
	// that of the package's own unit stands first (R99).
	Lowest []LowestPrice `json:"lowestMaximumRetailPrices,omitzero"`
	Basis
}

// SubstitutionRemark is MerknadTilByttbarhet with its text (R96).
type SubstitutionRemark struct {
	Limits bool `json:"limitsSubstitution"`
	// Text is BeskrivelseByttbarhet; left out where FEST has none.
	Text string `json:"text,omitempty"`
}

// SubstitutionGroup is the group of a package, and from when to when both the
// package's link to it and the group hold.
type SubstitutionGroup struct {
	Reference
	Code *Code `json:"code,omitempty"`
	// From and Until are the first and the last day; left out where open.
	From  rules.Day `json:"firstDay,omitempty"`
	Until rules.Day `json:"lastDay,omitempty"`
}

// SubstitutionMember is a package, and what matters for substituting by it.
type SubstitutionMember struct {
	Reference
	ItemNumber string `json:"itemNumber,omitempty"`
	// Generics are those that list it: groups cross generics (R66, R97).
	Generics []Reference `json:"generics"`
	Form     *Code       `json:"pharmaceuticalFormShort,omitempty"`
	Sizes    []Size      `json:"sizes"`
	// Availability is left out where R98 is switched off.
	Availability *Availability `json:"availability,omitempty"`
	// MaximumRetailPrice is left out where FEST has none on the day.
	MaximumRetailPrice *RetailPrice `json:"maximumRetailPrice,omitempty"`
}

// Size is the size of a package as its text and unit say it, one for each of
// its parts (R47).
type Size struct {
	Text string `json:"packageSize,omitempty"`
	Unit *Code  `json:"packageUnit,omitempty"`
}

// RetailPrice is a maximum retail price (AUP), not what a pharmacy charges.
type RetailPrice struct {
	Price *Money    `json:"price,omitempty"`
	From  fest.Date `json:"validFromDate,omitempty"`
	Until fest.Date `json:"validUntilDate,omitempty"`
	// Doubtful: it is below the purchase price, so that it is not compared
	// (R101).
	Doubtful bool `json:"belowPurchasePrice,omitempty"`
	// PerUnit is rounded to four decimals; left out where the size cannot be
	// reckoned (R46), and where R99 is switched off.
	PerUnit Number `json:"perUnit,omitempty"`
}

// LowestPrice is the lowest maximum retail price per unit among the members
// that can be had, the package itself included (R99).
type LowestPrice struct {
	Unit     *Code       `json:"packageUnit,omitempty"`
	PerUnit  Number      `json:"perUnit"`
	Currency string      `json:"currency,omitempty"`
	Packages []Reference `json:"packages"`
}

// perUnitDigits are the decimals of a price per unit.
const perUnitDigits = 4

// Substitution answers for a package that the register handed out.
func (r *Register) Substitution(p *fest.Package) Substitution {
	own := r.member(p)
	s := Substitution{State: SubstitutionNotStated, Asked: own.SubstitutionMember, Basis: r.Basis("R94")}
	link := p.PackageSubstitutionGroup
	if link == nil {
		r.Cite(&s.Basis, "R95")
		return s
	}
	s.Group = &SubstitutionGroup{Reference: r.ReferenceTo(fest.ResourceSubstitutionGroups, link.SubstitutionGroup)}
	g, ok := r.SubstitutionGroup(link.SubstitutionGroup)
	if !ok {
		s.State = SubstitutionUnknownGroup
		return s
	}
	m, _ := rules.MembershipOn(link, g, r.day)
	s.Group.Code, s.Group.From, s.Group.Until = CodeOfList(&g.Code, "7450"), m.First, m.Last
	s.Remark = remarkOf(g)
	if s.Remark != nil {
		r.Cite(&s.Basis, "R96")
	}
	switch {
	case m.Unsure:
		r.Cite(&s.Basis, "R6")
		s.State, s.Unsure = SubstitutionOver, true
		if !r.On("R6") {
			s.State = SubstitutionUnsure
		}
	case m.State == rules.NotYet:
		s.State = SubstitutionNotYet
	case m.State == rules.Over:
		s.State = SubstitutionOver
	default:
		r.substitutes(&s, own, g)
	}
	return s
}

// remarkOf is a group's remark; nil where there is neither text nor limit.
func remarkOf(g *fest.SubstitutionGroup) *SubstitutionRemark {
	remark := SubstitutionRemark{Limits: rules.Limits(g), Text: TextOf(g.SubstitutionDescription)}
	if remark == (SubstitutionRemark{}) {
		return nil
	}
	return &remark
}

// member is a package with what it is sorted by.
type member struct {
	SubstitutionMember
	price      rules.UnitPrice
	unit       string // of the package's size; "": not known
	obtainable bool
}

func (r *Register) member(p *fest.Package) member {
	m := member{price: rules.UnitPriceOn(p, r.day), obtainable: true}
	_, m.unit, _ = rules.PackageUnits(p.PackageInformation)
	m.Reference, m.ItemNumber, m.Form = r.Reference(p), string(p.ItemNumber), CodeOf(p.PharmaceuticalFormShort)
	m.Generics = []Reference{}
	for _, g := range r.GenericsOfPackage(fest.Ref(m.ID)) {
		m.Generics = append(m.Generics, r.Reference(g))
	}
	m.Sizes = []Size{}
	for i := range p.PackageInformation {
		part := &p.PackageInformation[i]
		m.Sizes = append(m.Sizes, Size{string(part.PackageSize), CodeOf(&part.PackageUnit)})
	}
	if r.On("R98") {
		a := r.AvailabilityOf(p)
		m.Availability, m.obtainable = &a, a.Dispensable.Value != rules.No
	}
	if price := m.price.Price; price != nil {
		m.MaximumRetailPrice = &RetailPrice{
			Price: MoneyOf(&price.Price), From: fest.Date(TextOf(price.ValidFromDate)), Until: fest.Date(TextOf(price.ValidUntilDate)), Doubtful: m.price.Doubtful,
		}
		if m.price.PerUnit != nil && r.On("R99") {
			m.MaximumRetailPrice.PerUnit = Number(m.price.PerUnit.FloatString(perUnitDigits))
		}
	}
	return m
}

// substitutes lists the other members of a group in which the package's own
// place holds.
func (r *Register) substitutes(s *Substitution, own member, g *fest.SubstitutionGroup) {
	r.Cite(&s.Basis, "R97", "R98", "R99")
	var obtainable, other, unsure []member
	for _, p := range r.MembersOf(g.ID) {
		if r.Key(p) == own.ID {
			continue
		}
		m, _ := rules.MembershipOn(p.PackageSubstitutionGroup, g, r.day)
		switch {
		case m.Unsure:
			r.Cite(&s.Basis, "R6")
			unsure = append(unsure, r.member(p))
		case m.State != rules.Valid:
		default:
			if x := r.member(p); x.obtainable {
				obtainable = append(obtainable, x)
			} else {
				other = append(other, x)
			}
		}
	}
	for _, list := range [][]member{obtainable, other, unsure} {
		r.sort(list, own.unit)
	}
	s.State, s.Free, s.Limited = Substitutable, plain(obtainable), nil
	if s.Remark != nil && s.Remark.Limits {
		s.State, s.Free, s.Limited = SubstitutionLimited, []SubstitutionMember{}, plain(obtainable)
	}
	if r.On("R98") {
		s.NotObtainable = plain(other)
	}
	if len(unsure) > 0 {
		s.UnsureMembers = plain(unsure)
	}
	if r.On("R99") {
		if own.obtainable {
			obtainable = append(obtainable, own)
		}
		s.Lowest = lowest(obtainable, own.unit)
	}
}

// sort has the lowest maximum retail price per unit first (R99); equal ones
// stand by item number, then in file order.
func (r *Register) sort(list []member, unit string) {
	slices.SortStableFunc(list, func(a, b member) int {
		order := 0
		if r.On("R99") {
			order = a.price.Compare(&b.price, unit)
		}
		return cmp.Or(order, cmp.Compare(a.ItemNumber, b.ItemNumber))
	})
}

func plain(list []member) []SubstitutionMember {
	out := make([]SubstitutionMember, len(list))
	for i := range list {
		out[i] = list[i].SubstitutionMember
	}
	return out
}

// lowest are the lowest prices of members, by unit and currency.
func lowest(list []member, unit string) []LowestPrice {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b member) int {
		return cmp.Or(a.price.Compare(&b.price, unit), cmp.Compare(a.ItemNumber, b.ItemNumber))
	})
	out := []LowestPrice{}
	var first *rules.UnitPrice // of the last of out
	for i := range list {
		m := &list[i]
		switch {
		case m.price.PerUnit == nil:
		case first == nil || !first.Comparable(&m.price):
			first = &m.price
			out = append(out, LowestPrice{
				Unit: m.Sizes[0].Unit, PerUnit: m.MaximumRetailPrice.PerUnit, Currency: m.price.Price.Price.Currency, Packages: []Reference{m.Reference},
			})
		case first.PerUnit.Cmp(m.price.PerUnit) == 0:
			at := &out[len(out)-1]
			at.Packages = append(at.Packages, m.Reference)
		}
	}
	return out
}
