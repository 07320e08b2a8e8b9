package rules

import "testing"

func TestR131ProductGroupPrescribable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, code string
		types      []string
		breast     bool
		want       Tristate
		reason     string
	}{
		{"three digits", "501", nil, false, Yes, ""},
		{"five digits", "50101", []string{"11"}, false, No, "level-not-prescribed"},
		{"seven digits with 11", "5010101", []string{"16", "11"}, false, Yes, ""},
		{"seven digits without 11", "5010101", []string{"1"}, false, No, "no-condition-of-type-11"},
		{"seven digits, nothing stated", "5010101", nil, false, No, "no-condition-of-type-11"},
		{"R139 breast prostheses", "508", []string{"11"}, true, No, "breast-prostheses"},
		{"no code of the list", "50x", nil, false, No, "level-not-prescribed"},
	} {
		if got := ProductGroupPrescribable(test.code, test.types, test.breast); got.Value != test.want || got.Reason != test.reason || len(got.Rules) == 0 {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}
