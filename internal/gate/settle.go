package gate

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// settler brings facts into the one order that does not depend on the order
// of the entries: texts ascending, rows by key, all else by row.
type settler struct {
	*Facts
	from []string // texts as the observer numbered them
	used []bool
	to   []uint32 // old number → new
	rows [numClasses][]uint32
}

// settle replaces the observer's numbers of texts and rows, and leaves out the
// texts that nothing refers to any more.
func (f *Facts) settle(text []string) {
	s := &settler{Facts: f, from: text, used: make([]bool, len(text)), to: make([]uint32, len(text))}
	s.used[0] = true
	s.texts(func(n *uint32) { s.used[*n] = true })
	s.number()
	s.texts(func(n *uint32) { *n = s.to[*n] })
	for c := range f.tables {
		s.rows[c] = f.tables[c].sort()
	}
	s.lists()
}

// texts visits every number of a text.
func (s *settler) texts(visit func(*uint32)) {
	each := func(ns []uint32) {
		for i := range ns {
			visit(&ns[i])
		}
	}
	for c := range s.tables {
		t := &s.tables[c]
		each(t.parent)
		each(t.own)
		each(t.name)
		for _, v := range t.values {
			each(v)
		}
	}
	for i := range s.fields {
		for j := range s.fields[i].values {
			visit(&s.fields[i].values[j].value)
		}
	}
	for i := range s.dangling {
		visit(&s.dangling[i].target)
	}
	for i := range s.duplicates {
		visit(&s.duplicates[i].id)
		visit(&s.duplicates[i].name)
	}
	for i := range s.sameItem {
		visit(&s.sameItem[i].number)
		visit(&s.sameItem[i].name)
	}
	for i := range s.prices {
		visit(&s.prices[i].typ)
		visit(&s.prices[i].currency)
	}
	for i := range s.below {
		visit(&s.below[i].aip)
		visit(&s.below[i].aup)
	}
	for i := range s.dates {
		visit(&s.dates[i].date)
	}
}

func (s *settler) number() {
	order := make([]uint32, 0, len(s.from))
	for n := range s.from {
		if s.used[n] {
			order = append(order, uint32(n))
		}
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(s.from[a], s.from[b]) })
	s.text = make([]string, len(order))
	for i, n := range order {
		s.text[i] = s.from[n]
		s.to[n] = uint32(i)
	}
}

// lists translates and orders what refers to rows.
func (s *settler) lists() {
	row := func(c class, r *uint32) { *r = s.rows[c][*r] }
	for i := range s.dangling {
		row(s.dangling[i].class, &s.dangling[i].row)
	}
	slices.SortFunc(s.dangling, func(a, b dangling) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.row, b.row), cmp.Compare(a.slot, b.slot), cmp.Compare(a.target, b.target))
	})
	slices.SortFunc(s.duplicates, func(a, b duplicate) int {
		return cmp.Or(cmp.Compare(order(a.entry), order(b.entry)), cmp.Compare(a.class, b.class), cmp.Compare(a.id, b.id))
	})
	slices.SortFunc(s.sameItem, func(a, b sameItem) int { return cmp.Compare(a.number, b.number) })
	for i := range s.prices {
		row(s.prices[i].class, &s.prices[i].row)
	}
	slices.SortFunc(s.prices, func(a, b price) int {
		return cmp.Or(priceKey(a, b), cmp.Compare(a.currency, b.currency), cmp.Compare(a.amount, b.amount))
	})
	s.prices = slices.CompactFunc(s.prices, func(a, b price) bool { return priceKey(a, b) == 0 })
	for i := range s.below {
		row(packageClass, &s.below[i].row)
	}
	slices.SortFunc(s.below, func(a, b below) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.aip, b.aip), cmp.Compare(a.aup, b.aup))
	})
	for i := range s.signs {
		row(packageClass, &s.signs[i].row)
	}
	slices.SortFunc(s.signs, func(a, b sign) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.row, b.row)) })
	s.signs = slices.Compact(s.signs)
	slices.SortFunc(s.dates, func(a, b dateCount) int { return cmp.Or(cmp.Compare(a.slot, b.slot), cmp.Compare(a.date, b.date)) })
	for i := range s.fields {
		// Equally common values were ordered by their texts; so they are by
		// their new numbers.
		s.fields[i].values = slices.Clip(s.fields[i].values)
	}
}

func priceKey(a, b price) int {
	return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.row, b.row), cmp.Compare(a.typ, b.typ))
}

// sort orders the rows by key, then by all they say. The result is the new
// row of each old one: the first that has its key.
func (t *rows) sort() []uint32 {
	order := make([]sortKey, len(t.own))
	for i, own := range t.own {
		order[i] = sortKey{uint64(own), uint32(i)}
		if t.parent != nil {
			order[i].key |= uint64(t.parent[i]) << 32
		}
	}
	slices.SortFunc(order, func(a, b sortKey) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return t.compare(a.row, b.row)
	})
	first := make([]uint32, len(order))
	kept := order[:0:len(order)]
	fold := t.class == class(fest.ClassReimbursement)
	for i, k := range order {
		switch {
		case len(kept) == 0 || kept[len(kept)-1].key != k.key:
			first[k.row] = uint32(len(kept))
		case fold:
			first[k.row] = uint32(len(kept) - 1)
			t.fold(kept[len(kept)-1].row, k.row)
			continue
		default:
			first[k.row] = first[order[i-1].row]
		}
		kept = append(kept, k)
	}
	t.permute(kept)
	return first
}

type sortKey struct {
	key uint64
	row uint32
}

func (t *rows) compare(a, b uint32) int {
	for _, v := range t.values {
		if c := cmp.Compare(v[a], v[b]); c != 0 {
			return c
		}
	}
	if t.name == nil {
		return 0
	}
	return cmp.Or(cmp.Compare(t.name[a], t.name[b]), slices.Compare(t.presence(a), t.presence(b)),
		slices.Compare(t.signatures(a), t.signatures(b)))
}

// fold makes one row of two: a statutory authority is one object, however
// many entries its groups are packed in (R144). What it says is all that its
// entries say.
func (t *rows) fold(into, row uint32) {
	was := make([]signature, t.words*64)
	for bit := range was {
		was[bit] = t.signature(into, bit) | t.signature(row, bit)
	}
	to := t.presence(into)
	for w, word := range t.presence(row) {
		to[w] |= word
	}
	t.sign(into, func(bit int) signature { return was[bit] })
}

func (t *rows) permute(order []sortKey) {
	pick := func(from []uint32) []uint32 {
		if from == nil {
			return nil
		}
		out := make([]uint32, len(order))
		for i, k := range order {
			out[i] = from[k.row]
		}
		return out
	}
	t.parent, t.own, t.name = pick(t.parent), pick(t.own), pick(t.name)
	for i := range t.values {
		t.values[i] = pick(t.values[i])
	}
	if t.name == nil {
		return
	}
	bits, start, signs := make([]uint64, 0, len(order)*t.words), make([]uint32, len(order)), make([]signature, 0, len(t.signs))
	for i, k := range order {
		start[i] = uint32(len(signs))
		signs = append(signs, t.signatures(k.row)...)
		bits = append(bits, t.presence(k.row)...)
	}
	t.bits, t.start, t.signs = bits, start, signs
}
