package answer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

func TestR119LinesAndPairs(t *testing.T) {
	t.Parallel()
	p := shop()
	r := answer.New(open(t, p.entries), today, rules.Set{})
	for _, test := range []struct {
		name  string
		lines []string
		pairs []string
		none  bool
	}{
		{"R110 an interaction", []string{"id:MAREVAN", "atc:M01AE01"}, []string{"0-1 interaction BLEEDING"}, false},
		{"the other way round", []string{"atc:M01AE01", "id:MAREVAN"}, []string{"0-1 interaction BLEEDING"}, false},
		{"R111 a drug below a group", []string{"id:MAREVAN", "atc:M01AB05"}, []string{"0-1 interaction BLEEDING notChecked:[1]"}, false}, // no code of this release, but a group's
		{"R111 level 5 exactly", []string{"id:MAREVAN", "atc:N02BE"}, []string{"0-1 couldNotBeChecked notChecked:[1]"}, false},
		{"R111 a group is matched by itself", []string{"id:MAREVAN", "atc:M01A"}, []string{"0-1 interaction BLEEDING notChecked:[1]"}, false},
		{"R111 and not by what is below it", []string{"id:MAREVAN", "atc:M01"}, []string{"0-1 couldNotBeChecked notChecked:[1]"}, false},
		{"R112 by reference, in a drug of WITHOUT", []string{"id:HERBAL", "id:MAREVAN"}, []string{"0-1 interaction HERBS"}, false},
		{"R112 by reference, in a drug without a code", []string{"id:BAREHERB", "id:MAREVAN"}, []string{"0-1 interaction HERBS"}, false},
		{"R112 by reference, the bare substance", []string{"id:HERB", "id:MAREVAN"}, []string{"0-1 interaction HERBS"}, false},
		{"R119 no code, no substance", []string{"id:BARE", "id:MAREVAN"}, []string{"0-1 couldNotBeChecked notChecked:[0]"}, false},
		{"R119 no code, a substance that no interaction names", []string{"id:BAREUNUSED", "id:MAREVAN"}, []string{"0-1 couldNotBeChecked notChecked:[0]"}, false},
		{"R119 no code, but a matching substance", []string{"id:BAREHERB", "atc:N02BE01"}, []string{"0-1 noneFound"}, true},
		{"R119 none found", []string{"id:PARACET", "atc:M01AE01"}, []string{"0-1 noneFound"}, true},
		{"R119 a mixture", []string{"id:MIXTURE", "atc:M01AE01"}, []string{"0-1 couldNotBeChecked notChecked:[0]"}, false},
		{"a mixture whose code interacts", []string{"id:MIXTURE", "id:MAREVAN"}, []string{"0-1 interaction INR notChecked:[0]"}, false},
		{"R119 a commodity", []string{"itemNumber:900001", "id:MAREVAN"}, []string{"0-1 couldNotBeChecked notChecked:[0]"}, false},
		{"R119 not in FEST", []string{"text:Urtete", "id:MAREVAN"}, []string{"0-1 couldNotBeChecked notChecked:[0]"}, false},
		{"R119 unknown", []string{"id:NOBODY", "id:MAREVAN"}, []string{"0-1 couldNotBeChecked notChecked:[0]"}, false},
		{"R119 not assessed", []string{"atc:J07BB02", "id:MAREVAN"}, []string{"0-1 notAssessed notAssessed:[0]"}, false},
		{"R119 not assessed by a code above", []string{"atc:C03CA01", "atc:N02BE01"}, []string{"0-1 notAssessed notAssessed:[0]"}, false},
		{"R119 not assessed, and could not be checked", []string{"atc:J07BB02", "id:BARE"}, []string{"0-1 couldNotBeChecked notAssessed:[0] notChecked:[1]"}, false},
		{"R116 no action: counted, not shown", []string{"id:MAREVAN", "atc:N02BE01", "atc:C03CA01"},
			[]string{"0-1 interaction INR", "0-2 interaction noAction:1 notAssessed:[2]", "1-2 notAssessed notAssessed:[2]"}, false},
		{"R115 WITHOUT is no code", []string{"atc:WITHOUT", "id:MAREVAN"}, []string{"0-1 couldNotBeChecked notChecked:[0]"}, false},
		{"R113 the combination's own code", []string{"id:COMBI", "id:MAREVAN"}, []string{"0-1 noneFound"}, true},
		{"R56 a package's own code", []string{"itemNumber:001002", "atc:M01AE01"}, []string{"0-1 interaction BLEEDING"}, false},
		{"R56 a package without one has its drug's", []string{"itemNumber:001003", "atc:M01AE01"}, []string{"0-1 interaction BLEEDING"}, false},
		{"R47 two drugs in a package are one subject", []string{"itemNumber:001004"}, nil, true},
		{"R47 both count", []string{"itemNumber:001004", "atc:M01AE01", "atc:A02AA"}, []string{"0-1 interaction BLEEDING", "0-2 interaction MAGNESIUM notChecked:[2]", "1-2 couldNotBeChecked notChecked:[2]"}, false},
		{"R56 a dose has its drug's", []string{"id:DOSE", "atc:M01AE01"}, []string{"0-1 interaction BLEEDING"}, false},
		{"R34 R114 a bare salt has the codes of its moiety", []string{"id:WARFARINSODIUM", "atc:M01AE01"}, []string{"0-1 interaction BLEEDING"}, false},
		{"an ingredient strength is its substance", []string{"id:S-WARFARIN", "atc:M01AE01"}, []string{"0-1 interaction BLEEDING"}, false},
		{"R21 two packages of one number, alike", []string{"itemNumber:001005", "atc:M01AE01"}, []string{"0-1 interaction BLEEDING"}, false},
		{"R21 two packages of one number, different", []string{"itemNumber:001006", "atc:M01AE01"}, []string{"0-1 couldNotBeChecked notChecked:[0]"}, false},
		{"mixed case and white space", []string{"id: marevan ", "atc: m01ae01 "}, []string{"0-1 interaction BLEEDING"}, false},
		{"one line", []string{"id:MAREVAN"}, nil, true},
		{"one line that could not be checked", []string{"id:BARE"}, nil, false},
		{"one line that nobody has assessed", []string{"atc:J07BB02"}, nil, false},
	} {
		c := checkWith(t, r, answer.InteractionQuestion{}, test.lines...)
		equal(t, test.name, pairs(c), test.pairs...)
		if c.Summary.None != test.none {
			t.Errorf("%s: none found in the list: %v", test.name, c.Summary.None)
		}
		if s := c.Summary; s.Pairs != len(c.Pairs) || s.Interaction+s.NoneFound+s.NotAssessed+s.CouldNotBeChecked != s.Pairs {
			t.Errorf("%s: %+v", test.name, s)
		}
	}
}

