package main

import (
	"fmt"
	"time"
)

// timeForm is how times are printed: UTC, to the minute.
const timeForm = "2006-01-02 15:04 UTC"

// moment is a time that a person names: a date, meaning the end of that day in
// Oslo, a time with its zone, or how long from now.
type moment struct{ time.Time }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *moment) UnmarshalText(text []byte) error {
	s := string(text)
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		m.Time = t
		return nil
	}
	if d, err := time.ParseDuration(s); err == nil {
		m.Time = time.Now().Add(d)
		return nil
	}
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		return err
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, oslo); err == nil {
		m.Time = t.AddDate(0, 0, 1)
		return nil
	}
	return fmt.Errorf("%q is no time: want a date such as 2026-10-20 (the end of that day), a time such as 2026-10-20T06:00:00+02:00, or a duration such as 12h", s)
}

// pointer is nil for no time.
func (m moment) pointer() *time.Time {
	if m.IsZero() {
		return nil
	}
	t := m.UTC().Truncate(time.Second)
	return &t
}
