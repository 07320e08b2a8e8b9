package m30

import "bytes"

// markup is what begins with <.
type markup uint8

const (
	markupStart markup = iota + 1
	markupEmpty        // <a/>
	markupEnd
	markupInstruction
	markupComment
	markupCDATA
	markupDeclaration // any other <!
)

// nextMarkup says what begins at b[0], which is <, and how long it is; -1 if
// b ends before that is known. It finds the end only: whether the inside is
// well-formed is for the tokenizer to say.
func nextMarkup(b []byte) (kind markup, n int) {
	if len(b) < 2 {
		return 0, -1
	}
	switch b[1] {
	case '/':
		return markupEnd, after(b, 2, ">")
	case '?':
		return markupInstruction, after(b, 2, "?>")
	case '!':
		switch {
		case bytes.HasPrefix(b, []byte("<!--")):
			return markupComment, after(b, 4, "-->")
		case bytes.HasPrefix(b, []byte("<![CDATA[")):
			return markupCDATA, after(b, 9, "]]>")
		case bytes.HasPrefix([]byte("<!--"), b), bytes.HasPrefix([]byte("<![CDATA["), b):
			return 0, -1
		default:
			return markupDeclaration, after(b, 2, ">")
		}
	}
	n = tagEnd(b)
	if n > 1 && b[n-2] == '/' {
		return markupEmpty, n
	}
	return markupStart, n
}

func after(b []byte, from int, what string) int {
	if i := bytes.Index(b[from:], []byte(what)); i >= 0 {
		return from + i + len(what)
	}
	return -1
}

// tagEnd is the length of the start tag at b[0]: up to the first > outside
// quotes.
func tagEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '>':
			return i + 1
		case '"', '\'':
			n := bytes.IndexByte(b[i+1:], b[i])
			if n < 0 {
				return -1
			}
			i += n + 1
		}
	}
	return -1
}

// elementEnd is the length of the element at b[0], whose start tag has the
// given length and name: up to the end of its end tag. It is -1 if b ends
// before, and tooDeep if elements nest deeper than depth on the slow path.
//
// In a well-formed document < begins markup, but for comments, CDATA sections
// and processing instructions. So if there are none of these between, the
// first </name is the end tag, unless another element of that name was opened
// before. That is found with a search for the name alone, at the speed of
// memory. Everything else takes the slow path, tag by tag. In a document that
// is not well-formed the place may be wrong, but then either the slice or what
// is left is not well-formed: no broken file passes as a whole one.
func elementEnd(b []byte, tag int, name []byte, depth int) int {
	for from := tag; ; {
		i := bytes.Index(b[from:], name)
		if i < 0 {
			return -1
		}
		i += from
		next := i + len(name)
		if next >= len(b) {
			return -1
		}
		from = next
		whole := class[b[next]]&isName == 0 && b[next] != ':'
		switch {
		case !whole:
		case b[i-1] == '<':
			return elementEndSlowly(b, tag, depth)
		case b[i-1] == '/' && b[i-2] == '<':
			if !plain(b[tag:i]) {
				return elementEndSlowly(b, tag, depth)
			}
			return after(b, next, ">")
		}
	}
}

const tooDeep = -2

// plain reports whether b has no comment, CDATA section or processing
// instruction.
func plain(b []byte) bool {
	for _, mark := range [...]byte{'!', '?'} {
		for rest := b; ; {
			i := bytes.IndexByte(rest, mark)
			if i < 0 {
				break
			}
			if i > 0 && rest[i-1] == '<' {
				return false
			}
			rest = rest[i+1:]
		}
	}
	return true
}

// elementEndSlowly is elementEnd by counting tags.
func elementEndSlowly(b []byte, tag, depth int) int {
	open := 1
	for i := tag; ; {
		next := bytes.IndexByte(b[i:], '<')
		if next < 0 {
			return -1
		}
		i += next
		kind, n := nextMarkup(b[i:])
		if n < 0 {
			return -1
		}
		i += n
		switch kind {
		case markupStart:
			if open++; open > depth {
				return tooDeep
			}
		case markupEnd:
			if open--; open == 0 {
				return i
			}
		}
	}
}
