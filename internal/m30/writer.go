package m30

import (
	"io"
	"reflect"

	"github.com/festd/festd/internal/fest"
)

// WriterOptions say how a document is written.
type WriterOptions struct {
	// Indent writes an element per line, two spaces a level, as DMP does;
	// false: no white space between elements.
	Indent bool
	// Sample, if not empty, marks the file as made-up: the text of the
	// processing instruction festd-sample in the prolog.
	Sample string
}

// Writer writes a whole document. Entries come in the order of the catalogues
// in the schemas. For one goroutine.
type Writer struct {
	w    io.Writer
	e    encoder
	err  error
	open string // catalogue
	last int
	done bool
}

// flushBytes is how much is gathered before it is written.
const flushBytes = 64 << 10

// NewWriter begins a document. Nothing is written before the first buffer is
// full or Close; errors come then.
func NewWriter(w io.Writer, doc fest.Document, o WriterOptions) *Writer {
	x := &Writer{w: w, e: encoder{space: spaceM30, pretty: o.Indent}, last: -1}
	x.e.dst = append(x.e.dst, `<?xml version="1.0" encoding="utf-8"?>`+"\n"...)
	if o.Sample != "" {
		x.e.dst = append(x.e.dst, "<?"+SampleTarget+" "...)
		x.e.dst = append(appendText(x.e.dst, o.Sample), "?>\n"...)
	}
	x.e.dst = append(x.e.dst, `<FEST xmlns:xsd="`+uriXSD+`" xmlns:xsi="`+uriXSI+`" xmlns="`+string(fest.NamespaceM30)+`">`...)
	x.e.indent = 1
	x.e.fields(reflect.ValueOf(&doc).Elem(), allPlans().document)
	return x
}

// Entry writes an entry. It fails with ErrOrder if the entry's catalogue
// stands before the last one in the schemas, or if its object is of no class.
func (x *Writer) Entry(e *fest.Entry) error {
	if x.err != nil {
		return x.err
	}
	class := classOf(e)
	switch at, ok := allPlans().order[class.Catalogue()]; {
	case x.done:
		return x.fail(e, "the document is closed")
	case !ok || e.Object != nil && objectOf(e) == nil:
		return x.fail(e, "its object is of no class")
	case at < x.last:
		return x.fail(e, class.Catalogue()+" stands before "+x.open+" in the schemas")
	case at > x.last:
		x.endCatalogue()
		x.open, x.last = class.Catalogue(), at
		x.e.line()
		x.e.dst = append(x.e.dst, "<"+x.open+">"...)
		x.e.indent++
	}
	x.e.entry(e)
	if len(x.e.dst) >= flushBytes {
		x.flush()
	}
	return x.err
}

// Close ends the document. It does not close the underlying writer.
func (x *Writer) Close() error {
	if x.done || x.err != nil {
		return x.err
	}
	x.done = true
	x.endCatalogue()
	x.e.indent = 0
	x.e.line()
	x.e.close("FEST")
	x.e.dst = append(x.e.dst, '\n')
	x.flush()
	return x.err
}

func (x *Writer) endCatalogue() {
	if x.open == "" {
		return
	}
	x.e.indent--
	x.e.line()
	x.e.close(x.open)
	x.open = ""
}

func (x *Writer) flush() {
	_, x.err = x.w.Write(x.e.dst)
	x.e.dst = x.e.dst[:0]
}

func (x *Writer) fail(e *fest.Entry, detail string) error {
	x.err = &Error{Kind: ErrOrder, Catalogue: classOf(e).Catalogue(), EntryID: string(e.EntryID), Detail: detail}
	return x.err
}
