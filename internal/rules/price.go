package rules

import (
	"math/big"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// ListDrugPrices is the OID of the list of drugs' price types (7453).
const ListDrugPrices = fest.OIDRoot + "7453"

// The price types of list 7453 as the data have them; the printed list has 3
// and 4 the other way (R101).
const (
	PriceReimbursement = "2"
	PricePurchase      = "3" // AIP
	PriceRetail        = "4" // AUP, the maximum
	PriceStepped       = "5"
)

// PricesOn returns of each type the price that holds on the day: of those with
// from ≤ d ≤ until the one with the latest from-date (R5), and those to come,
// in the order of their days (R102). A price without a from-date is open
// backwards (R7).
func PricesOn(prices []fest.Price, d Day) (now, coming []fest.Price) {
	best := map[string]int{} // type and system → index in now
	from := func(p *fest.Price) Day { return Through(p.ValidFromDate, nil).First }
	for i := range prices {
		p := &prices[i]
		switch Through(p.ValidFromDate, p.ValidUntilDate).On(d) {
		case NotYet:
			coming = append(coming, *p)
		case Valid:
			key := p.PriceType.System + "|" + p.PriceType.Code
			if at, ok := best[key]; !ok {
				best[key] = len(now)
				now = append(now, *p)
			} else if from(p) > from(&now[at]) {
				now[at] = *p
			}
		case Over:
		}
	}
	slices.SortStableFunc(coming, func(a, b fest.Price) int { return strings.Compare(string(from(&a)), string(from(&b))) })
	return now, coming
}

// NotPricedYet says that a commodity has no price on the day but one to come,
// which is not "no price": at the end of a quarter (R104).
func NotPricedYet(prices []fest.Price, d Day) (from Day, yes bool) {
	now, coming := PricesOn(prices, d)
	if len(now) > 0 || len(coming) == 0 {
		return "", false
	}
	return Through(coming[0].ValidFromDate, nil).First, true
}

// PackageUnits is how many units a package has: Multippel × Antall × Mengde
// over its parts, a missing factor being 1 (R46). False where a number cannot
// be read, or parts have different units.
func PackageUnits(parts []fest.PackageInformation) (units float64, unit string, ok bool) {
	exact, unit, ok := exactUnits(parts)
	if !ok {
		return 0, "", false
	}
	units, _ = exact.Float64()
	return units, unit, true
}

// exactUnits is PackageUnits without rounding.
func exactUnits(parts []fest.PackageInformation) (units *big.Rat, unit string, ok bool) {
	units = new(big.Rat)
	for i := range parts {
		p := &parts[i]
		n, ok := decimal(string(p.Quantity))
		if !ok || n.Sign() <= 0 {
			return nil, "", false
		}
		for _, factor := range []*fest.Integer{p.Multiple, p.Number} {
			if factor == nil {
				continue
			}
			f, ok := decimal(string(*factor))
			if !ok || f.Sign() <= 0 {
				return nil, "", false
			}
			n.Mul(n, f)
		}
		if i > 0 && p.PackageUnit.Code != unit {
			return nil, "", false
		}
		units.Add(units, n)
		unit = p.PackageUnit.Code
	}
	return units, unit, len(parts) > 0
}

// longestDecimal bounds what is read as a number: no price and no size is
// longer.
const longestDecimal = 40

// decimal reads an xs:decimal exactly. Prices and sizes have no exponent.
func decimal(s string) (*big.Rat, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > longestDecimal || strings.Trim(s, "0123456789.+-") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}
