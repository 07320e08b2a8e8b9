package rules

import "github.com/festd/festd/internal/fest"

// SizeOf is how much a part of a package holds, in its unit: Multippel ×
// Antall × Mengde, a missing factor being 1 (R46), without rounding. False
// where a number cannot be read.
func SizeOf(p *fest.PackageInformation) (size string, ok bool) {
	total, _, ok := exactUnits([]fest.PackageInformation{*p})
	if !ok {
		return "", false
	}
	places, exact := total.FloatPrec()
	if !exact {
		return "", false
	}
	return total.FloatString(places), true
}
