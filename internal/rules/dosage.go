package rules

import "strings"

// The marks in a short dose's description (R105).
const (
	markSingular = "<dose>"
	markPlural   = "<doser>"
)

// DosageText composes what a label says of a short dose: its description with
// the dosage unit in the singular and in the plural (R105): "1 <dose> daglig"
// and "tablett" are "1 tablett daglig".
func DosageText(description, singular, plural string) string {
	if plural == "" {
		plural = singular
	}
	return strings.NewReplacer(markSingular, singular, markPlural, plural).Replace(description)
}

// NeedsUnit says whether a description has a mark: without a unit it says too
// little (R105).
func NeedsUnit(description string) bool {
	return strings.Contains(description, markSingular) || strings.Contains(description, markPlural)
}
