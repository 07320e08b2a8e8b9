package sample

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// edit changes the content of an entry the way its class usually changes. It
// always changes something, keeps every reference valid and leaves alone what
// identifies the object: ATC, strength, ingredients, drug, prescription group.
func edit(e *fest.Entry, s *step, r *rng) {
	mark := strconv.Itoa(r.between(100, 999)) + "-" + s.retrieved.Format("060102")
	switch o := e.Object.(type) {
	case *fest.Drug:
		editDrug(o, r, mark)
	case *fest.Package:
		editPackage(o, s, r)
	case *fest.Ingredient:
		o.NameEnglish = ptr(anglicisedName(o) + fest.Text(" ["+mark+"]"))
	case *fest.IngredientStrength:
		o.StrengthOperator.Display = "Lik (" + mark + ")"
	case *fest.Generic:
		o.NameFormStrength = revise(o.NameFormStrength, mark)
	case *fest.Dose:
		o.NameFormStrength = revise(o.NameFormStrength, mark)
	case *fest.BreastProsthesis:
		editCommodity(&o.Commodity, mark)
	case *fest.MedicalConsumable:
		editCommodity(&o.Commodity, mark)
	case *fest.Nutrient:
		editCommodity(&o.Commodity, mark)
	case *fest.Reimbursement:
		g := &o.ReimbursementGroups[r.intn(len(o.ReimbursementGroups))]
		g.ReimbursableUse = ptr(revise(deref(g.ReimbursableUse), mark))
	case *fest.Condition:
		o.Text = revise(o.Text, mark)
	case *fest.Notification:
		o.Text = revise(o.Text, mark)
	case *fest.CodeSystem:
		t := &o.Elements[r.intn(len(o.Elements))]
		t.Terms = append(slices.Clip(t.Terms), fest.Term{Term: fest.Text("Revidert " + mark)})
	case *fest.SubstitutionGroup:
		o.RemarkRegardingSubstitution = "true"
		o.SubstitutionDescription = ptr(fest.Text("Bytte frarådes ved pågående behandling (" + mark + ")."))
	case *fest.Interaction:
		h := strings.TrimSuffix(string(deref(o.Handling)), "\n")
		if h != "" {
			h += "\n"
		}
		o.Handling = ptr(fest.Text(h + "Revisjon: Vurderingen er gått gjennom på nytt (" + mark + ").\n"))
	case *fest.InteractionNotAssessed:
		o.Atc.Display += " (" + mark + ")"
	case *fest.ShortDose:
		o.TermDescription = revise(o.TermDescription, mark)
	}
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// revise puts a mark of revision at the end of a text, in place of the one
// that is there.
func revise(t fest.Text, mark string) fest.Text {
	s, _, _ := strings.Cut(string(t), " (rev. ")
	return fest.Text(s + " (rev. " + mark + ")")
}

func anglicisedName(o *fest.Ingredient) fest.Text {
	if o.NameEnglish == nil {
		return fest.Text(anglicise(string(o.Name)))
	}
	s, _, _ := strings.Cut(string(*o.NameEnglish), " [")
	return fest.Text(s)
}

func editDrug(o *fest.Drug, r *rng, mark string) {
	switch r.intn(3) {
	case 0:
		if o.ProductInformation == nil {
			o.ProductInformation = &fest.ProductInformation{}
		}
		o.ProductInformation.Manufacturer = ptr(revise(deref(o.ProductInformation.Manufacturer), mark))
	case 1:
		if len(o.SpcSections) > 0 {
			o.SpcSections = spc(mark + string(deref(o.ID)))
			return
		}
		fallthrough
	default:
		o.NameFormStrength = revise(o.NameFormStrength, mark)
	}
}

// editPackage changes prices in three of four, marketing in the rest.
func editPackage(o *fest.Package, s *step, r *rng) {
	if len(o.Prices) > 0 && r.chance(0.75) {
		announce(o, s, r)
		return
	}
	if o.MarketingInformation == nil {
		o.MarketingInformation = &fest.MarketingInformation{MarketingDate: ptr(date(s.retrieved.AddDate(0, 0, r.between(1, 20))))}
		return
	}
	m := *o.MarketingInformation
	o.MarketingInformation = &m
	switch day := ptr(date(s.retrieved.AddDate(0, 0, r.between(1, 60)))); {
	case m.TemporarilyDiscontinuedDate != nil: // it is back (R50)
		o.MarketingInformation.TemporarilyDiscontinuedDate = nil
	case r.chance(0.6):
		o.MarketingInformation.TemporarilyDiscontinuedDate = day
	default:
		o.MarketingInformation.WithdrawalDate = day
	}
}

// announce adds the next price beside the one in force, up to three weeks
// ahead (R102), and drops those that are over.
func announce(o *fest.Package, s *step, r *rng) {
	from := date(s.retrieved.AddDate(0, 0, r.between(2, 21)))
	var kept []fest.Price
	for _, p := range o.Prices {
		if p.ValidUntilDate == nil && deref(p.ValidFromDate) < from {
			p.ValidUntilDate = ptr(from)
			kept = append(kept, p)
		}
	}
	stepped, refunded := hasPrice(o.Prices, priceStepped), hasPrice(o.Prices, priceRefund)
	o.Prices = append(kept, drugPrices(moved(purchase(o.Prices), r), from, refunded, stepped)...)
}

func hasPrice(prices []fest.Price, t term) bool {
	return slices.ContainsFunc(prices, func(p fest.Price) bool { return p.PriceType.Code == t.code })
}

// purchase is the latest purchase price in øre.
func purchase(prices []fest.Price) int {
	for _, p := range slices.Backward(prices) {
		if p.PriceType.Code == priceAIP.code {
			return ore(p.Price.Value)
		}
	}
	return 10_000
}

func ore(amount string) int {
	f, err := strconv.ParseFloat(amount, 64)
	if err != nil {
		return 0
	}
	return int(f*100 + 0.5)
}

// moved is a price after a revision: within 6 % of what it was, and not the
// same.
func moved(ore int, r *rng) int {
	percent := r.between(1, 6)
	if r.chance(0.4) {
		percent = -percent
	}
	n := ore * (100 + percent) / 100 / 10 * 10
	if n == ore/10*10 {
		n += 10
	}
	return max(n, 100)
}

// reprice gives a package the prices of a revision and a commodity those of
// the quarter.
func reprice(e *fest.Entry, s *step, r *rng) {
	switch o := e.Object.(type) {
	case *fest.Package:
		y, m, _ := s.retrieved.Date()
		from := fest.Date(fmt.Sprintf("%04d-%02d-01", y, int(m)))
		o.Prices = drugPrices(moved(purchase(o.Prices), r), from, hasPrice(o.Prices, priceRefund), hasPrice(o.Prices, priceStepped))
	case *fest.BreastProsthesis:
		requarter(&o.Commodity, s, r)
	case *fest.MedicalConsumable:
		requarter(&o.Commodity, s, r)
	case *fest.Nutrient:
		requarter(&o.Commodity, s, r)
	}
}

func requarter(c *fest.Commodity, s *step, r *rng) {
	buy := 1000
	if len(c.Prices) > 0 {
		buy = ore(c.Prices[0].Price.Value)
	}
	setQuarter(c, s.retrieved, moved(buy, r))
	if c.Reimbursement != nil {
		c.Reimbursement.ValidFromDate = quarterStart(s.retrieved)
	}
}

func editCommodity(c *fest.Commodity, mark string) { c.Name = revise(c.Name, mark) }
