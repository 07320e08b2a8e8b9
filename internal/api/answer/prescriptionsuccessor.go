package answer

import (
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// PrescriptionSuccessor is what may be prescribed in the place of something
// that is gone. FEST links nothing to what it removed but an old item number
// (R18); the others are ours to find by the last content (R19, R59, R66), and
// for a person to choose from.
type PrescriptionSuccessor struct {
	Rank int `json:"rank"` // from 1
	Reference
	// Reason is same-object, item-number-replaced, same-drug,
	// same-substitution-group, same-generic or same-strength.
	Reason       string         `json:"reason"`
	Rules        []string       `json:"rules"`
	Prescribable rules.Tristate `json:"prescribable"`
	Dispensable  rules.Tristate `json:"dispensable"`
}

// mostSuccessors bounds the list.
const mostSuccessors = 20

// successorRules are the rules of each reason.
var successorRules = map[string][]string{
	"same-object": {"R14"}, "item-number-replaced": {"R18"}, "same-drug": {"R19"}, "same-substitution-group": {"R66", "R94"},
	"same-generic": {"R57", "R59"}, "same-strength": {"R35"},
}

// prescriptionSuccessors ranks by reason; of one reason what may be prescribed
// on the day stands first, then what may be dispensed.
func (r *Register) prescriptionSuccessors(f *found) []PrescriptionSuccessor {
	var out []PrescriptionSuccessor
	add := func(reason string, objects ...any) {
		first := len(out)
		for _, o := range objects {
			ref := r.Reference(o)
			if slices.ContainsFunc(out, func(p PrescriptionSuccessor) bool { return p.Resource == ref.Resource && p.ID == ref.ID }) {
				continue
			}
			p := PrescriptionSuccessor{Reference: ref, Reason: reason, Rules: successorRules[reason], Prescribable: rules.Unknown, Dispensable: rules.Unknown}
			if s, ok := r.sheetSubjectOf(o, ref); ok {
				prescribable, dispensable := r.sheetPrescribable(s)
				p.Prescribable, p.Dispensable = prescribable.Value, dispensable.Value
			}
			out = append(out, p)
		}
		slices.SortStableFunc(out[first:], func(a, b PrescriptionSuccessor) int { return a.order() - b.order() })
	}
	for _, s := range f.gone.Successors {
		if i, ok := r.Find(s.Resource, s.ID); ok {
			if o := r.Object(i); o != nil {
				add(s.Reason, o)
			}
		}
	}
	if len(f.objects) > 0 {
		r.likely(f, add)
	}
	out = out[:min(len(out), mostSuccessors)]
	for i := range out {
		out[i].Rank = i + 1
	}
	return out
}

// likely finds what is close to the last content of what is gone.
func (r *Register) likely(f *found, add func(reason string, objects ...any)) {
	id := fest.Ref(f.items[0].ID)
	switch o := f.objects[0].(type) {
	case *fest.Package:
		for i := range o.PackageInformation {
			add("same-drug", anys(r.PackagesOfDrug(o.PackageInformation[i].Drug))...)
		}
		if g := o.PackageSubstitutionGroup; g != nil {
			add("same-substitution-group", anys(r.validMembers(g.SubstitutionGroup))...)
		}
		for i := range o.PackageInformation {
			drug := o.PackageInformation[i].Drug
			generics := r.GenericsOfDrug(drug)
			if d, ok := everHad[fest.Drug](r, fest.ResourceDrugs, drug); ok && len(generics) == 0 {
				generics = r.genericsLike(&d.Medicine, d.SortedActiveSubstancesWithStrength)
			}
			add("same-generic", anys(generics)...)
		}
	case *fest.Drug:
		add("same-generic", anys(r.GenericsOfDrug(id))...)
		add("same-strength", anys(r.genericsLike(&o.Medicine, o.SortedActiveSubstancesWithStrength))...)
	case *fest.Generic:
		for _, drug := range o.Drugs {
			add("same-drug", anys(r.GenericsOfDrug(drug))...)
		}
		add("same-strength", anys(r.genericsLike(&o.Medicine, o.SortedActiveSubstancesWithStrength))...)
	}
}

// validMembers are the packages of a substitution group whose place in it
// holds on the day (R94).
func (r *Register) validMembers(group fest.Ref) []*fest.Package {
	g, ok := r.SubstitutionGroup(group)
	if !ok {
		return nil
	}
	var out []*fest.Package
	for _, p := range r.MembersOf(g.ID) {
		if m, _ := rules.MembershipOn(p.PackageSubstitutionGroup, g, r.day); m.State == rules.Valid {
			out = append(out, p)
		}
	}
	return out
}

// genericsLike are the generics with the same ATC code and form that name the
// same strengths.
func (r *Register) genericsLike(m *fest.Medicine, strengths []fest.SortedStrength) []*fest.Generic {
	if m.Atc == nil || len(strengths) == 0 {
		return nil
	}
	var out []*fest.Generic
	for _, g := range r.GenericsOfStrength(strengths[0].ActiveSubstanceWithStrength) {
		if g.Atc == nil || g.Atc.Code != m.Atc.Code || len(g.SortedActiveSubstancesWithStrength) != len(strengths) || !sameForm(&g.Medicine, m) {
			continue
		}
		all := true
		for i := range strengths {
			all = all && slices.ContainsFunc(g.SortedActiveSubstancesWithStrength, func(s fest.SortedStrength) bool {
				return s.ActiveSubstanceWithStrength == strengths[i].ActiveSubstanceWithStrength
			})
		}
		if all {
			out = append(out, g)
		}
	}
	return out
}

func sameForm(a, b *fest.Medicine) bool {
	return a.PharmaceuticalFormShort != nil && b.PharmaceuticalFormShort != nil && a.PharmaceuticalFormShort.Code == b.PharmaceuticalFormShort.Code
}

// order is how much can be done with a successor: the less, the later.
func (p *PrescriptionSuccessor) order() int {
	return place(p.Prescribable)*3 + place(p.Dispensable)
}

func place(v rules.Tristate) int {
	switch v {
	case rules.Yes:
		return 0
	case rules.Unknown:
		return 1
	default:
		return 2
	}
}

// anys are pointers as what the register hands out.
func anys[T any](list []*T) []any {
	out := make([]any, len(list))
	for i, p := range list {
		out[i] = p
	}
	return out
}
