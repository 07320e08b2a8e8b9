package cache

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// resolver knows all items of a build. It is read only once its table is
// made, and then safe for concurrent use.
type resolver struct {
	drafts []draft
	names  []byte
	order  []uint32 // draft of an Index
	table  hashTable
}

var ingredientTarget = wire.Targets{wire.NumberOf(fest.ResourceIngredients)}

// display is the item's own display, and the id of the ingredient whose
// display goes before it.
func (r *resolver) display(d *draft) (own, of []byte) {
	own = r.names[d.names:]
	return own[:d.display], own[d.display : d.display+d.of]
}

func (r *resolver) key(d *draft) []byte {
	at := d.names + d.display + d.of
	return r.names[at : at+d.key.len]
}

// entry is the entry id of an item that is found by it, apart from its key.
func (r *resolver) entry(d *draft) []byte {
	at := d.names + d.display + d.of + d.key.len
	return r.names[at : at+d.entry.len]
}

// Lookup finds the item with that key in the first of the targets that has
// it. The handle is the number of its draft.
func (r *resolver) Lookup(id []byte, targets wire.Targets) (uint32, wire.Number, bool) {
	for _, n := range targets {
		if n == 0 {
			break
		}
		hash := hashOfBytes(n, id)
		mask, tag := r.table.mask(), tagOf(hash)
		for i := hash & mask; ; i = (i + 1) & mask {
			t, ref := r.table.slot(i)
			if ref == 0 {
				break
			}
			if t != tag || ref.entry() || int(ref.index()) >= len(r.order) {
				continue
			}
			num := r.order[ref.index()]
			d := &r.drafts[num]
			if d.resource == n && string(r.key(d)) == string(id) {
				return num, n, true
			}
		}
	}
	return 0, 0, false
}

// AppendDisplay appends the display of an item, with that of its ingredient
// before it where it has one.
func (r *resolver) AppendDisplay(dst []byte, handle uint32) []byte {
	own, of := r.display(&r.drafts[handle])
	if len(of) > 0 {
		if num, _, ok := r.Lookup(of, ingredientTarget); ok {
			first, _ := r.display(&r.drafts[num])
			dst = append(dst, first...)
			if len(own) > 0 {
				dst = append(dst, ' ')
			}
		}
	}
	return append(dst, own...)
}
