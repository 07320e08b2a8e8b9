package m30

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"
)

// token is the kind of what tokenizer.next found.
type token uint8

const (
	tokenEOF token = iota
	tokenStart
	tokenEnd
	tokenText // character data or a CDATA section; there may be several in a row
)

// tokenizer reads one complete element, byte by byte, and checks everything
// that XML 1.0 (fifth edition) and Namespaces in XML 1.0 ask of a document
// without a DTD. Comments and processing instructions are checked and left
// out. All strings are parts of the source, but for text with references or
// carriage returns.
type tokenizer struct {
	limits Limits
	s      string
	pos    int

	scope []binding // namespace declarations in scope, innermost last
	deflt space     // the default namespace in scope
	stack []open    // open elements, outermost first
	above int       // how many elements of the document enclose s
	count int       // elements so far

	// The last token. attrs leaves out namespace declarations.
	raw, local string // name with and without prefix
	space      space
	attrs      []attr
	text       string
	empty      bool // <a/>: the end is still to be reported
	buf        []byte
}

type open struct {
	raw   string
	mark  int   // len(scope) before the element's own declarations
	deflt space // before the element
}

type attr struct {
	raw, local string
	value      string
	uri        string // of the prefix; "" without one
}

// fault is an error by its place in the slice.
type fault struct {
	kind   error
	at     int
	detail string
}

func (f *fault) Error() string { return f.kind.Error() + ": " + f.detail }

func (t *tokenizer) fail(kind error, at int, format string, args ...any) error {
	return &fault{kind, at, fmt.Sprintf(format, args...)}
}

func (t *tokenizer) syntax(at int, format string, args ...any) error {
	return t.fail(ErrSyntax, at, format, args...)
}

// cut is the error for a text that ends inside something.
func (t *tokenizer) cut(what string) error {
	return t.fail(ErrTruncated, len(t.s), "the text ends inside %s", what)
}

// reset begins s, an element that stands above elements deep in its document
// with the given declarations in scope. All characters are checked here. s must
// not change any more: the tokens' strings are parts of it.
func (t *tokenizer) reset(s []byte, scope []binding, above int) error {
	t.s, t.pos, t.count, t.above, t.empty = "", 0, 0, above, false
	t.stack, t.attrs = t.stack[:0], t.attrs[:0]
	t.scope = append(t.scope[:0], scope...)
	t.deflt = spaceNone
	for _, b := range scope {
		if b.prefix == "" {
			t.deflt = b.space
		}
	}
	if at, utf8ok := badChar(s); at >= 0 {
		if !utf8ok {
			return t.fail(ErrEncoding, at, "byte 0x%02X is no UTF-8 here", s[at])
		}
		r := []rune(string(s[at:min(at+4, len(s))]))[0]
		return t.syntax(at, "character U+%04X is not allowed in XML", r)
	}
	// The one unsafe step of the decoder: s read as a string without a copy.
	// A string must not change, and [fest.Slice.XML] never does after it was
	// made: Reader only appends to its chunks, beyond what it gave out, and
	// begins new ones when they are full. The copy would be of the whole
	// document once more, a quarter of what decoding allocates.
	t.s = unsafe.String(unsafe.SliceData(s), len(s))
	return nil
}

// next moves to the next token. With skipBlank, text of white space only is
// left out.
func (t *tokenizer) next(skipBlank bool) (token, error) {
	if t.empty {
		t.empty = false
		t.pop()
		return tokenEnd, nil
	}
	for {
		s, i := t.s, t.pos
		if skipBlank {
			for i < len(s) && class[s[i]]&isSpace != 0 {
				i++
			}
			if i < len(s) && s[i] == '<' {
				t.pos = i
			}
		}
		if t.pos >= len(s) {
			if len(t.stack) > 0 {
				return tokenEOF, t.cut("<" + t.stack[len(t.stack)-1].raw + ">")
			}
			return tokenEOF, nil
		}
		if s[t.pos] != '<' {
			blank, err := t.characters()
			if err != nil || !(skipBlank && blank) {
				return tokenText, err
			}
			continue
		}
		if t.pos+1 >= len(s) {
			return tokenEOF, t.cut("a tag")
		}
		switch s[t.pos+1] {
		case '/':
			return tokenEnd, t.endTag()
		case '?':
			if err := t.instruction(); err != nil {
				return tokenEOF, err
			}
		case '!':
			if strings.HasPrefix(s[t.pos:], "<![CDATA[") {
				if err := t.cdata(); err != nil || !(skipBlank && isBlank(t.text)) {
					return tokenText, err
				}
			} else if err := t.declaration(); err != nil {
				return tokenEOF, err
			}
		default:
			return tokenStart, t.startTag()
		}
	}
}

