package gate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// Every guard is tested just under and just over its limit, with what it looks
// at empty, with it missing from what it is compared with, and on the first
// release ever (DESIGN §7). This is the list; a test fails where a rule lacks a
// cell.
const (
	under   = "under"
	over    = "over"
	empty   = "empty"
	missing = "missing"
	first   = "first"
)

// guard is what the matrix holds of a rule: cases by cell, or why a cell makes
// no sense.
type guard struct {
	cases map[string][]guardCase
	why   map[string]string
}

// guardCase is one file before one rule. Whatever other rules say of it is not
// asked here.
type guardCase struct {
	name   string
	before func() *world      // what is served; nil: the ordinary world
	facts  func() *gate.Facts // of before, where many cases share them; optional
	after  func(w *world)     // makes the candidate of it
	config func(c *gate.Config)
	probe  gate.Probe
	// want are the rule's findings, as class and path; "note " stands before
	// those that do not hold.
	want []string
}

func matrix() map[string]guard {
	m := map[string]guard{}
	for _, part := range []map[string]guard{documentGuards(), removalGuards(), growthGuards(), identityGuards(), fieldGuards(), remapGuards(), priceGuards()} {
		for rule, g := range part {
			m[rule] = g
		}
	}
	return m
}

func TestMatrix(t *testing.T) {
	for rule, g := range matrix() {
		for cell, cases := range g.cases {
			for _, c := range cases {
				t.Run(rule+"/"+cell+"/"+c.name, func(t *testing.T) {
					t.Parallel()
					c.run(t, rule, cell == first)
				})
			}
		}
	}
}

func (c guardCase) run(t *testing.T, rule string, first bool) {
	world, served := newWorld, ordinary
	if c.before != nil {
		world, served = c.before, c.facts
		if served == nil {
			served = func() *gate.Facts { return world().facts() }
		}
	}
	var before *gate.Facts
	if !first {
		before = served()
	}
	after := world().fortnight()
	if c.after != nil {
		c.after(after)
	}
	cfg := gate.Default()
	if c.config != nil {
		c.config(&cfg)
	}
	var got []string
	v := gate.Judge(after.facts(), before, nil, cfg, now(), c.probe)
	for _, f := range v.Findings {
		if f.Rule != rule {
			continue
		}
		s := f.Class
		if f.Path != "" {
			s += " " + f.Path
		}
		if f.Severity != fest.SeverityHold {
			s = "note " + s
		} else if !v.Held {
			t.Errorf("%s holds, and the file is not held", rule)
		}
		got = append(got, s)
	}
	slices.Sort(got)
	if d := cmp.Diff(c.want, got); d != "" {
		t.Errorf("findings of %s (-want +got):\n%s", rule, d)
	}
}

// The matrix has every rule, every cell of it, and both sides of every limit
// that a class has for itself.
func TestTheMatrixIsWhole(t *testing.T) {
	m := matrix()
	for rule := range m {
		if !slices.Contains(gate.Rules(), rule) {
			t.Errorf("the matrix has %q, which is no rule", rule)
		}
	}
	for _, rule := range gate.Rules() {
		g := m[rule]
		for _, cell := range []string{under, over, empty, missing, first} {
			switch n, why := len(g.cases[cell]), g.why[cell]; {
			case n == 0 && why == "":
				t.Errorf("%s has no case for %s, and no reason", rule, cell)
			case n > 0 && why != "":
				t.Errorf("%s has cases for %s, and a reason why not", rule, cell)
			}
		}
		for _, c := range g.cases[under] {
			if slices.ContainsFunc(c.want, func(w string) bool { return !strings.HasPrefix(w, "note ") }) {
				t.Errorf("%s: %q is under the limit, and held", rule, c.name)
			}
		}
		for _, c := range g.cases[over] {
			if len(c.want) == 0 {
				t.Errorf("%s: %q is over the limit, and finds nothing", rule, c.name)
			}
		}
		own := onTheirOwn(rule)
		if strings.HasPrefix(rule, "remap-") && len(own) == 0 {
			t.Errorf("%s judges no class at all", rule)
		}
		for _, class := range own {
			for _, cell := range []string{under, over} {
				if !slices.ContainsFunc(g.cases[cell], func(c guardCase) bool { n, _, _ := strings.Cut(c.name, ","); return n == class }) {
					t.Errorf("%s has no case of %s for %s", rule, cell, class)
				}
			}
		}
	}
}

// onTheirOwn are the classes that the rule judges each in its own way: by
// another limit, or by another part of the object. That configuration may name
// them says which a rule judges.
func onTheirOwn(rule string) (classes []string) {
	if rule != gate.RuleRemovedATC && !strings.HasPrefix(rule, "remap-") {
		return slices.Collect(maps.Keys(gate.Default().Rules[rule].Classes))
	}
	for _, class := range gate.Classes() {
		if _, err := gate.ParseConfig(fmt.Appendf(nil, `{"rules":{%q:{"classes":{%q:{"count":1}}}}}`, rule, class), ""); err == nil {
			classes = append(classes, class)
		}
	}
	return classes
}

// dropFirst removes the first n objects of a class; of the nested ones it knows
// reimbursement codes.
func dropFirst(class string, n int) func(w *world) {
	return func(w *world) {
		if class == fest.CountReimbursementCodes {
			left := n
			change(w, func(_ int, r *fest.Reimbursement) {
				g := &r.ReimbursementGroups[0]
				for left > 0 && len(g.ReimbursementCodes) > 0 {
					g.ReimbursementCodes = g.ReimbursementCodes[1:]
					left--
				}
			})
			return
		}
		w.entries = slices.DeleteFunc(w.entries, func(e *fest.Entry) bool {
			if e.Class.String() != class || n == 0 {
				return false
			}
			n--
			return true
		})
	}
}

// lacking is the ordinary world without the class.
func lacking(class string) func() *world {
	return func() *world {
		w := newWorld()
		dropFirst(class, len(w.entries))(w)
		return w
	}
}

func nothing(w *world) { w.entries = nil }
