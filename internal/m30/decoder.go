package m30

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Decoder turns source slices into entries. It is for one goroutine at a
// time and keeps its buffers from one entry to the next; give each worker its
// own, and merge their tallies.
type Decoder struct {
	limits Limits
	plans  *plans
	tally  *Tally
	t      tokenizer

	context string    // of the last slice
	scope   []binding // what it declares

	slice fest.Slice // being decoded
	entry *fest.Entry
	notes []counted // of this entry; into the tally once its id and class are known
	text  []byte    // a leaf in several pieces
	where []byte    // a path being put together
	lost  int       // depth of the element that lost its namespace and that we are in; 0 = none
}

// NewDecoder returns a Decoder with an empty tally.
func NewDecoder(l Limits) *Decoder {
	l = l.withDefaults()
	return &Decoder{limits: l, plans: allPlans(), tally: newTally(l), t: tokenizer{limits: l}}
}

// Tally is what all calls of Decode noted so far. It goes on growing.
func (d *Decoder) Tally() *Tally { return d.tally }

// Decode reads one entry. The whole slice is checked to be well-formed, also
// what is not in the schemas and left out. Leaf texts are kept to the byte,
// white space around them too, as XML itself defines them (line ends are LF,
// references are resolved). Errors are *[Error].
//
// An entry of Status U has no object: whatever the source gives it is left
// out and it is counted as [fest.RuleIncrement].
//
// The strings of the entry are parts of the slice, which therefore must not
// change any more, as fest.Slice promises. Whoever keeps a string of it for
// long keeps the chunk of the file that the slice is part of: clone it.
func (d *Decoder) Decode(s fest.Slice) (*fest.Entry, error) {
	plan := d.plans.entries[s.Catalogue]
	if plan == nil {
		return nil, &Error{Kind: ErrNotFEST, Catalogue: s.Catalogue, Line: s.Line, Detail: "no such catalogue in the schemas of 2014-12-01"}
	}
	d.slice, d.entry = s, nil
	if err := d.begin(s, 2); err != nil {
		return nil, d.fault(err)
	}
	tok, err := d.t.next(true)
	if err != nil {
		return nil, d.fault(err)
	}
	if tok != tokenStart || d.t.local != plan.element || d.t.space > spaceFS {
		return nil, d.fault(d.t.fail(ErrNotFEST, 0, "<%s> where <%s> should stand", d.t.raw, plan.element))
	}
	d.entry = &fest.Entry{}
	if d.t.space != spaceM30 {
		d.loseNamespace()
	}
	if err = d.readEntry(plan); err == nil {
		err = d.finish()
	}
	if err != nil {
		return nil, d.fault(err)
	}
	if len(d.notes) > 0 {
		d.report(fest.Affected{ID: strings.Clone(string(d.entry.EntryID)), Line: s.Line})
	}
	return d.entry, nil
}

// begin sets the tokenizer on a slice that stands above elements deep.
func (d *Decoder) begin(s fest.Slice, above int) error {
	if s.Context != d.context {
		d.context, d.scope = "", d.scope[:0]
		if err := d.t.reset([]byte("<x"+s.Context+"/>"), nil, 0); err != nil {
			return err
		}
		if _, err := d.t.next(true); err != nil {
			return err
		}
		d.scope = append(d.scope, d.t.scope...)
		d.context = strings.Clone(s.Context)
	}
	return d.beginIn(s, d.scope, above)
}

// beginIn is begin with the declarations in scope instead of s.Context.
func (d *Decoder) beginIn(s fest.Slice, scope []binding, above int) error {
	d.slice, d.entry, d.notes, d.lost = s, nil, d.notes[:0], 0
	return d.t.reset(s.XML, scope, above)
}

// finish checks that nothing follows the element.
func (d *Decoder) finish() error {
	switch tok, err := d.t.next(true); {
	case err != nil:
		return err
	case tok != tokenEOF:
		return d.t.syntax(d.t.pos, "more after the end of the element")
	}
	return nil
}

// fault makes an *Error of what the tokenizer found.
func (d *Decoder) fault(err error) error {
	e := &Error{Kind: ErrSyntax, Catalogue: d.slice.Catalogue, Line: d.slice.Line, Detail: err.Error()}
	var f *fault
	if errors.As(err, &f) {
		e.Kind, e.Detail = f.kind, f.detail
		e.Line += bytes.Count(d.slice.XML[:min(f.at, len(d.slice.XML))], []byte{'\n'})
	}
	if d.entry != nil {
		e.EntryID = strings.Clone(string(d.entry.EntryID))
	}
	return e
}

// note keeps a finding for the end of the entry, when its id and class are
// known. Its path is that of the element the tokenizer is in, plus name.
func (d *Decoder) note(rule, name string) {
	path := otherPaths
	if len(d.notes) < d.limits.Paths {
		path = d.path(name)
	}
	d.noteAt(rule, path)
}

