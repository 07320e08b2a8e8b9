package reference

import (
	"strings"

	"github.com/festd/festd/internal/fest"
)

func codeText(cv *fest.CV) string {
	if cv == nil {
		return ""
	}
	return strings.ToUpper(strings.TrimSpace(cv.Code))
}

// realCodes leaves out WITHOUT, which is one code for products that have
// nothing in common (R115).
func realCodes(code string) []string {
	if code == "" || code == "WITHOUT" {
		return nil
	}
	return []string{code}
}

// within says that code is covering, or, where that is of levels 1–4, below it
// (R111).
func within(code, covering string) bool {
	if code == "" || covering == "" || code == "WITHOUT" || covering == "WITHOUT" {
		return false
	}
	return code == covering || covers(covering) && strings.HasPrefix(code, covering)
}

// covers says that a code is of levels 1–4: the lengths of R136, one more with
// the Q of veterinary codes (R65); ZV80AA… has a level between (R115).
func covers(code string) bool {
	n := len(code)
	switch {
	case code == "WITHOUT":
		return false
	case strings.HasPrefix(code, "Q"):
		return n == 2 || n == 4 || n == 5 || n == 6
	case strings.HasPrefix(code, "ZV"):
		return n == 2 || n == 4 || n == 5 || n == 6
	}
	return n == 1 || n == 3 || n == 4 || n == 5
}

// levelFour is the code of level 4 that a code is or is below; "" for those
// above it and for codes that are not WHO's (R115).
func levelFour(code string) string {
	n := 5
	switch {
	case code == "WITHOUT", strings.HasPrefix(code, "Z"):
		return ""
	case strings.HasPrefix(code, "Q"):
		n = 6
	}
	if len(code) < n {
		return ""
	}
	return code[:n]
}
