package rules

import "strings"

// ATCLevel is the level of a code, by its length (R136): 1 to 5; 0 for what is
// none, such as WITHOUT (R115). The codes ZV80AA…, of six levels and more, are
// valid inputs of interactions and no WHO codes: level 6.
func ATCLevel(code string) int {
	if !isATC(code) {
		return 0
	}
	switch len(code) {
	case 1:
		return 1
	case 3:
		return 2
	case 4:
		return 3
	case 5:
		return 4
	case 7:
		return 5
	default:
		if strings.HasPrefix(code, "ZV80AA") && len(code) > 7 {
			return 6
		}
		return 0
	}
}

func isATC(code string) bool {
	if code == "" || code == "WITHOUT" {
		return false
	}
	for i := range len(code) {
		c := code[i]
		letter, digit := 'A' <= c && c <= 'Z', '0' <= c && c <= '9'
		if !letter && !digit || i == 0 && !letter {
			return false
		}
	}
	return true
}

// ATCCovers says whether a substance's code matches a drug's: of level 5
// exactly, of the levels above everything below (R111). WITHOUT, which many
// products share, never matches, not even itself (R115).
func ATCCovers(substance, drug string) bool {
	if ATCLevel(substance) == 0 || !isATC(drug) {
		return false
	}
	return substance == drug || ATCLevel(substance) < 5 && strings.HasPrefix(drug, substance)
}

// ATCGroup is the code's level 4, by which two drugs are duplicate therapy
// (R115); "" for what has none.
func ATCGroup(code string) string {
	if ATCLevel(code) != 5 {
		return ""
	}
	return code[:5]
}

// Veterinary says whether a code is of animals' medicines (R65).
func Veterinary(code string) bool { return strings.HasPrefix(code, "Q") }
