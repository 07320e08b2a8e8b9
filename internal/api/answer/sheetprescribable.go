package answer

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// packagePrescribable says whether a package may stand on a prescription on
// the day (R49–R53, R74). A condition that the release has not may be any.
func (r *Register) packagePrescribable(p *fest.Package) rules.Answer {
	var numbers []string
	unknown := false
	for _, id := range p.Conditions {
		c, ok := r.Condition(id)
		if !ok {
			unknown = true
		} else if c.ConditionNumber != nil {
			numbers = append(numbers, string(*c.ConditionNumber))
		}
	}
	a := rules.Prescription(p, numbers, r.day)
	if unknown && a.Value == rules.Yes {
		return rules.Answer{Value: rules.Unknown, Reason: "condition-not-in-release", Rules: []string{"R52", "R74"}}
	}
	return a
}

// sheetPrescribable says whether a medicine may be prescribed and dispensed on
// the day: a package itself, others if at least one of their packages may
// (R62, R66).
func (r *Register) sheetPrescribable(s *sheetSubject) (prescribable, dispensable Verdict) {
	if s.pack != nil {
		return r.VerdictOf(r.packagePrescribable(s.pack)), r.VerdictOf(rules.AvailabilityOf(s.pack.MarketingInformation, r.day).Dispensable)
	}
	if s.PrescriptionGroup.Code == rules.GroupK {
		prescribable = r.VerdictOf(rules.Answer{Value: rules.No, Reason: "food-supplement", Rules: []string{"R53", "R139"}})
	}
	var prescribe, dispense []rules.Answer
	for _, p := range s.packages {
		prescribe = append(prescribe, r.packagePrescribable(p))
		dispense = append(dispense, rules.AvailabilityOf(p.MarketingInformation, r.day).Dispensable)
	}
	for range s.missing {
		unknown := rules.Answer{Value: rules.Unknown}
		prescribe, dispense = append(prescribe, unknown), append(dispense, unknown)
	}
	anyOf := func(of []rules.Answer, no string, more ...string) Verdict {
		a := rules.GenericPrescribable(of)
		if a.Value == rules.No {
			a.Reason = no
		}
		if !r.On("R62") {
			a.Value, a.Reason = rules.Unknown, "see-packages"
		}
		a.Rules = append(more, a.Rules...)
		return r.VerdictOf(a)
	}
	if prescribable.Value == "" {
		prescribable = anyOf(prescribe, "no-package-prescribable", "R50", "R52")
	}
	return prescribable, anyOf(dispense, "no-package-dispensable", "R50", "R66")
}

// SheetGroup is the prescription group, and those of the packages where the
// medicine is more than one: the package decides (R53).
type SheetGroup struct {
	*Code
	OnPackages []SheetGroupCount `json:"onPackages,omitempty"`
	Basis
}

// SheetGroupCount is how many packages have a group.
type SheetGroupCount struct {
	Code     string `json:"code"`
	Packages int    `json:"packages"`
}

func (r *Register) sheetGroup(s *sheetSubject) SheetGroup {
	g := SheetGroup{Code: CodeOfList(&s.PrescriptionGroup, "7421"), Basis: r.Basis("R53")}
packages:
	for _, p := range s.packages {
		for i := range g.OnPackages {
			if g.OnPackages[i].Code == p.PrescriptionGroup.Code {
				g.OnPackages[i].Packages++
				continue packages
			}
		}
		g.OnPackages = append(g.OnPackages, SheetGroupCount{p.PrescriptionGroup.Code, 1})
	}
	return g
}
