package search

import (
	"cmp"
	"slices"
)

// Filter keeps some of what is found. The zero Filter keeps all.
type Filter struct {
	Kinds         map[Kind]bool
	ATC           string // a code of any level, in upper case
	Form          string // a code, or the beginning of a name
	Groups        []string
	Markets       map[Market]bool
	Substitutable *bool
	// Exact leaves out what is found only by allowing for typos.
	Exact bool
}

// sieve is a filter made ready for one index.
type sieve struct {
	kinds, markets uint32
	atc            bool
	atcLo, atcHi   uint32
	forms, groups  []bool // by number plus 1; nil is all
	substitutable  int8   // 1 only, -1 not, 0 either
}

func (x *Index) sieve(f *Filter) sieve {
	s := sieve{kinds: ^uint32(0), markets: ^uint32(0)}
	if len(f.Kinds) > 0 {
		s.kinds = 0
		for k := range f.Kinds {
			s.kinds |= 1 << k
		}
	}
	if len(f.Markets) > 0 {
		s.markets = 0
		for m := range f.Markets {
			s.markets |= 1 << m
		}
	}
	if f.ATC != "" {
		s.atc = true
		s.atcLo, s.atcHi = x.atcRange(f.ATC)
	}
	if f.Form != "" {
		want := []byte(Fold(f.Form))
		s.forms = x.values(partForms, func(code, display []byte) bool {
			if string(code) == f.Form {
				return true
			}
			for _, sp := range Spellings() {
				v, ok := AppendVariant(nil, string(display), sp)
				if sp == (Spelling{}) {
					v, ok = AppendFold(nil, string(display)), true
				}
				if ok && len(v) >= len(want) && string(v[:len(want)]) == string(want) {
					return true
				}
			}
			return false
		})
	}
	if len(f.Groups) > 0 {
		s.groups = x.values(partGroups, func(code, _ []byte) bool {
			return slices.Contains(f.Groups, string(code)) ||
				// Some of its packages are C, some F (R53, R54).
				string(code) == "CF" && (slices.Contains(f.Groups, "C") || slices.Contains(f.Groups, "F"))
		})
	}
	if f.Substitutable != nil {
		if s.substitutable = -1; *f.Substitutable {
			s.substitutable = 1
		}
	}
	return s
}

// Nothing says which filters nothing of the index can pass, as there is no
// such code in it.
func (x *Index) Nothing(f *Filter) (atc, form, groups bool) {
	s := x.sieve(f)
	none := func(wanted []bool) bool { return wanted != nil && !slices.Contains(wanted, true) }
	return s.atc && s.atcLo == s.atcHi, none(s.forms), none(s.groups)
}

// values are the codes of a list that are wanted, by number plus 1.
func (x *Index) values(part int, want func(code, display []byte) bool) []bool {
	n := len(x.parts[part]) / valueSize
	out := make([]bool, n+1)
	for i := range n {
		code, display := x.value(part, uint32(i)) //nolint:gosec // checked by Open
		out[i+1] = want(code, display)
	}
	return out
}

func (s *sieve) keeps(d document, m Market, substitutable bool) bool {
	switch {
	case s.kinds>>d.kind()&1 == 0, s.markets>>m&1 == 0,
		s.atc && (d.atc() <= s.atcLo || d.atc() > s.atcHi),
		s.forms != nil && !s.forms[d.form()],
		s.groups != nil && !s.groups[d.group()],
		s.substitutable > 0 && !substitutable, s.substitutable < 0 && substitutable:
		return false
	}
	return true
}

// Result is what a search found.
type Result struct {
	Total int
	// Typos of them are found only by allowing for typos.
	Typos  int
	Missed []string // the words that it lacks, as typed, where nothing has all
	Hits   []Hit
	Facets Facets
}

// Hit is a document that was found.
type Hit struct {
	Document uint32
	Class    Class
}

// Class is how well the words are met: by the worst of them.
type Class uint8

var classNames = [...]string{"exact", "prefix", "typo", "typoPrefix", "typos", "typosPrefix"}

func (c Class) String() string { return classNames[c] }

// Facets count what was found; its lists are read by [Index.ATC],
// [Index.Forms] and [Index.Groups].
type Facets struct {
	Kinds         [NumKinds]uint32
	Markets       [NumMarkets]uint32
	Substitutable uint32
	atc           []tally
	forms, groups []tally
}

// Bits of a rank: what comes first decides. The document's number, which is
// alphabetical, decides last.
const (
	rankDocument = 32
	rankMarket   = rankDocument
	rankFirst    = rankMarket + 3
	rankKind     = rankFirst + 1
	rankCost     = rankKind + 4 // the cost but for costNotFirst
)

