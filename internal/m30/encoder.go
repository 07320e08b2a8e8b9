package m30

import (
	"reflect"

	"github.com/festd/festd/internal/fest"
)

// EntryContext is the Context of the slices that [AppendEntry] writes: M30 is
// the default namespace.
const EntryContext = ` xmlns="` + string(fest.NamespaceM30) + `"`

// AppendEntry appends the entry as XML, without white space between the
// elements: an Oppf… element that expects M30 as the default namespace, as in
// DMP's files. An element of the other namespace declares it as the default
// on itself.
//
// Reading it back gives an equal entry. What XML cannot hold (control
// characters, bytes that are not UTF-8) is written as U+FFFD. An object that
// is of no class is left out; [Writer.Entry] refuses it.
func AppendEntry(dst []byte, e *fest.Entry) []byte {
	w := encoder{dst: dst, space: spaceM30}
	w.entry(e)
	return w.dst
}

// SliceOf is the entry as a slice that decodes to it.
func SliceOf(e *fest.Entry) fest.Slice {
	return fest.Slice{Catalogue: classOf(e).Catalogue(), Context: EntryContext, XML: AppendEntry(nil, e), Line: 1}
}

// classOf is the class of the object, or e.Class where there is none.
func classOf(e *fest.Entry) fest.Class {
	if o := objectOf(e); o != nil {
		return o.class
	}
	return e.Class
}

func objectOf(e *fest.Entry) *objectPlan {
	v := reflect.ValueOf(e.Object)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil
	}
	return allPlans().byType[v.Type().Elem()]
}

// encoder writes elements.
type encoder struct {
	dst    []byte
	space  space // the default namespace in scope
	indent int   // levels of the next line; negative: no indentation
	pretty bool
}

func (w *encoder) entry(e *fest.Entry) {
	p := allPlans().entries[classOf(e).Catalogue()]
	if p == nil {
		return
	}
	w.line()
	w.open(p.element, spaceM30)
	w.dst = append(w.dst, '>')
	w.indent++
	w.fields(reflect.ValueOf(&e.Envelope).Elem(), p.envelope)
	if o := objectOf(e); o != nil {
		v := reflect.ValueOf(e.Object).Elem()
		if o.element == "" {
			w.fields(v, o.plan)
		} else {
			w.object(v, o.plan, o.element, o.space)
		}
	}
	w.indent--
	w.line()
	w.close(p.element)
}

// line begins a new line, if the output is for people.
func (w *encoder) line() {
	if !w.pretty {
		return
	}
	w.dst = append(w.dst, '\n')
	for range w.indent {
		w.dst = append(w.dst, "  "...)
	}
}

// open writes a start tag up to its attributes.
func (w *encoder) open(element string, s space) {
	w.dst = append(append(w.dst, '<'), element...)
	if s != w.space {
		w.dst = append(w.dst, ` xmlns="`...)
		if s == spaceFS {
			w.dst = append(w.dst, fest.NamespaceFS...)
		} else {
			w.dst = append(w.dst, fest.NamespaceM30...)
		}
		w.dst = append(w.dst, '"')
	}
}

func (w *encoder) close(element string) {
	w.dst = append(append(append(w.dst, "</"...), element...), '>')
}

func (w *encoder) object(v reflect.Value, p *plan, element string, s space) {
	w.line()
	w.open(element, s)
	outer, start := w.space, len(w.dst)
	w.dst = append(w.dst, '>')
	w.space = s
	w.indent++
	w.fields(v, p)
	w.indent--
	w.space = outer
	if len(w.dst) == start+1 {
		w.dst = append(w.dst[:start], " />"...)
		return
	}
	w.line()
	w.close(element)
}

func (w *encoder) fields(v reflect.Value, p *plan) {
	for i := range p.fields {
		f := &p.fields[i]
		fv := v.FieldByIndex(f.Index)
		switch {
		case f.Slice:
			for k := range fv.Len() {
				w.value(fv.Index(k), f)
			}
		case !f.Pointer:
			w.value(fv, f)
		case !fv.IsNil():
			w.value(fv.Elem(), f)
		}
	}
}

func (w *encoder) value(v reflect.Value, f *planField) {
	if f.Kind == fest.KindObject {
		w.object(v, f.plan, f.Element, f.space)
		return
	}
	w.line()
	w.open(f.Element, f.space)
	if !f.Kind.Leaf() {
		w.kith(v.Addr().Interface())
		w.dst = append(w.dst, " />"...)
		return
	}
	text := v.String()
	if text == "" {
		w.dst = append(w.dst, " />"...)
		return
	}
	w.dst = append(w.dst, '>')
	w.dst = appendText(w.dst, text)
	w.close(f.Element)
}

// kithAttrs are the attributes of the kith types, in the order DMP writes them.
var kithAttrs = [...]string{"V", "U", "S", "DN", "OT"}

// kith writes the attributes of the value that p points to: those with text,
// and those that stood empty in the source.
func (w *encoder) kith(p any) {
	for _, name := range kithAttrs {
		text, present, bit := kithAttr(p, name)
		if text == nil || *text == "" && !present.Has(bit) {
			continue
		}
		w.dst = append(append(append(w.dst, ' '), name...), `="`...)
		w.dst = append(appendAttr(w.dst, *text), '"')
	}
}
