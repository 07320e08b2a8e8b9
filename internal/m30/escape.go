package m30

import (
	"strconv"
	"unicode/utf8"
)

// appendText writes character data: what reads back as s. A carriage return
// is written as a reference, or it would be read as a line feed. Bytes that
// XML cannot hold become U+FFFD.
func appendText(dst []byte, s string) []byte { return appendEscaped(dst, s, false) }

// appendAttr writes an attribute value for double quotes. Tabs and line ends
// are written as references, or they would be read as spaces.
func appendAttr(dst []byte, s string) []byte { return appendEscaped(dst, s, true) }

func appendEscaped(dst []byte, s string, attr bool) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		n, with := 1, ""
		switch {
		case c == '&':
			with = "&amp;"
		case c == '<':
			with = "&lt;"
		case c == '>' && !attr:
			with = "&gt;"
		case c == '"' && attr:
			with = "&quot;"
		case c == '\r', attr && (c == '\n' || c == '\t'):
			with = "&#" + strconv.Itoa(int(c)) + ";"
		case c < ' ' && c != '\n' && c != '\t':
			with = "\uFFFD"
		case c >= utf8.RuneSelf:
			var r rune
			if r, n = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 || !isChar(r) {
				with = "\uFFFD"
			}
		}
		if with != "" {
			dst = append(append(dst, s[from:i]...), with...)
			from = i + n
		}
		i += n
	}
	return append(dst, s[from:]...)
}
