package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s as it is compared: lower case, without accents, white space
// trimmed and collapsed; composed and decomposed forms (NFC, NFD) and
// compatibility forms fold alike. Letters that have no decomposition become
// what they are most often written as: æ ae, ø o, å a, ß ss, þ th, ð d.
//
// Fold is idempotent. Text that is folded already is returned as it is.
func Fold(s string) string {
	if folded(s) {
		return s
	}
	return string(AppendFold(nil, s))
}

// AppendFold appends Fold(s) to dst.
func AppendFold(dst []byte, s string) []byte { return appendFold(dst, s, Spelling{}) }

// Spelling is a way of writing Norwegian letters with the English alphabet.
// The zero Spelling is Fold's.
type Spelling struct {
	OE bool // ø as oe, not o
	AA bool // å as aa, not a
}

// Spellings returns all spellings, Fold's first. An index that holds all of
// them is found whichever way the letters are typed.
func Spellings() [4]Spelling { return [4]Spelling{{}, {OE: true}, {AA: true}, {OE: true, AA: true}} }

// AppendVariant appends s folded in another spelling. It reports false, and
// appends nothing, where that is no different from Fold.
func AppendVariant(dst []byte, s string, sp Spelling) ([]byte, bool) {
	var has Spelling
	for _, r := range s {
		switch r {
		case 'ø', 'Ø', 'ǿ', 'Ǿ':
			has.OE = true
		case 'å', 'Å', '\u030a', '\u212b', 'ǻ', 'Ǻ':
			has.AA = true
		}
	}
	if sp == (Spelling{}) || sp.OE && !has.OE || sp.AA && !has.AA {
		return dst, false
	}
	return appendFold(dst, s, sp), true
}

// folded reports whether s is plain ASCII that Fold leaves alone.
func folded(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		switch {
		case c == ' ':
			if space {
				return false
			}
			space = true
			continue
		case c < '!' || c > '~' || 'A' <= c && c <= 'Z':
			return false
		}
		space = false
	}
	return !space || s == ""
}

// appendFold takes the fast path as long as it meets ASCII and the three
// Norwegian letters, composed; anything else starts again with the tables of
// Unicode.
func appendFold(dst []byte, s string, sp Spelling) []byte {
	start, space := len(dst), false
	for i := 0; i < len(s); {
		c := s[i]
		if c == ' ' || '\t' <= c && c <= '\r' {
			space = len(dst) > start
			i++
			continue
		}
		if c < '!' || c == 0x7f {
			return appendFoldUnicode(dst[:start], s, sp)
		}
		if c >= utf8.RuneSelf {
			// æ ø å and their capitals are 0xC3 and one byte more.
			if c != 0xc3 || i+1 == len(s) {
				return appendFoldUnicode(dst[:start], s, sp)
			}
			var letter byte
			switch s[i+1] {
			case 0xa6, 0x86:
				letter = 'e' // æ
			case 0xb8, 0x98:
				letter = 'o' // ø
			case 0xa5, 0x85:
				letter = 'a' // å
			default:
				return appendFoldUnicode(dst[:start], s, sp)
			}
			if space {
				dst, space = append(dst, ' '), false
			}
			switch letter {
			case 'e':
				dst = append(dst, "ae"...)
			case 'o':
				dst = appendO(dst, sp)
			default:
				dst = appendA(dst, sp)
			}
			i += 2
			continue
		}
		if space {
			dst, space = append(dst, ' '), false
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
		i++
	}
	return dst
}

func appendO(dst []byte, sp Spelling) []byte {
	if sp.OE {
		return append(dst, "oe"...)
	}
	return append(dst, 'o')
}

func appendA(dst []byte, sp Spelling) []byte {
	if sp.AA {
		return append(dst, "aa"...)
	}
	return append(dst, 'a')
}

// ring is the combining mark of a decomposed å.
const ring = '\u030a'

func appendFoldUnicode(dst []byte, s string, sp Spelling) []byte {
	start, space := len(dst), false
	bareA := false // the last letter is an a that a ring may still follow
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r == ring && bareA && sp.AA:
			dst, bareA = append(dst, 'a'), false
			continue
		case unicode.IsSpace(r):
			space, bareA = len(dst) > start, false
			continue
		case r != utf8.RuneError && unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc):
			continue // accents, soft hyphens, zero-width characters
		}
		if space {
			dst, space = append(dst, ' '), false
		}
		r = unicode.ToLower(r)
		bareA = r == 'a'
		switch r {
		case 'æ':
			dst = append(dst, "ae"...)
		case 'ø':
			dst = appendO(dst, sp)
		case 'œ':
			dst = append(dst, "oe"...)
		case 'ß':
			dst = append(dst, "ss"...)
		case 'þ':
			dst = append(dst, "th"...)
		case 'ð', 'đ':
			dst = append(dst, 'd')
		case 'ł':
			dst = append(dst, 'l')
		case 'ħ':
			dst = append(dst, 'h')
		case 'ı':
			dst = append(dst, 'i')
		case 'ς':
			dst = append(dst, "σ"...)
		case '‐', '‑', '‒', '–', '—', '―', '−':
			dst = append(dst, '-')
		case '‘', '’', 'ʼ':
			dst = append(dst, '\'')
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
