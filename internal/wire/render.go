package wire

import (
	"fmt"
	"reflect"

	"github.com/festd/festd/internal/fest"
)

// Version is the version of the renderer: it grows when the JSON of an entry
// changes, so that snapshots are built anew.
const Version = 1

// SampleMark is the property sample of every item of made-up data.
const SampleMark = "not for clinical use"

// Renderer renders entries. It is immutable.
type Renderer struct {
	sample   bool
	envelope *plan
	classes  []classPlan // by class
}

type classPlan struct {
	object *plan
	group  *plan // of reimbursements
	head   string
}

// NewRenderer compiles the description. It fails only if the description
// cannot be rendered, which the tests catch.
func NewRenderer(sample bool) (*Renderer, error) {
	c := compiler{}
	r := &Renderer{sample: sample}
	var err error
	if r.envelope, err = c.compile(fest.EnvelopeType()); err != nil {
		return nil, err
	}
	classes := fest.Classes()
	r.classes = make([]classPlan, int(classes[len(classes)-1])+1)
	for _, class := range classes {
		cp := &r.classes[class]
		if cp.object, err = c.compile(class.Type()); err != nil {
			return nil, err
		}
		cp.head = `{"resource":` + string(AppendString(nil, string(class.Resource()))) + `,"id":`
	}
	r.classes[fest.ClassReimbursement].group, err = c.compile(fest.TypeOf(reflect.TypeFor[fest.ReimbursementGroup]()))
	return r, err
}

// Append appends the JSON of an item of the entry to dst, and its holes to
// holes: their offsets count from the start of the item, in order. The entry
// is only read.
func (r *Renderer) Append(dst []byte, holes []Hole, e *fest.Entry, it fest.Item) ([]byte, []Hole, error) {
	if !e.Class.Valid() || e.Object == nil {
		return dst, holes, fmt.Errorf("wire: entry %s has no object", e.EntryID)
	}
	cp := &r.classes[e.Class]
	v := reflect.ValueOf(e.Object)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Type().Elem() != cp.object.goType {
		return dst, holes, fmt.Errorf("wire: entry %s of class %s holds a %T", e.EntryID, e.Class, e.Object)
	}
	w := writer{base: len(dst), dst: dst, holes: holes}
	w.dst = append(w.dst, cp.head...)
	w.dst = AppendString(w.dst, it.Key)
	if kind := e.Class.Kind(); kind != "" {
		w.dst = append(w.dst, `,"kind":`...)
		w.dst = AppendString(w.dst, kind)
	}
	if r.sample {
		w.dst = append(w.dst, `,"sample":`...)
		w.dst = AppendString(w.dst, SampleMark)
	}
	w.fields(r.envelope, reflect.ValueOf(&e.Envelope).Elem(), "")
	switch o := e.Object.(type) {
	case *fest.Reimbursement:
		if it.Group < 0 || it.Group >= len(o.ReimbursementGroups) {
			return dst, holes, fmt.Errorf("wire: entry %s has no reimbursement group %d", e.EntryID, it.Group)
		}
		w.fields(cp.object, v.Elem(), groupsProperty)
		w.fields(cp.group, reflect.ValueOf(&o.ReimbursementGroups[it.Group]).Elem(), idProperty)
	case *fest.CodeSystem:
		w.system = o
		w.fields(cp.object, v.Elem(), "")
	default:
		w.fields(cp.object, v.Elem(), idProperty)
	}
	w.dst = append(w.dst, '}')
	return w.dst, w.holes, nil
}

// Properties that an item has on its own account, as names of fields.
const (
	idProperty     = `"id":`
	groupsProperty = `"reimbursementGroups":`
)

// writer renders one item.
type writer struct {
	base  int
	dst   []byte
	holes []Hole

	only     Number // what the references of this object name, 0 = any target
	system   *fest.CodeSystem
	elements map[fest.ID]int // of system, by id
}

// fields appends the fields of v but the one named skip.
func (w *writer) fields(p *plan, v reflect.Value, skip string) {
	only := w.only
	if p.names {
		w.only = NumberOf(v.Addr().Interface().(namer).Resource())
	}
	for i := range p.fields {
		f := &p.fields[i]
		if f.name == skip {
			continue
		}
		fv := f.at(v)
		switch {
		case f.slice:
			w.list(f, fv)
		case f.pointer:
			if fv.IsNil() {
				continue
			}
			w.name(f)
			w.value(f, fv.Elem())
		default:
			w.name(f)
			w.value(f, fv)
		}
	}
	w.only = only
}

// name appends the property's name, after a comma if it is not the first.
func (w *writer) name(f *planField) {
	if w.dst[len(w.dst)-1] != '{' {
		w.dst = append(w.dst, ',')
	}
	w.dst = append(w.dst, f.name...)
}

func (w *writer) list(f *planField, v reflect.Value) {
	n := v.Len()
	if n == 0 {
		return
	}
	w.name(f)
	w.dst = append(w.dst, '[')
	for i := range n {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.value(f, v.Index(i))
	}
	w.dst = append(w.dst, ']')
}

