package rules

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

func substance(atc string, refs ...fest.Ref) fest.Substance {
	s := fest.Substance{ActiveSubstances: refs}
	if atc != "" {
		s.Atc = &fest.CV{Code: atc}
	}
	return s
}

func interaction(groups ...[]fest.Substance) *fest.Interaction {
	in := &fest.Interaction{}
	for _, g := range groups {
		in.SubstanceGroups = append(in.SubstanceGroups, fest.SubstanceGroup{Substances: g})
	}
	return in
}

func drug(atc string, ids ...fest.ID) *Subject { return &Subject{ATC: []string{atc}, Ingredients: ids} }

func TestR110ToR115Interactions(t *testing.T) {
	t.Parallel()
	warfarin, nsaid := []fest.Substance{substance("B01AA03")}, []fest.Substance{substance("M01A"), substance("", "ID_ASA")}
	for _, test := range []struct {
		name string
		in   *fest.Interaction
		a, b *Subject
		want bool
	}{
		{"level 5 and level 3", interaction(warfarin, nsaid), drug("B01AA03"), drug("M01AE01"), true},
		{"the other way round", interaction(warfarin, nsaid), drug("M01AE01"), drug("B01AA03"), true},
		{"R112 by reference", interaction(warfarin, nsaid), drug("B01AA03"), drug("N02BA01", "ID_ASA"), true},
		{"R110 two in one group", interaction(warfarin, nsaid), drug("M01AE01"), drug("M01AB05"), false},
		{"R110 three groups", interaction(warfarin, nsaid, []fest.Substance{substance("C03")}), drug("C03CA01"), drug("M01AE01"), true},
		{"R111 level 5 exactly", interaction(warfarin, nsaid), drug("B01AA04"), drug("M01AE01"), false},
		{"R112 a reference counts only without ATC", interaction(warfarin, []fest.Substance{substance("N02BA01", "ID_ASA")}), drug("B01AA03"), drug("B01AC06", "ID_ASA"), false},
		{"R115 WITHOUT", interaction(warfarin, []fest.Substance{substance("WITHOUT")}), drug("B01AA03"), drug("WITHOUT"), false},
		{"R115 six levels", interaction(warfarin, []fest.Substance{substance("ZV80AA01")}), drug("B01AA03"), drug("ZV80AA01"), true},
		{"R114 several codes", interaction(warfarin, nsaid), drug("B01AA03"), &Subject{ATC: []string{"X99XX99", "M01AE01"}}, true},
		{"nothing to match by", interaction(warfarin, nsaid), drug("B01AA03"), &Subject{}, false},
		{"prefix of a name is no level", interaction(warfarin, []fest.Substance{substance("M01AE0")}), drug("B01AA03"), drug("M01AE01"), false},
	} {
		if _, got := Interacts(test.in, test.a, test.b); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	m, _ := Interacts(interaction(warfarin, nsaid), drug("N02BA01", "ID_ASA"), drug("B01AA03"))
	if m != (PairMatch{GroupA: 1, SubstanceA: 1, GroupB: 0, SubstanceB: 0}) {
		t.Errorf("matched %+v", m)
	}
}

func TestR119PairStates(t *testing.T) {
	t.Parallel()
	listed := func(atc string) bool { return atc == "J01" }
	state := func(n int, a, b *Subject) (PairState, bool) {
		return PairStateOf(n, a, b, func(s *Subject) bool { return NotAssessed(s, listed) })
	}
	ok, un, nothing := drug("B01AA03"), drug("J01CA04"), &Subject{ATC: []string{"WITHOUT"}}
	for _, test := range []struct {
		name string
		n    int
		a, b *Subject
		want PairState
		also bool
	}{
		{"none", 0, ok, drug("C03CA01"), PairNone, false},
		{"interaction", 1, ok, drug("C03CA01"), PairInteraction, false},
		{"R120 both", 1, ok, un, PairInteraction, true},
		{"not assessed, by a code above", 0, ok, un, PairNotAssessed, true},
		{"could not be checked", 0, ok, nothing, PairNotCheckable, false},
	} {
		if got, also := state(test.n, test.a, test.b); got != test.want || also != test.also {
			t.Errorf("%s: %s, %v", test.name, got, also)
		}
	}
	if ListIsClear([]PairState{PairNone, PairNotAssessed}) || ListIsClear([]PairState{PairNone, PairNotCheckable}) || !ListIsClear([]PairState{PairNone, PairNone}) {
		t.Error("one none for the list only if every pair was checkable and assessed")
	}
}

func TestR115DuplicateTherapy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		a, b *Subject
		want string
	}{
		{"same moiety", drug("N02BA01", "ID_ASA"), drug("B01AC06", "ID_ASA"), "same-ingredient"},
		{"same level 4", drug("C10AA01"), drug("C10AA05"), "same-atc-level-4"},
		{"other level 4", drug("C10AA01"), drug("C10AB05"), ""},
		{"WITHOUT is never alike", drug("WITHOUT"), drug("WITHOUT"), ""},
	} {
		if got, _ := DuplicateTherapy(test.a, test.b); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestR116R117Display(t *testing.T) {
	t.Parallel()
	of := func(r string) *fest.Interaction { return &fest.Interaction{Relevance: fest.CS{Code: r}} }
	list := []*fest.Interaction{of("3"), of("1"), of("x"), of("2")}
	ByRelevance(list)
	for i, want := range []string{"1", "2", "3", "x"} {
		if list[i].Relevance.Code != want {
			t.Errorf("at %d relevance %s, want %s", i, list[i].Relevance.Code, want)
		}
	}
	if Warns(of("3")) || !Warns(of("1")) || !Warns(of("2")) {
		t.Error("R116: 1 and 2 warn, 3 does not")
	}
	gp := []fest.CV{{Code: "1"}}
	if !ShownTo(nil, "4") || !ShownTo(gp, "") || !ShownTo(gp, "1") || ShownTo(gp, "4") {
		t.Error("R117: no rule is to all, else to those named")
	}
}

func TestR136Levels(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]int{"N": 1, "N02": 2, "N02B": 3, "N02BE": 4, "N02BE01": 5, "ZV80AA01": 6, "WITHOUT": 0, "": 0, "N02BE0": 0, "n02be01": 0, "02": 0} {
		if got := ATCLevel(code); got != want {
			t.Errorf("%q is of level %d, want %d", code, got, want)
		}
	}
}
