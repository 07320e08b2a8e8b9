package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"

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

func drug(atc string, ids ...fest.ID) *Subject { return &Subject{ATC: []string{atc}, Substances: ids} }

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
		{"R110 both in both groups", interaction(nsaid, nsaid), drug("M01AE01"), drug("M01AB05"), true},
		{"R110 one group only", interaction(nsaid), drug("M01AE01"), drug("M01AB05"), false},
		{"R110 three groups", interaction(warfarin, nsaid, []fest.Substance{substance("C03")}), drug("C03CA01"), drug("M01AE01"), true},
		{"R111 level 5 exactly", interaction(warfarin, nsaid), drug("B01AA04"), drug("M01AE01"), false},
		{"R111 level 1", interaction(warfarin, []fest.Substance{substance("M")}), drug("B01AA03"), drug("M01AE01"), true},
		{"R111 a group as input is matched by itself", interaction(warfarin, nsaid), drug("B01AA03"), drug("M01A"), true},
		{"R111 and by those above it", interaction(warfarin, nsaid), drug("B01AA03"), drug("M01AE"), true},
		{"R111 not by those below it", interaction(warfarin, nsaid), drug("B01AA"), drug("M01AE01"), false},
		{"R112 a reference counts only without ATC", interaction(warfarin, []fest.Substance{substance("N02BA01", "ID_ASA")}), drug("B01AA03"), drug("B01AC06", "ID_ASA"), false},
		{"R115 WITHOUT", interaction(warfarin, []fest.Substance{substance("WITHOUT")}), drug("B01AA03"), drug("WITHOUT"), false},
		{"R112 WITHOUT is no ATC", interaction(warfarin, []fest.Substance{substance("WITHOUT", "ID_ASA")}), drug("B01AA03"), drug("N02BA01", "ID_ASA"), true},
		{"R115 six levels", interaction(warfarin, []fest.Substance{substance("ZV80AA01")}), drug("B01AA03"), drug("ZV80AA01"), true},
		{"R115 the group of six levels", interaction(warfarin, []fest.Substance{substance("ZV80AA")}), drug("B01AA03"), drug("ZV80AA01"), true},
		{"R65 veterinary", interaction(warfarin, []fest.Substance{substance("QM01AC06")}), drug("B01AA03"), drug("QM01AC06"), true},
		{"R65 a veterinary group", interaction(warfarin, []fest.Substance{substance("QM01AC")}), drug("B01AA03"), drug("QM01AC06"), true},
		{"R65 not the human code", interaction(warfarin, []fest.Substance{substance("M01AC06")}), drug("B01AA03"), drug("QM01AC06"), false},
		{"R114 several codes", interaction(warfarin, nsaid), drug("B01AA03"), &Subject{ATC: []string{"X99XX99", "M01AE01"}}, true},
		{"nothing to match by", interaction(warfarin, nsaid), drug("B01AA03"), &Subject{}, false},
		{"prefix of a name is no level", interaction(warfarin, []fest.Substance{substance("M01AE0")}), drug("B01AA03"), drug("M01AE01"), false},
		{"a code of no level is matched by itself", interaction(warfarin, []fest.Substance{substance("M01AE0")}), drug("B01AA03"), drug("M01AE0"), true},
	} {
		a, b, got := Interacts(test.in, test.a, test.b)
		if got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if b2, a2, back := Interacts(test.in, test.b, test.a); back != got || got && len(test.in.SubstanceGroups) == 2 && a != b && (a != a2 && a != b2) {
			t.Errorf("%s: the other way round %v, groups %d and %d, %d and %d", test.name, back, a, b, a2, b2)
		}
	}
	if a, b, _ := Interacts(interaction(warfarin, nsaid), drug("N02BA01", "ID_ASA"), drug("B01AA03")); a != 1 || b != 0 {
		t.Errorf("matched groups %d and %d", a, b)
	}
}

