package gate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

const (
	packageClass = class(fest.ClassPackage)

	// Numbers of the conditions that only the extracts for institutions and
	// Helfo know (R52).
	conditionBulk     = "40"
	conditionUnitDose = "41"
)

// Facts ends the observation: what was seen of the entries, with what the
// document, the operator's label and the decoder say. The observer is spent.
func (o *Observer) Facts(doc fest.Document, filter fest.Filter, found ...fest.Finding) *Facts {
	o.resolveSubstances()
	f := &Facts{
		Filter: filter, Document: doc, Findings: slices.Clone(found),
		objects: o.tally.objects, expired: o.expired,
		dangling: o.unresolved(), duplicates: o.duplicateIDs(), sameItem: o.duplicateItems(),
		prices: o.prices, below: o.below, signs: o.signsSeen(),
		fields: o.commonest(), dates: o.coming(day(string(doc.RetrievalDate))),
	}
	f.tables = o.tables
	text := o.text.text
	*o = Observer{} // what it held is the facts' now
	f.settle(text)
	return f
}

// resolveSubstances says what drugs and generics consist of by value: a link
// to another strength that says the same is no other strength (R42).
func (o *Observer) resolveSubstances() {
	strengths := &o.tables[fest.ClassIngredientStrength]
	ingredients := &o.tables[fest.ClassIngredient]
	sc, ic := class(fest.ClassIngredientStrength).column(mapStrength), class(fest.ClassIngredientStrength).column(mapIngredient)
	byID := make(map[uint32]uint32, len(strengths.own))
	for row, id := range strengths.own {
		byID[id] = uint32(row)
	}
	names := make(map[uint32]uint32, len(ingredients.own))
	for row, id := range ingredients.own {
		names[id] = ingredients.name[row]
	}
	for row := range strengths.own {
		if name := names[strengths.values[ic][row]]; name != 0 {
			o.buf = append(append(o.buf[:0], o.text.text[name]...), ' ')
			o.buf = append(o.buf, o.text.text[strengths.values[sc][row]]...)
			strengths.name[row] = o.text.bytes(o.buf)
		}
	}
	slices.SortStableFunc(o.substances, func(a, b substance) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.row, b.row))
	})
	var amounts, ids []string
	for i, s := range o.substances {
		switch row, ok := byID[s.target]; {
		case !s.strength:
			ids = append(ids, o.text.text[s.target])
		case ok:
			amounts = append(amounts, o.text.text[strengths.values[sc][row]])
			ids = append(ids, o.text.text[strengths.values[ic][row]])
		default: // dangling: all that is known is the id
			amounts = append(amounts, o.text.text[s.target])
			ids = append(ids, o.text.text[s.target])
		}
		if next := i + 1; next < len(o.substances) && o.substances[next].class == s.class && o.substances[next].row == s.row {
			continue
		}
		t := &o.tables[s.class]
		t.set(s.row, s.class.column(mapStrength), o.set(amounts))
		t.set(s.row, s.class.column(mapIngredient), o.set(ids))
		amounts, ids = amounts[:0], ids[:0]
	}
}

// unresolved are the references whose target is not in the content (R145).
func (o *Observer) unresolved() []dangling {
	names := make([]uint32, len(o.text.text)) // text → resources with such an id
	for _, d := range o.defined {
		names[d.id] |= d.resource
	}
	var out []dangling
	for _, r := range o.refs {
		if s := &o.plans.slots[r.slot]; names[r.target]&s.targets == 0 {
			out = append(out, dangling{s.class, r.row, uint32(r.slot), r.target})
		}
	}
	return out
}

