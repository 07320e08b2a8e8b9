package rules

import (
	"math/big"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// SizeOf is how much a part of a package holds, in its unit: Multippel ×
// Antall × Mengde, a missing factor being 1 (R46), without rounding. False
// where a number cannot be read.
func SizeOf(p *fest.PackageInformation) (size string, ok bool) {
	total := new(big.Rat).SetInt64(1)
	factors := []string{string(p.Quantity)}
	for _, f := range []*fest.Integer{p.Multiple, p.Number} {
		if f != nil {
			factors = append(factors, string(*f))
		}
	}
	for _, text := range factors {
		n, ok := decimal(text)
		if !ok {
			return "", false
		}
		total.Mul(total, n)
	}
	places, exact := total.FloatPrec()
	if !exact {
		return "", false
	}
	return total.FloatString(places), true
}

// longestDecimal bounds the digits of a number in a package.
const longestDecimal = 30

// decimal reads a number that is more than nothing, written without exponent.
func decimal(text string) (*big.Rat, bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > longestDecimal || strings.Trim(text, "0123456789.") != "" {
		return nil, false
	}
	n, ok := new(big.Rat).SetString(text)
	return n, ok && n.Sign() > 0
}
