package gate_test

import (
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// everything finds whatever is looked for.
type everything struct{}

func (everything) Find(fest.Resource, string, string) (int, error) { return 1, nil }

// vouched is the production profile with floors for two classes and a sentinel.
func vouched(edits ...func(c *gate.Config)) func(c *gate.Config) {
	return func(c *gate.Config) {
		*c = gate.Production()
		c.Floors = map[fest.Filter]map[string]int{fest.FilterPrescriber: {"ingredients": 1000, "conditions": 120}}
		c.Sentinels = []gate.Sentinel{{Resource: "drugs", By: "atc", Value: "N02BE01"}}
		for _, e := range edits {
			e(c)
		}
	}
}

func documentGuards() map[string]guard {
	at := func(s fest.DateTime) func(w *world) { return func(w *world) { w.doc.RetrievalDate = s } }
	found := func(rule string, n int) func(w *world) {
		return func(w *world) {
			w.found = []fest.Finding{{Rule: rule, Severity: fest.SeverityHold, Class: "drugs", Path: "a/b", Count: n, Text: "a/b …"}}
		}
	}
	had := func() *world { w := newWorld(); found(fest.RuleMissingElement, 3)(w); return w }
	veterinary := func(percent int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i%100 < percent {
					d.Atc = ptr(cv("7180", "Q"+d.Atc.Code, "vet"))
				}
			})
		}
	}
	institution := func() *world { w := newWorld(); w.filter = fest.FilterInstitution; return w }
	expiring := func(at time.Time) func(c *gate.Config) {
		return func(c *gate.Config) {
			c.Waivers = []gate.Waiver{{Rule: gate.RuleAdded, Class: "doses", Most: gate.Bound{Count: ptr(900)}, Reason: "announced", Expires: at}}
		}
	}
	noFloors := func(c *gate.Config) { c.Floors = nil }
	here, drugs := []string{""}, []string{"drugs a/b"}
	return map[string]guard{
		gate.RuleFirstRelease: {
			cases: map[string][]guardCase{
				under:   {{name: "there is something to compare with", config: vouched(noFloors)}},
				missing: {{name: "what is served is of another filter, as another rule says", before: institution, after: func(w *world) { w.filter = fest.FilterPrescriber }, config: vouched(noFloors), probe: everything{}}},
				empty:   {{name: "an empty file beside a release", after: nothing, config: vouched(noFloors)}},
				first: {{name: "floors and sentinels vouch", config: vouched(), probe: everything{}},
					{name: "an empty file, which the floors hold", after: nothing, config: vouched(), probe: everything{}},
					{name: "no floors", config: vouched(noFloors), probe: everything{}, want: here},
					{name: "no lookups", config: vouched(), want: here},
					{name: "elsewhere than in production", config: noFloors, want: []string{"note "}}},
			},
			why: map[string]string{over: "there is no number to be over: the rule is broken by there being nothing to compare with"},
		},
		gate.RuleFloor: {cases: map[string][]guardCase{
			under: {{name: "at the floor", config: vouched()}},
			over:  {{name: "one below the floor", after: dropFirst("conditions", 1), config: vouched(), want: []string{"conditions"}}},
			empty: {{name: "an empty file", after: nothing, config: vouched(), want: []string{"conditions", "ingredients"}}},
			missing: {{name: "no floors for the filter", before: institution, after: nothing, config: vouched()},
				{name: "a class without a floor", after: dropFirst("interactions", 400), config: vouched()}},
			first: {{name: "one below the floor", after: dropFirst("conditions", 1), config: vouched(), want: []string{"conditions"}},
				{name: "one below, elsewhere than in production", after: dropFirst("conditions", 1),
					config: func(c *gate.Config) { vouched()(c); c.Rules = gate.Default().Rules }, want: []string{"note conditions"}}},
		}},
		gate.RuleSentinel: {cases: map[string][]guardCase{
			under:   {{name: "found once", config: vouched(), probe: probe{"drugs/atc/N02BE01": 1}}},
			over:    {{name: "not found", config: vouched(), probe: probe{}, want: here}, {name: "the lookup fails", config: vouched(), probe: probe{"drugs/atc/N02BE01": -1}, want: here}},
			empty:   {{name: "no sentinels", config: vouched(func(c *gate.Config) { c.Sentinels = nil }), probe: probe{}}},
			missing: {{name: "no lookups", config: vouched()}},
			first:   {{name: "not found", config: vouched(), probe: probe{}, want: here}, {name: "found", config: vouched(), probe: everything{}}},
		}},
		gate.RuleRetrievalDate: {cases: map[string][]guardCase{
			under:   {{name: "a second later", after: at("2026-09-08T03:09:07")}, {name: "three hours ahead", after: at("2026-09-25T06:09:06")}},
			over:    {{name: "the same", after: at("2026-09-08T03:09:06"), want: here}, {name: "further ahead", after: at("2026-09-25T06:09:07"), want: here}},
			empty:   {{name: "no date", after: at(""), want: here}},
			missing: {{name: "the served one cannot be read", before: func() *world { w := newWorld(); w.doc.RetrievalDate = "?"; return w }}},
			first:   {{name: "old", after: at("2014-09-20T00:00:00")}, {name: "in the future", after: at("2027-01-01T00:00:00"), want: here}},
		}},
		gate.RuleFilter: {cases: map[string][]guardCase{
			under:   {{name: "half veterinary", after: veterinary(50)}},
			over:    {{name: "mostly veterinary", after: veterinary(51), want: here}},
			empty:   {{name: "nothing to contradict", after: nothing}},
			missing: {{name: "an Institusjon without unit doses", before: institution, want: here}},
			first:   {{name: "mostly veterinary", after: veterinary(51), want: []string{"note "}}, {name: "mostly veterinary, in production", after: veterinary(51), config: production, want: here}},
		}},
		gate.RuleUnknownMarkup: {
			cases: map[string][]guardCase{
				under: {{name: "none"}, {name: "as many as the limit", after: found(fest.RuleUnknownElement, 2),
					config: func(c *gate.Config) { rule(c, gate.RuleUnknownMarkup, func(l *gate.Limit) { l.Count = 2 }) }}},
				over:  {{name: "one element", after: found(fest.RuleUnknownElement, 1), want: drugs}, {name: "one attribute", after: found(fest.RuleUnknownAttribute, 1), want: drugs}},
				empty: {{name: "an empty file", after: nothing}},
				first: {{name: "one element", after: found(fest.RuleUnknownElement, 1), want: drugs}},
			},
			why: map[string]string{missing: "the rule compares with nothing: markup that the schemas do not know is not let pass for having been there"},
		},
		gate.RuleSchema: {cases: map[string][]guardCase{
			under:   {{name: "as often as before", before: had}},
			over:    {{name: "once more than before", before: had, after: found(fest.RuleMissingElement, 4), want: drugs}},
			empty:   {{name: "an empty file", after: nothing}},
			missing: {{name: "never before", after: found(fest.RuleMissingElement, 1), want: drugs}},
			first:   {{name: "once", after: found(fest.RuleMissingElement, 1), want: drugs}},
		}},
		gate.RuleWaiverExpired: {
			cases: map[string][]guardCase{
				under: {{name: "expires in a second", config: expiring(now().Add(time.Second))}},
				over:  {{name: "expires now", config: expiring(now()), want: []string{"note doses"}}},
				empty: {{name: "no waivers"}},
				first: {{name: "expired", config: expiring(now()), want: []string{"note doses"}}},
			},
			why: map[string]string{missing: "a waiver that does not say when it expires is refused with the configuration"},
		},
	}
}

