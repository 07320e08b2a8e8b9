package cache_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
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

func TestATCName(t *testing.T) {
	quoted := entry(fest.ClassDrug, "D", &fest.Drug{ID: ptr(fest.ID("D")), Medicine: fest.Medicine{Atc: ptr(cv("7180", "C01AA05", `Digoksin "æ" \ ,"system":`))}})
	s := open(t, append(world(), quoted)...)
	for code, want := range map[string]string{
		"N02BE01": "Paracetamol", "n02be01 ": "Paracetamol", "N": "Nervesystemet", "C01AA05": `Digoksin "æ" \ ,"system":`, "C01AA": "", "X": "", "": "",
	} {
		if got := s.ATCName(code); got != want {
			t.Errorf("%q is called %q, want %q", code, got, want)
		}
	}
}
