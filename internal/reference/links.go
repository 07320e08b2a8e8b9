package reference

import "github.com/festd/festd/internal/fest"

// Links are an entry's links to reimbursement groups, and whether it is a
// commodity.
func Links(e *fest.Entry) (links []fest.ProductReimbursement, commodity bool) {
	one := func(c *fest.Commodity) ([]fest.ProductReimbursement, bool) {
		if c.Reimbursement == nil {
			return nil, true
		}
		return []fest.ProductReimbursement{*c.Reimbursement}, true
	}
	switch o := e.Object.(type) {
	case *fest.Package:
		return o.Reimbursements, false
	case *fest.Generic:
		return o.Reimbursements, false
	case *fest.Ingredient:
		return o.Reimbursements, false
	case *fest.BreastProsthesis:
		return one(&o.Commodity)
	case *fest.MedicalConsumable:
		return one(&o.Commodity)
	case *fest.Nutrient:
		return one(&o.Commodity)
	}
	return nil, false
}