// value appends one value of the field. v is addressable.
func (w *writer) value(f *planField, v reflect.Value) {
	switch f.kind {
	case fest.KindObject:
		w.dst = append(w.dst, '{')
		w.fields(f.object, v, "")
		w.dst = append(w.dst, '}')
	case fest.KindRef:
		w.reference(f, v.String())
	case fest.KindDecimal, fest.KindInteger:
		w.dst = AppendNumber(w.dst, v.String())
	case fest.KindBoolean:
		w.boolean(v.String())
	case fest.KindCV:
		w.cv(v.Addr().Interface().(*fest.CV))
	case fest.KindCS:
		w.cs(f, v.Addr().Interface().(*fest.CS))
	case fest.KindPQ:
		q := v.Addr().Interface().(*fest.PQ)
		w.quantity(q.Value, `"unit":`, q.Unit, q.Present)
	case fest.KindMO:
		m := v.Addr().Interface().(*fest.MO)
		w.quantity(m.Value, `"currency":`, m.Currency, m.Present)
	case fest.KindURL:
		w.dst = AppendString(w.dst, v.Addr().Interface().(*fest.URL).Value)
	case fest.KindTS:
		w.dst = AppendString(w.dst, v.Addr().Interface().(*fest.TS).Value)
	default: // the leaves that are text
		w.dst = AppendString(w.dst, v.String())
	}
}

func (w *writer) boolean(s string) {
	switch b, ok := fest.Boolean(s).Bool(); {
	case !ok:
		w.dst = AppendString(w.dst, s)
	case b:
		w.dst = append(w.dst, "true"...)
	default:
		w.dst = append(w.dst, "false"...)
	}
}

// attribute appends an attribute that stood in the source, with a comma.
func (w *writer) attribute(name, text string, present bool) {
	if !present && text == "" {
		return
	}
	w.dst = append(w.dst, name...)
	w.dst = AppendString(w.dst, text)
	w.dst = append(w.dst, ',')
}

// end closes an object of attributes: its last comma becomes the brace.
func (w *writer) end() {
	if last := len(w.dst) - 1; w.dst[last] == ',' {
		w.dst[last] = '}'
		return
	}
	w.dst = append(w.dst, '}')
}

func (w *writer) cv(c *fest.CV) {
	w.dst = append(w.dst, '{')
	w.attribute(`"code":`, c.Code, c.Present.Has(fest.AttrV))
	if c.System != "" {
		w.dst = append(w.dst, `"system":"urn:oid:`...)
		w.dst = AppendEscaped(w.dst, c.System)
		w.dst = append(w.dst, '"', ',')
	} else {
		w.attribute(`"system":`, "", c.Present.Has(fest.AttrS))
	}
	w.attribute(`"display":`, c.Display, c.Present.Has(fest.AttrDN))
	w.attribute(`"originalText":`, c.OriginalText, c.Present.Has(fest.AttrOT))
	w.end()
}

func (w *writer) cs(f *planField, c *fest.CS) {
	w.dst = append(w.dst, '{')
	w.attribute(`"code":`, c.Code, c.Present.Has(fest.AttrV))
	if c.Code != "" {
		w.dst = append(w.dst, f.system...)
	}
	w.attribute(`"display":`, c.Display, c.Present.Has(fest.AttrDN))
	w.end()
}

func (w *writer) quantity(value, unitName, unit string, present fest.Attrs) {
	w.dst = append(w.dst, '{')
	if value != "" || present.Has(fest.AttrV) {
		w.dst = append(w.dst, `"value":`...)
		w.dst = AppendNumber(w.dst, value)
		w.dst = append(w.dst, ',')
	}
	w.attribute(unitName, unit, present.Has(fest.AttrU))
	w.end()
}

func (w *writer) reference(f *planField, id string) {
	if f.parent {
		w.parent(id)
		return
	}
	h := Hole{Offset: uint32(len(w.dst) - w.base), Targets: f.targets}
	if w.only != 0 {
		h.Targets = Targets{w.only}
	}
	w.dst = AppendString(w.dst, id)
	h.Len = uint32(len(w.dst)-w.base) - h.Offset
	w.holes = append(w.holes, h)
}

// parent appends the reference to an element of the same code system.
func (w *writer) parent(id string) {
	w.dst = append(w.dst, `{"id":`...)
	w.dst = AppendString(w.dst, id)
	if w.system != nil {
		if w.elements == nil {
			w.elements = make(map[fest.ID]int, len(w.system.Elements))
			for i := range w.system.Elements {
				w.elements[w.system.Elements[i].ID] = i
			}
		}
		if i, ok := w.elements[fest.ID(id)]; ok {
			w.dst = append(w.dst, `,"display":"`...)
			w.dst = appendElementDisplay(w.dst, &w.system.Elements[i])
			w.dst = append(w.dst, '"')
		}
	}
	w.dst = append(w.dst, '}')
}
