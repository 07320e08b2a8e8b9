package reference

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Search is the search once more, written from docs/SEARCH.md: every document
// is looked at, and every word of it is compared with every word that was
// typed.
type Search struct {
	docs  []*document
	texts []string // all that is searched, once each
	forms []string // all words, by number
}

// NewSearch takes all entries of a release, in the order of the file. market
// says how a package can be had on the day that is asked about, as its place
// in the order: 0 is best. It is the rules' to say (R49–R51); nil has all the
// same.
func NewSearch(entries []*fest.Entry, market func(*fest.MarketingInformation) int) *Search {
	c := newCollector(entries, market)
	for number, e := range entries {
		for _, it := range e.Items() {
			c.add(e, it, number)
		}
	}
	c.addCodes(len(entries))
	return c.done()
}

// Len is the number of documents.
func (s *Search) Len() int { return len(s.docs) }

// Answer is what a search finds: all of it, the best first.
type Answer struct {
	Found []Found
	// Missing are the places of the words that what was found lacks, where
	// nothing has all.
	Missing []int
}

// Found is a document and how it meets the query.
type Found struct {
	Resource fest.Resource
	Key      string
	Match    string
}

// matches are the classes of a meeting by name, best first.
var matches = [...]string{"exact", "prefix", "typo", "typoPrefix", "typos", "typosPrefix"}

// Find answers what was typed. Where nothing has all of the words, it finds
// what has the most, the rarer words first.
func (s *Search) Find(text string) Answer {
	words := questions(text, s.forms)
	if len(words) == 0 {
		return Answer{}
	}
	met := make([]*meetings, len(words))
	for i, w := range words {
		met[i] = s.meet(w)
	}
	want := s.most(met)
	var a Answer
	for i := range words {
		if want != 0 && want&(1<<i) == 0 {
			a.Missing = append(a.Missing, i)
		}
	}
	type hit struct {
		doc *document
		how how
	}
	var hits []hit
	for n, d := range s.docs {
		if want == 0 || has(met, n) != want {
			continue
		}
		all := how{notFirst: 1}
		for i := range met {
			if h := met[i].of[n]; h != nil {
				all = together(all, *h)
			}
		}
		hits = append(hits, hit{d, all})
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(
			cmp.Compare(a.how.class, b.how.class), cmp.Compare(a.how.apart, b.how.apart), cmp.Compare(a.how.spelling, b.how.spelling),
			cmp.Compare(a.how.secondary, b.how.secondary), cmp.Compare(a.doc.kind, b.doc.kind), cmp.Compare(a.how.notFirst, b.how.notFirst),
			cmp.Compare(a.doc.market, b.doc.market), cmp.Compare(a.doc.sort, b.doc.sort), cmp.Compare(a.doc.number, b.doc.number))
	})
	for _, h := range hits {
		a.Found = append(a.Found, Found{h.doc.resource, h.doc.key, matches[h.how.class]})
	}
	return a
}

// meetings are how the documents have a word, by number; nil where one has it
// not.
type meetings struct {
	of    []*how
	count int
	typos bool // all with typos
}

func (s *Search) meet(w question) *meetings {
	m := &meetings{of: make([]*how, len(s.docs)), typos: true}
	for n, d := range s.docs {
		h, ok := d.answers(w)
		if !ok {
			continue
		}
		m.of[n] = &h
		m.count++
		m.typos = m.typos && h.class > classPrefix
	}
	return m
}

// has is which words a document has, a bit each.
func has(met []*meetings, doc int) (bits uint) {
	for i := range met {
		if met[i].of[doc] != nil {
			bits |= 1 << i
		}
	}
	return bits
}

// most is which words are asked for: those of the documents that have the
// most, and of these the rarer. What is met without typos anywhere comes before
// what is not.
func (s *Search) most(met []*meetings) uint {
	order := make([]int, len(met))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if met[a].typos != met[b].typos {
			if met[b].typos {
				return -1
			}
			return 1
		}
		return cmp.Compare(met[a].count, met[b].count)
	})
	better := func(a, b uint) bool {
		count := func(bits uint) (n int) {
			for i := range met {
				n += int(bits >> i & 1)
			}
			return n
		}
		if count(a) != count(b) {
			return count(a) > count(b)
		}
		for _, i := range order {
			if a>>i&1 != b>>i&1 {
				return a>>i&1 == 1
			}
		}
		return false
	}
	best := uint(0)
	for n := range s.docs {
		if bits := has(met, n); better(bits, best) {
			best = bits
		}
	}
	return best
}