func TestLinesSayWhatTheyWereTakenAs(t *testing.T) {
	t.Parallel()
	p := shop()
	c := p.check(t, answer.InteractionQuestion{KnownSince: "2024-01-15T03:00:00"},
		"id:MAREVAN", "itemNumber:001003", "id:WARFARIN", "atc:n02be", "itemNumber:001006", "id:NOBODY", "text:Te", "id:BLEEDING", "itemNumber:900001", "atc:X01AA01", "id:BARE", "id:MIXTURE")
	var got []string
	for _, l := range c.Lines {
		s := string(l.State)
		if l.TakenAs != nil {
			s += " " + string(l.TakenAs.Resource) + "/" + l.TakenAs.ID
		}
		for _, r := range l.Choices {
			s += " choice:" + r.ID
		}
		for _, a := range l.Atc {
			s += " " + a.Code
		}
		s += " " + l.AtcFrom + " " + l.Reason
		if l.KnownSince != "" {
			s += " since " + l.KnownSince
		}
		if l.Checkable != (l.Reason == "") {
			t.Errorf("line %d: checkable %v, reason %q", l.Line, l.Checkable, l.Reason)
		}
		got = append(got, s)
	}
	equal(t, "lines", got,
		"found drugs/MAREVAN B01AA03 own ",
		"found packages/PACKBARE B01AA03 drug ",
		"found ingredients/WARFARIN B01AA03 derived ",
		"found atc/N02BE N02BE given atc-group",
		"several choice:ODD1 choice:ODD2  several",
		"unknown  unknown since 2024-01-15T03:00:00",
		"notInFest  not-in-fest",
		"found interactions/BLEEDING  no-medicine",
		"found commodities/900001  commodity",
		"unknown atc/X01AA01 X01AA01 given unknown since 2024-01-15T03:00:00",
		"found drugs/BARE  nothing-to-match",
		"found drugs/MIXTURE N02BE01 own mixture",
	)
	if subs := c.Lines[0].Substances; len(subs) != 1 || subs[0].ID != "WARFARINSODIUM" || subs[0].Display != "Warfarinnatrium" {
		t.Errorf("substances %+v", subs)
	}
}