// Search finds the documents that have all words of the query, and returns
// those from offset on, limit of them. Where nothing has all of them, it finds
// those that have the most.
func (x *Index) Search(q *Query, day *Day, f *Filter, offset, limit int) *Result {
	res := &Result{}
	if len(q.groups) == 0 {
		return res
	}
	w := x.borrow()
	w.facets.reset(x)
	fewest := 0
	for i := range q.groups {
		x.meet(w, &q.groups[i], &w.groups[i], !f.Exact)
		if len(w.groups[i].touched) < len(w.groups[fewest].touched) {
			fewest = i
		}
	}
	s := x.sieve(f)
	w.ranked = w.ranked[:0]
	groups := w.groups[:len(q.groups)]
	all := false
	for _, doc := range groups[fewest].touched {
		cost, ok := uint8(costNotFirst), true
		for i := range groups {
			c := groups[i].cost[doc]
			if c == noCost {
				ok = false
				break
			}
			cost = both(cost, c)
		}
		if ok {
			all = true
			x.keep(w, &s, day, doc, cost)
		}
	}
	if !all && len(groups) > 1 {
		mask := x.most(w, groups, func(doc uint32, cost uint8) { x.keep(w, &s, day, doc, cost) })
		for i := range groups {
			if mask != 0 && mask>>i&1 == 0 {
				res.Missed = append(res.Missed, q.groups[i].text)
			}
		}
	}
	res.Total = len(w.ranked)
	for _, r := range w.ranked {
		if r>>rankCost>>(costBits-1) >= classOneEdit {
			res.Typos++
		}
	}
	for _, r := range firstOf(w.ranked, offset, limit) {
		res.Hits = append(res.Hits, Hit{uint32(r), Class(r >> rankCost >> (costBits - 1))}) //nolint:gosec // the document's part of it
	}
	res.Facets = w.facets.facets()
	x.giveBack(w)
	return res
}

// keep ranks and counts a document that the filters keep.
func (x *Index) keep(w *work, s *sieve, day *Day, doc uint32, cost uint8) {
	d, m := x.document(doc), day.market(doc)
	sub := day.substitutable(doc)
	if !s.keeps(d, m, sub) {
		return
	}
	w.facets.add(d, m, sub)
	w.ranked = append(w.ranked, uint64(cost>>1)<<rankCost|uint64(d.kind().rank())<<rankKind|uint64(m)<<rankMarket|
		uint64(cost&costNotFirst)<<rankFirst|uint64(doc))
}

// most passes on the documents that have the most of the words and, of those,
// the rarest: where nothing has both, paracet 500 finds what is called paracet.
// It returns which words they have.
func (x *Index) most(w *work, groups []found, keep func(doc uint32, cost uint8)) (mask uint16) {
	if len(w.counts) != x.docs {
		w.counts = make([]uint16, x.docs)
	}
	order := rarest(groups)
	best := uint16(0)
	for place, i := range order {
		for _, doc := range groups[i].touched {
			w.counts[doc] += 1<<MaxWords | 1<<(MaxWords-1-place)
			best = max(best, w.counts[doc])
		}
	}
	for place, i := range order {
		if best>>(MaxWords-1-place)&1 != 0 {
			mask |= 1 << i
		}
	}
	for i := range groups {
		for _, doc := range groups[i].touched {
			if w.counts[doc] == best && best > 0 {
				cost := uint8(costNotFirst)
				for k := range groups {
					if c := groups[k].cost[doc]; c != noCost {
						cost = both(cost, c)
					}
				}
				keep(doc, cost)
			}
			w.counts[doc] = 0
		}
	}
	return mask
}

// rarest orders words: those that something has without typos, then those that
// fewer documents have.
func rarest(groups []found) []int {
	order := make([]int, len(groups))
	typos := make([]int, len(groups))
	for i := range groups {
		order[i], typos[i] = i, 1
		for _, doc := range groups[i].touched {
			if groups[i].cost[doc]>>costBits < classOneEdit {
				typos[i] = 0
				break
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(typos[a], typos[b]), cmp.Compare(len(groups[a].touched), len(groups[b].touched)))
	})
	return order
}

// firstOf returns the limit smallest from offset on, sorted. It reorders them.
func firstOf(ranked []uint64, offset, limit int) []uint64 {
	if offset >= len(ranked) || limit <= 0 {
		return nil
	}
	n := min(offset+limit, len(ranked))
	if n < len(ranked)/4 {
		heap := ranked[:n] // the largest on top
		for i := n/2 - 1; i >= 0; i-- {
			sink(heap, i)
		}
		for i := n; i < len(ranked); i++ {
			if ranked[i] < heap[0] {
				heap[0], ranked[i] = ranked[i], heap[0]
				sink(heap, 0)
			}
		}
		ranked = heap
	}
	slices.Sort(ranked)
	return ranked[offset:n]
}

// sink moves heap[i] down to its place.
func sink(heap []uint64, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && heap[child+1] > heap[child] {
			child++
		}
		if heap[i] >= heap[child] {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}
