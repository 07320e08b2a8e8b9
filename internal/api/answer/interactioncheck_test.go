package answer_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
)

// referred is a line with the subject that the reference makes of it.
type referred struct {
	line     answer.Line
	subject  reference.Subject
	sides    []reference.Side
	standing reference.Standing
}

// everything that can be checked: all products and substances, and all codes
// that interactions have or products, with those above them.
func everything(entries []*fest.Entry, x *reference.Interactions) []referred {
	var out []referred
	add := func(l answer.Line, s reference.Subject) {
		sides := x.Sides(s)
		out = append(out, referred{l, s, sides, x.Standing(s, sides)})
	}
	codes := map[string]bool{}
	code := func(v *fest.CV) {
		if v == nil {
			return
		}
		for _, c := range append(rules.ATCCovering(nil, v.Code), v.Code) {
			codes[c] = true
		}
	}
	for _, e := range entries {
		id := e.ObjectID()
		line := answer.Line{Resource: e.Class.Resource(), ID: string(id)}
		switch o := e.Object.(type) {
		case *fest.Drug:
			add(line, x.Drug(id))
			code(o.Atc)
		case *fest.Generic:
			add(line, x.Generic(id))
			code(o.Atc)
		case *fest.Package:
			add(line, x.Package(id))
		case *fest.Dose:
			add(line, x.Dose(id))
		case *fest.Ingredient:
			add(line, x.Ingredient(id))
		case *fest.Interaction:
			for _, g := range o.SubstanceGroups {
				for _, s := range g.Substances {
					code(s.Atc)
				}
			}
		case *fest.InteractionNotAssessed:
			code(&o.Atc)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(codes)) {
		if c != "" {
			add(answer.Line{ATC: c}, x.Code(c))
		}
	}
	return out
}

// verdict is what is compared of a pair.
type verdict struct {
	State        string
	Interactions []string // those that warn: id, groups and substances of each side
	NoAction     int
	NotAssessed  []int
	Duplicate    string
}

// TestInteractionsEqualTheReference compares all pairs of all that there is.
func TestInteractionsEqualTheReference(t *testing.T) {
	for name, entries := range contents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := entries(t)
			x := reference.NewInteractions(all)
			things := everything(all, x)
			r := register(t, all)
			pairs, interactions := 0, 0
			const block = 64
			for i := 0; i < len(things); i += block {
				for j := i; j < len(things); j += block {
					lines, from := slices.Clone(things[i:min(i+block, len(things))]), 0
					if j > i {
						from = len(lines)
						lines = append(lines, things[j:min(j+block, len(things))]...)
					}
					n, m := compareAll(t, r, x, lines, from)
					pairs, interactions = pairs+n, interactions+m
					if t.Failed() {
						return
					}
				}
			}
			t.Logf("%d things, %d pairs, %d interactions", len(things), pairs, interactions)
			if interactions < 10 {
				t.Errorf("only %d interactions among %d pairs: is anything compared?", interactions, pairs)
			}
		})
	}
}

