package cache

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
)

// keyTable maps sorted keys to the items that have them. All its parts are
// bytes of the file: numbers are little-endian uint32.
type keyTable struct {
	keyEnds  []byte // end of each key in keys
	keys     []byte
	postEnds []byte // end of each key's items in postings, counted in items
	postings []byte // Index, ascending within a key
}

func u32(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }

func (t *keyTable) len() int { return len(t.keyEnds) / 4 }

func (t *keyTable) key(i int) []byte {
	var from uint32
	if i > 0 {
		from = u32(t.keyEnds, i-1)
	}
	return t.keys[from:u32(t.keyEnds, i)]
}

// posts returns the items of the key i, as encoded.
func (t *keyTable) posts(i int) []byte {
	var from uint32
	if i > 0 {
		from = u32(t.postEnds, i-1)
	}
	return t.postings[4*from : 4*u32(t.postEnds, i)]
}

// find returns where key stands, or would stand.
func (t *keyTable) find(key string) (int, bool) {
	n := t.len()
	i := sort.Search(n, func(i int) bool { return string(t.key(i)) >= key })
	return i, i < n && string(t.key(i)) == key
}

// prefix returns the range of keys that start with p.
func (t *keyTable) prefix(p string) (from, to int) {
	from, _ = t.find(p)
	rest := t.len() - from
	to = from + sort.Search(rest, func(i int) bool {
		k := t.key(from + i)
		return len(k) < len(p) || string(k[:len(p)]) != p
	})
	return from, to
}

// validate checks everything that the lookups rely on: ends that grow and
// stay inside, keys in order, postings that name items of [first, first+n).
func (t *keyTable) validate(first, n uint32) error {
	if len(t.keyEnds)%4 != 0 || len(t.postings)%4 != 0 || len(t.keyEnds) != len(t.postEnds) {
		return fmt.Errorf("lengths do not fit together")
	}
	var key, post uint32
	var before []byte
	for i := range t.len() {
		k, p := u32(t.keyEnds, i), u32(t.postEnds, i)
		if k < key || uint64(k) > uint64(len(t.keys)) || p < post || uint64(p)*4 > uint64(len(t.postings)) {
			return fmt.Errorf("key %d is out of range", i)
		}
		cur := t.keys[key:k]
		if i > 0 && bytes.Compare(before, cur) >= 0 {
			return fmt.Errorf("key %d is out of order", i)
		}
		key, post, before = k, p, cur
	}
	for i := range len(t.postings) / 4 {
		if x := u32(t.postings, i); x < first || x-first >= n {
			return fmt.Errorf("posting %d names item %d, not one of %d", i, x, n)
		}
	}
	return nil
}

// encode makes the table of a relation. index maps its items to their Index;
// nil means they are that already.
func (r *relation) encode(index []uint32) keyTable {
	var t keyTable
	if len(r.pairs) == 0 {
		return t
	}
	g := group(r.pairs, r.names.len(), false)
	order := sortedKeys(r.names, g)
	size := 0
	for _, num := range order {
		size += len(r.names.at(num))
	}
	t.keyEnds = make([]byte, 0, 4*len(order))
	t.postEnds = make([]byte, 0, 4*len(order))
	t.keys = make([]byte, 0, size)
	t.postings = make([]byte, 0, 4*len(r.pairs))
	for _, num := range order {
		t.keys = append(t.keys, r.names.at(num)...)
		items := g.of(num)
		if index != nil {
			for i, item := range items {
				items[i] = index[item]
			}
		}
		if !slices.IsSorted(items) {
			slices.Sort(items)
		}
		for i, item := range items {
			if i == 0 || item != items[i-1] {
				t.postings = binary.LittleEndian.AppendUint32(t.postings, item)
			}
		}
		t.keyEnds = binary.LittleEndian.AppendUint32(t.keyEnds, uint32(len(t.keys)))
		t.postEnds = binary.LittleEndian.AppendUint32(t.postEnds, uint32(len(t.postings)/4))
	}
	return t
}

// sortedKeys returns the numbers of the names that have items, in the order
// of the names. Comparing eight bytes at once decides most of it.
func sortedKeys(names *interner, g groups) []uint32 {
	type entry struct {
		prefix uint64
		num    uint32
	}
	entries := make([]entry, 0, names.len())
	for num := range uint32(names.len()) {
		if len(g.of(num)) == 0 {
			continue
		}
		var b [8]byte
		copy(b[:], names.at(num))
		entries = append(entries, entry{binary.BigEndian.Uint64(b[:]), num})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		switch {
		case a.prefix < b.prefix:
			return -1
		case a.prefix > b.prefix:
			return 1
		default:
			return bytes.Compare(names.at(a.num), names.at(b.num))
		}
	})
	order := make([]uint32, len(entries))
	for i, e := range entries {
		order[i] = e.num
	}
	return order
}
