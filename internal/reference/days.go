package reference

import (
	"time"

	"github.com/festd/festd/internal/fest"
)

// Days are days of the calendar at midnight, UTC (R1). A date that cannot be
// read is not stated.

// dayOf is the day of a date; false is not stated.
func dayOf(d *fest.Date) (time.Time, bool) {
	if d == nil || len(*d) < 10 {
		return time.Time{}, false
	}
	t, err := time.Parse("2006-01-02", string(*d)[:10])
	return t, err == nil
}

// at is a day that a test asks about.
func at(day string) time.Time {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		panic(err)
	}
	return t
}

// begun: the from-date counts (R2), a missing one is open (R7).
func begun(from *fest.Date, d time.Time) bool {
	f, ok := dayOf(from)
	return !ok || !d.Before(f)
}

// through: the until-date counts (R4, R5), a missing one is open (R7).
func through(until *fest.Date, d time.Time) bool {
	u, ok := dayOf(until)
	return !ok || !d.After(u)
}

// before: the until-date does not count (R3, R6), a missing one is open (R7).
func before(until *fest.Date, d time.Time) bool {
	u, ok := dayOf(until)
	return !ok || d.Before(u)
}

// monthsLater is the same day of the month some months later, or the last day
// of that month where it has no such day.
func monthsLater(t time.Time, months int) time.Time {
	y, m, day := t.Date()
	for ; day > 0; day-- {
		if got := time.Date(y, m+time.Month(months), day, 0, 0, 0, 0, time.UTC); got.Day() == day {
			return got
		}
	}
	return t
}
