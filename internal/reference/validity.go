package reference

import (
	"strconv"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Validity is for how long a prescription of an object holds; "" where it is
// not stated (R67, R68, R70). sex is a code of list 3101; others, and "", are
// not known: the shortest counts.
func (s *Sheet) Validity(object any, sex string) fest.Duration {
	var best fest.Duration
	for _, d := range s.drugsOf(object) {
		for _, v := range d.PrescriptionValidities {
			fits := v.Gender == nil || v.Gender.Code == sex || sex != "1" && sex != "2"
			if v.Gender != nil && v.Gender.Code != "1" && v.Gender.Code != "2" {
				fits = true // stated for nobody in particular
			}
			if fits && (best == "" || ends(v.Duration).Before(ends(best))) {
				best = v.Duration
			}
		}
	}
	return best
}

// Reimbursed is what a condition of type 28 on the product makes of the
// validity of a prescription reimbursed by § 2 or § 4 (R69); "" where there is
// none. Of several the shortest.
func (s *Sheet) Reimbursed(object any) fest.Duration {
	var best fest.Duration
	for _, id := range s.ownConditions(object) {
		c := one[fest.Condition](s.of, id)
		if c == nil {
			continue
		}
		for _, st := range c.StructuredConditions {
			if st.Type.Code != "28" {
				continue
			}
			for _, text := range st.TextValues {
				d := fest.Duration(strings.TrimSpace(string(text)))
				if strings.HasPrefix(string(d), "P") && (best == "" || ends(d).Before(ends(best))) {
					best = d
				}
			}
		}
	}
	return best
}

// ends is when a prescription of the first of January 2023 ends, by calendar
// (R13).
func ends(d fest.Duration) time.Time {
	at := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	rest := strings.TrimPrefix(string(d), "P")
	for rest != "" && rest[0] != 'T' {
		i := strings.IndexAny(rest, "YMWD")
		if i < 0 {
			return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		n, err := strconv.Atoi(rest[:i])
		if err != nil {
			return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		switch rest[i] {
		case 'Y':
			at = at.AddDate(n, 0, 0)
		case 'M':
			at = at.AddDate(0, n, 0)
		case 'W':
			at = at.AddDate(0, 0, 7*n)
		case 'D':
			at = at.AddDate(0, 0, n)
		}
		rest = rest[i+1:]
	}
	return at
}
