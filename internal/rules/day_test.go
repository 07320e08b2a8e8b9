package rules

import (
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
)

func TestR1DaysAreNorwegian(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ utc, want string }{
		{"2026-01-31T22:59:59Z", "2026-01-31"}, {"2026-01-31T23:00:00Z", "2026-02-01"}, // winter: one hour
		{"2026-06-30T21:59:59Z", "2026-06-30"}, {"2026-06-30T22:00:00Z", "2026-07-01"}, // summer: two
	} {
		at, err := time.Parse(time.RFC3339, test.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := On(at, oslo(t)); got != Day(test.want) {
			t.Errorf("at %s it is %s in Oslo, want %s", test.utc, got, test.want)
		}
	}
}

func TestR12FreshToMidnight(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"2026-03-28T12:00:00Z": "2026-03-28T23:00:00Z", "2026-03-29T12:00:00Z": "2026-03-29T22:00:00Z", // the clock goes forward between
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := NextMidnight(now, oslo(t)).UTC().Format(time.RFC3339); got != want {
			t.Errorf("at %s fresh to %s, want %s", at, got, want)
		}
	}
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "2026-02-29", "2026-13-01", "2026-1-1", "01.02.2026", "2026-02-28T00:00:00", "today", "2026-02-28 "} {
		if _, err := ParseDay(bad); err == nil {
			t.Errorf("%q passes for a day", bad)
		}
	}
	if d, err := ParseDay("2024-02-29"); err != nil || d != "2024-02-29" {
		t.Errorf("got %s, %v", d, err)
	}
}

func TestMonthsLater(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from   Day
		months int
		want   Day
	}{{"2026-01-31", 1, "2026-02-28"}, {"2026-11-30", 3, "2027-02-28"}, {"2023-11-30", 3, "2024-02-29"}, {"2026-10-15", 3, "2027-01-15"}} {
		if got := test.from.Plus(test.months); got != test.want {
			t.Errorf("%s and %d months are %s, want %s", test.from, test.months, got, test.want)
		}
	}
}

// A day before, on and after each boundary.
func TestPeriods(t *testing.T) {
	t.Parallel()
	from, until := date("2026-03-10"), date("2026-03-20")
	for _, test := range []struct {
		name   string
		period Period
		on     map[Day]Validity
	}{
		{"R2, R4 both days count", Through(from, until), map[Day]Validity{
			"2026-03-09": NotYet, "2026-03-10": Valid, "2026-03-20": Valid, "2026-03-21": Over}},
		{"R3 TilDato does not count", Before(from, until), map[Day]Validity{
			"2026-03-09": NotYet, "2026-03-10": Valid, "2026-03-19": Valid, "2026-03-20": Over}},
		{"R6 as if it did not count", BeforeUnsure(from, until), map[Day]Validity{
			"2026-03-19": Valid, "2026-03-20": Over}},
		{"R7 open backwards", Through(nil, until), map[Day]Validity{"0001-01-01": Valid, "2026-03-20": Valid, "2026-03-21": Over}},
		{"R7 open forwards", Through(from, nil), map[Day]Validity{"2026-03-09": NotYet, "9999-12-31": Valid}},
		{"R7 open", Through(nil, nil), map[Day]Validity{"2026-03-09": Valid}},
		{"a date that is none is not stated", Through(date("soon"), date("later")), map[Day]Validity{"2026-03-09": Valid}},
		{"a zone is ignored", Through(date("2026-03-10+01:00"), nil), map[Day]Validity{"2026-03-09": NotYet, "2026-03-10": Valid}},
		{"both of two", Through(from, until).And(Through(date("2026-03-12"), nil)), map[Day]Validity{
			"2026-03-11": NotYet, "2026-03-12": Valid, "2026-03-20": Valid, "2026-03-21": Over}},
		{"the earlier end of two", Through(from, nil).And(Before(nil, until)), map[Day]Validity{"2026-03-19": Valid, "2026-03-20": Over}},
	} {
		for d, want := range test.on {
			if got := test.period.On(d); got != want {
				t.Errorf("%s: on %s %s, want %s", test.name, d, got, want)
			}
		}
	}
	if p := BeforeUnsure(from, until); p.Unsure != "2026-03-20" {
		t.Errorf("R6: the day of which it is not stated is %q", p.Unsure)
	}
	var none *fest.Date
	if p := BeforeUnsure(from, none); p.Unsure != "" {
		t.Errorf("R6: no until-date, and yet unsure on %q", p.Unsure)
	}
}
