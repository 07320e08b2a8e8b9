package answer

import (
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/wire"
)

// Register reads the entries of a snapshot for one question. What it hands out
// is decoded once and the same pointer each time; it is not to be changed.
//
// An entry that cannot be decoded is treated as one that is not there, and
// [Register.Err] tells: whoever asked must look before an answer is used.
type Register struct {
	snap    *cache.Snapshot
	day     rules.Day
	off     rules.Set
	entries map[cache.Index]*fest.Entry
	index   map[any]cache.Index // of the objects handed out
	err     error
}

// New returns a register of the snapshot, which the caller holds, for a
// question as of the day. Rules in off are not applied.
func New(snap *cache.Snapshot, day rules.Day, off rules.Set) *Register {
	return &Register{snap: snap, day: day, off: off, entries: map[cache.Index]*fest.Entry{}, index: map[any]cache.Index{}}
}

// Snapshot is what the register reads.
func (r *Register) Snapshot() *cache.Snapshot { return r.snap }

// Day is the day that is asked about.
func (r *Register) Day() rules.Day { return r.day }

// Err is the first entry that could not be decoded; nil if there was none.
func (r *Register) Err() error { return r.err }

// Entry decodes the entry of an item; nil for what has none.
func (r *Register) Entry(i cache.Index) *fest.Entry {
	if e, ok := r.entries[i]; ok {
		return e
	}
	e, err := r.snap.Entry(i)
	if err != nil {
		if r.err == nil {
			r.err = err
		}
		return nil
	}
	r.entries[i] = e
	r.index[e.Object] = i
	if c := commodityOf(e.Object); c != nil {
		r.index[c] = i
	}
	return e
}

// Object is the object of an item's entry, such as a *fest.Package; nil for
// what has none.
func (r *Register) Object(i cache.Index) any {
	if e := r.Entry(i); e != nil {
		return e.Object
	}
	return nil
}

// EntryOf is the entry of an object that the register handed out, with its
// class and envelope; nil for another.
func (r *Register) EntryOf(object any) *fest.Entry {
	if i, ok := r.index[object]; ok {
		return r.entries[i]
	}
	return nil
}

// Key is the key of an object that the register handed out, as items and
// references have it; "" for another. It is the object's id where it has one.
func (r *Register) Key(object any) string {
	if i, ok := r.index[object]; ok {
		return string(r.snap.Item(i).Key)
	}
	return ""
}

// Find returns the first item of the resource that has exactly the key:
// what a reference by that id names.
func (r *Register) Find(res fest.Resource, key string) (cache.Index, bool) {
	var buf [2]cache.Index
	for _, i := range r.snap.ByKey(buf[:0], res, key) {
		if string(r.snap.Item(i).Key) == key {
			return i, true
		}
	}
	return 0, false
}

// get is the object that a reference names.
func get[T any](r *Register, res fest.Resource, id fest.Ref) (*T, bool) {
	i, ok := r.Find(res, string(id))
	if !ok {
		return nil, false
	}
	o, ok := r.Object(i).(*T)
	return o, ok
}

// indexes are the items of a resource that a filter finds, in file order.
func (r *Register) indexes(res fest.Resource, filter, value string) []cache.Index {
	page, err := r.snap.List(res, []cache.Query{{Filter: filter, Value: value}}, 0, wholeList)
	if err != nil && r.err == nil {
		r.err = err
	}
	return page.Items
}

// wholeList is a limit that no list reaches.
const wholeList = 1 << 30

// list are the objects of a resource that a filter finds, in file order.
func list[T any](r *Register, res fest.Resource, filter, value string) []*T {
	var out []*T
	for _, i := range r.indexes(res, filter, value) {
		if o, ok := r.Object(i).(*T); ok {
			out = append(out, o)
		}
	}
	return out
}

// commodityOf is what the three kinds of commodities share; nil for another
// object.
func commodityOf(object any) *fest.Commodity {
	switch o := object.(type) {
	case *fest.BreastProsthesis:
		return &o.Commodity
	case *fest.MedicalConsumable:
		return &o.Commodity
	case *fest.Nutrient:
		return &o.Commodity
	case *fest.Commodity: // as the register hands them out
		return o
	default:
		return nil
	}
}

// display is the display of an item's entry, as references to it show it.
func (r *Register) display(e *fest.Entry) string {
	text, of := wire.Display(e, fest.Item{})
	if of == "" {
		return text
	}
	i, ok := r.Ingredient(of)
	switch {
	case !ok:
		return text
	case text == "":
		return string(i.Name)
	default:
		return string(i.Name) + " " + text
	}
}
