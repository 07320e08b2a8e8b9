package fest

// Counts is the number of objects per class and per nested collection that
// has ids or codes of its own, by name. Objects are counted, not entries:
// groups can stay while entries drop (R144).
type Counts map[string]int

// Names of the nested collections in [Counts].
const (
	CountReimbursementGroups = "reimbursement-groups"
	CountReimbursementCodes  = "reimbursement-codes"
	CountCodeSystemElements  = "code-system-elements"
	CountSubstances          = "interaction-substances"
	CountGenericPackages     = "generic-packages"
	CountExpiredEntries      = "expired-entries"
)

// Add counts an entry and what is nested in it.
func (c Counts) Add(e *Entry) {
	if e.Object == nil {
		c[CountExpiredEntries]++
		return
	}
	c[e.Class.String()]++
	switch o := e.Object.(type) {
	case *Reimbursement:
		c[CountReimbursementGroups] += len(o.ReimbursementGroups)
		for i := range o.ReimbursementGroups {
			c[CountReimbursementCodes] += len(o.ReimbursementGroups[i].ReimbursementCodes)
		}
	case *CodeSystem:
		c[CountCodeSystemElements] += len(o.Elements)
	case *Interaction:
		for i := range o.SubstanceGroups {
			c[CountSubstances] += len(o.SubstanceGroups[i].Substances)
		}
	case *Generic:
		c[CountGenericPackages] += len(o.Packages)
	}
}

// Entries is the number of entries: the sum over the classes.
func (c Counts) Entries() int {
	n := 0
	for _, k := range Classes() {
		n += c[k.String()]
	}
	return n + c[CountExpiredEntries]
}
