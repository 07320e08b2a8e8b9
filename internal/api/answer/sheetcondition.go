package answer

import (
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// SheetConditions are the conditions of a medicine (R71–R79).
type SheetConditions struct {
	// Own stand on it, or on what it is one of.
	Own []SheetCondition `json:"own"`
	// OnSomeProducts stand on some of the products below it, and not on it
	// (R73); left out where R73 is switched off, or nothing can be below.
	OnSomeProducts []SheetCondition `json:"onSomeProducts,omitzero"`
	Basis
}

// SheetCondition is a condition with what follows from its group. The text is
// all of it, the structure only what of it programs can read (R75).
type SheetCondition struct {
	Condition
	// Use follows from the group (R71), Shown is when to show it (R78).
	Use   string `json:"use,omitempty"`
	Shown string `json:"shown,omitempty"`
	// For are prescriber, dispenser or both; left out where it is not stated
	// (R72).
	For []string `json:"for,omitempty"`
	// Structure says "stated" or "none"; none is not "no restriction".
	Structure string `json:"structure,omitempty"`
	// On are the entries that it stands on.
	On []Reference `json:"on,omitempty"`
}

// sheetConditions gathers those of a medicine.
func (r *Register) sheetConditions(s *sheetSubject) SheetConditions {
	c := SheetConditions{Own: []SheetCondition{}, Basis: r.Basis("R71", "R72", "R75", "R76", "R77", "R78")}
	add := func(list *[]SheetCondition, on any, m *fest.Medicine) {
		for _, id := range m.Conditions {
			at := slices.IndexFunc(*list, func(c SheetCondition) bool { return c.ID == string(id) })
			if at < 0 {
				at = len(*list)
				*list = append(*list, r.sheetCondition(id))
			}
			ref := s.ref
			if on != s.object {
				ref = r.Reference(on)
			}
			(*list)[at].On = append((*list)[at].On, ref)
		}
	}
	add(&c.Own, s.object, s.Medicine)
	if s.generic == nil {
		if s.pack != nil {
			r.Cite(&c.Basis, "R74")
		}
		if !s.isDrug() {
			for _, d := range s.drugs {
				add(&c.Own, d, &d.Medicine)
			}
		}
		for _, g := range s.generics {
			add(&c.Own, g, &g.Medicine)
		}
	}
	r.Cite(&c.Basis, "R73")
	if s.pack != nil || !r.On("R73") {
		return c
	}
	c.OnSomeProducts = []SheetCondition{}
	if s.generic != nil {
		for _, d := range s.drugs {
			add(&c.OnSomeProducts, d, &d.Medicine)
		}
	}
	for _, p := range s.packages {
		add(&c.OnSomeProducts, p, &p.Medicine)
	}
	c.OnSomeProducts = slices.DeleteFunc(c.OnSomeProducts, func(some SheetCondition) bool {
		return slices.ContainsFunc(c.Own, func(own SheetCondition) bool { return own.ID == some.ID })
	})
	return c
}

// sheetCondition is a condition by its id, without what it stands on.
func (r *Register) sheetCondition(id fest.Ref) SheetCondition {
	c := SheetCondition{Condition: r.ConditionOf(id)}
	o, ok := r.Condition(id)
	if !ok {
		return c
	}
	c.Use, c.Shown, c.For = rules.ConditionUse(o.ConditionGroup.Code), rules.ConditionShown(o.ConditionGroup.Code), rules.ConditionFor(o.AppliesTo.Code)
	if c.Structure = "none"; len(c.Structured) > 0 {
		c.Structure = "stated"
	}
	return c
}
