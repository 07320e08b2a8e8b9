package gate

// Merge adds what another observer saw. The other is spent.
func (o *Observer) Merge(other *Observer) {
	if other == nil || other == o {
		return
	}
	to := o.text.adopt(other.text)
	var offset [numClasses]uint32
	for c := range o.tables {
		offset[c] = uint32(len(o.tables[c].own))
		o.tables[c].adopt(&other.tables[c], to)
	}
	o.tally.adopt(&other.tally, to)
	for _, r := range other.refs {
		r.row, r.target = r.row+offset[o.plans.slots[r.slot].class], to[r.target]
		o.refs = push(o.refs, r)
	}
	for _, d := range other.defined {
		d.row, d.id = d.row+offset[d.class], to[d.id]
		o.defined = push(o.defined, d)
	}
	for _, e := range other.entries {
		e.row += offset[e.class]
		o.entries = push(o.entries, e)
	}
	for _, i := range other.items {
		i.row, i.number = i.row+offset[i.class], to[i.number]
		o.items = push(o.items, i)
	}
	for _, p := range other.prices {
		p.row, p.typ, p.currency = p.row+offset[p.class], to[p.typ], to[p.currency]
		o.prices = push(o.prices, p)
	}
	packages := offset[packageClass]
	for _, b := range other.below {
		o.below = push(o.below, below{b.row + packages, to[b.aip], to[b.aup]})
	}
	for _, row := range other.signs.unitDose {
		o.signs.unitDose = push(o.signs.unitDose, row+packages)
	}
	for _, row := range other.signs.hospital {
		o.signs.hospital = push(o.signs.hospital, row+packages)
	}
	for id, number := range other.signs.conditions {
		o.signs.conditions[to[id]] = number
	}
	for _, s := range other.substances {
		s.row, s.target = s.row+offset[s.class], to[s.target]
		o.substances = push(o.substances, s)
	}
	o.expired += other.expired
}

func (t *tally) adopt(o *tally, to []uint32) {
	for c, n := range o.objects {
		t.objects[c] += n
	}
	for i := range o.fields {
		from, at := &o.fields[i], &t.fields[i]
		at.having += from.having
		at.total += from.total
		from.flush()
		if at.values == nil && len(from.values) > 0 {
			at.values = make(map[uint32]int, len(from.values))
		}
		for v, n := range from.values {
			at.values[to[v]] += n
		}
	}
	for d, n := range o.dates {
		t.dates[dateKey{d.slot, to[d.date]}] += n
	}
}