// duplicateIDs are the ids that stand twice: as xs:ID each must be unique in
// the document, entry ids too. An entry is named by its object.
func (o *Observer) duplicateIDs() []duplicate {
	var out []duplicate
	name := func(c class, row uint32) uint32 {
		if n := o.tables[c].name; n != nil {
			return n[row]
		}
		return 0
	}
	slices.SortFunc(o.defined, func(a, b definition) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.class, b.class),
			strings.Compare(o.text.text[name(a.class, a.row)], o.text.text[name(b.class, b.row)]))
	})
	runs(len(o.defined), func(i, j int) bool { return o.defined[i].id == o.defined[j].id }, func(i, n int) {
		d := &o.defined[i]
		out = append(out, duplicate{d.id, name(d.class, d.row), d.class, false, uint32(n)})
	})
	key := func(e *entryID) string { return o.text.text[o.tables[e.class].own[e.row]] }
	slices.SortFunc(o.entries, func(a, b entryID) int {
		if a.hash != b.hash {
			return cmp.Compare(a.hash, b.hash)
		}
		return cmp.Or(cmp.Compare(a.class, b.class), strings.Compare(key(&a), key(&b)),
			strings.Compare(o.text.text[name(a.class, a.row)], o.text.text[name(b.class, b.row)]))
	})
	runs(len(o.entries), func(i, j int) bool { return o.entries[i].hash == o.entries[j].hash }, func(i, n int) {
		e := &o.entries[i]
		out = append(out, duplicate{o.tables[e.class].own[e.row], name(e.class, e.row), e.class, true, uint32(n)})
	})
	return out
}

// runs visits the stretches of equal elements that are longer than one.
func runs(n int, equal func(i, j int) bool, visit func(i, n int)) {
	for i := 0; i < n; {
		j := i + 1
		for j < n && equal(i, j) {
			j++
		}
		if j-i > 1 {
			visit(i, j-i)
		}
		i = j
	}
}

func order(b bool) int {
	if b {
		return 1
	}
	return 0
}

// duplicateItems are the item numbers that stand twice, over packages and
// commodities alike (R21).
func (o *Observer) duplicateItems() []sameItem {
	slices.SortFunc(o.items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.class, b.class),
			cmp.Compare(o.text.text[o.tables[a.class].name[a.row]], o.text.text[o.tables[b.class].name[b.row]]))
	})
	var out []sameItem
	runs(len(o.items), func(i, j int) bool { return o.items[i].number == o.items[j].number }, func(i, n int) {
		if first := o.items[i]; first.number != 0 {
			out = append(out, sameItem{first.number, o.tables[first.class].name[first.row], uint32(n)})
		}
	})
	return out
}

// signsSeen are what packages say of the extract they came from.
func (o *Observer) signsSeen() []sign {
	var out []sign
	for _, row := range o.signs.unitDose {
		out = append(out, sign{signRepackager, row})
	}
	for _, row := range o.signs.hospital {
		out = append(out, sign{signHospital, row})
	}
	conditions := o.plans.slotOf(packageClass, "conditions")
	for _, r := range o.refs {
		if int(r.slot) != conditions {
			continue
		}
		switch o.signs.conditions[r.target] {
		case conditionUnitDose:
			out = append(out, sign{signUnitDose, r.row})
		case conditionBulk:
			out = append(out, sign{signBulk, r.row})
		}
	}
	return out
}

// commonest keeps the commonest values of every coded field.
func (o *Observer) commonest() []field {
	out := make([]field, len(o.tally.fields))
	for i := range o.tally.fields {
		from := &o.tally.fields[i]
		from.flush()
		out[i].having, out[i].total = from.having, from.total
		if len(from.values) == 0 {
			continue
		}
		all := make([]valueCount, 0, len(from.values))
		for v, n := range from.values {
			all = append(all, valueCount{v, n})
		}
		slices.SortFunc(all, func(a, b valueCount) int {
			return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(o.text.text[a.value], o.text.text[b.value]))
		})
		out[i].more = len(all) > keptValues
		out[i].values = slices.Clone(all[:min(keptValues, len(all))])
	}
	return out
}

// coming are the dates after the day that the content was made.
func (o *Observer) coming(made string) []dateCount {
	var out []dateCount
	for d, n := range o.tally.dates {
		if o.text.text[d.date] > made {
			out = append(out, dateCount{d.slot, d.date, uint32(n)})
		}
	}
	return out
}
