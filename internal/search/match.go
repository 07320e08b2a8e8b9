package search

import "encoding/binary"

// How well a word is met, best first. The order of an answer begins with it.
const (
	classExact = iota
	classPrefix
	classOneEdit // of the whole word
	classOneEditPrefix
	classTwoEdits
	classTwoEditsPrefix
)

// How a document has a word, as a number that is smaller the better.
const (
	costNotFirst  = 1 << iota // not at the start of its name
	costSecondary             // not in what it is called
	costSpelling              // spelt otherwise than typed
	costApart                 // number and unit, or letters and digits, apart
	costClass                 // from here the class
	costBits      = 4
	noCost        = 0xff
)

// costs is what each combination of flags costs in a class.
func costs(class int, special bool) (table [1 << flagBits]uint8) {
	for flags := range table {
		c := uint8(class << costBits) //nolint:gosec // six classes
		if flags&flagFirst == 0 {
			c |= costNotFirst
		}
		if flags&flagPrimary == 0 {
			c |= costSecondary
		}
		if special && flags&flagSpecial == 0 || !special && flags&flagPlain == 0 {
			c |= costSpelling
		}
		table[flags] = c
	}
	return table
}

// both is the cost of a document that has two words.
func both(a, b uint8) uint8 {
	const either = costSecondary | costSpelling | costApart
	return max(a>>costBits, b>>costBits)<<costBits | (a|b)&either | a&b&costNotFirst
}

// found is the documents that have something, with what it costs. It is
// reused: reset costs as much as what was found.
type found struct {
	cost    []uint8
	touched []uint32
}

func (f *found) reset(docs int) {
	if len(f.cost) != docs {
		f.cost, f.touched = make([]uint8, docs), f.touched[:0]
		for i := range f.cost {
			f.cost[i] = noCost
		}
		return
	}
	for _, d := range f.touched {
		f.cost[d] = noCost
	}
	f.touched = f.touched[:0]
}

func (f *found) put(doc uint32, cost uint8) {
	switch before := f.cost[doc]; {
	case before == noCost:
		f.touched = append(f.touched, doc)
		f.cost[doc] = cost
	case cost < before:
		f.cost[doc] = cost
	}
}

// work is the memory of a search, reused.
type work struct {
	groups [MaxWords]found
	parts  [2]found
	walker walker
	counts []uint16 // MaxWords bits for the words, above them how many
	ranked []uint64
	facets counter
}

// meet finds the documents that meet a group.
func (x *Index) meet(w *work, g *group, into *found, edits bool) {
	into.reset(x.docs)
	for i, way := range g.ways {
		apart := uint8(0)
		if i > 0 {
			apart = costApart
		}
		if len(way) == 1 && apart == 0 {
			x.lookUp(w, &way[0], into, edits)
			continue
		}
		all, one := &w.parts[0], &w.parts[1]
		all.reset(x.docs)
		x.lookUp(w, &way[0], all, edits)
		for k := 1; k < len(way); k++ {
			one.reset(x.docs)
			x.lookUp(w, &way[k], one, edits)
			kept := all.touched[:0]
			for _, d := range all.touched {
				if one.cost[d] == noCost {
					all.cost[d] = noCost
					continue
				}
				all.cost[d] = both(all.cost[d], one.cost[d])
				kept = append(kept, d)
			}
			all.touched = kept
		}
		for _, d := range all.touched {
			into.put(d, all.cost[d]|apart)
		}
	}
}

// lookUp finds the documents that have a word.
func (x *Index) lookUp(w *work, q *word, into *found, edits bool) {
	for _, form := range q.forms {
		at, ok := x.find(form)
		if ok {
			class := classExact
			if q.small {
				class = classPrefix
			}
			x.post(at, at+1, class, q.special, into)
			at++
		}
		if q.prefix {
			x.post(at, x.starting(at, form), classPrefix, q.special, into)
		}
	}
	if !edits {
		return
	}
	for i := range q.pattern {
		w.walker.walk(x, &q.pattern[i], func(key, whole, beginning int) {
			class := editClass(whole, beginning)
			x.post(key, key+1, class, q.special, into)
		})
	}
}

// editClass is the class of a word met with edits.
func editClass(whole, beginning int) int {
	switch {
	case whole == 1:
		return classOneEdit
	case beginning == 1:
		return classOneEditPrefix
	case whole == 2:
		return classTwoEdits
	default:
		return classTwoEditsPrefix
	}
}

// post adds the documents of a range of keys.
func (x *Index) post(lo, hi, class int, special bool, into *found) {
	if lo >= hi {
		return
	}
	table := costs(class, special)
	ends, postings := x.parts[partPostEnds], x.parts[partPostings]
	at := from(ends, lo)
	for key := lo; key < hi; key++ {
		list := postings[at:at32(ends, key)]
		at = at32(ends, key)
		doc := uint32(0)
		for i := 0; i < len(list); {
			v := uint64(list[i])
			switch { // nearly all have one byte or two
			case v < 0x80:
				i++
			case list[i+1] < 0x80:
				v = v&0x7f | uint64(list[i+1])<<7
				i += 2
			default:
				var n int
				v, n = binary.Uvarint(list[i:])
				i += n
			}
			doc += uint32(v >> flagBits) //nolint:gosec // checked by Open
			into.put(doc, table[v&(1<<flagBits-1)])
		}
	}
}
