package m30

import (
	"strings"
	"unicode/utf8"
)

// characters reads character data up to the next <. It reports whether that
// is white space that stands in the source as such.
func (t *tokenizer) characters() (blank bool, err error) {
	s, start := t.s, t.pos
	i, space := start, uint8(isSpace)
	for ; i < len(s); i++ {
		c := class[s[i]]
		if c&endsText != 0 {
			if s[i] != ']' {
				break
			}
			if strings.HasPrefix(s[i:], "]]>") {
				return false, t.syntax(i, "]]> in text; it must be written ]]&gt;")
			}
		}
		space &= c
	}
	t.text = s[start:i]
	if i < len(s) && s[i] != '<' {
		if i, err = t.rewrite(start, i); err != nil {
			return false, err
		}
		blank = isBlank(s[start:i])
	} else {
		blank = space != 0
	}
	t.pos = i
	if !blank && len(t.stack) == 0 {
		return false, t.syntax(start, "text outside the element")
	}
	return blank, nil
}

// rewrite reads character data with references and carriage returns, from
// start, of which the part up to i is plain, and sets t.text. XML 1.0 §2.11:
// CR LF and CR are read as LF.
func (t *tokenizer) rewrite(start, i int) (end int, err error) {
	s := t.s
	buf := append(t.buf[:0], s[start:i]...)
	for i < len(s) {
		switch c := s[i]; c {
		case '<':
			t.buf, t.text = buf, string(buf)
			return i, nil
		case '&':
			var r rune
			if r, i, err = t.reference(i); err != nil {
				return 0, err
			}
			buf = utf8.AppendRune(buf, r)
		case '\r':
			if i++; i >= len(s) || s[i] != '\n' {
				buf = append(buf, '\n')
			}
		default:
			if c == ']' && strings.HasPrefix(s[i:], "]]>") {
				return 0, t.syntax(i, "]]> in text; it must be written ]]&gt;")
			}
			buf = append(buf, c)
			i++
		}
	}
	t.buf, t.text = buf, string(buf)
	return i, nil
}

// value reads an attribute value whose opening quote is at i and returns where
// it ends. XML 1.0 §3.3.3: white space is read as spaces, CR LF as one.
func (t *tokenizer) value(i int) (value string, end int, err error) {
	s, quoted := t.s, t.s[i]
	i++
	start := i
	for ; i < len(s); i++ {
		if class[s[i]]&endsAttr == 0 {
			continue
		}
		if s[i] == quoted {
			return s[start:i], i + 1, nil
		}
		if s[i] != '"' && s[i] != '\'' {
			break
		}
	}
	buf := append(t.buf[:0], s[start:i]...)
	for i < len(s) {
		switch c := s[i]; c {
		case quoted:
			t.buf = buf
			return string(buf), i + 1, nil
		case '<':
			return "", 0, t.syntax(i, "< in the value of an attribute of <%s>; it must be written &lt;", t.raw)
		case '&':
			var r rune
			if r, i, err = t.reference(i); err != nil {
				return "", 0, err
			}
			buf = utf8.AppendRune(buf, r)
		case '\r', '\n', '\t':
			if c == '\r' && i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
			buf = append(buf, ' ')
			i++
		default:
			buf = append(buf, c)
			i++
		}
	}
	return "", 0, t.cut("the value of an attribute of <" + t.raw + ">")
}

// reference reads &…; at i and returns its character and where it ends.
func (t *tokenizer) reference(i int) (r rune, end int, err error) {
	s := t.s
	end = i + 1
	for end < len(s) && (s[end] == '#' || class[s[end]]&isName != 0) {
		end++
	}
	if end >= len(s) {
		return 0, 0, t.cut("a reference")
	}
	name := s[i+1 : end]
	if s[end] != ';' || !strings.HasPrefix(name, "#") && !nameOK(name) {
		return 0, 0, t.syntax(i, "& begins no reference; a plain one must be written &amp;")
	}
	end++
	switch name {
	case "lt":
		return '<', end, nil
	case "gt":
		return '>', end, nil
	case "amp":
		return '&', end, nil
	case "apos":
		return '\'', end, nil
	case "quot":
		return '"', end, nil
	}
	if name[0] != '#' {
		return 0, 0, t.syntax(i, "entity &%s; is not defined; without a DTD only lt, gt, amp, apos and quot are", name)
	}
	if r = codePoint(name[1:]); !isChar(r) {
		return 0, 0, t.syntax(i, "&%s; is no character of XML", name)
	}
	return r, end, nil
}

// codePoint reads the digits of a character reference; 0 if they are none or
// beyond Unicode.
func codePoint(digits string) rune {
	base := rune(10)
	if strings.HasPrefix(digits, "x") {
		base, digits = 16, digits[1:]
	}
	r := rune(0)
	for _, c := range []byte(digits) {
		var d rune
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case base == 16 && c >= 'a' && c <= 'f':
			d = rune(c-'a') + 10
		case base == 16 && c >= 'A' && c <= 'F':
			d = rune(c-'A') + 10
		default:
			return 0
		}
		if r = r*base + d; r > utf8.MaxRune {
			return 0
		}
	}
	return r
}

// cdata reads a CDATA section.
func (t *tokenizer) cdata() error {
	at := t.pos
	if len(t.stack) == 0 {
		return t.syntax(at, "text outside the element")
	}
	start := at + len("<![CDATA[")
	n := strings.Index(t.s[start:], "]]>")
	if n < 0 {
		return t.cut("a CDATA section")
	}
	t.text = t.s[start : start+n]
	if strings.Contains(t.text, "\r") {
		t.text = strings.ReplaceAll(strings.ReplaceAll(t.text, "\r\n", "\n"), "\r", "\n")
	}
	t.pos = start + n + 3
	return nil
}
