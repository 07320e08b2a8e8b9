package cache

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// resolver knows all items of a build. It is read only once its table is
// made, and then safe for concurrent use.
type resolver struct {
	drafts  []draft
	data    []byte   // the spill
	strings []byte   // texts that are not in the JSON
	order   []uint32 // draft of an Index
	table   hashTable
}

var ingredientTarget = wire.Targets{wire.NumberOf(fest.ResourceIngredients)}

func (r *resolver) text(d *draft, s span) []byte {
	if s.at&inStrings != 0 {
		at := s.at &^ inStrings
		return r.strings[at : at+s.len]
	}
	at := d.at + uint64(s.at)
	return r.data[at : at+uint64(s.len)]
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
			if d.resource == n && string(r.text(d, d.key)) == string(id) {
				return num, n, true
			}
		}
	}
	return 0, 0, false
}

// AppendDisplay appends the display of an item, with that of its ingredient
// before it where it has one.
func (r *resolver) AppendDisplay(dst []byte, handle uint32) []byte {
	d := &r.drafts[handle]
	own := r.data[d.at+uint64(d.json):]
	own, of := own[:d.display], own[d.display:d.display+d.of]
	if len(of) > 0 {
		if num, _, ok := r.Lookup(of, ingredientTarget); ok {
			i := &r.drafts[num]
			at := i.at + uint64(i.json)
			dst = append(dst, r.data[at:at+uint64(i.display)]...)
			if len(own) > 0 {
				dst = append(dst, ' ')
			}
		}
	}
	return append(dst, own...)
}

// holes returns the encoded holes of an item.
func (r *resolver) holes(d *draft) []byte {
	at := d.at + uint64(d.json) + uint64(d.display) + uint64(d.of)
	return r.data[at : at+uint64(d.holes)]
}

// json returns the item's JSON, unfilled.
func (r *resolver) json(d *draft) []byte { return r.data[d.at : d.at+uint64(d.json)] }
