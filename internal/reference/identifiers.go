package reference

import (
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Named is something that an identifier names.
type Named struct {
	Resource fest.Resource
	Key      string
	EntryID  fest.EntryID
}

// NamedBy lists what a text names, of whatever kind it is: a key or an entry id
// (R14, R16, R17), an item number of a package or commodity (R20, R21), also the
// outgoing one (R18), a bar code (R22), an LMR number (R23). ATC codes are not
// looked at.
func NamedBy(entries []*fest.Entry, text string) []Named {
	var out []Named
	for _, e := range entries {
		if e.Class == fest.ClassInteractionNotAssessed {
			continue // its key is an ATC code
		}
		for _, it := range e.Items() {
			if it.Key == text || string(e.EntryID) == text || hasNumber(e.Object, text) {
				out = append(out, Named{it.Resource, it.Key, e.EntryID})
			}
		}
	}
	return out
}

// hasNumber says whether a text is one of the numbers of an object.
func hasNumber(object any, text string) bool {
	switch o := object.(type) {
	case *fest.Package:
		if string(o.ItemNumber) == text {
			return true
		}
		if m := o.MarketingInformation; m != nil && m.DiscontinuedItemNumber != nil && string(*m.DiscontinuedItemNumber) == text {
			return true
		}
		for _, code := range o.BarCodes {
			if isBarCode(text) && padded(string(code)) == padded(text) {
				return true
			}
		}
	case *fest.BreastProsthesis:
		return string(o.ItemNumber) == text
	case *fest.MedicalConsumable:
		return string(o.ItemNumber) == text
	case *fest.Nutrient:
		return string(o.ItemNumber) == text
	case *fest.Dose:
		return o.LmrNumber != nil && string(*o.LmrNumber) == text
	}
	return false
}

// isBarCode says whether a text has the form of a GTIN.
func isBarCode(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(text) == 8 || len(text) >= 12 && len(text) <= 14
}

// padded is a bar code as it is compared (R22).
func padded(code string) string {
	if len(code) < 14 {
		return strings.Repeat("0", 14-len(code)) + code
	}
	return code
}
