package main

import (
	"strings"
	"testing"
	"time"
)

func TestMoment(t *testing.T) {
	for text, want := range map[string]string{
		"2026-10-20":                "2026-10-20T22:00:00Z", // the end of the day in Oslo, in summer
		"2026-12-24":                "2026-12-24T23:00:00Z", // and in winter
		"2026-10-25":                "2026-10-25T23:00:00Z", // a day of 25 hours
		"2026-10-20T06:00:00+02:00": "2026-10-20T04:00:00Z",
		"2026-10-20T06:00:00Z":      "2026-10-20T06:00:00Z",
	} {
		var m moment
		if err := m.UnmarshalText([]byte(text)); err != nil || m.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v; want %s", text, m.UTC(), err, want)
		}
	}
	var m moment
	if err := m.UnmarshalText([]byte("12h")); err != nil || time.Until(m.Time) < 11*time.Hour || time.Until(m.Time) > 12*time.Hour {
		t.Errorf("12h: %v, %v", m.Time, err)
	}
	for _, text := range []string{"", "tomorrow", "2026-13-01", "2026-10-20T06:00:00"} {
		if err := m.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "want a date such as 2026-10-20") {
			t.Errorf("%q: %v; want what would be right", text, err)
		}
	}
}
