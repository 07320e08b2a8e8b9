package m30

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/festd/festd/internal/fest"
)

// envelope reads one piece outside the catalogues.
func (r *Reader) envelope() error {
	if r.where == inProlog && r.w.total == 0 {
		if err := r.declaration(); err != nil {
			return err
		}
	}
	r.w.skipBlank()
	kind, n, err := r.piece()
	if err != nil || n == 0 {
		return err
	}
	switch kind {
	case markupStart, markupEmpty:
		return r.envelopeStart(n, kind == markupEmpty)
	case markupEnd:
		if r.where != inRoot {
			return r.fail(ErrSyntax, "an end tag that closes nothing")
		}
		if err := r.endTag(n, r.root.raw); err != nil {
			return err
		}
		return r.endRoot()
	default:
		return r.other(kind, n)
	}
}

func (r *Reader) envelopeStart(n int, empty bool) error {
	switch r.where {
	case inProlog:
		return r.openRoot(n, empty)
	case inEpilog:
		return r.fail(ErrSyntax, "content after the end of <%s>", r.root.raw)
	}
	if err := r.startTag(n, &r.root, 1); err != nil {
		return err
	}
	if r.d.t.space <= spaceFS {
		if f := r.plans.document.find(&r.cursor, r.d.t.local); f != nil {
			return r.field(n, f)
		}
	}
	return r.open(n, empty)
}

// openRoot reads the start tag of the root, which must be FEST's.
func (r *Reader) openRoot(n int, empty bool) error {
	if err := r.startTag(n, &r.root, 0); err != nil {
		if looksLikeHTML(r.w.rest()) {
			return r.notHTML()
		}
		return err
	}
	t := &r.d.t
	switch {
	case strings.EqualFold(t.local, "html"):
		return r.notHTML()
	case t.local != "FEST":
		return r.fail(ErrNotFEST, "the root element is <%s>; FEST has <FEST>", t.raw)
	case t.space > spaceM30:
		return r.fail(ErrNotFEST, "<FEST> stands in namespace %s; FEST 2.5.1 has %s", quote(r.uri(t)), fest.NamespaceM30)
	}
	if t.space == spaceNone {
		r.d.loseNamespace()
	}
	r.d.otherAttributes()
	r.d.report()
	r.root = catalogue{raw: t.raw, scope: slices.Clone(t.scope)}
	r.where = inRoot
	r.w.take(n)
	if empty {
		return r.endRoot()
	}
	return nil
}

// uri is the namespace of the tokenizer's element.
func (r *Reader) uri(t *tokenizer) string {
	prefix := strings.TrimSuffix(strings.TrimSuffix(t.raw, t.local), ":")
	if b, err := t.resolve(prefix, 0); err == nil {
		return b.uri
	}
	return ""
}

func (r *Reader) endRoot() error {
	if err := r.hasDate(); err != nil {
		return err
	}
	r.where = inEpilog
	return nil
}

// hasDate: without HentetDato nobody can tell which of two files is newer.
func (r *Reader) hasDate() error {
	text := strings.Trim(string(r.doc.RetrievalDate), " \t\r\n")
	if text == "" {
		return r.fail(ErrNoRetrievalDate, "<HentetDato> must stand first in <FEST>, such as 2026-09-08T03:09:06")
	}
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339} {
		if _, err := time.Parse(layout, text); err == nil {
			return nil
		}
	}
	return r.fail(ErrNoRetrievalDate, "%s is no date and time such as 2026-09-08T03:09:06", quote(text))
}

// piece says what markup begins here and how long it is. Text before it is
// read, and n is 0 then; it is the caller's to come again.
func (r *Reader) piece() (kind markup, n int, err error) {
	if !r.w.need(1) {
		return 0, 0, r.atEnd()
	}
	if r.w.rest()[0] != '<' {
		return 0, 0, r.text()
	}
	for {
		b := r.w.rest()
		kind, n = nextMarkup(b)
		switch {
		case kind == markupDeclaration:
			return 0, 0, r.refuseDeclaration(b)
		case n > r.limits.MarkupBytes || n < 0 && len(b) > r.limits.MarkupBytes:
			return 0, 0, r.fail(ErrTooLarge, "a piece of markup of more than %d bytes", r.limits.MarkupBytes)
		case n > 0:
			return kind, n, nil
		case !r.w.more():
			return 0, 0, r.cutOff()
		}
	}
}

// refuseDeclaration: <!DOCTYPE html> is a web page, any other a DTD.
func (r *Reader) refuseDeclaration(b []byte) error {
	if r.w.need(15) {
		b = r.w.rest()
	}
	switch {
	case looksLikeHTML(b):
		return r.notHTML()
	case bytes.HasPrefix(b, []byte("<!DOCTYPE")):
		return r.fail(ErrDTD, "FEST has none, and it is refused")
	default:
		return r.fail(ErrSyntax, "%s begins neither a comment nor CDATA", quote(string(b[:min(9, len(b))])))
	}
}

