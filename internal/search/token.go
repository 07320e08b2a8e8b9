package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind says what a token is made of.
type tokenKind uint8

const (
	tokenWord   tokenKind = iota // letters
	tokenNumber                  // digits, perhaps with a decimal sign
	tokenWhole                   // letters and digits in one, such as n02be01, or a number with its unit, such as 50mg
)

// token is a word of a text. start and end are where it stands in the text;
// its form, folded, is at buf[at:to] of its tokens.
type token struct {
	start, end int
	at, to     int
	kind       tokenKind
	run        int  // number of the run of letters and digits that it is part of
	first      bool // nothing stands before it
	unit       bool // a unit after a number
	alias      bool // written otherwise than its form is: a unit's other name
	hit        bool // a word of the query, while a text is marked
	inner      bool // letters within a whole, which are no word by themselves: pa of pa404
}

// tokens cuts texts into words. It is reused: what it holds is of the last
// text.
type tokens struct {
	list []token
	buf  []byte
	runs int
}

func (t *tokens) form(i int) []byte { return t.buf[t.list[i].at:t.list[i].to] }

type runeClass uint8

const (
	classOther runeClass = iota
	classLetter
	classDigit
)

func classOf(r rune) runeClass {
	switch {
	case '0' <= r && r <= '9':
		return classDigit
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
		return classLetter
	case r < utf8.RuneSelf:
		return classOther
	case r == utf8.RuneError:
		return classOther
	case unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Cf):
		return classLetter
	}
	return classOther
}

// cut makes the tokens of a text. Each run of letters and digits gives its
// letters and its numbers apart and, where it has both, itself as a whole; a
// number with its unit after it, with or without space, gives both and the two
// as a whole. In codes a run is one token and nothing else.
func (t *tokens) cut(text string, code bool) {
	t.list, t.buf, t.runs = t.list[:0], t.buf[:0], 0
	number := -1 // the last token, if it is a number and only space followed
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch class := classOf(r); {
		case class != classOther || isPoint(r) && startsDecimal(text, i):
			i = t.run(text, i, code, &number)
		case r == '%' && !code:
			at := len(t.buf)
			t.buf = append(t.buf, '%')
			t.list = append(t.list, token{start: i, end: i + 1, at: at, to: len(t.buf), kind: tokenWord, run: t.runs, first: len(t.list) == 0, unit: number >= 0})
			if number >= 0 {
				t.glue(number, len(t.list)-1)
			}
			t.runs++
			number = -1
			i++
		default:
			if !unicode.IsSpace(r) {
				number = -1
			}
			i += size
		}
	}
}

func isPoint(r rune) bool { return r == '.' || r == ',' }

// hasPoint reports whether a text may have a number with decimals.
func hasPoint(text string) bool { return strings.ContainsAny(text, ".,") }

// startsDecimal reports whether the point at i starts a number such as .5.
func startsDecimal(text string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	return (i == 0 || unicode.IsSpace(before)) && i+1 < len(text) && isDigit(text[i+1])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// run cuts the run of letters and digits at i and returns where it ends.
func (t *tokens) run(text string, i int, code bool, number *int) int {
	from, before := i, len(t.list)
	before0 := *number
	*number = -1
	for i < len(text) {
		r, _ := utf8.DecodeRuneInString(text[i:])
		class := classOf(r)
		if isPoint(r) && i == from && startsDecimal(text, i) {
			class = classDigit
		}
		if class == classOther {
			break
		}
		start := i
		kind := tokenWord
		if class == classDigit {
			kind = tokenNumber
			i = endOfNumber(text, i, code)
		} else {
			for i < len(text) {
				r, size := utf8.DecodeRuneInString(text[i:])
				if classOf(r) != classLetter {
					break
				}
				i += size
			}
		}
		at := len(t.buf)
		if kind == tokenNumber {
			t.buf = appendNumber(t.buf, text[start:i], code)
		} else {
			t.buf = AppendFold(t.buf, text[start:i])
		}
		tok := token{start: start, end: i, at: at, to: len(t.buf), kind: kind, run: t.runs, first: len(t.list) == 0}
		after := before0 // a number before the run, or in it
		if len(t.list) > before {
			after = -1
			if t.list[len(t.list)-1].kind == tokenNumber {
				after = len(t.list) - 1
			}
		}
		if kind == tokenWord && !code {
			if u := unitOf(string(t.buf[at:]), after >= 0); u != "" {
				tok.alias = u != string(t.buf[at:])
				t.buf = append(t.buf[:at], u...)
				tok.to, tok.unit = len(t.buf), after >= 0
			}
		}
		if tok.to == tok.at { // nothing is left of it: marks, soft hyphens
			continue
		}
		t.list = append(t.list, tok)
	}
	t.runs++
	n := len(t.list) - before
	switch {
	case n == 0:
		return i
	case n > 1:
		for k := before; k < len(t.list); k++ {
			t.list[k].inner = t.list[k].kind == tokenWord && !t.list[k].unit
		}
		t.whole(before, code)
	case t.list[before].kind == tokenNumber:
		*number = before
	case t.list[before].unit && before0 >= 0:
		t.glue(before0, before)
	}
	return i
}

// whole adds the run from token i to the last as one; in codes instead of its
// parts.
func (t *tokens) whole(i int, code bool) {
	first, last := t.list[i], t.list[len(t.list)-1]
	at := len(t.buf)
	t.buf = append(t.buf, t.buf[first.at:last.to]...)
	tok := token{start: first.start, end: last.end, at: at, to: len(t.buf), kind: tokenWhole, run: first.run, first: first.first}
	if code {
		t.list = t.list[:i]
	}
	t.list = append(t.list, tok)
}

// glue adds a number and its unit as one.
func (t *tokens) glue(number, unit int) {
	a, b := t.list[number], t.list[unit]
	at := len(t.buf)
	t.buf = append(t.buf, t.buf[a.at:a.to]...)
	t.buf = append(t.buf, t.buf[b.at:b.to]...)
	t.list = append(t.list, token{start: a.start, end: b.end, at: at, to: len(t.buf), kind: tokenWhole, run: b.run, first: a.first})
}

// endOfNumber returns where the number at i ends: digits, and a decimal sign
// with digits after it. Codes have no decimal sign.
func endOfNumber(text string, i int, code bool) int {
	digits := func() {
		for i < len(text) && isDigit(text[i]) {
			i++
		}
	}
	digits()
	if !code && i+1 < len(text) && isPoint(rune(text[i])) && isDigit(text[i+1]) {
		i++
		digits()
	}
	return i
}

// appendNumber appends a number as it is compared: a decimal point, no zeros
// at the end of the decimals and none too many before the point. A number
// without decimals keeps its zeros: it may be a code.
func appendNumber(dst []byte, s string, code bool) []byte {
	at := strings.IndexAny(s, ".,")
	if code || at < 0 {
		return append(dst, s...)
	}
	whole, decimals := strings.TrimLeft(s[:at], "0"), strings.TrimRight(s[at+1:], "0")
	if whole == "" {
		whole = "0"
	}
	dst = append(dst, whole...)
	if decimals == "" {
		return dst
	}
	dst = append(dst, '.')
	return append(dst, decimals...)
}
