package m30

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"reflect"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Reader finds the entries of one M30 document, in one pass. What stands
// around the entries is decoded and checked here; the inside of an entry is
// only cut out, and checked by [Decoder.Decode]. A file is whole and
// well-formed when both the Reader and the Decoder, over every slice, had no
// error. For one goroutine; the slices may go to others.
//
// Memory: what is read is held in chunks of 256 KiB that are freed with the
// last of their slices, plus the entry being looked for, at most
// [Limits.EntryBytes].
type Reader struct {
	w      window
	limits Limits
	plans  *plans
	d      *Decoder // for the envelope
	err    error    // sticky

	where  place
	doc    fest.Document
	seen   uint64 // fields of doc
	cursor int
	sample bool

	root catalogue // the root element, as the catalogues' parent
	cat  catalogue
	last int    // place in the XSD of the catalogue before
	tag  []byte // start tag of the entry before, in the same catalogue
	name []byte // its name
}

type place uint8

const (
	inProlog place = iota
	inRoot
	inCatalogue
	inEpilog
)

// catalogue is an open element of the envelope.
type catalogue struct {
	raw     string     // name as it stands in the source
	plan    *entryPlan // nil: unknown
	scope   []binding
	context string // scope, as Slice.Context
}

// NewReader reads XML from r: UTF-8, with or without a byte order mark.
func NewReader(r io.Reader, l Limits) *Reader {
	l = l.withDefaults()
	return &Reader{
		w:      window{r: r, line: 1, most: l.XMLBytes, piece: max(l.EntryBytes, l.MarkupBytes)},
		limits: l, plans: allPlans(), d: NewDecoder(l), last: -1,
	}
}

// Document is what the root says of the file. HentetDato is known before the
// first slice, and from [Reader.Head] on.
func (r *Reader) Document() fest.Document { return r.doc }

// Sample reports whether the prolog holds <?festd-sample …?>: made-up data.
func (r *Reader) Sample() bool { return r.sample }

// Tally is what the envelope had that the schemas do not foresee. Merge the
// decoders' tallies into it, or it into theirs.
func (r *Reader) Tally() *Tally { return r.d.tally }

// Findings is Tally().Findings().
func (r *Reader) Findings() []fest.Finding { return r.d.tally.Findings() }

// Head reads up to the first catalogue and returns what the root says. It may
// be called before Slices, to look at the date before reading on.
func (r *Reader) Head() (fest.Document, error) {
	for r.err == nil && r.where < inCatalogue {
		r.err = r.envelope()
	}
	if r.err != nil && !errors.Is(r.err, errEnd) {
		return fest.Document{}, r.err
	}
	return r.doc, nil
}

