package gate

import (
	"math"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Price types of list 7453, as the data say; the printed list has the two the
// other way round (R101).
const (
	priceAIP = "3" // what the pharmacy pays
	priceAUP = "4" // what the patient pays
)

// priceUnit is the smallest part of a krone that is told apart.
const priceUnit = 10_000

// price is the newest price of one type on an object.
type price struct {
	class    class
	row      uint32 // key, once the facts are made
	typ      uint32
	currency uint32
	amount   int64 // in 1/priceUnit
}

// below is a package that sells for less than it costs (R146).
type below struct {
	row      uint32
	aip, aup uint32 // the amounts' texts
}

// item is an item number and whose it is.
type item struct {
	class  class
	row    uint32
	number uint32
}

// packagePrices takes note of the newest price of each type: prices appear up
// to three weeks ahead (R102), and what comes is what must be looked at.
func (o *Observer) packagePrices(c class, row uint32, prices []fest.Price) {
	for i := range prices {
		p := &prices[i]
		if c == class(fest.ClassPackage) && hospitalPrice(p.PriceType.Display) {
			o.signs.hospital = append(o.signs.hospital, row)
		}
		amount, ok := amountOf(p.Price.Value)
		if !ok || newer(prices, i) {
			continue
		}
		o.prices = push(o.prices, price{c, row, o.text.of(p.PriceType.Code), o.text.of(p.Price.Currency), amount})
	}
	if c == class(fest.ClassPackage) {
		o.priceOrder(row, prices)
	}
}

// newer: another price of the type begins later than the i-th, or, of those
// that begin on the same day, stands before it.
func newer(prices []fest.Price, i int) bool {
	p := &prices[i]
	for j := range prices {
		q := &prices[j]
		if j == i || q.PriceType.Code != p.PriceType.Code {
			continue
		}
		a, b := dateOf(q.ValidFromDate), dateOf(p.ValidFromDate)
		if a > b || a == b && (q.Price.Value > p.Price.Value || q.Price.Value == p.Price.Value && j < i) {
			return true
		}
	}
	return false
}

// priceOrder looks at the package on every day that a price begins: the price
// of a type is then the one that began last and has not ended (R5).
func (o *Observer) priceOrder(row uint32, prices []fest.Price) {
	for i := range prices {
		if t := prices[i].PriceType.Code; t != priceAIP && t != priceAUP {
			continue
		}
		day := dateOf(prices[i].ValidFromDate)
		aip, aup := priceOn(prices, priceAIP, day), priceOn(prices, priceAUP, day)
		if aip == nil || aup == nil {
			continue
		}
		low, ok := amountOf(aip.Price.Value)
		high, ok2 := amountOf(aup.Price.Value)
		if ok && ok2 && high < low && aip.Price.Currency == aup.Price.Currency {
			o.below = append(o.below, below{row, o.text.of(aip.Price.Value), o.text.of(aup.Price.Value)})
			return
		}
	}
}

func priceOn(prices []fest.Price, typ, day string) *fest.Price {
	var best *fest.Price
	for i := range prices {
		p := &prices[i]
		from, until := dateOf(p.ValidFromDate), dateOf(p.ValidUntilDate)
		if p.PriceType.Code != typ || from > day || until != "" && until < day {
			continue
		}
		if best == nil || from > dateOf(best.ValidFromDate) {
			best = p
		}
	}
	return best
}

// dateOf is the calendar day of a date, "" if there is none. Such texts
// compare like the days they name.
func dateOf(d *fest.Date) string {
	if d == nil {
		return ""
	}
	return day(string(*d))
}

// day cuts a date or time to its calendar day.
func day(s string) string {
	const length = len("2006-01-02")
	if len(s) > length {
		return s[:length]
	}
	return s
}

// hospitalPrice: the maximum price of H-prescriptions is only in the extracts
// for Helfo and Farmalogg (R88). Its code is in no list we have; its name says
// what it is.
func hospitalPrice(display string) bool {
	return strings.Contains(strings.ToLower(display), "h-resept")
}

// amountOf reads an xs:decimal; false for what is none or is out of range.
func amountOf(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	s, negative := strings.CutPrefix(s, "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if whole == "" && fraction == "" {
		return 0, false
	}
	var n int64
	digits := whole + (fraction + "0000")[:4]
	for _, d := range []byte(digits) {
		if d < '0' || d > '9' || n > (math.MaxInt64-9)/10 {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	for _, d := range []byte(fraction[min(4, len(fraction)):]) {
		if d < '0' || d > '9' {
			return 0, false
		}
	}
	if negative {
		n = -n
	}
	return n, true
}
