package gate

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// identify adds the entry's own row: its key, what people call it, and what it
// maps to.
func (o *Observer) identify(c class, e *fest.Entry) uint32 {
	t := &o.tables[c]
	key := string(e.ObjectID())
	add := func(own, name string) uint32 {
		if own == "" {
			own = string(e.EntryID)
		}
		row := t.add(0, o.text.of(own), o.text.of(name))
		if id := string(e.ObjectID()); id != "" {
			o.define(c, row, id, e.Class.Resource())
		}
		return row
	}
	var row uint32
	switch x := e.Object.(type) {
	case *fest.Drug:
		row = add(key, string(x.NameFormStrength))
		o.medicine(c, row, &x.Medicine)
		o.contains(c, row, x.SortedActiveSubstancesWithStrength, x.SortedActiveSubstancesWithoutStrength)
	case *fest.Generic:
		row = add(key, string(x.NameFormStrength))
		o.medicine(c, row, &x.Medicine)
		o.contains(c, row, x.SortedActiveSubstancesWithStrength, x.SortedActiveSubstancesWithoutStrength)
	case *fest.Package:
		o.buf = append(append(append(append(o.buf[:0], x.NameFormStrength...), " ("...), x.ItemNumber...), ')')
		row = add(key, string(o.buf))
		o.medicine(c, row, &x.Medicine)
		t.set(row, c.column(mapDrug), o.drugs(x.PackageInformation))
		o.items = push(o.items, item{c, row, o.text.of(string(x.ItemNumber))})
		o.packagePrices(c, row, x.Prices)
		if x.MarketingInformation != nil && x.MarketingInformation.UnitDoseRepackager != nil {
			o.signs.unitDose = append(o.signs.unitDose, row)
		}
	case *fest.Dose:
		row = add(key, string(x.NameFormStrength))
		o.medicine(c, row, &x.Medicine)
		t.set(row, c.column(mapDrug), o.text.of(string(x.Drug)))
	case *fest.Ingredient:
		row = add(key, string(x.Name))
	case *fest.IngredientStrength:
		o.buf = appendStrength(o.buf[:0], x)
		strength := o.text.bytes(o.buf)
		row = add(key, o.text.text[strength])
		t.set(row, c.column(mapStrength), strength)
		t.set(row, c.column(mapIngredient), o.text.of(string(x.ActiveSubstance)))
	case *fest.BreastProsthesis:
		row = o.commodity(c, add, &x.Commodity)
	case *fest.MedicalConsumable:
		row = o.commodity(c, add, &x.Commodity)
	case *fest.Nutrient:
		row = o.commodity(c, add, &x.Commodity)
	case *fest.Reimbursement:
		row = add(orElse(x.StatutoryAuthority.Code, "(none)"), x.StatutoryAuthority.Display)
	case *fest.Condition:
		name := firstWords(string(x.Text))
		if x.ConditionNumber != nil {
			name = string(*x.ConditionNumber) + " " + name
		}
		row = add(key, name)
		if n := x.ConditionNumber; n != nil && (*n == conditionBulk || *n == conditionUnitDose) {
			o.signs.conditions[o.text.of(key)] = string(*n)
		}
	case *fest.Notification:
		row = add(x.Key(), string(x.Headline))
		t.set(row, c.column(mapType), o.text.of(x.NotificationType.Code))
	case *fest.CodeSystem:
		row = add(string(x.Info.OID), string(x.Info.Designation))
	case *fest.SubstitutionGroup:
		row = add(key, orElse(x.Code.Display, x.Code.Code))
	case *fest.Interaction:
		row = add(key, groupNames(x))
		t.set(row, c.column(mapRelevance), o.text.of(x.Relevance.Code))
	case *fest.InteractionNotAssessed:
		row = add(x.Atc.Code, x.Atc.Display)
	case *fest.ShortDose:
		row = add(x.ShortDose.Code, x.ShortDose.Display)
	case *fest.Diagnosis:
		row = add(key, x.DiagnosisCode.Display)
	case *fest.OrderingSubstance:
		row = add(key, string(x.Name))
	default:
		row = add(key, "")
	}
	return row
}

func (o *Observer) medicine(c class, row uint32, m *fest.Medicine) {
	t := &o.tables[c]
	t.set(row, c.column(mapATC), o.code(m.Atc))
	t.set(row, c.column(mapPrescriptionGroup), o.text.of(m.PrescriptionGroup.Code))
}

func (o *Observer) commodity(c class, add func(own, name string) uint32, x *fest.Commodity) uint32 {
	row := add(string(x.ItemNumber), string(x.Name))
	o.items = push(o.items, item{c, row, o.text.of(string(x.ItemNumber))})
	o.packagePrices(c, row, x.Prices)
	return row
}

// contains remembers what a product consists of; what a strength is may stand
// further on in the file.
func (o *Observer) contains(c class, row uint32, with []fest.SortedStrength, without []fest.SortedSubstance) {
	for i := range with {
		o.substances = push(o.substances, substance{c, row, o.text.of(string(with[i].ActiveSubstanceWithStrength)), true})
	}
	for i := range without {
		o.substances = push(o.substances, substance{c, row, o.text.of(string(without[i].ActiveSubstance)), false})
	}
}

// drugs is the set of drugs a package holds (R56; several in a combination
// pack, R47) as one text.
func (o *Observer) drugs(infos []fest.PackageInformation) uint32 {
	switch len(infos) {
	case 0:
		return 0
	case 1:
		return o.text.of(string(infos[0].Drug))
	}
	ids := make([]string, len(infos))
	for i := range infos {
		ids[i] = string(infos[i].Drug)
	}
	return o.set(ids)
}

// set is the number of a set of texts, whatever their order.
func (o *Observer) set(texts []string) uint32 {
	slices.Sort(texts)
	texts = slices.Compact(texts)
	o.buf = o.buf[:0]
	for i, s := range texts {
		if i > 0 {
			o.buf = append(o.buf, " + "...)
		}
		o.buf = append(o.buf, s...)
	}
	return o.text.bytes(o.buf)
}

// appendStrength writes a strength by value: what it says, not which id it
// has (R42).
func appendStrength(dst []byte, x *fest.IngredientStrength) []byte {
	if op := x.StrengthOperator.Code; op != "" && op != "L" { // R36
		dst = append(append(dst, op...), ' ')
	}
	dst = append(dst, x.Strength.Value...)
	if x.StrengthUpperValue != nil {
		dst = append(append(dst, '-'), *x.StrengthUpperValue...)
	}
	if x.Strength.Unit != "" {
		dst = append(append(dst, ' '), x.Strength.Unit...)
	}
	if d := x.StrengthDenominator; d != nil {
		dst = append(append(append(append(dst, '/'), d.Value...), ' '), d.Unit...)
	}
	return dst
}

// groupNames is what an interaction is between.
func groupNames(x *fest.Interaction) string {
	var b []byte
	for i := range x.SubstanceGroups {
		g := &x.SubstanceGroups[i]
		if i > 0 {
			b = append(b, " × "...)
		}
		switch {
		case g.Name != nil && *g.Name != "":
			b = append(b, *g.Name...)
		case len(g.Substances) > 0:
			b = append(b, g.Substances[0].Substance...)
		}
	}
	return string(b)
}

// firstWords is the start of a long text, whole characters.
func firstWords(s string) string {
	const most = 60
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}
