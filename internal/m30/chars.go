package m30

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Classes of ASCII bytes.
const (
	isNameStart = 1 << iota // NameStartChar without the colon
	isName                  // NameChar without the colon
	isSpace                 // S
	endsText                // has a meaning in character data
	endsAttr                // has a meaning in an attribute value
)

// class classifies every byte; those from 0x80 on count as name characters,
// which checkName then looks at more closely.
var class = func() (c [256]uint8) {
	for b := 'a'; b <= 'z'; b++ {
		c[b], c[b-'a'+'A'] = isNameStart|isName, isNameStart|isName
	}
	for b := '0'; b <= '9'; b++ {
		c[b] = isName
	}
	for b := 0x80; b < 0x100; b++ {
		c[b] = isNameStart | isName
	}
	c['_'] = isNameStart | isName
	c['-'], c['.'] = isName, isName
	for _, b := range " \t\r\n" {
		c[b] |= isSpace
	}
	for _, b := range "<&]\r" {
		c[b] |= endsText
	}
	for _, b := range "<&\"'\t\r\n" {
		c[b] |= endsAttr
	}
	return c
}()

// badChar returns the offset of the first byte of s that begins no character
// of XML 1.0 (production Char) in UTF-8; -1 if there is none. utf8ok says
// whether it is UTF-8 but a character that XML forbids.
func badChar(s []byte) (at int, utf8ok bool) {
	const low, high = 0x2020202020202020, 0x8080808080808080
	i := 0
	for {
		// Eight bytes at a time: anything below a space or above ASCII stops.
		for i+8 <= len(s) {
			w := binary.LittleEndian.Uint64(s[i:])
			// The lowest mark is exact: borrows only run upwards.
			if m := ((w - low) | w) & high; m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if i >= len(s) {
			return -1, true
		}
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(s[i:])
			if r == utf8.RuneError && n == 1 {
				return i, false
			}
			if !isChar(r) {
				return i, true
			}
			i += n
		case c < ' ' && c != '\n' && c != '\t' && c != '\r':
			return i, true
		default:
			i++
		}
	}
}

// isChar is production Char of XML 1.0.
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// nameStart is production NameStartChar of XML 1.0, fifth edition, above
// ASCII, as pairs of first and last.
var nameStart = [...][2]rune{
	{0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF}, {0x200C, 0x200D}, {0x2070, 0x218F},
	{0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
}

// nameOK reports whether a name with no colon that is made of bytes of class
// isName is a name: its characters above ASCII must be name characters too.
func nameOK(s string) bool {
	if s == "" || class[s[0]]&isNameStart == 0 {
		return false
	}
	for i, r := range s {
		if r >= utf8.RuneSelf && !nameRune(r, i > 0) {
			return false
		}
	}
	return true
}

func nameRune(r rune, inside bool) bool {
	for _, p := range nameStart {
		if r >= p[0] && r <= p[1] {
			return true
		}
	}
	return inside && (r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040)
}
