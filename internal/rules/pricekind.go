package rules

import "github.com/festd/festd/internal/fest"

// ListCommodityPrices is the OID of the list of commodities' price types
// (7423).
const ListCommodityPrices = fest.OIDRoot + "7423"

// PriceKind says what a price is, by the type's code as the data have it
// (R101); "" for a type that the rules do not know.
func PriceKind(t *fest.CV) string {
	switch t.System {
	case ListDrugPrices:
		switch t.Code {
		case PriceReimbursement:
			return "reimbursement"
		case PricePurchase:
			return "maximumPurchase"
		case PriceRetail:
			return "maximumRetail"
		case PriceStepped:
			return "stepped"
		}
	case ListCommodityPrices:
		switch t.Code {
		case "N":
			return "purchase"
		case "E":
			return "maximumReimbursementPerUnit"
		case "P":
			return "maximumReimbursementPerPackage"
		}
	}
	return ""
}
