package answer

import (
	"encoding/json"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// reimbursementTable is what questions need of all reimbursement groups and no
// key table has. It is made once per content.
type reimbursementTable struct {
	// individual are the collective groups of individual reimbursement, which
	// have neither products that link to them nor an ATC code (R85), as answers
	// name them. They may have thousands of codes, which no answer needs.
	individual []ReimbursementGroup
	// atc are the groups by their own ATC code, in upper case.
	atc map[string][]cache.Index
}

func (r *Register) reimbursementTable() *reimbursementTable {
	t, err := cache.Once(r.snap, newReimbursementTable)
	if err != nil {
		if r.err == nil {
			r.err = err
		}
		return &reimbursementTable{}
	}
	return t
}

func newReimbursementTable(s *cache.Snapshot) (*reimbursementTable, error) {
	page, err := s.List(fest.ResourceReimbursements, nil, 0, wholeList)
	if err != nil {
		return nil, err
	}
	t := &reimbursementTable{atc: map[string][]cache.Index{}, individual: []ReimbursementGroup{}}
	for _, i := range page.Items {
		r := New(s, "", rules.Set{}) // one for each: nothing is to be kept
		g, ok := r.group(i)
		if err := r.Err(); err != nil {
			return nil, err
		}
		switch {
		case !ok:
		case g.Atc != nil && g.Atc.Code != "":
			code := strings.Clone(strings.ToUpper(g.Atc.Code)) // the entry is not kept
			t.atc[code] = append(t.atc[code], i)
		case rules.ProductsNotListed(g.Of) && rules.ReimbursementKindOf(g.Of, g.ReimbursementGroup) == rules.IndividualGrant:
			head, err := detached(headOf(r, g))
			if err != nil {
				return nil, err
			}
			head.EveryCodeOf = SystemOf("7435")
			t.individual = append(t.individual, head)
		}
	}
	return t, nil
}

// detached is a group that holds no text of the entry that it was made from.
func detached(g ReimbursementGroup) (out ReimbursementGroup, err error) {
	js, err := json.Marshal(g)
	if err == nil {
		err = json.Unmarshal(js, &out)
	}
	return out, err
}

// group is the reimbursement group of an item.
func (r *Register) group(i cache.Index) (Group, bool) {
	of, ok := r.Object(i).(*fest.Reimbursement)
	if !ok {
		return Group{}, false
	}
	return groupOf(of)
}

// ATCMatch says how a group's ATC code lies to the one that was asked for.
type ATCMatch string

// The ways to match.
const (
	ATCExact ATCMatch = "exact"
	ATCBelow ATCMatch = "below" // the group's is of a narrower class
	ATCAbove ATCMatch = "above" // the group's is of a wider class
)

// matchATC is how a group's code lies to the one asked for; "" for not at all.
func matchATC(of *fest.CV, asked string) ATCMatch {
	if of == nil || of.Code == "" {
		return ""
	}
	switch code := strings.ToUpper(of.Code); {
	case code == asked:
		return ATCExact
	case rules.ATCCovers(asked, code):
		return ATCBelow
	case rules.ATCCovers(code, asked):
		return ATCAbove
	default:
		return ""
	}
}

// groupsAround are the groups whose ATC code is the one asked for, below it or
// above it, in file order.
func (r *Register) groupsAround(code string) []Group {
	var above []Group
	t := r.reimbursementTable()
	for n := 1; n < len(code); n++ {
		for _, i := range t.atc[code[:n]] {
			if g, ok := r.group(i); ok && matchATC(g.Atc, code) != "" {
				above = append(above, g)
			}
		}
	}
	return append(above, r.ReimbursementGroupsOfATC(code)...)
}
