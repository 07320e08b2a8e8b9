package cache

import (
	"math/bits"
	"strings"

	"github.com/festd/festd/internal/search"
)

// itemSet is a set of items of one resource: bit i is item first+i.
type itemSet struct {
	first uint32
	words []uint64
}

// reset makes it an empty set of the items first … first+n-1.
func (s *itemSet) reset(first, n uint32) {
	words := int(n+63) / 64
	if cap(s.words) < words {
		s.words = make([]uint64, words)
	}
	s.first, s.words = first, s.words[:words]
	clear(s.words)
}

func (s *itemSet) add(posts []byte) {
	for i := range len(posts) / 4 {
		at := u32(posts, i) - s.first
		s.words[at/64] |= 1 << (at % 64)
	}
}

func (s *itemSet) and(o *itemSet) {
	for i := range s.words {
		s.words[i] &= o.words[i]
	}
}

func (s *itemSet) count() int {
	n := 0
	for _, w := range s.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// match adds the items that a filter with that value finds.
func (t *keyTable) match(s *itemSet, m Match, value string) {
	value = strings.TrimSpace(value)
	switch m {
	case MatchName:
		t.addPrefix(s, search.Fold(value))
	case MatchCodeOrName:
		if !t.addExact(s, codeKey+value) && !t.addExact(s, codeKey+strings.ToUpper(value)) {
			t.addPrefix(s, nameKey+search.Fold(value))
		}
	case MatchATC:
		t.matchATC(s, strings.ToUpper(value))
	case MatchATCBothWays:
		value = strings.ToUpper(value)
		t.matchATC(s, value)
		t.matchAbove(s, value)
	case MatchGTIN:
		t.addExact(s, gtinOf(value))
	case MatchCodePrefix:
		if value != "" {
			t.addPrefix(s, value)
		}
	default:
		if !t.addExact(s, value) {
			t.addExact(s, strings.ToUpper(value))
		}
	}
}

// The keys of MatchCodeOrName: codes and names are apart.
const (
	codeKey = "="
	nameKey = "~"
)

// matchATC adds the code itself and, for a group, everything below (R111).
func (t *keyTable) matchATC(s *itemSet, code string) {
	if level := atcLevel(code); level >= 1 && level < 5 {
		t.addPrefix(s, code)
		return
	}
	t.addExact(s, code)
}

// matchAbove adds the groups above the code.
func (t *keyTable) matchAbove(s *itemSet, code string) {
	for p := atcParent(code); p != ""; p = atcParent(p) {
		t.addExact(s, p)
	}
}

func (t *keyTable) addExact(s *itemSet, key string) bool {
	i, ok := t.find(key)
	if ok {
		s.add(t.posts(i))
	}
	return ok
}

func (t *keyTable) addPrefix(s *itemSet, p string) {
	from, to := t.prefix(p)
	if from < to {
		first := uint32(0)
		if from > 0 {
			first = u32(t.postEnds, from-1)
		}
		s.add(t.postings[4*first : 4*u32(t.postEnds, to-1)])
	}
}
