package rules

import (
	"strings"

	"github.com/festd/festd/internal/fest"
)

// ATCLevel is the level of a code, by its length (R136): 1 to 5, of a
// veterinary one by the length behind its Q (R65); 0 for what is none, such as
// WITHOUT (R115). The codes ZV80AA…, valid inputs of interactions and no WHO
// codes, have six levels.
func ATCLevel(code string) int {
	if !isATC(code) {
		return 0
	}
	lengths := whoLengths
	switch {
	case strings.HasPrefix(code, "ZV"):
		lengths = ownLengths
	case Veterinary(code):
		code = code[1:]
	}
	for i, n := range lengths {
		if len(code) == n {
			return i + 1
		}
	}
	return 0
}

// The lengths of the levels: of WHO's codes, and of those that begin with ZV.
var (
	whoLengths = []int{1, 3, 4, 5, 7}
	ownLengths = []int{1, 2, 4, 5, 6, 8}
)

// noATC is the code that products without one share (R115).
const noATC = "WITHOUT"

// ATC is the code that a value says, in capitals; "" where it says none: not
// stated, or WITHOUT (R115).
func ATC(v *fest.CV) string {
	if v == nil {
		return ""
	}
	return ATCCode(v.Code)
}

// ATCCode is ATC of a code as text.
func ATCCode(code string) string {
	if code = strings.ToUpper(strings.TrimSpace(code)); code == noATC {
		return ""
	}
	return code
}

func isATC(code string) bool {
	if code == "" || code == noATC {
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

// IsATCGroup says whether a code stands for all those below it: levels 1–4,
// of the codes ZV80AA… all but the last (R111).
func IsATCGroup(code string) bool {
	level := ATCLevel(code)
	return level > 0 && level < 5 || level == 5 && strings.HasPrefix(code, "ZV")
}

// ATCCovers says whether a substance's code matches a drug's: of level 5
// exactly, of the levels above everything below (R111). WITHOUT, which many
// products share, never matches, not even itself (R115). A code of no level,
// which FEST should not have, matches itself.
func ATCCovers(substance, drug string) bool {
	if !isATC(substance) || !isATC(drug) {
		return false
	}
	return substance == drug || IsATCGroup(substance) && strings.HasPrefix(drug, substance)
}

// ATCCovering appends the codes that a substance may have to match a drug's:
// the code itself and the groups above it (R111). They are parts of the code.
func ATCCovering(dst []string, code string) []string {
	if !isATC(code) {
		return dst
	}
	dst = append(dst, code)
	for n := len(code) - 1; n > 0; n-- {
		if above := code[:n]; IsATCGroup(above) {
			dst = append(dst, above)
		}
	}
	return dst
}

// ATCGroup is the code of level 4 that a code is or is below, by which two
// drugs are duplicate therapy (R115); "" for what has none, and for codes that
// are not WHO's.
func ATCGroup(code string) string {
	n := 5
	if Veterinary(code) {
		n = 6
	}
	if ATCLevel(code) < 4 || strings.HasPrefix(code, "Z") {
		return ""
	}
	return code[:n]
}

// Veterinary says whether a code is of animals' medicines (R65).
func Veterinary(code string) bool { return strings.HasPrefix(code, "Q") }
