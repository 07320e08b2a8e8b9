package reference

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Prices are the prices of a product on a day, by their places in its list.
type Prices struct {
	// State is priced, notYet (none holds, and one is to come: R104), over
	// (none holds or is to come) or notStated.
	State string
	// Now holds of each type the one that holds (R5); Coming begins later, the
	// soonest first (R102); Past is the rest: over, or one of a later day holds
	// in its place.
	Now, Coming, Past []int
	// Doubtful: the retail price of the day is below the purchase price (R101).
	Doubtful bool
}

// PricesOn sorts the prices of a product as of a day (R2, R5, R7, R101–R104).
func PricesOn(prices []fest.Price, day string) Prices {
	var out Prices
	d := at(day)
	for i := range prices {
		p := &prices[i]
		switch {
		case !begun(p.ValidFromDate, d):
			out.Coming = append(out.Coming, i)
		case through(p.ValidUntilDate, d) && latest(prices, i, day):
			out.Now = append(out.Now, i)
		default:
			out.Past = append(out.Past, i)
		}
	}
	slices.SortStableFunc(out.Coming, func(a, b int) int {
		x, _ := dayOf(prices[a].ValidFromDate)
		y, _ := dayOf(prices[b].ValidFromDate)
		return x.Compare(y)
	})
	switch {
	case len(prices) == 0:
		out.State = "notStated"
	case len(out.Now) > 0:
		out.State = "priced"
	case len(out.Coming) > 0:
		out.State = "notYet"
	default:
		out.State = "over"
	}
	retail, purchase := priceOn(prices, "4", day), priceOn(prices, "3", day)
	if retail != nil && purchase != nil {
		r, okR := plainNumber(retail.Price.Value)
		b, okB := plainNumber(purchase.Price.Value)
		out.Doubtful = okR && okB && r.Cmp(b) < 0
	}
	return out
}

// latest: no other price of its type that holds on the day began later; of
// several that began together the first in the file.
func latest(prices []fest.Price, i int, day string) bool {
	d, own := at(day), &prices[i]
	from, _ := dayOf(own.ValidFromDate) // open backwards is before all (R7)
	for k := range prices {
		p := &prices[k]
		if k == i || p.PriceType.Code != own.PriceType.Code || p.PriceType.System != own.PriceType.System || !begun(p.ValidFromDate, d) || !through(p.ValidUntilDate, d) {
			continue
		}
		other, _ := dayOf(p.ValidFromDate)
		if other.After(from) || other.Equal(from) && k < i {
			return false
		}
	}
	return true
}
