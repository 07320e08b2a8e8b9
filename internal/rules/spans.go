package rules

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Spans are when something was, is and will be so, as far as one release says:
// for timelines. They are made of the same functions that answer for one day,
// asked on every day on which something can change.

// Never reports whether the period ends before it begins.
func (p Period) Never() bool { return p.First != "" && p.Last != "" && p.Last < p.First }

// MarketSpan is a time in which a package has a state.
type MarketSpan struct {
	Period
	Market Market
}

// MarketSpans are a package's states from the beginning to the end of time
// (R49–R51), in their order, without a gap.
func MarketSpans(m *fest.MarketingInformation) []MarketSpan {
	var days []Day
	if m != nil {
		if out, ok := withdrawn(m); ok {
			days = append(days, out, out.Plus(sellOutMonths).next())
		}
		if m.MarketingDate != nil {
			if from, ok := dayOf(*m.MarketingDate); ok {
				days = append(days, from)
			}
		}
	}
	var out []MarketSpan
	for _, p := range between(days) {
		market := AvailabilityOf(m, p.First).Market
		if n := len(out); n > 0 && out[n-1].Market == market {
			out[n-1].Last = p.Last
			continue
		}
		out = append(out, MarketSpan{p, market})
	}
	return out
}

// PriceSpan is a time in which a price is the one of its type that holds.
type PriceSpan struct {
	Period
	Price int // its place in the list
}

// PriceSpans are when each price holds (R5), the earliest first. One in whose
// place another of a later day holds has two spans where that one ends before
// it, and one that never holds has none.
func PriceSpans(prices []fest.Price) []PriceSpan {
	var days []Day
	for i := range prices {
		p := Through(prices[i].ValidFromDate, prices[i].ValidUntilDate)
		if p.First != "" {
			days = append(days, p.First)
		}
		if p.Last != "" {
			days = append(days, p.Last.next())
		}
	}
	var out []PriceSpan
	open := map[int]int{} // price → its span, if it reaches to the time before
	for _, p := range between(days) {
		still := map[int]int{}
		for _, i := range pricesHolding(prices, p.First) {
			at, ok := open[i]
			if ok {
				out[at].Last = p.Last
			} else {
				at = len(out)
				out = append(out, PriceSpan{p, i})
			}
			still[i] = at
		}
		open = still
	}
	return out
}

// pricesHolding are the places of the prices that hold on a day, one of each
// type: see [PricesOn].
func pricesHolding(prices []fest.Price, d Day) []int {
	var out []int
	for i := range prices {
		p := &prices[i]
		own := Through(p.ValidFromDate, p.ValidUntilDate)
		if own.On(d) != Valid {
			continue
		}
		at := slices.IndexFunc(out, func(k int) bool {
			return prices[k].PriceType.Code == p.PriceType.Code && prices[k].PriceType.System == p.PriceType.System
		})
		switch {
		case at < 0:
			out = append(out, i)
		case own.First > Through(prices[out[at]].ValidFromDate, nil).First:
			out[at] = i
		}
	}
	return out
}

// PricesPast are the places of the prices that neither hold on a day nor are
// to come: they are over, or one of a later day holds in their place (R5).
func PricesPast(prices []fest.Price, d Day) []int {
	holding := pricesHolding(prices, d)
	var out []int
	for i := range prices {
		if Through(prices[i].ValidFromDate, nil).On(d) == Valid && !slices.Contains(holding, i) {
			out = append(out, i)
		}
	}
	return out
}

// MembershipPeriod is when a package's link to its substitution group and the
// group both hold (R94), of whose last day it is not stated whether it counts
// (R6). It may be never.
func MembershipPeriod(link *fest.PackageSubstitutionGroup, g *fest.SubstitutionGroup) Period {
	return BeforeUnsure(link.ValidFromDate, link.ValidUntilDate).And(BeforeUnsure(g.ValidFromDate, g.ValidUntilDate))
}

// ReimbursedPeriods are when a product's link and a code of the group (nil
// where it requires none: R88) both hold, for prescribing and for dispensing
// (R4, R80). They may be never.
func ReimbursedPeriods(link *fest.ProductReimbursement, code *fest.ReimbursementCode) (prescribe, dispense Period) {
	r := ReimbursableByLink(link)
	if code != nil {
		r = r.And(ReimbursableByCode(code))
	}
	return r.Prescribe, r.Dispense
}

// Next is the first day after the period; "" where it is open.
func (p Period) Next() Day {
	if p.Last == "" {
		return ""
	}
	return p.Last.next()
}

// between are the times between days, from the beginning to the end of time.
func between(days []Day) []Period {
	days = slices.Clone(days)
	slices.Sort(days)
	days = slices.Compact(days)
	out := make([]Period, 0, len(days)+1)
	from := Day("")
	for _, d := range days {
		out = append(out, Period{First: from, Last: d.last()})
		from = d
	}
	return append(out, Period{First: from})
}