func looksLikeHTML(b []byte) bool {
	head := bytes.ToLower(b[:min(15, len(b))])
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}

func (r *Reader) notHTML() error {
	return r.fail(ErrNotFEST, "it is a web page, perhaps an error page")
}

// endTag reads the end tag of the given length.
func (r *Reader) endTag(n int, want string) error {
	got := strings.TrimRight(string(r.w.rest()[2:n-1]), " \t\r\n")
	if got != want {
		return r.fail(ErrSyntax, "end tag </%s> where </%s> should stand", strings.Trim(quote(got), `"`), want)
	}
	r.w.take(n)
	return nil
}

// other reads a comment, processing instruction or CDATA section between
// elements.
func (r *Reader) other(kind markup, n int) error {
	if kind == markupCDATA {
		return r.between(n)
	}
	if err := r.begin(r.w.rest()[:n], nil, 0); err != nil {
		return err
	}
	if err := r.d.finish(); err != nil {
		return r.d.fault(err)
	}
	if b := r.w.take(n); r.where == inProlog && kind == markupInstruction {
		target, _, _ := strings.Cut(string(b[2:n-2]), " ")
		r.sample = r.sample || target == SampleTarget
	}
	return nil
}

// text reads text between elements.
func (r *Reader) text() error {
	if r.where == inProlog {
		r.w.need(60)
		return r.fail(ErrNotFEST, "it begins with %s, not with XML", quote(string(r.w.rest()[:min(60, len(r.w.rest()))])))
	}
	if r.where == inEpilog {
		return r.fail(ErrSyntax, "content after the end of <%s>", r.root.raw)
	}
	for {
		b := r.w.rest()
		n := bytes.IndexByte(b, '<')
		switch {
		case n > r.limits.MarkupBytes || n < 0 && len(b) > r.limits.MarkupBytes:
			return r.fail(ErrTooLarge, "a text between elements of more than %d bytes", r.limits.MarkupBytes)
		case n > 0:
			return r.between(n)
		case !r.w.more():
			return r.cutOff()
		}
	}
}

// between checks n bytes of text or CDATA and notes them, if not blank.
func (r *Reader) between(n int) error {
	if r.where != inRoot && r.where != inCatalogue {
		return r.fail(ErrSyntax, "text outside <FEST>")
	}
	b := append(append([]byte("<x>"), r.w.rest()[:n]...), "</x>"...)
	if err := r.begin(b, nil, 1); err != nil {
		return err
	}
	for r.d.t.pos < len(b) {
		tok, err := r.d.t.next(true)
		if err != nil {
			return r.d.fault(err)
		}
		if tok == tokenText {
			r.d.noteAt(fest.RuleUnexpectedText, strings.TrimPrefix(r.catalogueName()+"/", "/")+"text()")
		}
	}
	r.d.report()
	r.w.take(n)
	return nil
}

// atEnd is for the end of the file between two pieces.
func (r *Reader) atEnd() error {
	switch {
	case r.w.err != nil:
		return r.w.err
	case r.where == inEpilog:
		return errEnd
	case r.w.total == 0:
		return r.fail(ErrNotFEST, "the file is empty")
	case r.where == inProlog:
		return r.fail(ErrTruncated, "the file ends before <FEST>")
	case r.where == inCatalogue:
		return r.fail(ErrTruncated, "the file ends inside <%s>", r.cat.raw)
	default:
		return r.fail(ErrTruncated, "the file ends inside <%s>", r.root.raw)
	}
}

// cutOff is for the end of the file inside a piece. The tokenizer looks at
// what there is of it: it knows better what is wrong, and where.
func (r *Reader) cutOff() error {
	if r.w.err != nil {
		return r.w.err
	}
	if b := r.w.rest(); len(b) < 2 || b[0] != '<' || strings.IndexByte("/!?", b[1]) >= 0 {
		return r.fail(ErrTruncated, "the file ends inside markup")
	}
	scope := r.root.scope
	if r.where == inCatalogue {
		scope = r.cat.scope
	}
	if err := r.begin(wholeCharacters(r.w.rest()), scope, 0); err != nil {
		return err
	}
	for {
		switch tok, err := r.d.t.next(true); {
		case err != nil:
			return r.d.fault(err)
		case tok == tokenEOF:
			return r.fail(ErrTruncated, "the file ends inside <%s>", cmp.Or(r.cat.raw, r.root.raw, "FEST"))
		}
	}
}

// wholeCharacters is b without the beginning of a character at its end.
func wholeCharacters(b []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// fail is an error at the place that the Reader stands on.
func (r *Reader) fail(kind error, format string, args ...any) error {
	return &Error{Kind: kind, Catalogue: r.catalogueName(), Line: r.w.line, Detail: fmt.Sprintf(format, args...)}
}

func localName(raw string) string { return raw[strings.IndexByte(raw, ':')+1:] }