// name reads a qualified name at i and returns where it ends and where its
// colon stands, -1 for none.
func (t *tokenizer) name(i int, what string) (end, colon int, err error) {
	s, start := t.s, i
	colon = -1
	ascii := true
	for ; i < len(s); i++ {
		c := s[i]
		if class[c]&isName != 0 {
			ascii = ascii && c < 0x80
			continue
		}
		if c != ':' {
			break
		}
		if colon >= 0 {
			return 0, 0, t.syntax(start, "%s %s has two colons", what, quote(s[start:i+1]))
		}
		colon = i
	}
	if i == len(s) {
		return 0, 0, t.cut("a name")
	}
	local := start
	if colon >= 0 {
		local = colon + 1
	}
	switch {
	case i == start:
		return 0, 0, t.syntax(start, "%s expected, found %s", what, quote(s[start:min(start+1, len(s))]))
	case i-start > t.limits.NameBytes:
		return 0, 0, t.fail(ErrTooLarge, start, "a name of %d bytes; at most %d are allowed", i-start, t.limits.NameBytes)
	case local == i || class[s[local]]&isNameStart == 0 || colon >= 0 && class[s[start]]&isNameStart == 0,
		!ascii && !(nameOK(s[local:i]) && (colon < 0 || nameOK(s[start:colon]))):
		return 0, 0, t.syntax(start, "%s is no name", quote(s[start:i]))
	}
	return i, colon, nil
}

// endTag reads </name> and closes the innermost element.
func (t *tokenizer) endTag() error {
	s, at := t.s, t.pos
	if len(t.stack) == 0 {
		return t.syntax(at, "an end tag that closes nothing")
	}
	want := t.stack[len(t.stack)-1].raw
	i := at + 2
	if !strings.HasPrefix(s[i:], want) {
		return t.mismatch(at, want)
	}
	i += len(want)
	for i < len(s) && class[s[i]]&isSpace != 0 {
		i++
	}
	if i >= len(s) {
		return t.cut("an end tag")
	}
	if s[i] != '>' {
		return t.mismatch(at, want)
	}
	t.pos = i + 1
	t.pop()
	return nil
}

func (t *tokenizer) mismatch(at int, want string) error {
	end, _, err := t.name(at+2, "a name")
	if err != nil {
		return err
	}
	if got := t.s[at+2 : end]; got != want {
		return t.syntax(at, "end tag </%s> where </%s> should stand", got, want)
	}
	return t.syntax(end, "an end tag holds more than its name %s", want)
}

func (t *tokenizer) pop() {
	top := t.stack[len(t.stack)-1]
	t.stack = t.stack[:len(t.stack)-1]
	t.scope, t.deflt = t.scope[:top.mark], top.deflt
}

// declaration reads a comment; every other <!… is refused.
func (t *tokenizer) declaration() error {
	s, at := t.s, t.pos
	if !strings.HasPrefix(s[at:], "<!--") {
		switch {
		case strings.HasPrefix(s[at:], "<!DOCTYPE"):
			return t.fail(ErrDTD, at, "FEST has none, and it is refused")
		case slices.ContainsFunc([]string{"<!--", "<![CDATA[", "<!DOCTYPE"}, func(m string) bool { return strings.HasPrefix(m, s[at:]) }):
			return t.cut("<!")
		default:
			return t.syntax(at, "%s begins neither a comment nor CDATA", quote(s[at:min(at+9, len(s))]))
		}
	}
	n := strings.Index(s[at+4:], "--")
	end := at + 4 + n + 2
	if n < 0 || end >= len(s) {
		return t.cut("a comment")
	}
	if s[end] != '>' {
		return t.syntax(end-2, "-- inside a comment")
	}
	t.pos = end + 1
	return nil
}

// instruction reads a processing instruction.
func (t *tokenizer) instruction() error {
	at := t.pos
	end, colon, err := t.name(at+2, "the target of a processing instruction")
	if err != nil {
		return err
	}
	target := t.s[at+2 : end]
	if colon >= 0 {
		return t.syntax(at, "the target %s of a processing instruction has a colon", quote(target))
	}
	if strings.EqualFold(target, "xml") {
		return t.syntax(at, "an XML declaration that is not the first in the file")
	}
	n := strings.Index(t.s[end:], "?>")
	if n < 0 {
		return t.cut("a processing instruction")
	}
	if n > 0 && class[t.s[end]]&isSpace == 0 {
		return t.syntax(end, "no white space after the target %s of a processing instruction", quote(target))
	}
	t.pos = end + n + 2
	return nil
}

// isBlank reports whether s is white space only.
func isBlank(s string) bool {
	for i := range len(s) {
		if class[s[i]]&isSpace == 0 {
			return false
		}
	}
	return true
}
