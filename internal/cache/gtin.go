package cache

import "strings"

// groupSeparator ends a field of variable length in a GS1 string (FNC1).
const groupSeparator = '\x1d'

// normalGTIN returns a bar code as it is compared: 14 digits (R22). What is
// no GTIN is compared as it stands.
func normalGTIN(code string) string {
	if n := len(code); n == 0 || n > 14 || !allDigits(code) {
		return code
	}
	return "00000000000000"[len(code):] + code
}

// GTIN returns the 14 digits that a bar code or a scanned GS1 string means
// (R22); false for what is neither.
func GTIN(value string) (string, bool) {
	code := gtinOf(value)
	return code, len(code) == 14 && allDigits(code)
}

// gtinOf returns the GTIN that a query value means: a bar code of up to 14
// digits, or what AI 01 of a scanned GS1 string says, with or without
// parentheses, symbology identifier and separators.
func gtinOf(value string) string {
	value = strings.TrimSpace(value)
	for _, id := range []string{"]d2", "]C1", "]Q3", "]e0", "]J1"} {
		value = strings.TrimPrefix(value, id)
	}
	if _, after, ok := strings.Cut(value, "(01)"); ok && len(after) >= 14 && allDigits(after[:14]) {
		return after[:14]
	}
	value = strings.TrimLeft(value, string(groupSeparator))
	if len(value) <= 14 {
		return normalGTIN(value)
	}
	for rest := value; len(rest) > 2; {
		ai := rest[:2]
		rest = rest[2:]
		n := gs1Length(ai)
		if n < 0 { // variable: to the separator
			at := strings.IndexByte(rest, groupSeparator)
			if at < 0 {
				break
			}
			rest = rest[at+1:]
			continue
		}
		if len(rest) < n {
			break
		}
		if ai == "01" && allDigits(rest[:n]) {
			return rest[:n]
		}
		rest = strings.TrimLeft(rest[n:], string(groupSeparator))
	}
	return value
}

// gs1Length is how long the field of an application identifier is, -1 if that
// varies (GS1 General Specifications, predefined lengths).
func gs1Length(ai string) int {
	switch ai {
	case "00":
		return 18
	case "01", "02", "03":
		return 14
	case "04":
		return 16
	case "11", "12", "13", "14", "15", "16", "17", "18", "19":
		return 6
	case "20":
		return 2
	default:
		return -1
	}
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
