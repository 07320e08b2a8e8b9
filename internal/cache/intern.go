package cache

import "github.com/cespare/xxhash/v2"

// interner numbers distinct strings from 0. It holds no pointers per string,
// so that a big one is nothing to the garbage collector.
type interner struct {
	slots  []uint32 // open addressing: number+1, 0 = free
	hashes []uint64
	ends   []uint32 // of the strings, in bytes
	bytes  []byte
}

func (n *interner) len() int { return len(n.ends) }

func (n *interner) at(i uint32) []byte {
	var from uint32
	if i > 0 {
		from = n.ends[i-1]
	}
	return n.bytes[from:n.ends[i]]
}

// add returns the number of s, whose hash is given, and whether it is new.
func (n *interner) add(s []byte, hash uint64) (uint32, bool) {
	if 2*len(n.ends) >= len(n.slots) {
		n.grow()
	}
	mask := uint64(len(n.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		at := n.slots[i]
		if at == 0 {
			n.bytes = append(roomy(n.bytes, len(s)), s...)
			n.ends = append(roomy(n.ends, 1), uint32(len(n.bytes)))
			n.hashes = append(roomy(n.hashes, 1), hash)
			n.slots[i] = uint32(len(n.ends))
			return uint32(len(n.ends) - 1), true
		}
		if n.hashes[at-1] == hash && string(n.at(at-1)) == string(s) {
			return at - 1, false
		}
	}
}

// addString is add for a string that was not hashed yet.
func (n *interner) addString(s string) (uint32, bool) { return n.add([]byte(s), xxhash.Sum64String(s)) }

func (n *interner) grow() {
	n.slots = make([]uint32, max(64, 2*len(n.slots)))
	mask := uint64(len(n.slots) - 1)
	for num, hash := range n.hashes {
		i := hash & mask
		for n.slots[i] != 0 {
			i = (i + 1) & mask
		}
		n.slots[i] = uint32(num + 1)
	}
}

// roomy returns s with room for n more, doubling where append would add a
// quarter: what a build collects is copied once, not four times. It is made
// rather than grown, as slices.Grow writes zeros over all of the new room,
// and memory that was never touched costs nothing.
func roomy[T any](s []T, n int) []T {
	if cap(s)-len(s) >= n {
		return s
	}
	next := make([]T, len(s), len(s)+max(n, len(s), 64))
	copy(next, s)
	return next
}

// pair says that an item has a key (or names an id), both by number.
type pair struct{ key, item uint32 }

// relation is the pairs of one kind, in the order of the items.
type relation struct {
	names *interner
	pairs []pair
}

// groups lists values by a number below n: those of i are vals[ends[i-1]:ends[i]].
type groups struct{ ends, vals []uint32 }

// group lists the pairs' items by key, or, if byItem, their keys by item.
func group(pairs []pair, n int, byItem bool) groups {
	g := groups{make([]uint32, n+1), make([]uint32, len(pairs))}
	split := func(p pair) (at, val uint32) {
		if byItem {
			return p.item, p.key
		}
		return p.key, p.item
	}
	for _, p := range pairs {
		at, _ := split(p)
		g.ends[at+1]++
	}
	for i := 1; i <= n; i++ {
		g.ends[i] += g.ends[i-1]
	}
	// ends[i] is where group i starts until it has been filled.
	for _, p := range pairs {
		at, val := split(p)
		g.vals[g.ends[at]] = val
		g.ends[at]++
	}
	g.ends = g.ends[:n]
	return g
}

func (g groups) of(i uint32) []uint32 {
	if int(i) >= len(g.ends) {
		return nil
	}
	var from uint32
	if i > 0 {
		from = g.ends[i-1]
	}
	return g.vals[from:g.ends[i]]
}
