package answer

import (
	"slices"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// listProductGroups is the number of the code list of product groups.
const listProductGroups = "7403"

// productGroups is the tree of list 7403: the groups that the list has, those
// that reimbursement groups of commodities name, and those above them (R130).
// It is made once for each content.
type productGroups struct {
	codes []string // in their order
	of    map[string]*productGroup
}

type productGroup struct {
	display     string
	listed      bool     // list 7403 has it
	children    []string // in their order
	groups      []string // ids of its reimbursement groups
	conditions  []fest.Ref
	types       []string // of their structured conditions
	commodities int      // of the group and of all below
	breastOnly  bool
}

func (r *Register) productGroups() (*productGroups, error) {
	return cache.Once(r.snap, makeProductGroups)
}

func makeProductGroups(snap *cache.Snapshot) (*productGroups, error) {
	r := New(snap, "", rules.Set{})
	t := &productGroups{of: map[string]*productGroup{}}
	if list, ok := r.CodeSystem(listProductGroups); ok {
		for i := range list.Elements {
			e := &list.Elements[i]
			g := t.put(string(e.Code))
			if g == nil {
				continue
			}
			g.listed = true
			for k := range e.Terms {
				if g.display == "" {
					g.display = string(e.Terms[k].Term)
				}
			}
		}
	}
	page, err := snap.List(fest.ResourceReimbursements, nil, 0, wholeList)
	if err != nil {
		return nil, err
	}
	for _, i := range page.Items {
		o, _ := r.Object(i).(*fest.Reimbursement)
		if o == nil {
			continue
		}
		if of, ok := groupOf(o); ok && ListOf(urn+of.GroupNumber.System) == listProductGroups {
			r.reimbursementOf(t, of)
		}
	}
	for code, g := range t.of {
		t.codes = append(t.codes, code)
		found := r.indexes(fest.ResourceCommodities, "productGroup", code)
		g.commodities, g.breastOnly = len(found), len(found) > 0
		for _, i := range found {
			if _, breast := r.Object(i).(*fest.BreastProsthesis); !breast {
				g.breastOnly = false
				break
			}
		}
		if above := t.of[rules.CommodityParent(code)]; above != nil {
			above.children = append(above.children, code)
		}
	}
	slices.Sort(t.codes)
	for _, g := range t.of {
		slices.Sort(g.children)
	}
	return t, r.Err()
}

// reimbursementOf notes a reimbursement group of commodities.
func (r *Register) reimbursementOf(t *productGroups, of Group) {
	g := t.put(of.GroupNumber.Code)
	if g == nil {
		return
	}
	if g.display == "" {
		g.display = of.GroupNumber.Display
	}
	g.groups = append(g.groups, string(of.ID))
	for _, ref := range of.Conditions {
		if slices.Contains(g.conditions, ref) {
			continue
		}
		g.conditions = append(g.conditions, ref)
		if c, ok := r.Condition(ref); ok {
			for k := range c.StructuredConditions {
				g.types = append(g.types, c.StructuredConditions[k].Type.Code)
			}
		}
	}
}

// put is the group of a code, with those above it; nil for what is no code of
// the list (R130).
func (t *productGroups) put(code string) *productGroup {
	if rules.CommodityLevel(code) == 0 {
		return nil
	}
	if above := rules.CommodityParent(code); above != "" {
		t.put(above)
	}
	g := t.of[code]
	if g == nil {
		g = new(productGroup)
		t.of[code] = g
	}
	return g
}

// ProductGroup is a group of the tree (R130–R132).
type ProductGroup struct {
	Code  Code `json:"code"`
	Level int  `json:"level"` // 1 to 3: 3, 5 or 7 digits
	// Unlisted: list 7403 has it not; a reimbursement group names it.
	Unlisted   bool   `json:"unlisted,omitempty"`
	Parent     *Code  `json:"parent,omitempty"`
	LegalBasis string `json:"legalBasis,omitempty"` // R139
	// Prescribable is the group's: single items are shown, not prescribed
	// (R131).
	Prescribable Verdict `json:"prescribable"`
	Children     int     `json:"children"`
	// Commodities are those of the group and of all below.
	Commodities int `json:"commodities"`
}

// ProductGroupDetail is a group with what is in it.
type ProductGroupDetail struct {
	ProductGroup
	Reimbursements []Reference           `json:"reimbursementGroups"`
	Conditions     []GroupCondition      `json:"conditions"`
	ChildList      *List[ProductGroup]   `json:"childGroups,omitempty"`
	Items          *List[GroupCommodity] `json:"items,omitempty"`
	Basis
}

// GroupCondition is a condition of the reimbursement group: it comes from
// there, not from the single item (R132). Its text is always shown (R75).
type GroupCondition struct {
	Reference
	Text string `json:"text,omitempty"`
	// Types are those of its structured conditions, list 7439.
	Types []Code `json:"structuredTypes,omitempty"`
}

// GroupCommodity is a commodity of a group, with its price on the day (R104).
type GroupCommodity struct {
	Reference
	Kind       string     `json:"kind"`
	PriceState PriceState `json:"priceState"`
	// ValidFrom is when its first price begins, where none holds yet (R104).
	ValidFrom rules.Day `json:"priceValidFrom,omitempty"`
}

// The lists of product groups, as Paging names them.
const (
	ListChildGroups = "childGroups"
	ListItems       = "items"
)

// ProductGroupList are groups.
type ProductGroupList struct {
	*List[ProductGroup]
	Basis
}

// ProductGroups are the groups below a code, of which "" is the root: all
// groups, in the order of their codes. False is a code that no group has.
func (r *Register) ProductGroups(parent string, all bool, p *Paging) (ProductGroupList, bool, error) {
	t, err := r.productGroups()
	if err != nil {
		return ProductGroupList{}, false, err
	}
	codes := t.codes
	if !all {
		g := t.of[parent]
		if g == nil {
			return ProductGroupList{}, false, nil
		}
		codes = g.children
	}
	return ProductGroupList{paged(p, ListChildGroups, codes, func(code string) ProductGroup { return r.productGroup(t, code) }), r.Basis("R130", "R131")}, true, nil
}

// ProductGroup is the group of a code; false is a code that no group has.
func (r *Register) ProductGroup(code string, p *Paging) (ProductGroupDetail, bool, error) {
	t, err := r.productGroups()
	if err != nil {
		return ProductGroupDetail{}, false, err
	}
	g := t.of[code]
	if g == nil {
		return ProductGroupDetail{}, false, nil
	}
	out := ProductGroupDetail{ProductGroup: r.productGroup(t, code), Reimbursements: []Reference{}, Conditions: []GroupCondition{}, Basis: r.Basis("R130", "R131")}
	for _, id := range g.groups {
		out.Reimbursements = append(out.Reimbursements, r.ReferenceTo(fest.ResourceReimbursements, fest.Ref(id)))
	}
	for _, ref := range g.conditions {
		out.Conditions = append(out.Conditions, r.groupCondition(ref))
	}
	if len(g.conditions) > 0 {
		r.Cite(&out.Basis, "R75", "R132")
	}
	out.ChildList = paged(p, ListChildGroups, g.children, func(child string) ProductGroup { return r.productGroup(t, child) })
	out.Items = paged(p, ListItems, r.indexes(fest.ResourceCommodities, "productGroup", code), r.groupCommodity)
	r.Cite(&out.Basis, "R5", "R104")
	return out, true, nil
}

func (r *Register) productGroup(t *productGroups, code string) ProductGroup {
	g := t.of[code]
	out := ProductGroup{
		Code: t.code(code), Level: rules.CommodityLevel(code), Unlisted: !g.listed, LegalBasis: rules.LegalBasis(code),
		Prescribable: r.VerdictOf(rules.ProductGroupPrescribable(code, g.types, g.breastOnly)), Children: len(g.children), Commodities: g.commodities,
	}
	if above := rules.CommodityParent(code); above != "" {
		parent := t.code(above)
		out.Parent = &parent
	}
	return out
}

func (t *productGroups) code(code string) Code {
	return Code{Code: code, System: SystemOf(listProductGroups), Display: t.of[code].display}
}

func (r *Register) groupCondition(ref fest.Ref) GroupCondition {
	out := GroupCondition{Reference: r.ReferenceTo(fest.ResourceConditions, ref)}
	if c, ok := r.Condition(ref); ok {
		out.Text = string(c.Text)
		for i := range c.StructuredConditions {
			if t := CodeOf(&c.StructuredConditions[i].Type); t != nil {
				out.Types = append(out.Types, *t)
			}
		}
	}
	return out
}

func (r *Register) groupCommodity(i cache.Index) GroupCommodity {
	e := r.Entry(i)
	if e == nil {
		return GroupCommodity{}
	}
	c := commodityOf(e.Object)
	out := GroupCommodity{Reference: r.Reference(e.Object), Kind: e.Class.Kind()}
	if c != nil {
		out.PriceState, out.ValidFrom = priceState(c.Prices, r.day)
	}
	return out
}