func identityGuards() map[string]guard {
	dangle := func(from, n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.Dose) {
				if i >= from && i < from+n {
					d.Packages = append(d.Packages, "ID_nowhere")
				}
			})
		}
	}
	some := func() *world { w := newWorld(); dangle(0, 3)(w); return w }
	entryTwice := func(w *world) { w.entries[1].EntryID = w.entries[0].EntryID }
	drugTwice := func(w *world) { w.add(fest.ClassDrug, drug(0, 1000)) }
	notices := func(n int) func(w *world) {
		return func(w *world) {
			for i := range n {
				w.add(fest.ClassNotification, notification(i, ordinarySizes()))
			}
		}
	}
	numbers := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i < n {
					p.ItemNumber = "900005" // a commodity's
				}
			})
		}
	}
	here, noted := []string{""}, []string{"note "}
	return map[string]guard{
		gate.RuleDangling: {cases: map[string][]guardCase{
			under:   {{name: "as many as before", before: some, want: noted}, {name: "others than before", before: some, after: func(w *world) { *w = *newWorld().fortnight(); dangle(10, 3)(w) }, want: noted}},
			over:    {{name: "one where none was", after: dangle(0, 1), want: here}, {name: "one more than before", before: some, after: dangle(9, 1), want: here}},
			empty:   {{name: "an empty file", after: nothing}},
			missing: {{name: "all that is referred to is gone", after: dropFirst("conditions", 120), want: here}, {name: "and was not there before", before: lacking("conditions"), want: noted}},
			first:   {{name: "one: an extract of an extract", after: dangle(0, 1), want: noted}},
		}},
		gate.RuleDuplicateID: {cases: map[string][]guardCase{
			under:   {{name: "each once"}},
			over:    {{name: "an object's", after: drugTwice, want: here}, {name: "an entry's", after: entryTwice, want: here}},
			empty:   {{name: "an empty file", after: nothing}},
			missing: {{name: "also where the served release has it twice", before: func() *world { w := newWorld(); drugTwice(w); return w }, want: here}},
			first:   {{name: "an entry's", after: entryTwice, want: here}},
		}},
		gate.RuleDuplicateKey: {cases: map[string][]guardCase{
			under:   {{name: "one", after: notices(1)}},
			over:    {{name: "two", after: notices(2), want: []string{"notifications"}}},
			empty:   {{name: "an empty file", after: nothing}},
			missing: {{name: "the class was not there", before: lacking("notifications"), after: func(w *world) { notices(2)(w); notices(2)(w) }, want: []string{"notifications"}}},
			first:   {{name: "two", after: notices(2), want: []string{"notifications"}}},
		}},
		gate.RuleDuplicateItem: {cases: map[string][]guardCase{
			under:   {{name: "each once"}},
			over:    {{name: "a package's and a commodity's (R21)", after: numbers(1), want: noted}},
			empty:   {{name: "an empty file", after: nothing}},
			missing: {{name: "no commodity has it", before: lacking("medical-consumables"), after: numbers(1)}},
			first:   {{name: "a package's and a commodity's (R21)", after: numbers(1), want: noted}},
		}},
	}
}

