//go:build !race

package fullsize_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/rules"
)

// What is drawn to be checked, of all there is at full size, and how many lines
// a check has: 3000 things and lists of 100, of which all pairs are compared.
const (
	interactionThings = 3000
	interactionLines  = 100
)

// pairOf is what is compared of two lines.
type pairOf struct {
	State        string
	Interactions []string // those that warn
	NoAction     int
	NotAssessed  []int
	Moieties     []string
	Level4       []string
}

// equal is faster than a comparison that says what differs.
func (p *pairOf) equal(o *pairOf) bool {
	return p.State == o.State && p.NoAction == o.NoAction && slices.Equal(p.Interactions, o.Interactions) && slices.Equal(p.NotAssessed, o.NotAssessed) &&
		slices.Equal(p.Moieties, o.Moieties) && slices.Equal(p.Level4, o.Level4)
}

// A million random pairs at full size, as many as fit into the time: drugs,
// generics, packages, doses, ingredients and codes, with the reference.
func TestInteractionsAtFullSize(t *testing.T) {
	t.Parallel()
	snap, entries := full()
	x := reference.NewInteractions(entries)
	rnd := rand.New(rand.NewPCG(1, 119))
	things := draw(x, entries, rnd)
	start, pairs, meeting, interactions := time.Now(), 0, 0, 0
	until := start.Add(answersTime())
	for pairs < answersMost && (pairs < answersLeast || time.Now().Before(until)) {
		list := make([]*thing, interactionLines)
		q := answer.InteractionQuestion{}
		for i := range list {
			list[i] = &things[rnd.IntN(len(things))]
			q.Lines = append(q.Lines, list[i].line)
		}
		r := answer.New(snap, "2026-09-09", rules.Set{})
		c, err := r.CheckInteractions(&q)
		if err == nil {
			err = r.Err()
		}
		if err != nil {
			t.Fatal(err)
		}
		got := pairsOf(c)
		for i, a := range list {
			for j := i + 1; j < len(list); j++ {
				b := list[j]
				between := reference.Between(a.known(x), b.known(x))
				want := pairOf{State: reference.State(a.standing, b.standing, between)}
				for _, m := range between {
					if m.Interaction.Relevance.Code == "3" {
						want.NoAction++
					} else {
						want.Interactions = append(want.Interactions, string(m.Interaction.ID))
					}
				}
				for n, one := range []*thing{a, b} {
					if len(one.standing.NotAssessed) > 0 {
						want.NotAssessed = append(want.NotAssessed, []int{i, j}[n])
					}
				}
				moieties, level4 := x.Duplicate(a.subject, b.subject)
				for _, m := range moieties {
					want.Moieties = append(want.Moieties, string(m))
				}
				want.Level4 = level4
				slices.Sort(want.Interactions)
				if have := got[[2]int{i, j}]; !want.equal(&have) {
					t.Fatalf("%+v and %+v, -reference +answer:\n%s", a.line, b.line, cmp.Diff(want, have))
				}
				pairs, meeting, interactions = pairs+1, meeting+min(1, len(between)), interactions+len(between)
			}
		}
	}
	report(t, "interactions", pairs, meeting, start)
	if pairs < 4000 || interactions < 20 {
		t.Errorf("only %d pairs with %d interactions were compared", pairs, interactions)
	}
}

// thing is something to check, with what the reference says of it.
type thing struct {
	line     answer.Line
	find     func() reference.Subject // nil once it is known
	subject  reference.Subject
	sides    []reference.Side
	standing reference.Standing
}

// known are its sides. All of it is found when it is first asked for: the
// reference takes its time.
func (s *thing) known(x *reference.Interactions) []reference.Side {
	if s.find != nil {
		s.subject, s.find = s.find(), nil
		s.sides = x.Sides(s.subject)
		s.standing = x.Standing(s.subject, s.sides)
	}
	return s.sides
}

func draw(x *reference.Interactions, entries []*fest.Entry, rnd *rand.Rand) []thing {
	var out []thing
	for len(out) < interactionThings {
		e := entries[rnd.IntN(len(entries))]
		id := e.ObjectID()
		line := answer.Line{Resource: e.Class.Resource(), ID: string(id)}
		var find func(fest.ID) reference.Subject
		switch o := e.Object.(type) {
		case *fest.Drug:
			find = x.Drug
		case *fest.Package:
			find = x.Package
		case *fest.Generic:
			find = x.Generic
		case *fest.Dose:
			find = x.Dose
		case *fest.Ingredient:
			find = x.Ingredient
		case *fest.Interaction: // a code of one of its substances
			g := &o.SubstanceGroups[rnd.IntN(len(o.SubstanceGroups))]
			sub := &g.Substances[rnd.IntN(len(g.Substances))]
			if sub.Atc == nil {
				continue
			}
			line = answer.Line{ATC: sub.Atc.Code}
			find = func(fest.ID) reference.Subject { return x.Code(sub.Atc.Code) }
		default:
			continue
		}
		out = append(out, thing{line: line, find: func() reference.Subject { return find(id) }})
	}
	return out
}

func pairsOf(c *answer.InteractionCheck) map[[2]int]pairOf {
	out := map[[2]int]pairOf{}
	for _, p := range c.Pairs {
		ids := slices.Clone(p.Interactions)
		slices.Sort(ids)
		out[p.Lines] = pairOf{State: string(p.State), Interactions: ids, NoAction: p.NoActionNeeded, NotAssessed: p.NotAssessed}
	}
	for _, d := range c.Duplicates {
		p := out[d.Lines]
		for _, m := range d.Moieties {
			p.Moieties = append(p.Moieties, m.ID)
		}
		for _, code := range d.Atc {
			p.Level4 = append(p.Level4, code.Code)
		}
		slices.Sort(p.Moieties)
		slices.Sort(p.Level4)
		out[d.Lines] = p
	}
	return out
}
