package reference

import (
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// ProductGroup is a group of the tree of list 7403 (R130–R132).
type ProductGroup struct {
	Parent       string
	Children     []string // codes, in their order
	Commodities  int      // those of the group and of all below
	Prescribable bool
	Reason       string // why not
	Conditions   []string
}

// ProductGroups are all groups: those that list 7403 has, those that
// reimbursement groups of commodities name, and those above them.
func ProductGroups(entries []*fest.Entry) map[string]ProductGroup {
	codes := map[string]bool{}
	put := func(code string) {
		for _, n := range []int{3, 5, 7} {
			if strings.Trim(code, "0123456789") == "" && (len(code) == 3 || len(code) == 5 || len(code) == 7) && n <= len(code) {
				codes[code[:n]] = true
			}
		}
	}
	var groups []*fest.ReimbursementGroup
	conditions := map[string]*fest.Condition{}
	for _, e := range entries {
		switch o := e.Object.(type) {
		case *fest.CodeSystem:
			if o.Info.OID == "2.16.578.1.12.4.1.1.7403" {
				for i := range o.Elements {
					put(string(o.Elements[i].Code))
				}
			}
		case *fest.Reimbursement:
			for i := range o.ReimbursementGroups {
				if g := &o.ReimbursementGroups[i]; g.GroupNumber.System == "2.16.578.1.12.4.1.1.7403" {
					put(g.GroupNumber.Code)
					groups = append(groups, g)
				}
			}
		case *fest.Condition:
			conditions[string(o.ID)] = o
		}
	}
	numbers := map[fest.Ref]string{}
	for _, g := range groups {
		numbers[fest.Ref(g.ID)] = g.GroupNumber.Code
	}
	out := map[string]ProductGroup{}
	for code := range codes {
		var g ProductGroup
		if len(code) > 3 {
			g.Parent = code[:len(code)-2]
		}
		for child := range codes {
			if len(child) == len(code)+2 && strings.HasPrefix(child, code) {
				g.Children = append(g.Children, child)
			}
		}
		slices.Sort(g.Children)
		breast, other := 0, 0
		for _, e := range entries {
			c, isBreast := commodityOf(e)
			if c == nil || c.Reimbursement == nil || !inGroup(numbers, c.Reimbursement.ReimbursementGroups, code) {
				continue
			}
			if isBreast {
				breast++
			} else {
				other++
			}
		}
		g.Commodities = breast + other
		eleven := false
		for _, of := range groups {
			if of.GroupNumber.Code != code {
				continue
			}
			for _, ref := range of.Conditions {
				if !slices.Contains(g.Conditions, string(ref)) {
					g.Conditions = append(g.Conditions, string(ref))
				}
				if c := conditions[string(ref)]; c != nil {
					for k := range c.StructuredConditions {
						eleven = eleven || c.StructuredConditions[k].Type.Code == "11"
					}
				}
			}
		}
		switch {
		case breast > 0 && other == 0:
			g.Reason = "breast-prostheses"
		case len(code) == 3, len(code) == 7 && eleven:
			g.Prescribable = true
		case len(code) == 5:
			g.Reason = "level-not-prescribed"
		default:
			g.Reason = "no-condition-of-type-11"
		}
		out[code] = g
	}
	return out
}

func inGroup(numbers map[fest.Ref]string, refs []fest.Ref, code string) bool {
	for _, ref := range refs {
		if number, ok := numbers[ref]; ok && strings.HasPrefix(number, code) {
			return true
		}
	}
	return false
}

func commodityOf(e *fest.Entry) (c *fest.Commodity, breast bool) {
	switch o := e.Object.(type) {
	case *fest.BreastProsthesis:
		return &o.Commodity, true
	case *fest.MedicalConsumable:
		return &o.Commodity, false
	case *fest.Nutrient:
		return &o.Commodity, false
	default:
		return nil, false
	}
}
