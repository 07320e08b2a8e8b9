package rewritten

import (
	"slices"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/reference"
)

// Substitution is what may be dispensed in the place of a package.
func Substitution(s *answer.Substitution) reference.Substitution {
	out := reference.Substitution{
		State: string(s.State), Free: members(s.Free), Limited: members(s.Limited), NotObtainable: members(s.NotObtainable), Unsure: members(s.UnsureMembers),
		Lowest: map[string][]string{},
	}
	if s.Unsure {
		out.State = "unsure"
	}
	if s.Remark != nil {
		out.Remark = s.Remark.Text
	}
	for _, l := range s.Lowest {
		unit := ""
		if l.Unit != nil {
			unit = l.Unit.Code
		}
		var packages []string
		for _, p := range l.Packages {
			packages = append(packages, p.ID)
		}
		slices.Sort(packages)
		out.Lowest[unit+" "+l.Currency] = packages
	}
	slices.Sort(out.Unsure)
	return out
}

func members(list []answer.SubstitutionMember) (out []string) {
	for i := range list {
		out = append(out, list[i].ID)
	}
	return out
}
