package gate_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// TestTheNightOfTheIncident: 8000 of 8639 active ingredients are missing from
// an otherwise valid file (INCIDENT). It is held, and every one is named.
func TestTheNightOfTheIncident(t *testing.T) {
	size := ordinarySizes()
	size.ingredients = 8639
	before, after := worldOf(size), worldOf(size).fortnight()
	gone := remove(after, func(i int, _ *fest.Ingredient) bool { return i >= 639 })
	if len(gone) != 8000 {
		t.Fatalf("the world lost %d", len(gone))
	}
	v := judge(after, before, gate.Production())
	if !v.Held {
		t.Fatal("the file passed")
	}
	f := find(t, v, gate.RuleRemoved, "ingredients")
	if f.Severity != fest.SeverityHold || f.Count != 8000 || f.Measured.Of != 8639 {
		t.Errorf("finding: %s, %d of %d", f.Severity, f.Count, f.Measured.Of)
	}
	want := make([]string, len(gone))
	for i, x := range gone {
		want[i] = string(x.ID) + " " + string(x.Name)
	}
	got := make([]string, len(f.Affected))
	for i, a := range f.Affected {
		got[i] = a.ID + " " + a.Name
	}
	slices.Sort(want)
	if !slices.Equal(want, got) {
		t.Errorf("the finding names %d, and not the 8000 that are gone", len(got))
	}
	find(t, v, gate.RuleDangling, "") // their strengths point nowhere
}

// TestSlowShrink: every night stays below what may go at once, and the release
// that passed is served and compared with the next night. Only the anchor
// sees the sum.
func TestSlowShrink(t *testing.T) {
	for _, c := range []struct {
		name    string
		nightly float64
		removed float64 // the rule's share
		night   int     // that is held, from 1
	}{
		{"1.9 % a night below 2 %", 0.019, 0.02, 3},
		{"9 % a night below 10 %", 0.09, 0.10, 1},
		{"4.9 % a night below 10 %", 0.049, 0.10, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := gate.Default()
			rule(&cfg, gate.RuleRemoved, func(l *gate.Limit) { l.Share = c.removed })
			size := ordinarySizes()
			size.interactions = 2000
			anchor := worldOf(size).facts()
			baseline, left := anchor, size.interactions
			for night := 1; ; night++ {
				remaining := left - int(float64(left)*c.nightly)
				w := worldOf(size).on(served.AddDate(0, 0, night))
				remove(w, func(i int, _ *fest.Interaction) bool { return i >= remaining })
				f := w.facts()
				v := gate.Judge(f, baseline, anchor, cfg, served.AddDate(0, 0, night), nil)
				if !v.Held {
					if sum := 1 - float64(remaining)/float64(size.interactions); sum > 0.05 {
						t.Fatalf("night %d passed, and %.1f %% are gone", night, 100*sum)
					}
					baseline, left = f, remaining
					continue
				}
				if night != c.night {
					t.Errorf("held on night %d, want %d", night, c.night)
				}
				for _, x := range v.Holding() {
					if x.Rule != gate.RuleRemovedAnchor || x.Against != gate.AgainstAnchor {
						t.Errorf("held by %s against %q; only the anchor can see it", x.Rule, x.Against)
					}
				}
				return
			}
		})
	}
}

func TestAnchor(t *testing.T) {
	cut := func(n int) *gate.Facts { return removeFirst[fest.SubstitutionGroup](newWorld(), n).fortnight().facts() }
	quietly := gate.Default()
	quiet(gate.RuleRemoved)(&quietly)
	for _, c := range []struct {
		name              string
		candidate, anchor *gate.Facts
		held              bool
	}{
		{"5 % exactly", cut(12), newWorld().facts(), false},
		{"just over 5 %", cut(13), newWorld().facts(), true},
		{"no anchor: the baseline is it", cut(13), nil, true},
		{"an anchor that had less", cut(12), removeFirst[fest.SubstitutionGroup](newWorld(), 12).facts(), false},
		{"an empty anchor", cut(13), gate.NewObserver().Facts(fest.Document{RetrievalDate: "2026-01-01T00:00:00"}, fest.FilterPrescriber), false},
		{"an anchor of another filter is not compared with", cut(13), gate.NewObserver().Facts(fest.Document{}, fest.FilterHelfo), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if v := gate.Judge(c.candidate, newWorld().facts(), c.anchor, quietly, now(), nil); v.Held != c.held {
				t.Errorf("Held = %t: %v", v.Held, holds(v))
			}
		})
	}
}

