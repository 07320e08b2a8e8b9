package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestR126Audiences(t *testing.T) {
	t.Parallel()
	want := []string{"generalPractitioner", "specialist", "hospital", "pharmacy", "veterinary"}
	if diff := cmp.Diff(want, AudienceNames()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, name := range want {
		code := string(rune('1' + i))
		for _, s := range []string{name, code} {
			if got, ok := AudienceCode(s); !ok || got != code || AudienceName(got) != name {
				t.Errorf("%q is %q, %v", s, got, ok)
			}
		}
	}
	for _, s := range []string{"", "0", "6", "patient", " 1"} {
		if got, ok := AudienceCode(s); ok {
			t.Errorf("%q is %q", s, got)
		}
	}
	if got := AudienceName("6"); got != "" {
		t.Errorf("6 is %q", got)
	}
}