func priceGuards() map[string]guard {
	pair := func(aup string) func(w *world) {
		return func(w *world) {
			change(w, func(i int, p *fest.Package) {
				if i == 4 {
					p.Prices[0].Price.Value, p.Prices[1].Price.Value = "100.00", aup
				}
			})
		}
	}
	even := func() *world {
		return change(newWorld(), func(_ int, c *fest.MedicalConsumable) { c.Prices[0].Price.Value = "100" })
	}
	unpriced := func() *world { return change(newWorld(), func(_ int, c *fest.MedicalConsumable) { c.Prices = nil }) }
	priced := func(n int, value string) func(w *world) {
		return func(w *world) {
			change(w, func(i int, c *fest.MedicalConsumable) {
				if i < n && len(c.Prices) > 0 {
					c.Prices[0].Price.Value = value
				}
			})
		}
	}
	packages, consumables := []string{"packages"}, []string{"medical-consumables"}
	return map[string]guard{
		gate.RulePriceOrder: {cases: map[string][]guardCase{
			under: {{name: "AUP equal to AIP (R146)", after: pair("100.00")}},
			over:  {{name: "AUP an øre below AIP", after: pair("99.99"), want: packages}},
			empty: {{name: "no packages", after: dropFirst("packages", 1200)}},
			missing: {{name: "only one of the two", after: func(w *world) { change(w, func(_ int, p *fest.Package) { p.Prices = p.Prices[:1] }) }},
				{name: "packages were not there", before: lacking("packages"), after: func(w *world) { *w = *newWorld().fortnight(); pair("99.99")(w) }, want: packages}},
			first: {{name: "AUP an øre below AIP", after: pair("99.99"), want: packages}},
		}},
		gate.RulePriceRatio: {cases: map[string][]guardCase{
			under: {{name: "1 %", before: even, after: priced(6, "200.01")}, {name: "doubled", before: even, after: priced(600, "200")}, {name: "halved", before: even, after: priced(600, "50")}},
			over: {{name: "more than 1 % more than doubled", before: even, after: priced(7, "200.01"), want: consumables},
				{name: "more than 1 % less than half", before: even, after: priced(7, "49.99"), want: consumables}},
			empty:   {{name: "the prices are gone", before: even, after: func(w *world) { *w = *unpriced().fortnight() }}, {name: "the class is gone", before: even, after: dropFirst("medical-consumables", 600)}},
			missing: {{name: "there were no prices", before: unpriced, after: func(w *world) { *w = *even().fortnight(); priced(600, "1")(w) }}},
			first:   {{name: "any price", before: even, after: priced(600, "1")}},
		}},
	}
}
