package search

import (
	"strings"
)

// Market is how a document can be had on a day, in the order of the answer.
type Market uint8

// The states; NotApplicable is that of what is no medicine. A drug or generic
// has the best one of its packages (R62).
const (
	NotApplicable Market = iota
	Marketed
	NotStated
	SellingOut
	NotYetMarketed
	SoldOut
	NumMarkets
)

var marketNames = [NumMarkets]string{"", "marketed", "notStated", "sellingOut", "notYetMarketed", "soldOut"}

func (m Market) String() string { return marketNames[m] }

// MarketOf returns the state of that name.
func MarketOf(name string) (Market, bool) {
	for m, n := range marketNames {
		if n == name && m > 0 {
			return Market(m), true
		}
	}
	return 0, false
}

// OfferDates are what decides an offer: the dates as FEST has them, "" for
// what it does not state.
type OfferDates struct {
	Marketing, Linked, Grouped bool // whether there is a Markedsforingsinfo, a link to a group, and that group
	MarketingDate, Withdrawal  string
	TemporarilyDiscontinued    string
	LinkFrom, LinkUntil        string
	GroupFrom, GroupUntil      string
}

// dateSeparator stands between dates in a text.
const dateSeparator = "\x00"

// JoinDates makes the text that an Offer names.
func JoinDates(dates ...string) string { return strings.Join(dates, dateSeparator) }

// OfferState is an offer on a day.
type OfferState struct {
	Market        Market
	Substitutable bool
}

// Offers returns what decides each of the offers.
func (x *Index) Offers() []OfferDates {
	b := x.parts[partOffers]
	out := make([]OfferDates, len(b)/offerSize)
	dates := func(text uint32) (d [3]string, ok bool) {
		if text == 0 {
			return d, false
		}
		rest := string(x.text(text - 1))
		for i := range d {
			d[i], rest, _ = strings.Cut(rest, dateSeparator)
		}
		return d, true
	}
	for i := range out {
		o := &out[i]
		m, ok := dates(at32(b, 3*i))
		o.Marketing, o.MarketingDate, o.Withdrawal, o.TemporarilyDiscontinued = ok, m[0], m[1], m[2]
		l, ok := dates(at32(b, 3*i+1))
		o.Linked, o.LinkFrom, o.LinkUntil = ok, l[0], l[1]
		g, ok := dates(at32(b, 3*i+2))
		o.Grouped, o.GroupFrom, o.GroupUntil = ok, g[0], g[1]
	}
	return out
}

// Day is what can be had on a day, for every document.
type Day struct {
	states []uint8 // Market, and substitutable
}

const substitutable = 0x80

// On gives every document the state that its offers have, as the caller found
// them by the rules, in the order of [Index.Offers].
func (x *Index) On(offers []OfferState) *Day {
	d := &Day{states: make([]uint8, x.docs)}
	for i := range d.states {
		list := x.offers(uint32(i)) //nolint:gosec // checked by Open
		var state uint8
		switch x.document(uint32(i)).kind() { //nolint:gosec // checked by Open
		case KindGeneric, KindDrug, KindPackage:
			state = uint8(NotStated)
		default:
			continue
		}
		for k := range len(list) / 4 {
			n := int(at32(list, k))
			if n >= len(offers) {
				continue
			}
			o := offers[n]
			if k == 0 || uint8(o.Market) < state&^substitutable {
				state = state&substitutable | uint8(o.Market)
			}
			if o.Substitutable {
				state |= substitutable
			}
		}
		d.states[i] = state
	}
	return d
}

func (d *Day) market(doc uint32) Market      { return Market(d.states[doc] &^ substitutable) }
func (d *Day) substitutable(doc uint32) bool { return d.states[doc]&substitutable != 0 }
