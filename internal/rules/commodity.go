package rules

import "slices"

// conditionPrescribable is the type of a structured condition that makes a
// product group prescribable (R131).
const conditionPrescribable = "11"

// CommodityLevel is a product group's level in the tree of list 7403, by the
// length of its code: 3, 5 or 7 digits are levels 1 to 3 (R130); 0 for what is
// none.
func CommodityLevel(code string) int {
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return 0
		}
	}
	switch len(code) {
	case 3:
		return 1
	case 5:
		return 2
	case 7:
		return 3
	default:
		return 0
	}
}

// CommodityParent is the group above; "" above a code of three digits (R130).
func CommodityParent(code string) string {
	switch CommodityLevel(code) {
	case 2:
		return code[:3]
	case 3:
		return code[:5]
	default:
		return ""
	}
}

// CommodityPrescribable says whether a group may be prescribed: those of three
// digits, and those of seven whose reimbursement group has a condition of type
// 11 (R131). Single items are shown, not prescribed.
func CommodityPrescribable(code string, conditionTypes []string) bool {
	switch CommodityLevel(code) {
	case 1:
		return true
	case 3:
		return slices.Contains(conditionTypes, conditionPrescribable)
	default:
		return false
	}
}

// LegalBasis is the paragraph that a product's prescription stands under, by
// the first digit of its group: 5 consumables, 6 nutrients (R130, R139); "" for
// another.
func LegalBasis(code string) string {
	if CommodityLevel(code) == 0 {
		return ""
	}
	switch code[0] {
	case '5':
		return "§ 5"
	case '6':
		return "§ 6"
	default:
		return ""
	}
}

// ProductGroupPrescribable is [CommodityPrescribable] with its reason.
// breastOnly says that all goods of the group are breast prostheses, which
// stand on no prescription (R131, R139).
func ProductGroupPrescribable(code string, conditionTypes []string, breastOnly bool) Answer {
	switch {
	case breastOnly:
		return Answer{Value: No, Reason: "breast-prostheses", Rules: []string{"R131", "R139"}}
	case CommodityPrescribable(code, conditionTypes):
		return Answer{Value: Yes, Rules: []string{"R131"}}
	case CommodityLevel(code) == 3:
		return Answer{Value: No, Reason: "no-condition-of-type-11", Rules: []string{"R131"}}
	default:
		return Answer{Value: No, Reason: "level-not-prescribed", Rules: []string{"R131"}}
	}
}
