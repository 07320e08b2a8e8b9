package cache

import "encoding/binary"

// hashTable finds items by key and by entry id: open addressing over slots of
// eight bytes, the upper half of the hash and a reference. Items with the same
// key are one slot, chained through their records, so that a content that
// repeats one key a thousand times costs nothing extra.
type hashTable []byte

// reference is what a slot holds: the Index, plus 1, and whether the slot is
// of the entry id. 0 is a free slot.
type reference uint32

const slotSize = 8

func newReference(i uint32, entry bool) reference {
	r := reference(i+1) << 1
	if entry {
		r |= 1
	}
	return r
}

func (r reference) index() uint32 { return uint32(r>>1) - 1 }
func (r reference) entry() bool   { return r&1 != 0 }

// newHashTable returns a table for n keys, at most half full.
func newHashTable(n int) hashTable {
	slots := 16
	for slots < 2*n {
		slots *= 2
	}
	return make(hashTable, slots*slotSize)
}

func (t hashTable) mask() uint64 { return uint64(len(t)/slotSize) - 1 }

func (t hashTable) slot(i uint64) (tag uint32, r reference) {
	v := binary.LittleEndian.Uint64(t[i*slotSize:])
	return uint32(v >> 32), reference(v)
}

func (t hashTable) set(i uint64, tag uint32, r reference) {
	binary.LittleEndian.PutUint64(t[i*slotSize:], uint64(tag)<<32|uint64(r))
}

// tagOf is the part of a hash that a slot keeps.
func tagOf(hash uint64) uint32 { return uint32(hash >> 32) }