// compareAll compares pairs of a list with the reference: all, or those across
// the line from, which is not 0 then.
func compareAll(t *testing.T, r *answer.Register, x *reference.Interactions, list []referred, from int) (pairs, interactions int) {
	t.Helper()
	var q answer.InteractionQuestion
	for i := range list {
		q.Lines = append(q.Lines, list[i].line)
	}
	got, err := r.CheckInteractions(&q)
	if err == nil {
		err = r.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	checked := verdictsOf(got)
	clear := true
	for i := range list {
		clear = clear && list[i].standing.Checkable && len(list[i].standing.NotAssessed) == 0
		for j := i + 1; j < len(list); j++ {
			a, b := &list[i], &list[j]
			between := reference.Between(a.sides, b.sides)
			clear = clear && len(between) == 0
			if from > 0 && (i >= from || j < from) {
				continue // was compared before
			}
			want := verdict{State: reference.State(a.standing, b.standing, between)}
			for _, m := range between {
				if m.Interaction.Relevance.Code == "3" {
					want.NoAction++
					continue
				}
				want.Interactions = append(want.Interactions, sideKey(m.Interaction, x, a.subject, m.GroupA)+" + "+sideKey(m.Interaction, x, b.subject, m.GroupB))
			}
			slices.SortStableFunc(want.Interactions, strings.Compare)
			for _, k := range []int{i, j} {
				if len(list[k].standing.NotAssessed) > 0 {
					want.NotAssessed = append(want.NotAssessed, k)
				}
			}
			moieties, level4 := x.Duplicate(a.subject, b.subject)
			want.Duplicate = duplicateKey(moieties, level4)
			if diff := cmp.Diff(want, checked[[2]int{i, j}]); diff != "" {
				t.Errorf("%+v and %+v (-reference +check):\n%s", a.line, b.line, diff)
				return pairs, interactions
			}
			pairs, interactions = pairs+1, interactions+len(between)
		}
	}
	if clear != got.Summary.None {
		t.Errorf("none found in the list: %v, the reference says %v", got.Summary.None, clear)
	}
	return pairs, interactions
}

// sideKey names an interaction and a side of it, with the substances that the
// subject matches.
func sideKey(in *fest.Interaction, x *reference.Interactions, s reference.Subject, group int) string {
	g := &in.SubstanceGroups[group]
	key := string(in.ID)
	for _, k := range x.Substances(s, g) {
		key += "|" + string(g.Substances[k].Substance)
	}
	return key
}

func duplicateKey(moieties []fest.ID, level4 []string) string {
	var parts []string
	for _, m := range moieties {
		parts = append(parts, string(m))
	}
	slices.Sort(parts)
	slices.Sort(level4)
	return strings.Join(append(parts, level4...), " ")
}

// verdictsOf is what a check says of each pair.
func verdictsOf(c *answer.InteractionCheck) map[[2]int]verdict {
	out := map[[2]int]verdict{}
	for _, p := range c.Pairs {
		out[p.Lines] = verdict{State: string(p.State), NoAction: p.NoActionNeeded, NotAssessed: p.NotAssessed}
	}
	for _, in := range c.Interactions {
		for _, a := range in.Applies {
			key := in.ID
			for _, m := range a.Sides[0].Substances {
				key += "|" + m.Substance
			}
			key += " + " + in.ID
			for _, m := range a.Sides[1].Substances {
				key += "|" + m.Substance
			}
			v := out[a.Lines]
			v.Interactions = append(v.Interactions, key)
			slices.Sort(v.Interactions)
			out[a.Lines] = v
		}
	}
	for _, d := range c.Duplicates {
		var ids []fest.ID
		var codes []string
		for _, m := range d.Moieties {
			ids = append(ids, fest.ID(m.ID))
		}
		for _, code := range d.Atc {
			codes = append(codes, code.Code)
		}
		v := out[d.Lines]
		v.Duplicate = duplicateKey(ids, codes)
		out[d.Lines] = v
	}
	return out
}

// checkAllocations is the budget of a check of ten drugs that interact a lot:
// most of it are the entries that are decoded and the answer itself.
const checkAllocations = 1500

func TestChecksHaveABudget(t *testing.T) {
	snap := open(t, small())
	q := answer.InteractionQuestion{}
	for _, atc := range []string{"B01AA03", "M01AE01", "N02BE01", "C10AA01", "J01FA09", "N05AN01", "C09AA05", "N06AB06", "N06AA09", "H03AA01"} {
		page, err := snap.List(fest.ResourceDrugs, []cache.Query{{Filter: "atc", Value: atc}}, 0, 1)
		if err != nil || len(page.Items) != 1 {
			t.Fatalf("%s: %v %v", atc, page.Items, err)
		}
		q.Lines = append(q.Lines, answer.Line{ID: string(snap.Item(page.Items[0]).Key)})
	}
	found := 0
	n := testing.AllocsPerRun(20, func() {
		c, err := answer.New(snap, today, rules.Set{}).CheckInteractions(&q)
		if err != nil {
			t.Fatal(err)
		}
		found = len(c.Interactions)
	})
	if n > checkAllocations || found < 5 {
		t.Errorf("a check of ten drugs takes %v allocations, more than %d; it finds %d interactions", n, checkAllocations, found)
	}
	t.Logf("%v allocations, %d interactions", n, found)
}
