package sample

import (
	"fmt"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// substitution is a substitution group of the small sample.
type substitution struct {
	ref  fest.Ref
	from fest.Date
}

// genericKey is what the products of a generic have in common (R57), but for
// the prescription group, which is asked apart.
func (p *product) genericKey() string {
	return strings.Join(p.ingredients, "/") + " " + p.form + " " + strings.Join(p.strengths, "+")
}

// prescribableGroup is the prescription group of the generic that the product
// falls in: C for drugs with packages in C and F (HIS 3020, R53).
func (p *product) prescribableGroup() string {
	if p.group == "CF" {
		return "C"
	}
	return p.group
}

func (p *product) hasGeneric() bool {
	return !p.has("vaccine") && !p.has("vet") && !p.has("nogeneric") && p.strengths[0] != "-" && len(p.ingredients) <= 3
}

// addGenerics writes the prescribable groups.
func (b *builder) addGenerics() {
	members := map[string][]*product{}
	var order []string
	for _, p := range b.products {
		if !p.hasGeneric() {
			continue
		}
		key := p.genericKey()
		if g := p.prescribableGroup(); g == "F" || g == "K" {
			key += " " + g
		}
		if members[key] == nil {
			order = append(order, key)
		}
		members[key] = append(members[key], p)
	}
	for _, key := range order {
		b.addGeneric(key, members[key])
	}
}

func (b *builder) addGeneric(key string, ps []*product) {
	first := ps[0]
	g := &fest.Generic{Medicine: b.medicine(first, first.prescribableGroup()), ID: b.id("generics", key)}
	name := strings.Join(first.ingredients, "/") + " " + forms[first.form].short + " " + first.strength()
	g.NameFormStrength = fest.Text(name)
	g.MedicationType, g.ApplicationType, g.BlackTriangle = nil, nil, nil
	g.SortedActiveSubstancesWithStrength, _ = b.sorted(first)
	g.MedicineAdministration = b.administration(first)
	unregistered := true
	var conditions []fest.Ref
	for i, p := range ps {
		p.generic = fest.Ref(g.ID)
		g.Drugs = append(g.Drugs, fest.Ref(p.drugID()))
		for _, k := range p.packs {
			g.Packages = append(g.Packages, fest.Ref(k.id()))
			for _, r := range b.packageReimbursements(p, k) {
				if !hasReimbursement(g.Reimbursements, r) {
					r.PrescribeUntilDate, r.DispenseUntilDate = nil, nil
					g.Reimbursements = append(g.Reimbursements, r)
				}
			}
		}
		unregistered = unregistered && (p.has("unreg2") || p.has("unreg3"))
		// A condition on a generic is on all its drugs (R73).
		if i == 0 {
			conditions = b.drugConditions(p)
		} else {
			conditions = slices.DeleteFunc(conditions, func(c fest.Ref) bool { return !slices.Contains(b.drugConditions(p), c) })
		}
	}
	g.Conditions = conditions
	if unregistered { // filled only when nothing else is behind it (R127)
		m := b.medicine(first, first.group)
		g.MedicationType, g.ApplicationType = m.MedicationType, m.ApplicationType
	}
	g.PrescribingUnits = []fest.CV{units[forms[first.form].unit].cv("7452")}
	b.generics[key] = fest.Ref(g.ID)
	b.add(fest.ClassGeneric, key, g)
}

func hasReimbursement(in []fest.ProductReimbursement, r fest.ProductReimbursement) bool {
	for _, o := range in {
		if slices.Equal(o.ReimbursementGroups, r.ReimbursementGroups) {
			return true
		}
	}
	return false
}

// addSubstitutionGroups writes a group for every size class of which two
// makers have a package. Tablets and capsules may stand in one group (R97).
func (b *builder) addSubstitutionGroups() {
	type member struct {
		p *product
		k *pack
	}
	members := map[string][]member{}
	var order []string
	for _, p := range b.products {
		f := forms[p.form]
		if !p.hasGeneric() || f.parenteral || p.group == "F" || p.has("unreg2") || p.has("unreg3") {
			continue
		}
		kind := f.name
		if p.form == "tab" || p.form == "kaps" {
			kind = "Peroral, fast"
		}
		for _, k := range p.packs {
			if k.group == "F" || k.has("endose") || k.has("bulk") || k.has("future") {
				continue
			}
			size := "LITEN"
			if k.total() >= 50 {
				size = "STOR"
			}
			key := strings.Join(p.ingredients, "/") + "|" + kind + "|" + p.strength() + "|" + size
			if members[key] == nil {
				order = append(order, key)
			}
			members[key] = append(members[key], member{p, k})
		}
	}
	n := 0
	for _, key := range order {
		ms := members[key]
		makers := map[string]bool{}
		for _, m := range ms {
			makers[m.p.maker] = true
		}
		if len(makers) < 2 {
			continue
		}
		n++
		p := ms[0].p
		g := &fest.SubstitutionGroup{
			ID: b.id("substitution-groups", key),
			Code: fest.CS{Code: fmt.Sprintf("%06d", 100+n),
				Display: strings.ToUpper(strings.Join(p.ingredients, " OG ") + " " + forms[p.form].name + " " + p.strength())},
			RemarkRegardingSubstitution: "false", ValidFromDate: ptr(fest.Date(fmt.Sprintf("20%02d-%02d-01", 8+n%12, 1+n%12))),
		}
		switch {
		case p.atc == "B01AA03" || p.atc == "H03AA01":
			g.RemarkRegardingSubstitution = "true"
			g.SubstitutionDescription = ptr(fest.Text("Byttes bare ved oppstart. Pasienter som er innstilt på ett preparat, skal normalt fortsette med dette."))
		case p.atc == "C09CA01" && p.strengths[0] == "100 mg":
			g.ValidUntilDate = ptr(b.day(60))
		}
		s := &substitution{fest.Ref(g.ID), *g.ValidFromDate}
		for _, m := range ms {
			m.k.group7 = s
		}
		b.add(fest.ClassSubstitutionGroup, key, g)
	}
}
