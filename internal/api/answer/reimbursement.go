package answer

import (
	"slices"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// ReimbursementState says what FEST states on a day.
type ReimbursementState string

// The states. None of them is "not reimbursed" (R84).
const (
	// ReimbursementStated: a group holds on the day, for prescribing or
	// dispensing.
	ReimbursementStated ReimbursementState = "stated"
	// ReimbursementOtherDays: groups are stated, and none holds on the day.
	ReimbursementOtherDays ReimbursementState = "otherDays"
	// ReimbursementUnknownGroup: it links to a group that the release has not,
	// and to none that holds.
	ReimbursementUnknownGroup ReimbursementState = "unknownGroup"
	// ReimbursementNoneStated: FEST links it to no group.
	ReimbursementNoneStated ReimbursementState = "noneStated"
)

// Reimbursement is what FEST states of reimbursement on the day (R80–R93).
type Reimbursement struct {
	Subject  Reference          `json:"subject"`
	Audience Audience           `json:"audience,omitempty"`
	State    ReimbursementState `json:"state"`
	// Prescribable are the kinds of the groups that hold for prescribing.
	Prescribable []rules.ReimbursementKind `json:"prescribableBy"`
	// Statement is what to say where nothing is pre-approved (R84).
	Statement string `json:"statement,omitempty"`
	// OpioidApplication: the application to Helfo must fill class A or B; it is
	// no ban (R93). Left out where FEST does not say.
	OpioidApplication *bool `json:"opioidApplication,omitempty"`
	// Substances are the moiety and its salts and esters that an ingredient was
	// answered for together (R34), ATC their codes, derived (R43).
	Substances []Reference `json:"substances,omitempty"`
	ATC        []Code      `json:"derivedAtc,omitempty"`
	// Groups are those that it links to; of an ATC code those of the code, by
	// their codes alone: which products they are for, the products say.
	Groups []ReimbursementGroup `json:"groups"`
	// ByATC are an ingredient's groups by its ATC codes, likewise.
	ByATC []ReimbursementGroup `json:"byAtc,omitzero"`
	// Mixtures are the groups by whose ATC code magistral mixtures are
	// reimbursed (R86, R87).
	Mixtures []ReimbursementGroup `json:"mixtures,omitzero"`
	// Individual are the collective groups that any medicine may be applied for
	// under (R85).
	Individual []ReimbursementGroup `json:"individual,omitzero"`
	Prices     *ReimbursementPrices `json:"prices,omitempty"`
	// Conditions are all that the groups and codes name, once each.
	Conditions []Condition `json:"conditions"`
	// ConditionsForOthers are those left out as they are not for the audience.
	ConditionsForOthers int `json:"conditionsForOthers,omitempty"`
	Basis
}

// ReimbursementPrices are the prices that matter for reimbursement (R103).
type ReimbursementPrices struct {
	Now    []PriceOn `json:"now"`
	Coming []PriceOn `json:"coming,omitempty"`
	// NotYet is the day from which a commodity has a price that has none today:
	// that is not "no price" (R104).
	NotYet rules.Day `json:"notYetValidFrom,omitempty"`
}

// PriceOn is a price with its dates.
type PriceOn struct {
	Type  *Code     `json:"priceType,omitempty"`
	Price *Money    `json:"price,omitempty"`
	From  fest.Date `json:"validFromDate,omitempty"`
	Until fest.Date `json:"validUntilDate,omitempty"`
}

// PackageReimbursement is that of a package.
func (r *Register) PackageReimbursement(p *fest.Package, a Audience) Reimbursement {
	x := r.reimbursement(a)
	out := x.product(p, p.Reimbursements, true)
	drugs := make([]fest.Ref, len(p.PackageInformation))
	for i := range p.PackageInformation {
		drugs[i] = p.PackageInformation[i].Drug
	}
	out.OpioidApplication = x.opioid(&p.Medicine, drugs)
	out.Prices = x.prices(p.Prices, rules.PriceReimbursement, rules.PriceStepped)
	return x.done(out)
}

// GenericReimbursement is that of a generic: the union of its packages' (R63),
// of which each says itself what may be dispensed (R83).
func (r *Register) GenericReimbursement(g *fest.Generic, a Audience) Reimbursement {
	x := r.reimbursement(a)
	out := x.product(g, g.Reimbursements, true)
	for i := range out.Groups {
		group, ok := x.ReimbursementGroup(fest.Ref(out.Groups[i].ID))
		if !ok {
			continue
		}
		x.cite("R83")
		out.Groups[i].Packages = []ProductOn{}
		for _, ref := range g.Packages {
			p, ok := x.Package(ref)
			if !ok {
				continue
			}
			if links := linksTo(p.Reimbursements, group.ID); len(links) > 0 {
				prescribing, dispensing := x.holdings(group, links, false)
				out.Groups[i].Packages = append(out.Groups[i].Packages, ProductOn{x.Reference(p), prescribing, dispensing})
			}
		}
	}
	out.OpioidApplication = x.opioid(&g.Medicine, g.Drugs)
	return x.done(out)
}

// CommodityReimbursement is that of a commodity.
func (r *Register) CommodityReimbursement(c *fest.Commodity, a Audience) Reimbursement {
	x := r.reimbursement(a)
	var links []fest.ProductReimbursement
	if c.Reimbursement != nil {
		links = []fest.ProductReimbursement{*c.Reimbursement}
	}
	out := x.product(c, links, false)
	x.cite("R130")
	out.Prices = x.prices(c.Prices)
	return x.done(out)
}

// IngredientReimbursement is that of a substance, its moiety and salts
// together (R34): by its own links where FEST has some, for mixtures by its
// derived codes (R86), and the groups of those codes.
func (r *Register) IngredientReimbursement(i *fest.Ingredient, a Audience) Reimbursement {
	x := r.reimbursement(a)
	x.cite("R34", "R43")
	var links []fest.ProductReimbursement
	var substances []Reference
	for _, s := range r.family(i) {
		links = append(links, s.Reimbursements...)
		substances = append(substances, r.Reference(s))
	}
	out := x.product(i, links, true)
	out.Substances = substances
	out.ByATC, out.Mixtures = []ReimbursementGroup{}, []ReimbursementGroup{}
	codes := r.snap.DerivedATC(nil, string(i.ID))
	slices.Sort(codes)
	for _, code := range codes {
		out.ATC = append(out.ATC, r.atcCode(code))
		groups, mixtures := x.around(code)
		out.ByATC, out.Mixtures = addGroups(out.ByATC, groups), addGroups(out.Mixtures, mixtures)
	}
	return x.done(out)
}

// wideATC is the last level whose groups are many: they are listed without
// their codes and conditions.
const wideATC = 2

// ATCReimbursement is that of an ATC code of any level, in upper case. The
// groups of a code of the first two levels are listed without their codes and
// conditions.
func (r *Register) ATCReimbursement(code string, a Audience) Reimbursement {
	x := r.reimbursement(a)
	level := rules.ATCLevel(code)
	x.brief = level > 0 && level <= wideATC
	x.cite("R111")
	subject := r.atcCode(code)
	out := Reimbursement{Subject: Reference{cache.ResourceATC, code, subject.Display}, State: ReimbursementNoneStated}
	out.Groups, out.Mixtures = x.around(code)
	for _, list := range [][]ReimbursementGroup{out.Groups, out.Mixtures} {
		x.state(&out, list)
	}
	out.Individual = x.individual()
	return x.done(out)
}

// product is the answer for what has links.
func (x *reimbursement) product(object any, links []fest.ProductReimbursement, medicine bool) Reimbursement {
	out := Reimbursement{Subject: x.Reference(object), State: ReimbursementNoneStated, Groups: []ReimbursementGroup{}}
	x.cite("R81")
	byGroup := map[fest.Ref][]rules.Reimbursable{}
	var order []fest.Ref
	for i := range links {
		for _, ref := range links[i].ReimbursementGroups {
			if byGroup[ref] == nil {
				order = append(order, ref)
			}
			byGroup[ref] = append(byGroup[ref], rules.ReimbursableByLink(&links[i]))
		}
	}
	for _, ref := range order {
		if g, ok := x.ReimbursementGroup(ref); ok {
			out.Groups = append(out.Groups, x.on(g, byGroup[ref]))
		} else {
			out.Groups = append(out.Groups, ReimbursementGroup{Reference: Reference{Resource: fest.ResourceReimbursements, ID: string(ref)}})
		}
	}
	x.state(&out, out.Groups)
	if medicine {
		out.Individual = x.individual()
	}
	return out
}

// state says what the groups add up to, beside what was there.
func (x *reimbursement) state(out *Reimbursement, groups []ReimbursementGroup) {
	for i := range groups {
		g := &groups[i]
		switch {
		case g.Prescribing == nil:
			if out.State != ReimbursementStated {
				out.State = ReimbursementUnknownGroup
			}
			continue
		case g.Prescribing.valid() || g.Dispensing.valid():
			out.State = ReimbursementStated
		case out.State == ReimbursementNoneStated:
			out.State = ReimbursementOtherDays
		}
		if g.Prescribing.valid() && !slices.Contains(out.Prescribable, g.Kind) {
			out.Prescribable = append(out.Prescribable, g.Kind)
		}
	}
}

// individual are the collective groups of individual reimbursement (R85).
func (x *reimbursement) individual() []ReimbursementGroup {
	out := x.reimbursementTable().individual
	if len(out) > 0 {
		x.cite("R85")
	}
	return out
}

// around are the groups of an ATC code, and those of them that mixtures are
// reimbursed by.
func (x *reimbursement) around(code string) (groups, mixtures []ReimbursementGroup) {
	groups, mixtures = []ReimbursementGroup{}, []ReimbursementGroup{}
	for _, g := range x.groupsAround(code) {
		on := x.on(g, open)
		if on.Match = matchATC(g.Atc, code); on.Match == "" {
			continue
		}
		if rules.ProductsNotListed(g.Of) {
			x.cite("R86", "R87")
			mixtures = append(mixtures, on)
		} else {
			groups = append(groups, on)
		}
	}
	return groups, mixtures
}

// addGroups adds groups that are not there yet.
func addGroups(to, more []ReimbursementGroup) []ReimbursementGroup {
	for _, g := range more {
		if !slices.ContainsFunc(to, func(have ReimbursementGroup) bool { return have.ID == g.ID }) {
			to = append(to, g)
		}
	}
	return to
}

// linksTo are the links of a product to a group.
func linksTo(links []fest.ProductReimbursement, group fest.ID) []rules.Reimbursable {
	var out []rules.Reimbursable
	for i := range links {
		for _, ref := range links[i].ReimbursementGroups {
			if fest.ID(ref) == group {
				out = append(out, rules.ReimbursableByLink(&links[i]))
			}
		}
	}
	return out
}

// done completes an answer.
func (x *reimbursement) done(out Reimbursement) Reimbursement {
	out.Audience, out.Conditions, out.ConditionsForOthers = x.audience, x.conditions, x.hidden()
	slices.Sort(out.Prescribable)
	if len(out.Prescribable) == 0 {
		out.Prescribable = []rules.ReimbursementKind{}
		x.cite("R84")
		if x.On("R84") {
			out.Statement = rules.Unreimbursed
		}
	}
	out.Basis = x.basis
	return out
}

// opioid is Opioidsoknad of a medicine, else of its drugs; nil where none says
// so (R93).
func (x *reimbursement) opioid(m *fest.Medicine, drugs []fest.Ref) *bool {
	stated := m.OpioidApplication
	for _, ref := range drugs {
		if d, ok := x.Drug(ref); ok && d.OpioidApplication != nil {
			if yes, _ := d.OpioidApplication.Bool(); stated == nil || yes && m.OpioidApplication == nil {
				stated = d.OpioidApplication
			}
		}
	}
	if stated == nil {
		return nil
	}
	x.cite("R93")
	return boolOf(*stated)
}

// prices are those of some types, all without any (R5, R101–R104).
func (x *reimbursement) prices(all []fest.Price, types ...string) *ReimbursementPrices {
	x.cite("R5", "R101", "R102", "R103")
	wanted := slices.DeleteFunc(slices.Clone(all), func(p fest.Price) bool { return len(types) > 0 && !slices.Contains(types, p.PriceType.Code) })
	now, coming := rules.PricesOn(wanted, x.day)
	out := &ReimbursementPrices{Now: pricesOf(now), Coming: pricesOf(coming)}
	if out.Now == nil {
		out.Now = []PriceOn{}
	}
	if from, yes := rules.NotPricedYet(wanted, x.day); yes {
		x.cite("R104")
		out.NotYet = from
	}
	return out
}

func pricesOf(list []fest.Price) []PriceOn {
	var out []PriceOn
	for i := range list {
		p := &list[i]
		out = append(out, PriceOn{CodeOf(&p.PriceType), MoneyOf(&p.Price), fest.Date(TextOf(p.ValidFromDate)), fest.Date(TextOf(p.ValidUntilDate))})
	}
	return out
}

// family is a substance, its moieties and their salts and esters, once each
// (R34).
func (r *Register) family(i *fest.Ingredient) []*fest.Ingredient {
	out := []*fest.Ingredient{i}
	roots := r.MoietiesOf(fest.Ref(i.ID))
	roots = slices.DeleteFunc(roots, func(m *fest.Ingredient) bool { return m == i })
	if len(roots) == 0 {
		roots = out[:1]
	}
	for _, m := range slices.Clone(roots) {
		for _, ref := range append([]fest.Ref{fest.Ref(m.ID)}, m.FullActiveSubstances...) {
			if s, ok := r.Ingredient(ref); ok && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

