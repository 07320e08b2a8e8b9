package rewritten

import (
	"slices"
	"strings"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/reference"
)

// Reimbursement is that of a product.
func Reimbursement(r *answer.Reimbursement) reference.Reimbursement {
	out := reference.Reimbursement{State: string(r.State), Groups: Groups(r.Groups), Individual: GroupIDs(r.Individual)}
	for _, k := range r.Prescribable {
		out.Prescribable = append(out.Prescribable, string(k))
	}
	return out
}

// Groups are groups of some lists, by their ids.
func Groups(lists ...[]answer.ReimbursementGroup) map[string]reference.ReimbursedGroup {
	out := map[string]reference.ReimbursedGroup{}
	for _, groups := range lists {
		for i := range groups {
			g := &groups[i]
			group := reference.ReimbursedGroup{Kind: string(g.Kind), Prescribe: holding(g.Prescribing), Dispense: holding(g.Dispensing), Codes: codes(g.Codes)}
			for _, c := range g.Conditions {
				group.Conditions = append(group.Conditions, c.ID)
			}
			out[g.ID] = group
		}
	}
	return out
}

// GroupIDs are the ids of groups.
func GroupIDs(groups []answer.ReimbursementGroup) (out []string) {
	for i := range groups {
		out = append(out, groups[i].ID)
	}
	return out
}

// Diagnosis is what a diagnosis code gives the right to, by the groups' ids.
func Diagnosis(s *answer.DiagnosisReimbursement) map[string]reference.DiagnosedGroup {
	out := map[string]reference.DiagnosedGroup{}
	for i := range s.Groups {
		g := &s.Groups[i]
		d := reference.DiagnosedGroup{Codes: codes(g.Codes)}
		for k := range g.Products {
			p := &g.Products[k]
			d.Products = append(d.Products, string(p.Resource)+" "+p.ID+" "+string(p.Prescribing.State)+" "+string(p.Dispensing.State))
		}
		slices.Sort(d.Products)
		out[g.ID] = d
	}
	return out
}

func codes(list []answer.ReimbursementCode) (out []reference.ReimbursedCode) {
	for i := range list {
		c := &list[i]
		code := reference.ReimbursedCode{System: strings.TrimPrefix(c.System, "urn:oid:"), Code: c.Code, Prescribe: holding(&c.Prescribing), Dispense: holding(&c.Dispensing)}
		for _, rc := range c.Conditions {
			code.Conditions = append(code.Conditions, rc.ID+" "+string(rc.State))
		}
		out = append(out, code)
	}
	return out
}

func holding(h *answer.Holding) reference.Holding {
	if h == nil {
		return reference.Holding{}
	}
	return reference.Holding{State: string(h.State), From: string(h.First), Until: string(h.Last)}
}
