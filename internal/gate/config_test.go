package gate_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

func TestParseConfigLaysOverTheDefaults(t *testing.T) {
	got, err := gate.ParseConfig([]byte(`{
		"profile": "production",
		"rules": {
			"removed": {"share": 0.03, "small": {"count": 2}, "classes": {"notifications": {"share": 0.5}, "doses": {"count": 9}}},
			"price-order": {"severity": "note"}
		},
		"parameters": {"futureBy": "5h", "atcYear": {"share": 0.1}},
		"floors": {"Rekvirent": {"ingredients": 8000}, "Veterinær": {"drugs": 500}},
		"sentinels": [{"resource": "packages", "by": "itemNumber", "value": "056440"}],
		"waivers": [{"rule": "added", "class": "doses", "most": {"count": 900}, "reason": "announced", "expires": "2026-10-20T00:00:00Z"}]
	}`), "")
	if err != nil {
		t.Fatal(err)
	}
	want := gate.Production()
	l := want.Rules[gate.RuleRemoved]
	l.Share = 0.03
	l.Small.Count = ptr(2)
	l.Classes["notifications"] = gate.Bound{Share: ptr(0.5)}
	l.Classes["doses"] = gate.Bound{Count: ptr(9)}
	want.Rules[gate.RuleRemoved] = l
	l = want.Rules[gate.RulePriceOrder]
	l.Severity = fest.SeverityNote
	want.Rules[gate.RulePriceOrder] = l
	want.Parameters.FutureBy = gate.Duration(5 * time.Hour)
	want.Parameters.ATCYear.Share = 0.1
	want.Floors[fest.FilterPrescriber]["ingredients"] = 8000
	want.Floors[fest.FilterVeterinary] = map[string]int{"drugs": 500}
	want.Sentinels = []gate.Sentinel{{Resource: "packages", By: "itemNumber", Value: "056440"}}
	want.Waivers = []gate.Waiver{{Rule: "added", Class: "doses", Most: gate.Bound{Count: ptr(900)}, Reason: "announced", Expires: time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
}

func TestParseConfigProfiles(t *testing.T) {
	for _, c := range []struct {
		text     string
		override gate.Profile
		want     gate.Config
	}{
		{`{}`, "", gate.Default()},
		{`{"profile":"default"}`, "", gate.Default()},
		{`{"profile":"production"}`, "", gate.Production()},
		{`{}`, gate.ProfileProduction, gate.Production()},
		{`{"profile":"production"}`, gate.ProfileDefault, gate.Default()},
	} {
		got, err := gate.ParseConfig([]byte(c.text), c.override)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s with %q (-want +got):\n%s", c.text, c.override, diff)
		}
	}
}

// A configuration that was written out reads back as it was.
func TestConfigRoundTrip(t *testing.T) {
	for _, c := range []gate.Config{gate.Default(), gate.Production()} {
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := gate.ParseConfig(data, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Profile, diff)
		}
	}
}