// An unknown code is matched by the groups that it is below, all the same.
func TestR111AnUnknownCodeBelowAGroup(t *testing.T) {
	t.Parallel()
	p := shop()
	p.interaction("LEVEL1", "2", nil, "B01AA03", "V")
	equal(t, "unknown", pairs(p.check(t, answer.InteractionQuestion{}, "id:MAREVAN", "atc:V99ZZ99")), "0-1 interaction LEVEL1 notChecked:[1]")
}

func TestR110GroupsOfOneInteraction(t *testing.T) {
	t.Parallel()
	p := &pharmacy{}
	p.interaction("ONE", "1", nil, "A01AA01 A01AA02", "A01AA02 A01AA03", "A01AA04")
	for lines, want := range map[string]string{
		"atc:A01AA01 atc:A01AA01": "noneFound duplicate", // both in the same group only
		"atc:A01AA01 atc:A01AA02": "interaction ONE duplicate",
		"atc:A01AA02 atc:A01AA02": "interaction ONE duplicate", // one in each
		"atc:A01AA03 atc:A01AA03": "noneFound duplicate",
		"atc:A01AA03 atc:A01AA04": "interaction ONE duplicate", // any two of three groups
		"atc:A01AA01 atc:A01AA04": "interaction ONE duplicate",
	} {
		equal(t, lines, pairs(p.check(t, answer.InteractionQuestion{}, strings.Fields(lines)...)), "0-1 "+want)
	}
}

func TestR113Components(t *testing.T) {
	t.Parallel()
	p := shop()
	ask := answer.InteractionQuestion{ByComponent: true}
	c := p.check(t, ask, "id:COMBI", "id:MAREVAN", "id:PARACET")
	equal(t, "components", pairs(c), "1-2 interaction INR", "0-1 noneFound component:INR", "0-2 noneFound duplicate")
	codes := []string{}
	for _, code := range c.Lines[0].Components {
		codes = append(codes, code.Code)
	}
	equal(t, "codes of the components", codes, "R05DA04", "N02BE01")
	if len(c.Lines[2].Components) != 0 {
		t.Errorf("a single substance has components: %+v", c.Lines[2])
	}
	applies := c.Interactions[0].Applies
	if len(c.Interactions) != 1 || len(applies) != 2 || !applies[0].ByComponent || applies[1].ByComponent || applies[0].Sides[0].Substances[0].Substance != "stoff N02BE01" {
		t.Errorf("interactions: %+v", c.Interactions)
	}
	if !slices.Contains(c.Rules, "R113") || !slices.Contains(c.Inferred, "R113") {
		t.Errorf("rules %v, inferred %v", c.Rules, c.Inferred)
	}
	// Switched off, the answer is that of the combination's own code.
	c = checkWith(t, answer.New(open(t, p.entries), today, off(t, "R113")), ask, "id:COMBI", "id:MAREVAN")
	equal(t, "switched off", pairs(c), "0-1 noneFound")
	equal(t, "it says so", c.SwitchedOff, "R113")
}

func TestR116R117WhatIsShown(t *testing.T) {
	t.Parallel()
	p := shop()
	p.interaction("STRANGE", "x", nil, "B01AA03", "M01AE01")
	p.interaction("OTHERS", "1", []string{"9"}, "B01AA03", "M01AE01")
	lines := []string{"atc:C03CA01", "id:MAREVAN", "id:PARACET", "atc:M01AE01"}
	for audience, want := range map[string][]string{
		"":  {"1-3 interaction BLEEDING OTHERS STRANGE", "1-2 interaction INR", "0-1 interaction noAction:1 notAssessed:[0]"},
		"1": {"1-3 interaction BLEEDING STRANGE hidden:1", "1-2 interaction INR", "0-1 interaction noAction:1 notAssessed:[0]"},
		"4": {"1-3 interaction BLEEDING STRANGE hidden:1", "0-1 interaction noAction:1 notAssessed:[0]", "1-2 interaction hidden:1"},
		"2": {"1-3 interaction STRANGE hidden:2", "0-1 interaction noAction:1 notAssessed:[0]", "1-2 interaction hidden:1"},
	} {
		c := p.check(t, answer.InteractionQuestion{Audience: audience}, lines...)
		equal(t, "audience "+audience, pairs(c)[:3], want...)
		if s := c.Summary; s.NoActionNeeded != 1 || s.None || s.Interaction != 3 || s.HiddenByDisplayRules != strings.Count(strings.Join(want, ""), "hidden:1")+2*strings.Count(strings.Join(want, ""), "hidden:2") {
			t.Errorf("audience %q: %+v", audience, s)
		}
		if got, want := c.Audience, map[string]string{"": "", "1": "generalPractitioner", "2": "specialist", "4": "pharmacy"}[audience]; got != want {
			t.Errorf("audience %q is named %q", audience, got)
		}
		if cited := slices.Contains(c.Rules, "R117"); cited != (audience != "") {
			t.Errorf("audience %q: rules %v", audience, c.Rules)
		}
	}
	c := checkWith(t, answer.New(open(t, p.entries), today, off(t, "R117")), answer.InteractionQuestion{Audience: "2"}, lines...)
	if c.Summary.HiddenByDisplayRules != 0 || c.Audience != "" || !slices.Equal(c.SwitchedOff, []string{"R117"}) {
		t.Errorf("switched off: %+v %q %v", c.Summary, c.Audience, c.SwitchedOff)
	}
}