// Slices ranges over the entries in the order of the file. It ends after the
// first error, which is an *[Error]; without one the file was read to its end,
// the checksum of its container included. It goes on where the last range
// stopped.
func (r *Reader) Slices() iter.Seq2[fest.Slice, error] {
	return func(yield func(fest.Slice, error) bool) {
		for {
			s, err := r.next()
			if errors.Is(err, errEnd) {
				return
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// errEnd says that the file was read to its end. It is our own, so that no
// io.EOF inside the error of some reader can pass for it.
var errEnd = errors.New("end of the file")

// next returns the next entry; errEnd after the last.
func (r *Reader) next() (fest.Slice, error) {
	for r.err == nil {
		if r.where != inCatalogue {
			r.err = r.envelope()
			continue
		}
		r.w.skipBlank()
		if n := len(r.tag); n > 0 && r.w.need(n) && bytes.HasPrefix(r.w.rest(), r.tag) {
			var s fest.Slice
			if s, r.err = r.entry(n, r.cat.context); r.err == nil {
				return s, nil
			}
			continue
		}
		var s fest.Slice
		if s, r.err = r.catalogueChild(); r.err == nil && s.XML != nil {
			return s, nil
		}
	}
	return fest.Slice{}, r.err
}

// catalogueChild reads one piece inside a catalogue: an entry, the end tag, or
// something else, for which the slice is zero.
func (r *Reader) catalogueChild() (fest.Slice, error) {
	kind, n, err := r.piece()
	if err != nil || n == 0 {
		return fest.Slice{}, err
	}
	switch kind {
	case markupEnd:
		if err := r.endTag(n, r.cat.raw); err != nil {
			return fest.Slice{}, err
		}
		r.where, r.tag, r.cat = inRoot, nil, catalogue{}
		return fest.Slice{}, nil
	case markupStart, markupEmpty:
	default:
		return fest.Slice{}, r.other(kind, n)
	}
	if err := r.startTag(n, &r.cat, 2); err != nil {
		return fest.Slice{}, err
	}
	t := &r.d.t
	if r.cat.plan == nil || t.local != r.cat.plan.element || t.space > spaceFS {
		return fest.Slice{}, r.unknown(n, r.cat.scope, 2)
	}
	r.d.notes = r.d.notes[:0] // the entry's attributes are for Decode to note
	context := r.cat.context
	if own := t.scope[len(r.cat.scope):]; len(own) > 0 {
		context = string(appendContext(nil, r.cat.scope, own))
	} else if kind == markupStart {
		r.tag = bytes.Clone(r.w.rest()[:n])
	}
	r.name = []byte(t.raw)
	return r.entry(n, context)
}

// entry cuts out the entry whose start tag has the given length.
func (r *Reader) entry(tag int, context string) (fest.Slice, error) {
	s := fest.Slice{Catalogue: r.cat.plan.catalogue, Context: context, Line: r.w.line}
	n, err := r.element(tag, r.name)
	if err != nil {
		return fest.Slice{}, r.nameEntry(s, err)
	}
	s.XML = r.w.take(n)
	return s, nil
}

// nameEntry adds to err the id of the entry that could not be cut out.
func (r *Reader) nameEntry(s fest.Slice, err error) error {
	var e, found *Error
	if r.w.err != nil || !errors.As(err, &e) || e.EntryID != "" {
		return err
	}
	s.XML = wholeCharacters(r.w.rest()[:min(4096, len(r.w.rest()))]) // the id is the first in an entry
	if _, err := r.d.Decode(s); errors.As(err, &found) {
		e.EntryID = found.EntryID
	}
	return err
}

// element is the length of the element that begins here.
func (r *Reader) element(tag int, name []byte) (int, error) {
	for {
		b := r.w.rest()
		n := tag
		if b[tag-2] != '/' {
			n = elementEnd(b, tag, name, r.limits.Depth)
		}
		switch {
		case n > r.limits.EntryBytes || n < 0 && len(b) > r.limits.EntryBytes:
			return 0, r.fail(ErrTooLarge, "<%s> has more than %d bytes", name, r.limits.EntryBytes)
		case n > 0:
			return n, nil
		case n == tooDeep:
			return 0, r.fail(ErrDepth, "more than %d elements deep in <%s>", r.limits.Depth, name)
		case !r.w.more():
			return 0, r.cutOff()
		}
	}
}

// startTag has the tokenizer read the start tag of the given length; its
// declarations and attributes are then in r.d.t.
func (r *Reader) startTag(n int, in *catalogue, above int) error {
	if err := r.begin(r.w.rest()[:n], in.scope, above); err != nil {
		return err
	}
	if _, err := r.d.t.next(true); err != nil {
		return r.d.fault(err)
	}
	return nil
}

// begin sets the tokenizer on a piece of the envelope that begins here.
func (r *Reader) begin(b []byte, scope []binding, above int) error {
	s := fest.Slice{Catalogue: r.catalogueName(), XML: b, Line: r.w.line}
	if err := r.d.beginIn(s, scope, above); err != nil {
		return r.d.fault(err)
	}
	return nil
}

func (r *Reader) catalogueName() string {
	if r.where == inCatalogue {
		return localName(r.cat.raw)
	}
	return ""
}

// unknown reads an element that the schemas do not know, and checks it.
func (r *Reader) unknown(tag int, scope []binding, above int) error {
	n, err := r.element(tag, []byte(r.d.t.raw))
	if err != nil {
		return err
	}
	if err := r.begin(r.w.rest()[:n], scope, above); err != nil {
		return err
	}
	if _, err = r.d.t.next(true); err == nil {
		if err = r.d.skip(fest.RuleUnknownElement); err == nil {
			err = r.d.finish()
		}
	}
	if err != nil {
		return r.d.fault(err)
	}
	r.d.report()
	r.w.take(n)
	return nil
}

// field reads an element of fest.Document.
func (r *Reader) field(tag int, f *planField) error {
	n, err := r.element(tag, []byte(r.d.t.raw))
	if err != nil {
		return err
	}
	// Cloned, so that the document does not hold on to the chunk.
	if err := r.begin(bytes.Clone(r.w.rest()[:n]), r.root.scope, 1); err != nil {
		return err
	}
	if _, err = r.d.t.next(true); err == nil {
		if f.space != r.d.t.space {
			r.d.loseNamespace()
		}
		if err = r.d.field(reflect.ValueOf(&r.doc).Elem(), f, &r.seen); err == nil {
			err = r.d.finish()
		}
	}
	if err != nil {
		return r.d.fault(err)
	}
	r.d.report()
	r.w.take(n)
	return nil
}

// open begins a child of the root that is no field of the document: a
// catalogue, or an element that the schemas do not know, whose children are
// then read and checked one by one.
func (r *Reader) open(n int, empty bool) error {
	t := &r.d.t
	cat := catalogue{raw: t.raw, plan: r.plans.entries[t.local], scope: slices.Clone(t.scope)}
	if t.space > spaceFS {
		cat.plan = nil
	}
	switch {
	case cat.plan == nil:
		r.d.note(fest.RuleUnknownElement, "")
	default:
		if err := r.hasDate(); err != nil {
			return err
		}
		if t.space != spaceM30 {
			r.d.loseNamespace()
		}
		r.d.otherAttributes()
		at := r.plans.order[cat.plan.catalogue]
		if at <= r.last {
			r.d.note(fest.RuleCatalogueOrder, "")
		}
		r.last = max(r.last, at)
	}
	cat.context = string(appendContext(nil, cat.scope, nil))
	r.d.report()
	r.w.take(n)
	if !empty {
		r.cat, r.where, r.tag = cat, inCatalogue, nil
	}
	return nil
}
