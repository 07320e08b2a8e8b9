package rules

import "testing"

func TestR68Sexes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Sex{"male": Male, "Female": Female, "1": Male, "2": Female, "0": "", "9": "", "unknown": ""} {
		if got, ok := ParseSex(text); got != want || !ok {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "3", "m", "kvinne"} {
		if got, ok := ParseSex(text); ok {
			t.Errorf("%q is %q", text, got)
		}
	}
	if SexName(Male) != "male" || SexName("") != "" || SexName("7") != "" || len(SexNames()) != 3 {
		t.Error("names go with codes")
	}
}
