package gate_test

import (
	"fmt"
	"sync"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// crowd makes a world of n objects of one class, or of n that have such in
// them, and where that is asked for of the strengths that they have.
func crowd(class string, n int, strengths bool) *world {
	w := worldOf(sizes{})
	w.entries = nil
	all := sizes{ingredients: n, drugs: n, packages: n, interactions: n, groups: n}
	for i := range n {
		if strengths {
			w.add(fest.ClassIngredient, ingredient(i))
			w.add(fest.ClassIngredientStrength, strength(i, n))
		}
		switch class {
		case "ingredient-strengths":
		case "drugs":
			w.add(fest.ClassDrug, drug(i, n))
		case "generics":
			w.add(fest.ClassGeneric, generic(i, all))
		case "packages":
			w.add(fest.ClassPackage, pack(i, all))
		case "doses":
			w.add(fest.ClassDose, dose(i, all))
		case "reimbursement-groups":
			w.add(fest.ClassReimbursement, reimbursement(i, all))
		case "interactions", "interaction-substances":
			w.add(fest.ClassInteraction, interaction(i))
		default:
			panic(class)
		}
	}
	return w
}

// moved is how objects of a class come to map to something else.
type moved struct {
	class string
	visit func(w *world, move func() bool) // move says whether one more is to move
}

// move moves the first n.
func (m moved) move(n int) func(w *world) {
	return func(w *world) {
		m.visit(w, func() bool { n--; return n >= 0 })
		if n > 0 {
			panic(fmt.Sprintf("%d too few %s to move", n, m.class))
		}
	}
}

// each is a way to move objects of a type.
func each[T any](class string, move func(i int, o *T)) moved {
	return moved{class, func(w *world, one func() bool) {
		change(w, func(i int, o *T) {
			if one() {
				move(i, o)
			}
		})
	}}
}

// medicines move alike in drugs, generics, packages and doses.
func medicines(move func(m *fest.Medicine)) []moved {
	return []moved{
		each("drugs", func(_ int, o *fest.Drug) { move(&o.Medicine) }), each("generics", func(_ int, o *fest.Generic) { move(&o.Medicine) }),
		each("packages", func(_ int, o *fest.Package) { move(&o.Medicine) }), each("doses", func(_ int, o *fest.Dose) { move(&o.Medicine) }),
	}
}

// strengths move as such, and with them what has them.
func strengths(move func(i int, s *fest.IngredientStrength)) (out []moved) {
	for _, class := range []string{"ingredient-strengths", "drugs", "generics"} {
		out = append(out, each(class, move))
	}
	return out
}

func remapGuards() map[string]guard {
	bogus := func() *fest.CV { return ptr(cv("7180", "X99XX99", "feil")) }
	other := func(i int) fest.Ref { return id[fest.Ref]("X", i) }
	ways := map[string]struct {
		count    int // that the rule lets move, however large the share
		to, away []moved
	}{
		gate.RuleRemapATC: {20, append(medicines(func(m *fest.Medicine) { m.Atc = bogus() }),
			each("reimbursement-groups", func(_ int, r *fest.Reimbursement) { r.ReimbursementGroups[0].Atc = bogus() }),
			moved{"interaction-substances", func(w *world, one func() bool) {
				change(w, func(_ int, x *fest.Interaction) {
					for g := range x.SubstanceGroups {
						for s := range x.SubstanceGroups[g].Substances {
							if one() {
								x.SubstanceGroups[g].Substances[s].Atc = bogus()
							}
						}
					}
				})
			}},
		), medicines(func(m *fest.Medicine) { m.Atc = nil })},
		gate.RuleRemapPrescription: {20, medicines(func(m *fest.Medicine) { m.PrescriptionGroup.Code = "F" }),
			medicines(func(m *fest.Medicine) { m.PrescriptionGroup = fest.CS{} })},
		gate.RuleRemapStrength: {10, strengths(func(_ int, s *fest.IngredientStrength) { s.Strength.Value += "0" }),
			strengths(func(_ int, s *fest.IngredientStrength) { s.Strength = fest.PQ{} })},
		gate.RuleRemapIngredient: {10, strengths(func(i int, s *fest.IngredientStrength) { s.ActiveSubstance = other(i) }),
			strengths(func(_ int, s *fest.IngredientStrength) { s.ActiveSubstance = "" })},
		gate.RuleRemapDrug: {20, []moved{
			each("packages", func(i int, p *fest.Package) { p.PackageInformation[0].Drug = other(i) }),
			each("doses", func(i int, d *fest.Dose) { d.Drug = other(i) }),
		}, []moved{
			each("packages", func(_ int, p *fest.Package) { p.PackageInformation = nil }),
			each("doses", func(_ int, d *fest.Dose) { d.Drug = "" }),
		}},
		gate.RuleRemapRelevance: {20, []moved{each("interactions", func(_ int, x *fest.Interaction) { x.Relevance.Code = "9" })},
			[]moved{each("interactions", func(_ int, x *fest.Interaction) { x.Relevance = fest.CS{} })}},
	}
	type size struct {
		class     string
		n         int
		strengths bool
	}
	made := map[size]func() *gate.Facts{} // worlds are large: each is read once
	out := map[string]guard{}
	for rule, way := range ways {
		// Medicines have strength and ingredient from what they refer to.
		byStrength := rule == gate.RuleRemapStrength || rule == gate.RuleRemapIngredient
		of := func(class string, n int) guardCase {
			k := size{class, n, byStrength}
			if made[k] == nil {
				made[k] = sync.OnceValue(func() *gate.Facts { return crowd(class, n, byStrength).facts() })
			}
			return guardCase{before: func() *world { return crowd(class, n, byStrength) }, facts: made[k]}
		}
		wanted := func(class string) []string {
			if byStrength && class != "ingredient-strengths" {
				return []string{class, "ingredient-strengths"}
			}
			return []string{class}
		}
		g := guard{cases: map[string][]guardCase{}}
		add := func(cell, name string, c guardCase, after func(w *world), want []string) {
			c.name, c.after, c.want = name, after, want
			g.cases[cell] = append(g.cases[cell], c)
		}
		for _, m := range way.to {
			want := wanted(m.class)
			// The count binds in small classes, the share (0.5 %) in large ones.
			few, many, share := of(m.class, 1000), of(m.class, 8000), 40
			switch {
			case byStrength:
				many, share = of(m.class, 3000), 15
			case m.class == "interaction-substances":
				few, many, share = of(m.class, 160), of(m.class, 1400), 42 // six each
			}
			add(under, m.class+", count", few, m.move(way.count), nil)
			add(over, m.class+", count", few, m.move(way.count+1), want)
			add(under, m.class+", share", many, m.move(share), nil)
			add(over, m.class+", share", many, m.move(share+1), want)
			add(missing, m.class+" had none", of(m.class, 1), func(w *world) { *w = *crowd(m.class, 100, byStrength).fortnight(); m.move(99)(w) }, nil)
			add(first, m.class, of(m.class, 1000), m.move(900), nil)
			add(empty, m.class+" are gone", few, nothing, nil)
		}
		for _, m := range way.away {
			add(empty, m.class+" map to nothing", of(m.class, 1000), m.move(way.count+1), wanted(m.class))
			add(missing, m.class+" mapped to nothing (R144)", guardCase{before: func() *world {
				w := crowd(m.class, 1000, byStrength)
				m.move(900)(w)
				return w
			}}, func(w *world) { *w = *crowd(m.class, 1000, byStrength).fortnight() }, nil)
		}
		out[rule] = g
	}
	return out
}
