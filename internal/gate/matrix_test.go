package gate_test

import (
	"slices"
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
	before func() *world // what is served; nil: the ordinary world
	facts  func() *gate.Facts
	after  func(w *world) // makes the candidate of it
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
	make := newWorld
	if c.before != nil {
		make = c.before
	}
	var before *gate.Facts
	switch {
	case first:
	case c.facts != nil:
		before = c.facts()
	default:
		before = make().facts()
	}
	after := make().fortnight()
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
		for _, c := range slices.Concat(g.cases[under], []guardCase{}) {
			if slices.ContainsFunc(c.want, func(w string) bool { return c.config == nil && w != "" && w[:min(5, len(w))] != "note " }) {
				t.Errorf("%s: %q is under the limit, and held", rule, c.name)
			}
		}
		for _, c := range g.cases[over] {
			if len(c.want) == 0 {
				t.Errorf("%s: %q is over the limit, and finds nothing", rule, c.name)
			}
		}
		for class := range gate.Default().Rules[rule].Classes {
			for _, cell := range []string{under, over} {
				if !slices.ContainsFunc(g.cases[cell], func(c guardCase) bool { return c.name == class }) {
					t.Errorf("%s has a limit of its own for %s, and no case for %s", rule, class, cell)
				}
			}
		}
	}
}

// first n entries of a class, or of the collection nested in it.
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

// does sets what a case needs in a configuration.
func does(edits ...func(c *gate.Config)) func(c *gate.Config) {
	return func(c *gate.Config) {
		for _, e := range edits {
			e(c)
		}
	}
}

func nothing(w *world) { w.entries = nil }
