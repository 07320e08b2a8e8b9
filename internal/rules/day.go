package rules

import (
	"fmt"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Day is a Norwegian calendar day, 2006-01-02 (R1). Days compare as text; the
// zero Day is before all.
type Day string

const layout = "2006-01-02"

// ParseDay reads a day as people and programs write it.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1 { // the calendar has no year 0
		return "", fmt.Errorf("day %q: want a day that exists, as YYYY-MM-DD, such as 2026-02-28", s)
	}
	return Day(t.Format(layout)), nil
}

// On is the day that it is in Oslo at an instant (R1).
func On(t time.Time, oslo *time.Location) Day { return Day(t.In(oslo).Format(layout)) }

// NextMidnight is until when an answer that depends on the day is fresh (R12).
func NextMidnight(t time.Time, oslo *time.Location) time.Time {
	t = t.In(oslo)
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, oslo)
}

// dayOf reads the day of an xs:date, whose zone, if it states one, is ignored;
// false for what is none.
func dayOf(d fest.Date) (Day, bool) {
	if len(d) < len(layout) {
		return "", false
	}
	day, err := ParseDay(string(d[:len(layout)]))
	return day, err == nil
}

// Plus is the day some months later; where that month is shorter, its last
// day.
func (d Day) Plus(months int) Day {
	t, err := time.Parse(layout, string(d))
	if err != nil {
		return d
	}
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Day(first.AddDate(0, 0, min(t.Day(), last)-1).Format(layout))
}

// next is the day after.
func (d Day) next() Day {
	t, err := time.Parse(layout, string(d))
	if err != nil {
		return d
	}
	return Day(t.AddDate(0, 0, 1).Format(layout))
}

// last is the day before.
func (d Day) last() Day {
	t, err := time.Parse(layout, string(d))
	if err != nil {
		return d
	}
	return Day(t.AddDate(0, 0, -1).Format(layout))
}
