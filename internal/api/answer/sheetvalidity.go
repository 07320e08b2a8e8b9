package answer

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// SheetValidity is how long a prescription holds: durations, no dates (R70).
type SheetValidity struct {
	// Duration is ISO 8601, by the calendar (R13); left out where it is not
	// stated, which is not one year.
	Duration fest.Duration `json:"duration,omitempty"`
	// Reason is what chose it, kebab-case.
	Reason string              `json:"reason"`
	Stated []SheetStatedPeriod `json:"stated"`
	// WhenReimbursed replaces it for prescriptions by § 2 or § 4 (R69); left
	// out where nothing does.
	WhenReimbursed *SheetReimbursedValidity `json:"whenReimbursed,omitempty"`
	Basis
}

// SheetStatedPeriod is what drugs state: for one sex, or without for all
// (R68).
type SheetStatedPeriod struct {
	Duration fest.Duration `json:"duration"`
	Gender   *Code         `json:"gender,omitempty"`
	Drug     Reference     `json:"drug"`
}

// SheetReimbursedValidity is what a condition of type 28 says.
type SheetReimbursedValidity struct {
	// Duration is that of the product itself; left out where only some of the
	// products below it have the condition.
	Duration       fest.Duration            `json:"duration,omitempty"`
	LegalBases     []string                 `json:"legalBases"`
	Conditions     []Reference              `json:"conditions,omitempty"`
	OnSomeProducts []SheetConditionDuration `json:"onSomeProducts,omitempty"`
	Basis
}

// SheetConditionDuration is the duration of a condition that only some
// products have.
type SheetConditionDuration struct {
	Duration  fest.Duration `json:"duration"`
	Condition Reference     `json:"condition"`
	On        []Reference   `json:"on"`
}

// sheetValidity chooses among what the drugs state; conditions are those of
// the same medicine.
func (r *Register) sheetValidity(s *sheetSubject, sex rules.Sex, conditions *SheetConditions) SheetValidity {
	v := SheetValidity{Stated: []SheetStatedPeriod{}}
	var stated []rules.Stated
	for _, d := range s.drugs {
		for i := range d.PrescriptionValidities {
			p := &d.PrescriptionValidities[i]
			one := rules.Stated{Duration: p.Duration}
			if p.Gender != nil {
				one.Sex = rules.Sex(p.Gender.Code)
			}
			stated = append(stated, one)
			v.Stated = append(v.Stated, SheetStatedPeriod{p.Duration, CodeOfList(p.Gender, "3101"), r.Reference(d)})
		}
	}
	chosen := rules.ValidityOf(stated, sex)
	v.Duration, v.Reason, v.Basis = chosen.Duration, chosen.Reason, r.Basis("R13")
	switch {
	case chosen.Inferred:
		for _, rule := range chosen.Rules {
			if !r.On(rule) { // without it, nothing says which
				v.Duration = ""
			}
		}
		r.Cite(&v.Basis, chosen.Rules...)
	case len(s.drugs) > 1 || chosen.Reason != "stated":
		r.Cite(&v.Basis, chosen.Rules...)
	}
	v.WhenReimbursed = r.whenReimbursed(conditions)
	return v
}

// whenReimbursed looks for conditions of type 28.
func (r *Register) whenReimbursed(conditions *SheetConditions) *SheetReimbursedValidity {
	w := SheetReimbursedValidity{LegalBases: []string{"§ 2", "§ 4"}, Basis: r.Basis("R69")}
	var own []fest.Duration
	each := func(list []SheetCondition, f func(*SheetCondition, fest.Duration)) {
		for i := range list {
			if o, ok := r.Condition(fest.Ref(list[i].ID)); ok {
				if d := rules.ReimbursedValidity(o); d != "" {
					f(&list[i], d)
				}
			}
		}
	}
	each(conditions.Own, func(c *SheetCondition, d fest.Duration) {
		own, w.Conditions = append(own, d), append(w.Conditions, c.Reference)
	})
	each(conditions.OnSomeProducts, func(c *SheetCondition, d fest.Duration) {
		r.Cite(&w.Basis, "R73")
		w.OnSomeProducts = append(w.OnSomeProducts, SheetConditionDuration{d, c.Reference, c.On})
	})
	if w.Conditions == nil && w.OnSomeProducts == nil {
		return nil
	}
	w.Duration = rules.Shortest(own)
	return &w
}
