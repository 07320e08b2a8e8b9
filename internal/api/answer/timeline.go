package answer

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// SpanKind says what a span of a timeline is about.
type SpanKind string

// The kinds, in the order in which those of one day stand.
const (
	SpanAvailability  SpanKind = "availability"
	SpanPrice         SpanKind = "price"
	SpanReimbursement SpanKind = "reimbursement"
	SpanSubstitution  SpanKind = "substitution"
)

// SpanKinds are all kinds, in their order.
func SpanKinds() []SpanKind {
	return []SpanKind{SpanAvailability, SpanPrice, SpanReimbursement, SpanSubstitution}
}

// When is how a span lies to the day.
type When string

// The three.
const (
	Was   When = "was"
	Is    When = "is"
	Comes When = "comes"
)

// mostCodes bounds the reimbursement codes that a span shows.
const mostCodes = 20

// Span is a time in which something about a product holds, as far as the
// release says: what was over before it, FEST has mostly left out (R24, R82).
type Span struct {
	Kind SpanKind `json:"kind"`
	When When     `json:"when"`
	// FirstDay and LastDay both count; left out where open (R7). Of
	// reimbursement it is the last day for dispensing (R4).
	FirstDay rules.Day `json:"firstDay,omitempty"`
	LastDay  rules.Day `json:"lastDay,omitempty"`
	// UnsureDay is the day after the last, of which it is not stated whether it
	// counts (R6).
	UnsureDay rules.Day `json:"unsureDay,omitempty"`
	// State is of availability (R51).
	State rules.Market `json:"state,omitempty"`
	Price *Price       `json:"price,omitempty"`
	// Group is the reimbursement group or the substitution group.
	Group *Reference `json:"group,omitempty"`
	// NotPrescribable: the time is for dispensing only.
	NotPrescribable bool `json:"dispensingOnly,omitempty"`
	// LastPrescribeDay is the last day for prescribing; left out where open.
	LastPrescribeDay rules.Day `json:"lastPrescribeDay,omitempty"`
	// Codes are the reimbursement codes that hold in just this time, the first
	// twenty of them.
	Codes *List[Code] `json:"reimbursementCodes,omitempty"`
	Basis

	until rules.Day // LastDay, for order
}

// Timeline is what was, is and comes of a product, in the order of the days.
type Timeline struct {
	Product    Reference   `json:"product"`
	ItemNumber string      `json:"itemNumber,omitempty"`
	Spans      *List[Span] `json:"spans"`
	// NotStated are the kinds of which FEST states nothing for the product,
	// which is not no (R28): individual reimbursement may apply all the same
	// (R84), and a package that has left its substitution group mostly looks so
	// (R95).
	NotStated []NotStated `json:"notStated"`
}

// NotStated is a kind of span that there is none of.
type NotStated struct {
	Kind SpanKind `json:"kind"`
	Basis
}

// ListSpans is the list of a timeline, as Paging names it.
const ListSpans = "spans"

// Timeline is that of a package or commodity that the register handed out.
func (r *Register) Timeline(product any, p *Paging) Timeline {
	out := Timeline{Product: r.Reference(product), ItemNumber: itemNumberOf(product)}
	spans := r.spans(product)
	out.Spans, out.NotStated = paged(p, ListSpans, spans, asShown), []NotStated{}
	kinds := []SpanKind{SpanPrice, SpanReimbursement}
	if _, ok := product.(*fest.Package); ok {
		kinds = append(kinds, SpanSubstitution)
	}
	why := map[SpanKind]string{SpanPrice: "R32", SpanReimbursement: "R84", SpanSubstitution: "R95"}
	for _, kind := range kinds {
		if !slices.ContainsFunc(spans, func(s Span) bool { return s.Kind == kind }) {
			out.NotStated = append(out.NotStated, NotStated{kind, r.Basis(why[kind])})
		}
	}
	return out
}

func itemNumberOf(product any) string {
	if p, ok := product.(*fest.Package); ok {
		return string(p.ItemNumber)
	}
	if c := commodityOf(product); c != nil {
		return string(c.ItemNumber)
	}
	return ""
}

// spans are those of a product, by first day, kind and last day.
func (r *Register) spans(product any) []Span {
	var out []Span
	switch p := product.(type) {
	case *fest.Package:
		out = r.marketSpans(out, p.MarketingInformation)
		out = r.priceSpans(out, p.Prices)
		for i := range p.Reimbursements {
			out = r.reimbursementSpans(out, &p.Reimbursements[i])
		}
		out = r.substitutionSpans(out, p.PackageSubstitutionGroup)
	default:
		if c := commodityOf(product); c != nil {
			out = r.priceSpans(out, c.Prices)
			if c.Reimbursement != nil {
				out = r.reimbursementSpans(out, c.Reimbursement)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.FirstDay, b.FirstDay), cmp.Compare(a.Kind.rank(), b.Kind.rank()), compareUntil(a.until, b.until))
	})
	return out
}