func TestR119PairStates(t *testing.T) {
	t.Parallel()
	ok, un, nothing, neither := Standing{true, true}, Standing{true, false}, Standing{false, true}, Standing{}
	for _, test := range []struct {
		name      string
		interacts bool
		a, b      Standing
		want      PairState
	}{
		{"none", false, ok, ok, PairNone},
		{"interaction", true, ok, ok, PairInteraction},
		{"R120 both", true, ok, un, PairInteraction},
		{"an interaction of what could not be ruled out", true, nothing, ok, PairInteraction},
		{"not assessed", false, ok, un, PairNotAssessed},
		{"could not be checked", false, ok, nothing, PairNotCheckable},
		{"neither", false, ok, neither, PairNotCheckable},
		{"one of each", false, un, nothing, PairNotCheckable},
	} {
		if got := PairStateOf(test.interacts, test.a, test.b); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if got := PairStateOf(test.interacts, test.b, test.a); got != test.want {
			t.Errorf("%s, the other way round: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestR115DuplicateTherapy(t *testing.T) {
	t.Parallel()
	of := func(atc string, moieties ...fest.ID) *Subject {
		return &Subject{ATC: []string{atc}, Moieties: moieties}
	}
	for _, test := range []struct {
		name string
		a, b *Subject
		ids  []fest.ID
		atc  []string
	}{
		{"same moiety", of("N02BA01", "ID_ASA"), of("B01AC06", "ID_ASA"), []fest.ID{"ID_ASA"}, nil},
		{"one of a combination's", of("N02BA51", "ID_ASA", "ID_COD"), of("R05DA04", "ID_COD"), []fest.ID{"ID_COD"}, nil},
		{"same level 4", of("C10AA01"), of("C10AA05"), nil, []string{"C10AA"}},
		{"a group and what is below it", of("C10AA"), of("C10AA05"), nil, []string{"C10AA"}},
		{"both", of("C10AA01", "ID_S"), of("C10AA01", "ID_S"), []fest.ID{"ID_S"}, []string{"C10AA"}},
		{"other level 4", of("C10AA01"), of("C10AB05"), nil, nil},
		{"a group above level 4", of("C10A"), of("C10A"), nil, nil},
		{"veterinary", of("QM01AC06"), of("QM01AC01"), nil, []string{"QM01AC"}},
		{"veterinary and human", of("QM01AC06"), of("M01AC06"), nil, nil},
		{"WITHOUT is never alike", of("WITHOUT"), of("WITHOUT"), nil, nil},
		{"nor is smoking", of("ZV80AA01"), of("ZV80AA01"), nil, nil},
		{"nor in seven letters", of("Z80AA01"), of("Z80AA01"), nil, nil},
		{"nothing stated", &Subject{}, &Subject{}, nil, nil},
	} {
		if diff := cmp.Diff(test.ids, SameMoieties(test.a, test.b)); diff != "" {
			t.Errorf("%s: moieties (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(test.atc, SameATCGroups(test.a, test.b)); diff != "" {
			t.Errorf("%s: groups (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestR34Moieties(t *testing.T) {
	t.Parallel()
	m := NewMoieties([]*fest.Ingredient{
		{ID: "M", FullActiveSubstances: []fest.Ref{"S1", "S2", "M", "S1"}}, {ID: "S1"}, {ID: "S2"}, {ID: "N", FullActiveSubstances: []fest.Ref{"S2"}}, {ID: "A"},
	})
	for id, want := range map[fest.ID][2][]fest.ID{
		"M": {{"M"}, {"M", "S1", "S2"}}, "S1": {{"M"}, {"M", "S1", "S2"}}, "S2": {{"M", "N"}, {"M", "S1", "S2", "N"}}, "A": {{"A"}, {"A"}}, "unknown": {{"unknown"}, {"unknown"}},
	} {
		if diff := cmp.Diff(want, [2][]fest.ID{m.AppendOf(nil, id), m.AppendFamily(nil, id)}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

func TestR118Paragraphs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want []Paragraph
	}{
		{"", nil},
		{"\n \n", nil},
		{"Dosetilpasning: Halver dosen.\nMonitorering: INR.\n", []Paragraph{{"Dosetilpasning", "Halver dosen."}, {"Monitorering", "INR."}}},
		{"Justering av administrering: Kl. 12:30.\r\nDeretter kl. 18.\n", []Paragraph{{"Justering av administrering", "Kl. 12:30.\nDeretter kl. 18."}}},
		{"Uten overskrift.\nTiltak:\nStans midlet.", []Paragraph{{"", "Uten overskrift."}, {"Tiltak", "Stans midlet."}}},
		{"Ta midlet kl 12:30.\nse også: x\nBruk ett av disse, for eksempel: y", []Paragraph{{"", "Ta midlet kl 12:30.\nse også: x\nBruk ett av disse, for eksempel: y"}}},
	} {
		if diff := cmp.Diff(test.want, Paragraphs(test.text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestR116R117Display(t *testing.T) {
	t.Parallel()
	of := func(r string) *fest.Interaction { return &fest.Interaction{Relevance: fest.CS{Code: r}} }
	for code, want := range map[string]int{"1": 1, "2": 2, "3": 3, "x": RelevanceUnknown, "": RelevanceUnknown} {
		if got := Relevance(of(code)); got != want {
			t.Errorf("relevance %q is %d, want %d", code, got, want)
		}
	}
	if Warns(3) || !Warns(1) || !Warns(2) || !Warns(RelevanceUnknown) {
		t.Error("R116: 1 and 2 warn, 3 does not")
	}
	gp := []fest.CV{{Code: "1"}}
	if !ShownTo(nil, "4") || !ShownTo(gp, "") || !ShownTo(gp, "1") || ShownTo(gp, "4") {
		t.Error("R117: no rule is to all, else to those named")
	}
}

func TestR136Levels(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]int{"N": 1, "N02": 2, "N02B": 3, "N02BE": 4, "N02BE01": 5, "ZV80AA01": 6, "WITHOUT": 0, "": 0, "N02BE0": 0, "n02be01": 0, "02": 0,
		"QM01AC06": 5, "QM01AC": 4, "QM01": 2, "QM": 1, "Q": 0, "Z80AA01": 5, "ZV80AA": 5, "ZV": 2, "Z": 1} {
		if got := ATCLevel(code); got != want {
			t.Errorf("%q is of level %d, want %d", code, got, want)
		}
	}
}

func TestR111Covering(t *testing.T) {
	t.Parallel()
	for code, want := range map[string][]string{
		"N02BE01": {"N02BE01", "N02BE", "N02B", "N02", "N"}, "N02B": {"N02B", "N02", "N"}, "QM01AC06": {"QM01AC06", "QM01AC", "QM01A", "QM01", "QM"},
		"ZV80AA01": {"ZV80AA01", "ZV80AA", "ZV80A", "ZV80", "ZV", "Z"}, "N02BE0": {"N02BE0", "N02BE", "N02B", "N02", "N"}, "WITHOUT": nil, "": nil, "n02": nil,
	} {
		got := ATCCovering(nil, code)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", code, diff)
		}
		for _, c := range got {
			if !ATCCovers(c, code) {
				t.Errorf("%s does not cover %s", c, code)
			}
		}
	}
	for value, want := range map[*fest.CV]string{nil: "", {Code: " n02be01 "}: "N02BE01", {Code: "without"}: "", {}: ""} {
		if got := ATC(value); got != want {
			t.Errorf("%v is %q, want %q", value, got, want)
		}
	}
}
