package search

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Bounds of what is typed.
const (
	MaxBytes = 200
	MaxWords = 12
)

// Errors of Parse.
var (
	ErrTooLong      = errors.New("search: the query is longer than 200 bytes")
	ErrTooManyWords = errors.New("search: the query has more than 12 words")
)

// Query is what people typed, as words. A document is found if it has them
// all, in any order.
type Query struct {
	groups []group
}

// group is a word as typed, or a number with its unit. It is met in one of its
// ways; those after the first are not as good: the parts stand apart.
type group struct {
	text string
	ways [][]word
}

// word is what is looked up.
type word struct {
	forms   [][]byte // folded, in all spellings that it may mean
	special bool     // typed with letters that are not plain
	prefix  bool     // the beginning of a word will do
	edits   int      // how many typos it may have
	small   bool     // it means little by itself
	pattern []pattern
}

// Parse reads what was typed. A text without a letter or digit has no words,
// which is no error.
func Parse(text string) (*Query, error) {
	if len(text) > MaxBytes {
		return nil, ErrTooLong
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	var t tokens
	t.cut(text, false)
	q := &Query{}
	var starts []int // first token of each group
	for i := range t.list {
		tok := &t.list[i]
		if tok.kind != tokenWhole {
			if i > 0 && i+1 < len(t.list) && !tok.inner && string(t.form(i)) == "x" {
				continue // 10 x 10 cm
			}
			q.groups = append(q.groups, group{text[tok.start:tok.end], [][]word{{t.word(i, text)}}})
			starts = append(starts, i)
			continue
		}
		// It takes the place of its parts.
		first := i
		for len(starts) > 0 && t.list[starts[len(starts)-1]].start >= tok.start {
			first = starts[len(starts)-1]
			starts, q.groups = starts[:len(starts)-1], q.groups[:len(q.groups)-1]
		}
		g := group{text[tok.start:tok.end], [][]word{{t.wholeWord(first, i, text)}, t.apart(first, i)}}
		if last := &t.list[i-1]; i == len(t.list)-1 && last.unit && last.start > tok.start {
			// Perhaps no unit, but the beginning of another word.
			way := append([]word(nil), g.ways[1]...)
			way[len(way)-1] = word{forms: [][]byte{[]byte(Fold(text[last.start:last.end]))}, prefix: true}
			g.ways = append(g.ways, way)
		}
		q.groups = append(q.groups, g)
		starts = append(starts, first)
	}
	if len(q.groups) > MaxWords {
		return nil, ErrTooManyWords
	}
	if n := len(t.list); n > 0 && t.list[n-1].kind == tokenNumber {
		q.groups[len(q.groups)-1].ways[0][0].prefix = true // it is still being typed
	}
	return q, nil
}

// word is the token as it is looked up on its own.
func (t *tokens) word(i int, text string) word {
	tok := &t.list[i]
	form := append([]byte(nil), t.form(i)...)
	w := word{forms: [][]byte{form}}
	if tok.kind == tokenNumber {
		return w
	}
	typed := text[tok.start:tok.end]
	w.prefix = true
	w.special = !plain(typed)
	w.small = small[string(form)]
	for _, sp := range Spellings() {
		if v, ok := AppendVariant(nil, typed, sp); ok {
			w.forms = append(w.forms, v)
		}
	}
	if tok.alias {
		w.forms = append(w.forms, AppendFold(nil, typed))
	}
	w.edits = editsFor(form)
	if p := plurals[string(form)]; p != "" {
		w.forms = append(w.forms, []byte(p))
	}
	for _, form := range w.forms {
		if w.edits > 0 && editsFor(form) > 0 {
			w.pattern = append(w.pattern, newPattern(form, w.edits))
		}
	}
	return w
}

// wholeWord is a whole as it is looked up on its own: also as it is written, for
// C07E is a code and not so many units.
func (t *tokens) wholeWord(first, whole int, text string) word {
	tok := &t.list[whole]
	w := word{forms: [][]byte{append([]byte(nil), t.form(whole)...)}, prefix: true}
	if t.list[first].run != t.list[whole-1].run {
		return w // with space between
	}
	for i := first; i < whole; i++ {
		if t.list[i].alias {
			w.forms = append(w.forms, AppendFold(nil, text[tok.start:tok.end]))
			break
		}
	}
	return w
}

// apart is the parts of a whole, each as it stands.
func (t *tokens) apart(first, whole int) []word {
	var out []word
	for i := first; i < whole; i++ {
		if t.list[i].kind != tokenWhole {
			out = append(out, word{forms: [][]byte{append([]byte(nil), t.form(i)...)}})
		}
	}
	return out
}

// Words is the number of words.
func (q *Query) Words() int { return len(q.groups) }

// Texts are the words as typed.
func (q *Query) Texts() []string {
	out := make([]string, len(q.groups))
	for i := range q.groups {
		out[i] = q.groups[i].text
	}
	return out
}

// units16 is the number of UTF-16 units of s, which is how most programs count.
func units16(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xffff && r != utf8.RuneError {
			n++
		}
	}
	return n
}