// probe answers lookups from a table; what is not in it is not found.
type probe map[string]int

func (p probe) Find(r fest.Resource, by, value string) (int, error) {
	n, ok := p[fmt.Sprintf("%s/%s/%s", r, by, value)]
	if ok && n < 0 {
		return 0, fmt.Errorf("index is damaged")
	}
	return n, nil
}

func productionFor(w *world) gate.Config {
	cfg := gate.Production()
	cfg.Floors = map[fest.Filter]map[string]int{w.filter: {"ingredients": 1000, "notifications": 60}}
	cfg.Sentinels = []gate.Sentinel{{Resource: "drugs", By: "atc", Value: "N02BE01", Name: "paracetamol"}, {Resource: "packages", Value: "ID_P-000000", Filters: []fest.Filter{fest.FilterPrescriber}}}
	return cfg
}

func TestFirstRelease(t *testing.T) {
	found := probe{"drugs/atc/N02BE01": 12, "packages//ID_P-000000": 1}
	w := newWorld()
	for _, c := range []struct {
		name  string
		edit  func(w *world, c *gate.Config)
		probe gate.Probe
		holds []string
	}{
		{"floors met and sentinels found", nil, found, nil},
		{"no floors for the filter", func(_ *world, c *gate.Config) { c.Floors = nil }, found, []string{"first-release"}},
		{"no sentinels", func(_ *world, c *gate.Config) { c.Sentinels = nil }, found, []string{"first-release"}},
		{"sentinels of other filters only", func(_ *world, c *gate.Config) {
			c.Sentinels = []gate.Sentinel{{Resource: "drugs", Value: "x", Filters: []fest.Filter{fest.FilterVeterinary}}}
		}, found, []string{"first-release"}},
		{"nothing to look them up with", nil, nil, []string{"first-release"}},
		{"one below the floor", func(w *world, _ *gate.Config) { removeFirst[fest.Notification](w, 1) }, found, []string{"floor notifications"}},
		{"an empty file", func(w *world, _ *gate.Config) { w.entries = nil }, probe{}, []string{"floor ingredients", "floor notifications", "sentinel"}},
		{"a sentinel not found", nil, probe{"drugs/atc/N02BE01": 12}, []string{"sentinel"}},
		{"a lookup that fails", nil, probe{"drugs/atc/N02BE01": -1, "packages//ID_P-000000": 1}, []string{"sentinel"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, cfg := newWorld(), productionFor(w)
			if c.edit != nil {
				c.edit(w, &cfg)
			}
			v := gate.Judge(w.facts(), nil, nil, cfg, now(), c.probe)
			if got := holds(v); !slices.Equal(got, c.holds) {
				t.Errorf("holds %v, want %v", got, c.holds)
			}
			cfg.Profile = gate.ProfileDefault
			cfg.Rules = gate.Default().Rules
			if v := gate.Judge(w.facts(), nil, nil, cfg, now(), c.probe); v.Held {
				t.Errorf("in the default profile it is held by %v", holds(v))
			} else if len(c.holds) > 0 && len(v.Findings) == 0 {
				t.Error("in the default profile it is not even a note")
			}
		})
	}
}

func TestFloorsAndSentinelsHoldLaterReleasesToo(t *testing.T) {
	before, after := newWorld(), newWorld().fortnight()
	cfg := productionFor(after)
	cfg.Floors[after.filter]["ingredients"] = 1001
	v := gate.Judge(after.facts(), before.facts(), nil, cfg, now(), probe{"packages//ID_P-000000": 1})
	if got, want := holds(v), []string{"floor ingredients", "sentinel"}; !slices.Equal(got, want) {
		t.Errorf("holds %v, want %v", got, want)
	}
	f := find(t, v, gate.RuleSentinel, "")
	if f.Affected[0].ID != "drugs atc=N02BE01" || f.Measured.Of != 2 {
		t.Errorf("finding = %+v", f)
	}
	if f := find(t, v, gate.RuleFloor, "ingredients"); f.Measured.Count != 1000 || f.Limit.Count != 1001 {
		t.Errorf("finding = %+v", f)
	}
}
