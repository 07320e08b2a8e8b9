package api

import (
	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// Usual lengths of numbers that people type; nothing promises them (R20).
const (
	itemNumberLength = 6
	lmrNumberLength  = 7
)

// hintForKey says what was perhaps meant by a key that nothing has; "" is no
// idea.
func hintForKey(res fest.Resource, key string) string {
	if !digits(key) {
		return ""
	}
	list := "/v1/" + string(res) + "?"
	switch {
	case res == fest.ResourceDoses && len(key) == lmrNumberLength:
		return "LMR numbers are looked up as " + list + "lmrNumber=" + key
	case res != fest.ResourcePackages && res != fest.ResourceCommodities:
		return ""
	case len(key) == itemNumberLength-1:
		return lostZero(key) + list + "itemNumber=0" + key
	case res == fest.ResourcePackages && len(key) == itemNumberLength:
		return "item numbers are looked up as " + list + "itemNumber=" + key
	}
	if hint := answer.WrongCheckDigit(key); hint != "" {
		return hint
	}
	if res == fest.ResourcePackages && gtinLength(len(key)) {
		return "bar codes are looked up as " + list + "gtin=" + key
	}
	return ""
}

// hintForList is the same for the filters of a list that found nothing.
func hintForList(filters []cache.Query) string {
	for _, f := range filters {
		switch f.Filter {
		case "itemNumber":
			if len(f.Value) == itemNumberLength-1 && digits(f.Value) {
				return lostZero(f.Value) + "itemNumber=0" + f.Value
			}
		case "gtin":
			if hint := answer.WrongCheckDigit(f.Value); hint != "" {
				return hint
			}
		}
	}
	return ""
}

func lostZero(number string) string {
	return number + " has five digits, item numbers mostly have six: perhaps a leading zero was lost on the way: "
}

func gtinLength(n int) bool { return n == 8 || n == 12 || n == 13 || n == 14 }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
