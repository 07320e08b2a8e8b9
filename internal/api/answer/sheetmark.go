package answer

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// SheetMark is a mark of which absent means no (R29).
type SheetMark struct {
	Value bool `json:"value"`
	// On are the entries that have it, where it is on another than the one
	// asked for: what a package holds, or some of what is below it.
	On []Reference `json:"on,omitempty"`
	Basis
}

// sheetMark looks for a mark on a medicine and on what is in it; below it only
// On tells.
func (r *Register) sheetMark(s *sheetSubject, cited []string, has func(*fest.Medicine) bool) SheetMark {
	m := SheetMark{Value: has(s.Medicine), Basis: r.Basis(cited...)}
	if !s.isDrug() {
		for _, d := range s.drugs {
			if has(&d.Medicine) {
				m.On = append(m.On, r.Reference(d))
				m.Value = m.Value || s.generic == nil
			}
		}
	}
	for _, p := range s.packages {
		if has(&p.Medicine) {
			m.On = append(m.On, r.Reference(p))
		}
	}
	return m
}

// opioidApplication: for reduced class A or B Helfo wants an application; it
// is no ban (R93).
func (r *Register) opioidApplication(s *sheetSubject) SheetMark {
	return r.sheetMark(s, []string{"R93", "R29"}, func(m *fest.Medicine) bool { return rules.Marked(m.OpioidApplication) })
}

func (r *Register) blackTriangle(s *sheetSubject) SheetMark {
	return r.sheetMark(s, []string{"R29"}, func(m *fest.Medicine) bool { return m.BlackTriangle != nil })
}

// SheetRegistration says whether a medicine is unregistered and what then must
// be done (R127, R128).
type SheetRegistration struct {
	Unregistered   rules.Tristate `json:"unregistered"`
	MedicationType *Code          `json:"medicationType,omitempty"`
	// ApplicationType says who applies, Application the same for programs:
	// none, pharmacyDecides or applicationFirst; left out where not stated.
	ApplicationType *Code          `json:"applicationType,omitempty"`
	Application     string         `json:"application,omitempty"`
	Justification   rules.Tristate `json:"justificationRequired"`
	// SomeUnregistered are the drugs and packages below it that are (R62).
	SomeUnregistered []Reference `json:"someUnregistered,omitempty"`
	Basis
}

// sheetRegistration takes what a package or dose does not state from its drug
// (R56).
func (r *Register) sheetRegistration(s *sheetSubject) SheetRegistration {
	m := fest.Medicine{MedicationType: s.MedicationType, ApplicationType: s.ApplicationType}
	out := SheetRegistration{Basis: r.Basis("R127", "R128")}
	if s.generic == nil && len(s.drugs) == 1 {
		if m.MedicationType == nil {
			m.MedicationType = s.drugs[0].MedicationType
		}
		if m.ApplicationType == nil {
			m.ApplicationType = s.drugs[0].ApplicationType
		}
	}
	out.Unregistered, out.Application = rules.Unregistered(&m)
	out.MedicationType, out.ApplicationType = CodeOfList(m.MedicationType, "7424"), CodeOfList(m.ApplicationType, "7422")
	if s.generic != nil {
		r.byProducts(s, &out)
	}
	out.Justification = rules.JustificationNeeded(out.Application)
	if out.Application == "" && out.Unregistered == rules.No {
		out.Justification = rules.No
	}
	return out
}

// byProducts says of a generic, which states no type of medication, what all
// its drugs and packages are; where they differ, it stays unknown.
func (r *Register) byProducts(s *sheetSubject, out *SheetRegistration) {
	states := map[rules.Tristate]bool{}
	add := func(m *fest.Medicine, o any) {
		u, _ := rules.Unregistered(m)
		if states[u] = true; u == rules.Yes {
			out.SomeUnregistered = append(out.SomeUnregistered, r.Reference(o))
		}
	}
	for _, d := range s.drugs {
		add(&d.Medicine, d)
	}
	for _, p := range s.packages {
		add(&p.Medicine, p)
	}
	if out.Unregistered == rules.Unknown && len(states) == 1 && s.missing == 0 {
		for u := range states {
			out.Unregistered = u
		}
	}
}