func (d *Decoder) noteAt(rule, path string) {
	for i := len(d.notes) - 1; i >= 0 && i >= len(d.notes)-16; i-- {
		if n := &d.notes[i]; n.rule == rule && n.path == path {
			n.count++
			return
		}
	}
	d.notes = append(d.notes, counted{note{rule: rule, path: path}, 1})
}

// path is where the tokenizer is, without prefixes: Kat…/Oppf…/….
func (d *Decoder) path(name string) string {
	const most = 500 // bytes; deeper ones can only be hostile
	b := append(d.where[:0], d.slice.Catalogue...)
	add := func(s string) {
		if len(b) > 0 {
			b = append(b, '/')
		}
		b = append(b, s...)
	}
	for _, o := range d.t.stack {
		if len(b) > most {
			add("…")
			break
		}
		add(o.raw[strings.IndexByte(o.raw, ':')+1:])
	}
	if name != "" {
		add(name)
	}
	d.where = b
	return string(b)
}

// report moves the notes into the tally.
func (d *Decoder) report(who ...fest.Affected) {
	for _, n := range d.notes {
		if d.entry != nil {
			n.class = d.entry.Class
		}
		if n.rule == fest.RuleNamespaceLost { // concerns whole files: naming every entry would help nobody
			d.tally.add(n.note, n.count)
		} else {
			d.tally.add(n.note, n.count, who...)
		}
	}
	d.notes = d.notes[:0]
}

// match finds the field of the element that the tokenizer stands on; nil if
// the schemas know none.
func (d *Decoder) match(p *plan, cursor *int) *planField {
	f := p.find(cursor, d.t.local)
	if f == nil {
		return nil
	}
	if f.space != d.t.space {
		if d.t.space > spaceFS {
			return nil
		}
		d.loseNamespace()
	} else if d.lost != 0 && len(d.t.stack) <= d.lost {
		d.lost = 0
	}
	return f
}

// loseNamespace notes an element outside its namespace, once for all that it
// holds.
func (d *Decoder) loseNamespace() {
	if depth := len(d.t.stack); d.lost == 0 || depth <= d.lost {
		d.lost = depth
		d.note(fest.RuleNamespaceLost, "")
	}
}

// readEntry reads the inside of the Oppf… element.
func (d *Decoder) readEntry(p *entryPlan) error {
	d.otherAttributes()
	e := d.entry
	e.Class = p.class()
	envelope := reflect.ValueOf(&e.Envelope).Elem()
	var object reflect.Value // of the class, once it is known
	var seen, seenInline uint64
	var at, atInline int
	for {
		tok, err := d.t.next(true)
		if err != nil {
			return err
		}
		switch tok {
		case tokenText:
			d.note(fest.RuleUnexpectedText, "")
			continue
		case tokenEnd:
			d.endEntry(p, seen, seenInline, object)
			return nil
		}
		if f := d.match(p.envelope, &at); f != nil {
			err = d.field(envelope, f, &seen)
		} else if o := d.matchObject(p); o != nil {
			if object.IsValid() {
				err = d.skip(fest.RuleRepeatedElement)
			} else {
				object = d.newObject(o)
				err = d.object(object, o.plan)
			}
		} else if f = d.matchInline(p, &atInline); f != nil {
			if !object.IsValid() {
				object = d.newObject(p.inline)
			}
			err = d.field(object, f, &seenInline)
		} else {
			err = d.skip(fest.RuleUnknownElement)
		}
		if err != nil {
			return err
		}
	}
}

// class is the first class of the catalogue.
func (p *entryPlan) class() fest.Class {
	if p.inline != nil {
		return p.inline.class
	}
	return p.objects[0].class
}

func (d *Decoder) newObject(o *objectPlan) reflect.Value {
	d.entry.Class = o.class
	d.entry.Object = o.class.New()
	return reflect.ValueOf(d.entry.Object).Elem()
}

func (d *Decoder) matchObject(p *entryPlan) *objectPlan {
	i := slices.IndexFunc(p.objects, func(o objectPlan) bool { return o.element == d.t.local })
	if i < 0 || d.t.space > spaceFS {
		return nil
	}
	if p.objects[i].space != d.t.space {
		d.loseNamespace()
	}
	return &p.objects[i]
}

func (d *Decoder) matchInline(p *entryPlan, cursor *int) *planField {
	if p.inline == nil {
		return nil
	}
	return d.match(p.inline.plan, cursor)
}

// endEntry notes what the entry lacks.
func (d *Decoder) endEntry(p *entryPlan, seen, seenInline uint64, object reflect.Value) {
	path := p.catalogue + "/" + p.element
	missing := func(name string) { d.noteAt(fest.RuleMissingElement, path+"/"+name) }
	p.envelope.missing(reflect.Value{}, seen, missing)
	switch {
	case d.entry.RegistrationStatus.Code == fest.StatusExpired:
		d.entry.Object, d.entry.Class = nil, p.class()
		d.noteAt(fest.RuleIncrement, path)
	case !object.IsValid():
		d.noteAt(fest.RuleEntryWithout, path)
	case p.inline != nil:
		p.inline.plan.missing(object, seenInline, missing)
	}
}