func TestConfigErrorsNameTheKeyAndWhatWouldBeRight(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, "is no JSON object"},
		{`null`, "is null; it must be a JSON object"},
		{`[]`, "is no JSON object"},
		{`{} {}`, "more text after"},
		{`{"profil":"production"}`, `"profil" is an unknown key; it must be one of profile, rules,`},
		{`{"profile":"prod"}`, `profile: "prod" is unknown; it must be "default" or "production"`},
		{`{"profile":1}`, "profile: 1 does not fit: it must be a text"},
		{`{"rules":{"remove":{}}}`, `rules: "remove" is an unknown key; it must be one of first-release, floor,`},
		{`{"rules":{"removed":{"shar":1}}}`, `rules.removed: "shar" is an unknown key; it must be one of severity, share, count, small, classes`},
		{`{"rules":{"removed":{"share":"2 %"}}}`, `rules.removed.share: "2 %" does not fit: it must be a number`},
		{`{"rules":{"removed":{"share":null}}}`, "rules.removed.share: is null; leave the key out to keep the default"},
		{`{"rules":{"removed":{"share":2}}}`, "rules.removed.share: 2 is no share; it must be from 0 to 1"},
		{`{"rules":{"removed":{"count":-1}}}`, "rules.removed.count: -1 is negative"},
		{`{"rules":{"removed":{"count":1.5}}}`, "rules.removed.count: 1.5 does not fit: it must be a whole number"},
		{`{"rules":{"removed":{"small":{"share":-1}}}}`, "rules.removed.small.share: -1 is no share"},
		{`{"rules":{"removed":{"severity":"warn"}}}`, `rules.removed.severity: "warn" is unknown; it must be "hold", "note" or "off"`},
		{`{"rules":{"removed":{"classes":{"drug":{}}}}}`, "rules.removed.classes.drug: the rule does not judge this class; it must be one of drugs, packages,"},
		{`{"rules":{"remap-relevance":{"classes":{"drugs":{"count":1}}}}}`, "rules.remap-relevance.classes.drugs: the rule does not judge this class; it must be one of interactions"},
		{`{"rules":{"removed":{"classes":{"drugs":{"most":1}}}}}`, `rules.removed.classes.drugs: "most" is an unknown key; it must be one of share, count`},
		{`{"rules":{"filter":{"count":3}}}`, "rules.filter.count: the rule does not heed it; only severity can be set"},
		{`{"rules":{"duplicate-id":{"share":0.1}}}`, "rules.duplicate-id.share: the rule does not heed it; only severity and count can be set"},
		{`{"rules":{"class-gone":{"small":{"count":3}}}}`, "rules.class-gone.small: the rule does not heed it"},
		{`{"rules":{"floor":{"classes":{"drugs":{"count":3}}}}}`, "rules.floor.classes: the rule does not heed it"},
		{`{"parameters":{"futureBy":3}}`, `parameters.futureBy: 3 does not fit: it must be a duration such as "3h"`},
		{`{"parameters":{"futureBy":"-3h"}}`, "parameters.futureBy: -3h0m0s is negative"},
		{`{"parameters":{"atcYear":{"from":"20-12"}}}`, `parameters.atcYear.from: "20-12" is no day of the year`},
		{`{"parameters":{"atcYear":{"share":9}}}`, "parameters.atcYear.share: 9 is no share"},
		{`{"parameters":{"priceRatio":{"low":0}}}`, "parameters.priceRatio: from 0 to 2 is no range"},
		{`{"parameters":{"smallClass":-1}}`, "parameters.smallClass: -1 is negative"},
		{`{"parameters":{"fieldClass":-1}}`, "parameters.fieldClass: -1 is negative"},
		{`{"floors":{"Rekvirenter":{}}}`, "floors.Rekvirenter: the filter is unknown; it must be one of Rekvirent, Institusjon,"},
		{`{"floors":{"Rekvirent":{"drug":1}}}`, "floors.Rekvirent.drug: the class is unknown; it must be one of drugs,"},
		{`{"floors":{"Rekvirent":{"drugs":-1}}}`, "floors.Rekvirent.drugs: -1 is negative"},
		{`{"floors":{"Rekvirent":{"drugs":"many"}}}`, `floors.Rekvirent.drugs: "many" does not fit`},
		{`{"sentinels":{}}`, "sentinels: is no JSON array"},
		{`{"sentinels":[{"resource":"drug","value":"x"}]}`, `sentinels[0].resource: "drug" is unknown; it must be one of ingredients,`},
		{`{"sentinels":[{"resource":"drugs"}]}`, "sentinels[0].value: it is missing"},
		{`{"sentinels":[{"resource":"drugs","value":"x","filters":["x"]}]}`, `sentinels[0].filters: "x" is unknown`},
		{`{"sentinels":[{"resource":"drugs","valu":"x"}]}`, `sentinels[0]: "valu" is an unknown key; it must be one of resource, by, value, name, filters`},
		{`{"waivers":[{}]}`, `waivers[0].rule: "" is unknown; it must be one of first-release,`},
		{`{"waivers":[{"rule":"added","most":{"count":1},"reason":"x","expires":"2026-10-20T00:00:00Z"}]}`, "waivers[0].class: it is missing; it must be one of drugs,"},
		{`{"waivers":[{"rule":"added","class":"x","most":{"count":1},"reason":"x","expires":"2026-10-20T00:00:00Z"}]}`, `waivers[0].class: "x" is none that the rule judges`},
		{`{"waivers":[{"rule":"added","class":"doses","reason":"x","expires":"2026-10-20T00:00:00Z"}]}`, "waivers[0].most: it has neither share nor count"},
		{`{"waivers":[{"rule":"added","class":"doses","most":{"count":1},"reason":" ","expires":"2026-10-20T00:00:00Z"}]}`, "waivers[0].reason: it is missing"},
		{`{"waivers":[{"rule":"added","class":"doses","most":{"count":1},"reason":"x"}]}`, "waivers[0].expires: it is missing"},
		{`{"waivers":[{"rule":"added","class":"doses","most":{"count":1},"reason":"x","expires":"2026-10-20"}]}`, `waivers[0].expires: "2026-10-20" does not fit: it must be a time such as`},
		{`{"waivers":[{"rule":"added","until":"x"}]}`, `waivers[0]: "until" is an unknown key`},
	} {
		_, err := gate.ParseConfig([]byte(c.text), "")
		switch {
		case err == nil:
			t.Errorf("%s is accepted", c.text)
		case !strings.Contains(err.Error(), c.want):
			t.Errorf("%s\n got: %v\nwant: … %s …", c.text, err, c.want)
		}
	}
}

func TestConfigTellsAllThatIsWrong(t *testing.T) {
	_, err := gate.ParseConfig([]byte(`{"rules":{"removed":{"share":2},"added":{"count":-1}},"floors":{"x":{}}}`), "")
	for _, want := range []string{"rules.removed.share", "rules.added.count", "floors.x"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error does not name %s: %v", want, err)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"profile":"production"}`, `{"rules":{"removed":{"share":0.03,"classes":{"notifications":{"share":0.5}}}}}`,
		`{"waivers":[{"rule":"added","class":"doses","most":{"count":900},"reason":"x","expires":"2026-10-20T00:00:00Z"}]}`,
		`{"parameters":{"futureBy":"3h","priceRatio":{"low":1e-300}}}`, `{"floors":{"Rekvirent":{"drugs":1}}}`, `{"rules":null}`,
		`{"sentinels":[{"resource":"drugs","value":"x"}]}`,
	} {
		f.Add([]byte(seed))
	}
	world := newWorld().facts()
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := gate.ParseConfig(data, "")
		if err != nil {
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("accepted, but cannot be written: %v", err)
		}
		back, err := gate.ParseConfig(again, "")
		if err != nil {
			t.Fatalf("%s\nis written as\n%s\nwhich is refused: %v", data, again, err)
		}
		if diff := cmp.Diff(c, back); diff != "" {
			t.Errorf("%s reads back otherwise:\n%s", data, diff)
		}
		gate.Judge(world, world, nil, c, now(), nil)
	})
}
