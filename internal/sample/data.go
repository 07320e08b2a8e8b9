package sample

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/festd/festd/internal/fest"
)

// source makes the entries of the first release of a sample. Immutable;
// entry returns a new value at every call, so that callers may change it.
type source interface {
	len() int
	class(i int) fest.Class
	entry(i int) *fest.Entry
}

// Data is one release of a sample. Immutable.
type Data struct {
	seed      uint64
	retrieved time.Time
	source    source
	items     []item // by class, so by catalogue
	steps     []step
	removed   map[string]bool // ids of objects that were removed so far
	copies    uint32          // entries that were copied so far, over all steps
	outcome   Outcome
	damage    func(*fest.Entry) []*fest.Entry // see Damaged; nil: none
}

// item is an entry of the source, or a copy of one, and what happened to it.
type item struct {
	base    int32  // index in the source
	copied  uint32 // 0: the entry itself; else the number of the copy, which may be a copy of a copy
	class   fest.Class
	touches []touch // oldest first; shared between releases, never changed in place
}

// touch says that a step changed an item, and how.
type touch struct {
	step   uint16 // index in Data.steps
	what   what
	copied uint32 // with whatAdded: the number of the copy that was made
}

// New makes the first release of a sample.
func New(o Options) (*Data, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	var src source
	if o.Size == SizeSmall {
		src = newSmall(o.Seed, o.Retrieved)
	} else {
		src = newFull(o.Seed, o.Retrieved, o.Scale)
	}
	d := &Data{seed: o.Seed, retrieved: o.Retrieved, source: src, items: make([]item, src.len())}
	for i := range d.items {
		d.items[i] = item{base: int32(i), class: src.class(i)}
	}
	slices.SortStableFunc(d.items, func(a, b item) int { return cmp.Compare(a.class, b.class) })
	return d, nil
}

// Small is the small sample as of a HentetDato; zero means DefaultRetrieved.
func Small(retrieved time.Time) *Data {
	d, err := New(Options{Size: SizeSmall, Retrieved: retrieved})
	if err != nil { // a date out of range
		d, _ = New(Options{Size: SizeSmall})
	}
	return d
}

// Full is the full sample of a seed, with DefaultRetrieved.
func Full(seed uint64) *Data {
	d, _ := New(Options{Size: SizeFull, Seed: seed}) // these options are valid
	return d
}

// Document is what the root element says.
func (d *Data) Document() fest.Document {
	return fest.Document{RetrievalDate: dateTime(d.retrieved)}
}

// Retrieved is HentetDato as a time, on the wall clock in Oslo.
func (d *Data) Retrieved() time.Time { return d.retrieved }

// Len is the number of entries.
func (d *Data) Len() int { return len(d.items) }

// Entries makes the entries, one at a time, in the order of the catalogues.
// The caller may keep and change them.
func (d *Data) Entries() iter.Seq[*fest.Entry] {
	return func(yield func(*fest.Entry) bool) {
		for i := range d.items {
			e := d.entry(&d.items[i])
			if d.damage == nil {
				if !yield(e) {
					return
				}
				continue
			}
			for _, e := range d.damage(e) {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// Counts counts the objects, nested ones too. It makes every entry.
func (d *Data) Counts() fest.Counts {
	c := fest.Counts{}
	for e := range d.Entries() {
		c.Add(e)
	}
	return c
}

// Without is the release with n entries of a class missing, as a damaged file
// would have it: nothing else is adjusted, so references dangle. Which ones
// depends on the seed.
func (d *Data) Without(class fest.Class, n int) *Data {
	var of []int
	for i := range d.items {
		if d.items[i].class == class {
			of = append(of, i)
		}
	}
	r := newRNG(d.seed, streamDamage, uint64(class))
	gone := make(map[int]bool, n)
	for _, k := range r.permutation(len(of))[:min(n, len(of))] {
		gone[of[k]] = true
	}
	out := *d
	out.items = make([]item, 0, len(d.items)-len(gone))
	for i := range d.items {
		if !gone[i] {
			out.items = append(out.items, d.items[i])
		}
	}
	return &out
}

// Damaged is the release with each entry replaced by what the function makes
// of it, which may be none, or several of its class. It may change the entry it
// is given. The releases that follow are damaged in the same way; Len is that
// of the sound release.
func (d *Data) Damaged(damage func(*fest.Entry) []*fest.Entry) *Data {
	out := *d
	out.damage = damage
	return &out
}

// WithRetrieved is the same content under another HentetDato, so a file whose
// only difference is its version.
func (d *Data) WithRetrieved(t time.Time) *Data {
	out := *d
	out.retrieved = t
	return &out
}

// The streams of random numbers, so that one use does not disturb another.
const (
	streamDamage = iota + 1
	streamPlan
	streamEntry
	streamText
	streamNext
	streamEdit
	streamTime
)
