package answer

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// PriceState says whether a product has a price on a day, as far as FEST says.
type PriceState string

// The states.
const (
	Priced PriceState = "priced"
	// PriceNotYet: none holds, and one is to come: not "no price" (R104).
	PriceNotYet PriceState = "notYet"
	// PriceOver: those that FEST has are over.
	PriceOver PriceState = "over"
	// PriceNotStated: FEST has none, which is no price of zero (R32).
	PriceNotStated PriceState = "notStated"
)

// Prices are a product's on the day: each stands in one of the lists.
type Prices struct {
	Product    Reference  `json:"product"`
	ItemNumber string     `json:"itemNumber,omitempty"`
	State      PriceState `json:"state"`
	// ValidFrom is when the first price to come begins, where none holds
	// (R104).
	ValidFrom rules.Day `json:"validFrom,omitempty"`
	// Doubtful: the maximum retail price of the day is below the maximum
	// purchase price, so that one of them is not to be trusted (R101).
	Doubtful bool `json:"belowPurchasePrice,omitempty"`
	// Now are those that hold, one of each type (R5).
	Now []Price `json:"now"`
	// Coming begin later, the soonest first (R102).
	Coming []Price `json:"coming"`
	// Past are over, or one of a later day holds in their place (R5).
	Past []Price `json:"past"`
	Basis
}

// Price is a price of an entry.
type Price struct {
	Type *Code `json:"priceType,omitempty"`
	// Kind says what it is (R101); left out for a type that the rules do not
	// know.
	Kind  string    `json:"kind,omitempty"`
	Price *Money    `json:"price,omitempty"`
	From  fest.Date `json:"validFromDate,omitempty"`
	Until fest.Date `json:"validUntilDate,omitempty"`
}

func priceOf(p *fest.Price) Price {
	return Price{
		Type: CodeOf(&p.PriceType), Kind: rules.PriceKind(&p.PriceType), Price: MoneyOf(&p.Price),
		From: fest.Date(TextOf(p.ValidFromDate)), Until: fest.Date(TextOf(p.ValidUntilDate)),
	}
}

// Prices are those of a package or commodity that the register handed out;
// false for another object.
func (r *Register) Prices(product any) (Prices, bool) {
	var prices []fest.Price
	out := Prices{Product: r.Reference(product), Now: []Price{}, Coming: []Price{}, Past: []Price{}, Basis: r.Basis("R5")}
	switch p := product.(type) {
	case *fest.Package:
		prices, out.ItemNumber = p.Prices, string(p.ItemNumber)
		out.Doubtful = rules.UnitPriceOn(p, r.day).Doubtful
	default:
		c := commodityOf(product)
		if c == nil {
			return Prices{}, false
		}
		prices, out.ItemNumber = c.Prices, string(c.ItemNumber)
	}
	now, coming := rules.PricesOn(prices, r.day)
	for i := range now {
		out.Now = append(out.Now, priceOf(&now[i]))
	}
	for i := range coming {
		out.Coming = append(out.Coming, priceOf(&coming[i]))
	}
	for _, i := range rules.PricesPast(prices, r.day) {
		out.Past = append(out.Past, priceOf(&prices[i]))
	}
	out.State, out.ValidFrom = priceState(prices, r.day)
	switch {
	case out.State == PriceNotStated:
		out.Basis = r.Basis("R32")
	case out.State == PriceNotYet:
		r.Cite(&out.Basis, "R102", "R104")
	case len(coming) > 0:
		r.Cite(&out.Basis, "R102")
	}
	if len(prices) > 0 {
		r.Cite(&out.Basis, "R101")
	}
	return out, true
}

// priceState is that of a product's prices, and when the first of them begins
// if none holds yet.
func priceState(prices []fest.Price, d rules.Day) (PriceState, rules.Day) {
	if len(prices) == 0 {
		return PriceNotStated, ""
	}
	if from, notYet := rules.NotPricedYet(prices, d); notYet {
		return PriceNotYet, from
	}
	if now, _ := rules.PricesOn(prices, d); len(now) > 0 {
		return Priced, ""
	}
	return PriceOver, ""
}
