package cache_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestR43DerivedATC(t *testing.T) {
	s := open(t, world()...)
	for id, want := range map[string][]string{
		"I-PARACETAMOL": {"N02BE01"}, "I-MORFIN-HCL": {"N02AA01"}, "I-MORFIN": {"N02AA01"}, // moiety and salt alike (R34)
		"i-paracetamol": nil, "NONE": nil, "": nil,
	} {
		if d := cmp.Diff(want, s.DerivedATC(nil, id)); d != "" {
			t.Errorf("%s, -want +got:\n%s", id, d)
		}
	}
}
