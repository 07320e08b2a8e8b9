package wire

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. All of Unicode goes through as
// UTF-8 but for what JSON must escape and U+2028 and U+2029, which break
// JavaScript; bytes that are not UTF-8 become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	dst = AppendEscaped(dst, s)
	return append(dst, '"')
}

// AppendEscaped is AppendString without the quotes.
func AppendEscaped(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[from:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, s[from:i]...)
			dst = append(dst, "\ufffd"...)
			from = i + n
		case r == '\u2028' || r == '\u2029':
			dst = append(dst, s[from:i]...)
			dst = append(dst, '\\', 'u', '2', '0', '2', hexDigits[r&15])
			from = i + n
		}
		i += n
	}
	return append(dst, s[from:]...)
}

// unescape reads what AppendEscaped wrote up to the quote that ends it, and
// the other escapes of JSON but for those of UTF-16 surrogates, which it does
// not write. n is how much was read, with the quote.
func unescape(s string) (text string, n int, ok bool) {
	var out []byte
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return string(append(out, s[from:i]...)), i + 1, true
		case '\\':
			out = append(out, s[from:i]...)
			if i++; i == len(s) {
				return "", 0, false
			}
			switch c := s[i]; c {
			case '"', '\\', '/':
				out = append(out, c)
			case 'n':
				out = append(out, '\n')
			case 'r':
				out = append(out, '\r')
			case 't':
				out = append(out, '\t')
			case 'b':
				out = append(out, '\b')
			case 'f':
				out = append(out, '\f')
			case 'u':
				r, err := strconv.ParseUint(s[i+1:min(i+5, len(s))], 16, 16)
				if err != nil || len(s) < i+5 || utf16.IsSurrogate(rune(r)) {
					return "", 0, false
				}
				out = utf8.AppendRune(out, rune(r))
				i += 4
			default:
				return "", 0, false
			}
			from = i + 1
		}
	}
	return "", 0, false
}

// AppendNumber appends s as a JSON number if it is one, digits and all, else
// as a string.
func AppendNumber(dst []byte, s string) []byte {
	if isNumber(s) {
		return append(dst, s...)
	}
	return AppendString(dst, s)
}

// isNumber reports whether s is a number by RFC 8259 §6.
func isNumber(s string) bool {
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	n := digits(s)
	if n == 0 || n > 1 && s[0] == '0' {
		return false
	}
	s = s[n:]
	if s != "" && s[0] == '.' {
		if n = digits(s[1:]); n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if n = digits(s); n == 0 {
			return false
		}
		s = s[n:]
	}
	return s == ""
}

// digits counts the digits that s starts with.
func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}
