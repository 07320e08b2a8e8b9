package reference

import (
	"regexp"
	"slices"
	"strings"
)

// question is a word as typed, or a number with its unit, and the ways to meet
// it: the first, or the others with its parts apart.
type question [][]*asked

// asked is a word to look for.
type asked struct {
	forms          []string // as folded, in all spellings that may be meant
	special        bool     // typed with other letters than a to z
	prefix, little bool
	edits          int
	classes        []int // how each word of the content meets it, by number
}

// The classes of a meeting; each edit more is two further.
const (
	classExact  = 0
	classPrefix = 1
	never       = 99
)

// how is how good a meeting is; smaller is better, part by part.
type how struct{ class, apart, spelling, secondary, notFirst int }

func (h how) rank() int {
	return ((((h.class*2)+h.apart)*2+h.spelling)*2+h.secondary)*2 + h.notFirst
}

// together is how good it is to have two words.
func together(a, b how) how {
	return how{max(a.class, b.class), max(a.apart, b.apart), max(a.spelling, b.spelling), max(a.secondary, b.secondary), min(a.notFirst, b.notFirst)}
}

var (
	lettersFirst = regexp.MustCompile(`^[a-z]*`)
	latin        = regexp.MustCompile(`^[a-z]+$`)
	littles      = strings.Fields("pa og til for med av i ved som er en et and of with in to a")
	manyOnes     = map[string]string{"kapsler": "kapsel", "kapslar": "kapsel", "kremer": "krem", "salver": "salve"}
)

// questions reads what was typed, and compares each word with all of the
// content.
func questions(text string, forms []string) []question {
	list := cutUp(text, false)
	part := map[int]bool{}
	for _, p := range list {
		for _, i := range p.whole {
			part[i] = true
		}
	}
	last := len(list) - 1
	var out []question
	for i, p := range list {
		switch {
		case part[i]:
		case p.whole != nil:
			out = append(out, wholeOf(list, i))
		case p.number:
			out = append(out, question{{{forms: p.forms, prefix: i == last}}})
		case p.forms[0] == "x" && i > 0 && i < last: // 10 x 10 cm
		default:
			out = append(out, question{{wordOf(p)}})
		}
	}
	for _, q := range out {
		for _, way := range q {
			for _, a := range way {
				a.compare(forms)
			}
		}
	}
	return out
}

// wholeOf is the question for a number with its unit, or for letters and digits
// in one: the two as one word, or each somewhere.
func wholeOf(list []piece, i int) question {
	p := list[i]
	parts := func() (out []*asked) {
		for _, k := range p.whole {
			out = append(out, &asked{forms: list[k].forms[:1]})
		}
		return out
	}
	whole := &asked{forms: slices.Clone(p.forms), prefix: true}
	if !p.spaced { // C07E is a code and not so many units
		raw := ""
		for _, k := range p.whole {
			raw += plainOf(list[k].raw)
		}
		whole.forms = append(whole.forms, raw)
	}
	q := question{{whole}, parts()}
	if k := p.whole[len(p.whole)-1]; i == len(list)-1 && list[k].unit && len(p.whole) > 1 {
		typing := parts() // what looks like a unit may be the beginning of a word
		typing[len(typing)-1] = &asked{forms: []string{plainOf(list[k].raw)}, prefix: true}
		q = append(q, typing)
	}
	return q
}

func wordOf(p piece) *asked {
	form := p.forms[0]
	a := &asked{forms: slices.Clone(p.forms), special: p.special, prefix: true, little: slices.Contains(littles, form)}
	if latin.MatchString(form) && len(form) <= 60 {
		switch {
		case len(form) >= 8:
			a.edits = 2
		case len(form) >= 4:
			a.edits = 1
		}
	}
	if m := manyOnes[form]; m != "" {
		a.forms = append(a.forms, m)
	}
	return a
}

// compare finds how each of the words meets the one asked for.
func (a *asked) compare(forms []string) {
	a.classes = make([]int, len(forms))
	for i, form := range forms {
		a.classes[i] = a.class(form)
	}
}

func (a *asked) class(form string) int {
	best := never
	for _, f := range a.forms {
		switch {
		case form == f && !a.little:
			return classExact
		case form == f || a.prefix && strings.HasPrefix(form, f):
			best = min(best, classPrefix)
		}
		if a.edits == 0 || best <= classPrefix || !latin.MatchString(f) || len(f) < 4 {
			continue
		}
		// Only plain letters can be mistyped: what follows others is not read.
		letters := lettersFirst.FindString(form)
		distance := edits(f, letters[:min(len(letters), len(f)+a.edits)])
		beginning := slices.Min(distance)
		whole := never
		if letters == form && len(letters) < len(distance) {
			whole = distance[len(letters)]
		}
		for n := 1; n <= a.edits; n++ {
			if whole == n {
				best = min(best, 2*n)
			}
			if beginning == n {
				best = min(best, 2*n+1)
			}
		}
	}
	return best
}

// edits is the distance of a word from each beginning of another, by the length
// of the beginning: optimal string alignment, by the book.
func edits(a, b string) []int {
	d := make([][]int, len(a)+1)
	all := make([]int, (len(a)+1)*(len(b)+1))
	for i := range d {
		d[i] = all[i*(len(b)+1):][:len(b)+1]
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)]
}

// answers finds the best way in which a document meets a question.
func (d *document) answers(q question) (best how, ok bool) {
	for w, way := range q {
		h, met := d.meet(way[0])
		for _, a := range way[1:] {
			if !met {
				break
			}
			var next how
			if next, met = d.meet(a); met {
				h = together(h, next)
			}
		}
		if w > 0 {
			h.apart = 1
		}
		if met && (!ok || h.rank() < best.rank()) {
			best, ok = h, true
		}
	}
	return best, ok
}

// meet finds the best way in which a document has a word.
func (d *document) meet(a *asked) (best how, ok bool) {
	no := func(yes bool) int {
		if yes {
			return 0
		}
		return 1
	}
	for i := range d.words {
		o := &d.words[i]
		class := a.classes[o.form]
		if class == never {
			continue
		}
		h := how{class, 0, no(o.special && a.special || o.plain && !a.special), no(o.main), no(o.first)}
		if !ok || h.rank() < best.rank() {
			best, ok = h, true
		}
	}
	return best, ok
}
