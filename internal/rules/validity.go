package rules

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/festd/festd/internal/fest"
)

// Sex is list 3101: 1 male, 2 female; others are not known (R68).
type Sex string

// The sexes that a validity can be stated for.
const (
	Male   Sex = "1"
	Female Sex = "2"
)

// PrescriptionValidity is how long a prescription holds: a duration, no date
// (R70).
type PrescriptionValidity struct {
	Duration fest.Duration // ISO 8601, calendar-based (R13); "": not stated
	// Reason says what chose it, kebab-case.
	Reason string
	Rules  []string
	// Inferred: the choice has no source of its own.
	Inferred bool
}

// Stated is a Reseptgyldighet of a drug.
type Stated struct {
	Sex      Sex // "": all
	Duration fest.Duration
}

// ValidityOf chooses among what drugs state (R67, R68). Several drugs of one
// generic that differ: the shortest, and the answer says so.
func ValidityOf(stated []Stated, sex Sex) PrescriptionValidity {
	if len(stated) == 0 {
		return PrescriptionValidity{Reason: "not-stated", Rules: []string{"R70"}}
	}
	known := sex == Male || sex == Female
	var fits []Stated
	for _, s := range stated {
		if s.Sex != Male && s.Sex != Female { // 0 and 9 are nobody in particular
			s.Sex = ""
		}
		if s.Sex == "" || s.Sex == sex || !known {
			fits = append(fits, s)
		}
	}
	if len(fits) == 0 {
		return PrescriptionValidity{Reason: "not-stated-for-this-sex", Rules: []string{"R68", "R70"}}
	}
	shortest := slices.MinFunc(fits, func(a, b Stated) int { return compareDurations(a.Duration, b.Duration) })
	differ := !same(fits)
	bySex := slices.ContainsFunc(fits, func(s Stated) bool { return s.Sex != "" })
	switch {
	case bySex && !known && !(same(fits) && forBoth(fits)):
		return PrescriptionValidity{shortest.Duration, "sex-unknown-shortest", []string{"R68"}, true}
	case differ:
		return PrescriptionValidity{shortest.Duration, "drugs-differ-shortest", []string{"R67"}, true}
	case bySex && known:
		return PrescriptionValidity{shortest.Duration, "by-sex", []string{"R68"}, false}
	default:
		return PrescriptionValidity{shortest.Duration, "stated", []string{"R67"}, false}
	}
}

// same says whether all state one duration, however it is written.
func same(stated []Stated) bool {
	return !slices.ContainsFunc(stated, func(s Stated) bool { return compareDurations(s.Duration, stated[0].Duration) != 0 })
}

// forBoth says whether there is something stated for either sex.
func forBoth(stated []Stated) bool {
	for _, sex := range []Sex{Male, Female} {
		if !slices.ContainsFunc(stated, func(s Stated) bool { return s.Sex == "" || s.Sex == sex }) {
			return false
		}
	}
	return true
}

// Reimbursed28 is what a condition of type 28 makes of a validity when the
// prescription is reimbursed by § 2 or § 4: it replaces it (R69).
func (v PrescriptionValidity) Reimbursed28(d fest.Duration) PrescriptionValidity {
	if d == "" {
		return v
	}
	return PrescriptionValidity{Duration: d, Reason: "reimbursement-condition-28", Rules: []string{"R69"}}
}

// compareDurations orders by about how long they are: a month is taken for 30
// days, a year for 365. What cannot be read is longest.
func compareDurations(a, b fest.Duration) int { return cmp.Compare(days(a), days(b)) }

// unreadable is longer than any duration.
const unreadable = 1e12

func days(d fest.Duration) float64 {
	s := string(d)
	if len(s) < 3 || s[0] != 'P' {
		return unreadable
	}
	total, number := 0.0, ""
	for _, r := range s[1:] {
		if '0' <= r && r <= '9' {
			number += string(r)
			continue
		}
		if r == 'T' {
			break // hours are beyond what prescriptions have
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return unreadable
		}
		number = ""
		switch r {
		case 'Y':
			total += 365 * n
		case 'M':
			total += 30 * n
		case 'W':
			total += 7 * n
		case 'D':
			total += n
		default:
			return unreadable
		}
	}
	return total
}