func TestR118WhatIsSaid(t *testing.T) {
	t.Parallel()
	p := &pharmacy{}
	in := p.interaction("FULL", "2", []string{"1"}, "A01AA01", "Gruppen: B01 B01AA03")
	in.SituationCriterion, in.InteractionMechanism = ptr(fest.Text("Gjelder over 20 mg.")), ptr(fest.Text("Hemming."))
	in.Handling = ptr(fest.Text("Dosetilpasning: Halver.\nMonitorering: INR.\n"))
	in.References = []fest.InteractionReference{{Source: "Kilde 1", URL: &fest.URL{Value: "https://example.org", Present: fest.AttrV}}, {Source: "Kilde 2"}}
	p.interaction("BARE", "1", nil, "A01AA01", "B01 B01AA03")
	c := p.check(t, answer.InteractionQuestion{}, "atc:A01AA01", "atc:B01AA03")
	code := func(list, c, display string) *answer.Code {
		return &answer.Code{Code: c, System: "urn:oid:2.16.578.1.12.4.1.1." + list, Display: display}
	}
	side := func(name string, codes ...string) answer.Side {
		s := answer.Side{Group: name}
		for _, c := range codes {
			s.Substances = append(s.Substances, answer.Matched{Substance: "stoff " + c, Atc: code("7180", c, "Kode "+c)})
		}
		return s
	}
	want := []answer.CheckedInteraction{
		{ShownInteraction: answer.ShownInteraction{
			Reference: answer.Reference{Resource: fest.ResourceInteractions, ID: "BARE", Display: c.Interactions[0].Display}, Groups: []string{"stoff A01AA01", "stoff B01"},
			Relevance: code("7483", "1", "1"), ClinicalConsequence: "Følge", SourceBasis: code("7485", "1", "Studier"),
		}, Applies: []answer.Applies{{Lines: [2]int{0, 1}, Sides: [2]answer.Side{side("stoff A01AA01", "A01AA01"), side("stoff B01", "B01", "B01AA03")}}}},
		{ShownInteraction: answer.ShownInteraction{
			Reference: answer.Reference{Resource: fest.ResourceInteractions, ID: "FULL", Display: c.Interactions[1].Display}, Groups: []string{"stoff A01AA01", "Gruppen"},
			Relevance: code("7483", "2", "2"), SituationCriterion: "Gjelder over 20 mg.", ClinicalConsequence: "Følge", InteractionMechanism: "Hemming.",
			Handling:    []rules.Paragraph{{Heading: "Dosetilpasning", Text: "Halver."}, {Heading: "Monitorering", Text: "INR."}},
			SourceBasis: code("7485", "1", "Studier"), References: []answer.Source{{Source: "Kilde 1", URL: "https://example.org"}, {Source: "Kilde 2"}},
			DisplayRules: []answer.Code{*code("7442", "1", "1")},
		}, Applies: []answer.Applies{{Lines: [2]int{0, 1}, Sides: [2]answer.Side{side("stoff A01AA01", "A01AA01"), side("Gruppen", "B01", "B01AA03")}}}},
	}
	if diff := cmp.Diff(want, c.Interactions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestR120BothAtOnce(t *testing.T) {
	t.Parallel()
	p := shop()
	p.interaction("LOOP", "1", nil, "C03CA01", "N02BE01")
	equal(t, "both", pairs(p.check(t, answer.InteractionQuestion{}, "atc:C03CA01", "id:PARACET")), "0-1 interaction LOOP notAssessed:[0]")
	c := checkWith(t, answer.New(open(t, p.entries), today, off(t, "R120")), answer.InteractionQuestion{}, "atc:C03CA01", "id:PARACET", "id:COMBI")
	equal(t, "switched off", pairs(c), "0-1 interaction LOOP", "0-2 notAssessed notAssessed:[0]", "1-2 noneFound duplicate")
}

func TestR114R115SwitchedOff(t *testing.T) {
	t.Parallel()
	p := shop()
	c := checkWith(t, answer.New(open(t, p.entries), today, off(t, "R114", "R115")), answer.InteractionQuestion{}, "id:WARFARIN", "atc:M01AE01", "id:MAREVAN")
	equal(t, "switched off", pairs(c), "1-2 interaction BLEEDING", "0-1 couldNotBeChecked notChecked:[0]", "0-2 couldNotBeChecked notChecked:[0]")
	if c.Duplicates != nil || len(c.SwitchedOff) != 2 {
		t.Errorf("duplicates %v, switched off %v", c.Duplicates, c.SwitchedOff)
	}
}

func TestR115DuplicateTherapies(t *testing.T) {
	t.Parallel()
	p := shop()
	c := p.check(t, answer.InteractionQuestion{}, "id:COMBI", "id:PARACET", "itemNumber:001002", "id:WARFARIN", "id:HERBAL", "id:BAREHERB", "atc:N02BE51", "atc:WITHOUT", "atc:WITHOUT", "atc:ZV80AA01", "atc:ZV80AA01")
	var got []string
	for _, d := range c.Duplicates {
		s := fmt.Sprint(d.Lines)
		for _, m := range d.Moieties {
			s += " " + m.ID
		}
		for _, a := range d.Atc {
			s += " " + a.Code
		}
		got = append(got, s)
	}
	equal(t, "duplicates", got, "[0 1] PARACETAMOL", "[1 6] N02BE", "[2 3] WARFARIN B01AA", "[4 5] HERB")
}

// What was removed is checked by its last content; what lives on under another
// entry id is that.
func TestR25RemovedLines(t *testing.T) {
	t.Parallel()
	old := shop()
	next := &pharmacy{entries: slices.DeleteFunc(slices.Clone(old.entries), func(e *fest.Entry) bool {
		id := e.ObjectID()
		return id == "MAREVAN" || id == "S-WARFARIN" || id == "PACK" || e.Class == fest.ClassNutrient
	})}
	was, is := open(t, old.entries), open(t, next.entries)
	is = is.WithRelease(fest.Release{Serial: 2, Stream: "test", Content: fest.Content{Document: fest.Document{RetrievalDate: "2026-09-22T03:09:06"}}})
	t.Cleanup(is.Close)
	data, err := cache.Leaving(t.Context(), was, is)
	if err != nil {
		t.Fatal(err)
	}
	graves, err := cache.OpenGraveyard([]cache.RemovedSet{{Serial: 2, RetrievalDate: "2026-09-22T03:09:06", Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	is.SetRemoved(graves)
	c := checkWith(t, answer.New(is, today, rules.Set{}), answer.InteractionQuestion{}, "id:MAREVAN", "atc:M01AE01", "itemNumber:001002", "id:HERBAL", "itemNumber:900001")
	equal(t, "removed", pairs(c)[:4], "0-1 interaction BLEEDING", "0-3 interaction HERBS", "1-2 interaction BLEEDING", "2-3 interaction HERBS")
	for _, n := range []int{0, 2, 4} {
		l := c.Lines[n]
		if l.State != answer.LineRemoved || l.Removed == nil || l.Removed.Reason != "deleted" || *l.Removed.RemovedIn.Serial != 2 || l.TakenAs == nil {
			t.Errorf("line %d: %+v", n, l)
		}
	}
	if l := c.Lines[0]; len(l.Substances) != 1 || l.Substances[0].ID != "WARFARINSODIUM" {
		t.Errorf("the substances of what was removed, by a strength that was removed, too: %+v", l.Substances)
	}
	if l := c.Lines[4]; l.Reason != "commodity" {
		t.Errorf("a removed commodity: %+v", l)
	}
	if d := c.Duplicates; len(d) != 1 || d[0].Lines != [2]int{0, 2} {
		t.Errorf("duplicates %+v", d)
	}
}
