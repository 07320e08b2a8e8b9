package answer

import (
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// DiagnosisReimbursement is what a diagnosis code gives the right to on the
// day: the groups that have it, and what links to them (R80, R89).
type DiagnosisReimbursement struct {
	Code string `json:"code"`
	// Classification is ICPC-2 or ICD-10: the same text in the other is another
	// code (R89).
	Classification string             `json:"classification"`
	Audience       Audience           `json:"audience,omitempty"`
	State          ReimbursementState `json:"state"`
	// Statement is what to say where nothing is pre-approved (R84).
	Statement string `json:"statement,omitempty"`
	// Groups are those that have the code; of their codes only that one is
	// shown.
	Groups []ReimbursementGroup `json:"groups"`
	// Individual are the collective groups, of which every ICD-10 code is valid
	// (R85).
	Individual          []ReimbursementGroup `json:"individual,omitzero"`
	Conditions          []Condition          `json:"conditions"`
	ConditionsForOthers int                  `json:"conditionsForOthers,omitempty"`
	Basis
}

// The classifications of diagnoses (R89).
const (
	ICPC2 = "ICPC-2"
	ICD10 = "ICD-10"
)

// DiagnosisReimbursement answers for a code of a classification. Without
// products the groups are listed alone.
func (r *Register) DiagnosisReimbursement(classification, code string, a Audience, products bool) DiagnosisReimbursement {
	x := r.reimbursement(a)
	x.cite("R80", "R89")
	out := DiagnosisReimbursement{Code: code, Classification: classification, State: ReimbursementNoneStated, Groups: []ReimbursementGroup{}}
	prescribable := false
	for _, g := range r.groupsOfDiagnosis(classification, code) {
		// Of its codes only the one that was asked for.
		only := *g.ReimbursementGroup
		only.ReimbursementCodes = slices.DeleteFunc(slices.Clone(only.ReimbursementCodes), func(c fest.ReimbursementCode) bool {
			return !rules.SameDiagnosis(&c.Code, classification, code)
		})
		narrowed := Group{&only, g.Of}
		group := x.head(g)
		group.Codes = []ReimbursementCode{}
		for i := range only.ReimbursementCodes {
			group.Codes = append(group.Codes, x.code(&only.ReimbursementCodes[i], open))
		}
		prescribing, dispensing := x.holdings(narrowed, open, true)
		group.Prescribing, group.Dispensing = &prescribing, &dispensing
		group.Conditions = x.groupConditions(g)
		if products {
			group.Products = x.products(narrowed)
		}
		switch {
		case prescribing.valid() || dispensing.valid():
			out.State = ReimbursementStated
		case out.State == ReimbursementNoneStated:
			out.State = ReimbursementOtherDays
		}
		prescribable = prescribable || prescribing.valid()
		out.Groups = append(out.Groups, group)
	}
	if classification == ICD10 {
		out.Individual = x.individual()
	}
	if !prescribable {
		x.cite("R84")
		if x.On("R84") {
			out.Statement = rules.Unreimbursed
		}
	}
	out.Audience, out.Conditions, out.ConditionsForOthers, out.Basis = a, x.conditions, x.hidden(), x.basis
	return out
}

// groupsOfDiagnosis are the groups with a code, in file order; of ICD-10 with
// and without its dot.
func (r *Register) groupsOfDiagnosis(classification, code string) []Group {
	if classification != ICD10 {
		return r.ReimbursementGroupsOfICPC2(code)
	}
	var out []Group
	for _, text := range spellingsOfICD10(code) {
		for _, g := range r.ReimbursementGroupsOfICD10(text) {
			if !slices.ContainsFunc(out, func(have Group) bool { return have.ID == g.ID }) {
				out = append(out, g)
			}
		}
	}
	slices.SortFunc(out, func(a, b Group) int { return int(r.index[a.Of]) - int(r.index[b.Of]) })
	return out
}

// spellingsOfICD10 are a code as it was written, and with a dot at every place
// where it may stand, and without.
func spellingsOfICD10(code string) []string {
	out := []string{code}
	plain := ""
	for _, c := range code {
		if c != '.' {
			plain += string(c)
		}
	}
	for _, text := range append([]string{plain}, dotted(plain)) {
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// icd10Category is the length of an ICD-10 category, after which the dot
// stands.
const icd10Category = 3

func dotted(plain string) string {
	if len(plain) <= icd10Category {
		return plain
	}
	return plain[:icd10Category] + "." + plain[icd10Category:]
}

// products are those that link to a group, where link and code hold on the
// day: generics, packages, ingredients, commodities.
func (x *reimbursement) products(g Group) []ProductOn {
	out := []ProductOn{}
	add := func(object any, links []fest.ProductReimbursement) {
		prescribing, dispensing := x.holdings(g, linksTo(links, g.ID), true)
		if prescribing.valid() || dispensing.valid() {
			out = append(out, ProductOn{x.Reference(object), prescribing, dispensing})
		}
	}
	for _, o := range x.GenericsOfReimbursement(g.ID) {
		add(o, o.Reimbursements)
	}
	for _, o := range x.PackagesOfReimbursement(g.ID) {
		add(o, o.Reimbursements)
	}
	for _, o := range x.IngredientsOfReimbursement(g.ID) {
		add(o, o.Reimbursements)
	}
	for _, o := range x.CommoditiesOfReimbursement(g.ID) {
		if o.Reimbursement != nil {
			add(o, []fest.ProductReimbursement{*o.Reimbursement})
		}
	}
	return out
}
