package search

// The longest word that is looked up with typos, and from how many letters on
// a word may have one and two of them.
const (
	maxEdited  = 60
	oneEdit    = 4
	twoEdits   = 8
	mostEdits  = 2
	alphabet   = 26
	maxVisited = maxEdited + mostEdits + 1
)

// editsFor is how many typos a word may have.
func editsFor(word []byte) int {
	for _, c := range word {
		if c < 'a' || c > 'z' {
			return 0
		}
	}
	switch {
	case len(word) > maxEdited:
		return 0
	case len(word) >= twoEdits:
		return 2
	case len(word) >= oneEdit:
		return 1
	default:
		return 0
	}
}

// pattern is a word that others are compared with: a letter too many, a letter
// missing, another letter, and two that changed places are one edit each
// (optimal string alignment). It is an automaton that does all of them at once:
// bit i of row d says that the first i letters of the word are what was read, with d
// edits at most.
type pattern struct {
	places [alphabet]uint64 // of a letter: bit i+1 for letter i
	accept uint64
	edits  int
}

func newPattern(word []byte, edits int) (p pattern) {
	for i, c := range word {
		p.places[c-'a'] |= 2 << i
	}
	p.accept = 1 << len(word)
	p.edits = edits
	return p
}

// rows are the state after some letters.
type rows [mostEdits + 1]uint64

func (p *pattern) start() (r rows) {
	for d := range p.edits + 1 {
		r[d] = 2<<d - 1
	}
	return r
}

// step reads letter c after state r; before is the letter before it, and two
// the state before that, for letters that changed places. Only plain letters
// can be read: everything else ends in no state at all.
func (p *pattern) step(r, two *rows, before, c byte) (next rows) {
	if c < 'a' || c > 'z' {
		return next
	}
	here := p.places[c-'a']
	next[0] = r[0] << 1 & here
	for d := 1; d <= p.edits; d++ {
		next[d] = r[d]<<1&here | // the same letter
			r[d-1] | // one too many in what is read
			r[d-1]<<1 | // another letter
			next[d-1]<<1 // one missing
		if before != 0 {
			next[d] |= two[d-1] << 2 & (here << 1) & p.places[before-'a']
		}
		next[d] &= p.accept<<1 - 1
	}
	return next
}

// distance is with how many edits what was read is the word; more than
// mostEdits if it is not.
func (p *pattern) distance(r *rows) int {
	for d := range p.edits + 1 {
		if r[d]&p.accept != 0 {
			return d
		}
	}
	return mostEdits + 1
}

// match compares a word: with how many edits it is the pattern, and with how
// many its best beginning is.
func (p *pattern) match(word []byte) (whole, beginning int) {
	var two rows
	r := p.start()
	beginning = p.distance(&r)
	before := byte(0)
	for _, c := range word {
		next := p.step(&r, &two, before, c)
		if next[p.edits] == 0 {
			return mostEdits + 1, beginning
		}
		two, r, before = r, next, c
		beginning = min(beginning, p.distance(&r))
	}
	return p.distance(&r), beginning
}

// walker goes through the dictionary, which is sorted: what a key shares with
// the one before is not read again, and what starts as a key that came to
// nothing is passed over.
type walker struct {
	states [maxVisited + 1]rows
	best   [maxVisited + 1]int // of the beginnings so far
	depth  int
	dead   bool
}

// walk calls found for every key that the pattern meets with one edit or more,
// as a whole or at its beginning.
func (w *walker) walk(x *Index, p *pattern, found func(key, whole, beginning int)) {
	w.states[0], w.depth, w.dead = p.start(), 0, false
	w.best[0] = p.distance(&w.states[0])
	shares := x.parts[partShared]
	for i := range x.keys {
		shared := int(shares[i])
		if w.dead && shared >= w.depth {
			if b := w.best[w.depth]; b <= p.edits {
				found(i, mostEdits+1, b)
			}
			continue
		}
		if whole, beginning := w.read(p, x.key(i), min(shared, w.depth)); min(whole, beginning) <= p.edits && beginning > 0 {
			found(i, whole, beginning)
		}
	}
}

// read reads a key from a depth on.
func (w *walker) read(p *pattern, key []byte, depth int) (whole, beginning int) {
	w.dead = false
	for w.depth = depth; w.depth < len(key); {
		var two *rows
		before := byte(0)
		if w.depth > 0 {
			two, before = &w.states[w.depth-1], key[w.depth-1]
		}
		next := p.step(&w.states[w.depth], two, before, key[w.depth])
		w.depth++
		w.states[w.depth] = next
		w.best[w.depth] = w.best[w.depth-1]
		if next[p.edits] == 0 {
			w.dead = true
			return mostEdits + 1, w.best[w.depth]
		}
		w.best[w.depth] = min(w.best[w.depth], p.distance(&w.states[w.depth]))
	}
	return p.distance(&w.states[w.depth]), w.best[w.depth]
}
