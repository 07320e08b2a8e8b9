package rules

import (
	"slices"
	"testing"

	"github.com/festd/festd/internal/fest"
)

// R71, R72, R78.
func TestR71R72R78Conditions(t *testing.T) {
	t.Parallel()
	for group, want := range map[string][2]string{
		"1": {"medicine", ""}, "2": {"commodity", ""}, "3": {"reimbursement", ""}, "4": {"dispensing", ""}, "5": {"antibiotics", ""},
		"6": {"medicationReview", "in-use-and-criteria-hold"}, "7": {"drivingLicence", "prescribing-and-renewal"}, "8": {}, "": {},
	} {
		if use, shown := ConditionUse(group), ConditionShown(group); use != want[0] || shown != want[1] {
			t.Errorf("group %q is %q, shown %q", group, use, shown)
		}
	}
	for code, want := range map[string][]string{"1": {"prescriber"}, "2": {"dispenser"}, "3": {"prescriber", "dispenser"}, "": nil, "9": nil} {
		if got := ConditionFor(code); !slices.Equal(got, want) {
			t.Errorf("R72: %q is for %v", code, got)
		}
	}
}

// R77: what the values of a type are.
func TestR77ValueLists(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"3": "8459", "4": "7426", "10": "7426", "17": "7426", "9": "1101", "11": "1101", "22": "1101", "6": "7428", "25": "7170",
		"1": "integer", "2": "integer", "19": "integer", "28": "duration", "21": "", "": "", "99": "",
	} {
		if got := ValueList(kind); got != want {
			t.Errorf("type %q has values of %q, want %q", kind, got, want)
		}
	}
}

func TestR69ReimbursedValidity(t *testing.T) {
	t.Parallel()
	of := func(kind string, values ...fest.Text) *fest.Condition {
		return &fest.Condition{StructuredConditions: []fest.StructuredCondition{
			{Type: fest.CV{Code: "1"}, TextValues: []fest.Text{"65"}}, {Type: fest.CV{Code: kind}, TextValues: values},
		}}
	}
	for _, test := range []struct {
		c    *fest.Condition
		want fest.Duration
	}{
		{of("28", "P1Y"), "P1Y"}, {of("28", " P10D "), "P10D"}, {of("28", "P1Y", "P6M"), "P6M"}, {of("28", "one year"), ""},
		{of("28"), ""}, {of("19", "P1Y"), ""}, {&fest.Condition{}, ""},
	} {
		if got := ReimbursedValidity(test.c); got != test.want {
			t.Errorf("%+v: %q, want %q", test.c.StructuredConditions, got, test.want)
		}
	}
}