func (k SpanKind) rank() int { return slices.Index(SpanKinds(), k) }

// compareUntil has what is open last.
func compareUntil(a, b rules.Day) int {
	if a == "" || b == "" {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

// span is a span of a period, seen from the register's day.
func (r *Register) span(kind SpanKind, p rules.Period, cited ...string) Span {
	s := Span{Kind: kind, When: Is, FirstDay: p.First, LastDay: p.Last, UnsureDay: p.Unsure, Basis: r.Basis(cited...), until: p.Last}
	switch p.On(r.day) {
	case rules.NotYet:
		s.When = Comes
	case rules.Over:
		s.When = Was
	case rules.Valid:
	}
	return s
}

func (r *Register) marketSpans(out []Span, m *fest.MarketingInformation) []Span {
	for _, of := range rules.MarketSpans(m) {
		cited := []string{"R51"}
		switch of.Market {
		case rules.SellingOut, rules.SoldOut:
			cited = append(cited, "R50")
		case rules.NotYetMarketed, rules.Marketed:
			cited = append(cited, "R49")
		case rules.NotStated:
			cited = append(cited, "R32")
		}
		s := r.span(SpanAvailability, of.Period, cited...)
		s.State = of.Market
		out = append(out, s)
	}
	return out
}

func (r *Register) priceSpans(out []Span, prices []fest.Price) []Span {
	for _, of := range rules.PriceSpans(prices) {
		s := r.span(SpanPrice, of.Period, "R5", "R101")
		if s.When == Comes {
			r.Cite(&s.Basis, "R102")
		}
		price := priceOf(&prices[of.Price])
		s.Price = &price
		out = append(out, s)
	}
	return out
}

func (r *Register) substitutionSpans(out []Span, link *fest.PackageSubstitutionGroup) []Span {
	if link == nil {
		return out
	}
	g, ok := r.SubstitutionGroup(link.SubstitutionGroup)
	if !ok {
		g = new(fest.SubstitutionGroup) // nothing is known of it but the link
	}
	p := rules.MembershipPeriod(link, g)
	if p.Never() {
		return out
	}
	s := r.span(SpanSubstitution, p, "R94", "R95")
	if p.Unsure != "" {
		r.Cite(&s.Basis, "R6")
	}
	ref := r.ReferenceTo(fest.ResourceSubstitutionGroups, link.SubstitutionGroup)
	s.Group = &ref
	return append(out, s)
}

// reimbursementSpans are those of a product's link: for each group one for all
// codes that hold in the same time.
func (r *Register) reimbursementSpans(out []Span, link *fest.ProductReimbursement) []Span {
	for _, id := range uniqueRefs(link.ReimbursementGroups) {
		ref := r.ReferenceTo(fest.ResourceReimbursements, id)
		g, ok := r.ReimbursementGroup(id)
		if !ok || !rules.CodeRequired(g.ReimbursementGroup) {
			prescribe, dispense := rules.ReimbursedPeriods(link, nil)
			if s, holds := r.reimbursementSpan(ref, prescribe, dispense); holds {
				if ok {
					r.Cite(&s.Basis, "R88")
				}
				out = append(out, s)
			}
			continue
		}
		first, at := len(out), map[[2]rules.Period]int{}
		for i := range g.ReimbursementCodes {
			c := &g.ReimbursementCodes[i]
			prescribe, dispense := rules.ReimbursedPeriods(link, c)
			key := [2]rules.Period{prescribe, dispense}
			k, seen := at[key]
			if !seen {
				s, ok := r.reimbursementSpan(ref, prescribe, dispense)
				if !ok {
					continue
				}
				s.Codes = &List[Code]{Items: []Code{}}
				k = len(out) - first
				at[key] = k
				out = append(out, s)
			}
			codes := out[first+k].Codes
			if codes.Total++; codes.Total <= mostCodes {
				if code := CodeOf(&c.Code); code != nil {
					codes.Items = append(codes.Items, *code)
				}
			}
		}
	}
	return out
}

// reimbursementSpan is false for what never holds.
func (r *Register) reimbursementSpan(group Reference, prescribe, dispense rules.Period) (Span, bool) {
	if dispense.Never() {
		return Span{}, false
	}
	s := r.span(SpanReimbursement, dispense, "R4", "R80")
	s.Group = &group
	if prescribe.Never() {
		s.NotPrescribable = true
	} else {
		s.LastPrescribeDay = prescribe.Last
	}
	return s, true
}
