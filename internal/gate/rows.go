package gate

import (
	"math/bits"
	"slices"
)

// rows is a class's table, a column per fact. Texts are numbers of the
// interner.
type rows struct {
	class  class
	parent []uint32 // key of the object it is nested in; nil for top-level classes
	own    []uint32
	values [][]uint32 // a column per mapping of the class

	// The rest is not there where objects are their keys and nothing else.
	name   []uint32
	words  int // of presence per row
	bits   []uint64
	signed []uint64 // presence bits of the fields that have a signature
	// signs are the signatures of the fields a row has, in the order of their
	// bits; those of a row begin at its start.
	signs []signature
	start []uint32
}

func (t *rows) init(c class, p *plans) {
	if !c.valid() {
		return
	}
	t.class = c
	t.values = make([][]uint32, len(c.mappings()))
	if !c.keyOnly() {
		t.words, t.signed = p.words(c), p.signed[c]
		t.name = []uint32{}
	}
	if c.isNested() {
		t.parent = []uint32{}
	}
}

// add adds a row and returns its number.
func (t *rows) add(parent, own, name uint32) uint32 {
	row := uint32(len(t.own))
	t.own = push(t.own, own)
	if t.parent != nil {
		t.parent = push(t.parent, parent)
	}
	if t.name != nil {
		t.name = push(t.name, name)
		t.start = push(t.start, 0)
		for range t.words {
			t.bits = push(t.bits, 0)
		}
	}
	for i := range t.values {
		t.values[i] = push(t.values[i], 0)
	}
	return row
}

func (t *rows) set(row uint32, column int, value uint32) { t.values[column][row] = value }

// presence are the row's bits, one per slot of the class; nil where the class
// has none. They stay in place until a row is added.
func (t *rows) presence(row uint32) []uint64 {
	if t.name == nil {
		return nil
	}
	return t.bits[int(row)*t.words : (int(row)+1)*t.words : (int(row)+1)*t.words]
}

// sign adds the signatures of the fields that the row has.
func (t *rows) sign(row uint32, of func(bit int) signature) {
	if t.name == nil {
		return
	}
	t.start[row] = uint32(len(t.signs))
	for w, word := range t.presence(row) {
		for word &= t.signed[w]; word != 0; word &= word - 1 {
			t.signs = push(t.signs, of(w<<6+bits.TrailingZeros64(word)))
		}
	}
}

// signatures are those of the row's fields.
func (t *rows) signatures(row uint32) []signature {
	n := uint32(0)
	for w, word := range t.presence(row) {
		n += uint32(bits.OnesCount64(word & t.signed[w]))
	}
	return t.signs[t.start[row] : t.start[row]+n]
}

// signature is that of one field; 0 if the row does not have it.
func (t *rows) signature(row uint32, bit int) signature {
	n := 0
	for w, word := range t.presence(row) {
		word &= t.signed[w]
		if w<<6+63 < bit {
			n += bits.OnesCount64(word)
			continue
		}
		if word&(1<<(bit&63)) == 0 {
			return 0
		}
		n += bits.OnesCount64(word & (1<<(bit&63) - 1))
		break
	}
	return t.signs[t.start[row]:][n]
}

// changed says whether a row of the table says something else than a row of
// one before it: a field has lost a value. What is only filled or repeated has
// not changed (R144).
func (t *rows) changed(row uint32, before *rows, was uint32) bool {
	old, young := before.signatures(was), t.signatures(row)
	i, k := 0, 0
	for w, had := range before.presence(was) {
		had &= t.signed[w]
		has := t.presence(row)[w] & t.signed[w]
		if had&^has != 0 {
			return true
		}
		for all := has; all != 0; all &= all - 1 {
			if bit := all & -all; had&bit != 0 {
				if old[i].lost(young[k]) {
					return true
				}
				i++
			}
			k++
		}
	}
	return false
}

// adopt appends the rows of another table; to translates its texts.
func (t *rows) adopt(o *rows, to []uint32) {
	translate := func(dst, src []uint32) []uint32 {
		dst = slices.Grow(dst, len(src))
		for _, n := range src {
			dst = append(dst, to[n])
		}
		return dst
	}
	t.own = translate(t.own, o.own)
	if t.parent != nil {
		t.parent = translate(t.parent, o.parent)
	}
	if t.name != nil {
		t.name = translate(t.name, o.name)
		t.bits = append(t.bits, o.bits...)
		for _, at := range o.start {
			t.start = append(t.start, at+uint32(len(t.signs)))
		}
		t.signs = append(t.signs, o.signs...)
	}
	for i := range t.values {
		t.values[i] = translate(t.values[i], o.values[i])
	}
}

// push appends and, where that needs room, doubles it: the columns of a full
// extract are long, and what append copies on the way there adds up.
func push[T any](s []T, v T) []T {
	if len(s) == cap(s) {
		s = slices.Grow(s, max(64, len(s)))
	}
	return append(s, v)
}
