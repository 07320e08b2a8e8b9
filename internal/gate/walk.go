package gate

import (
	"reflect"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// frame is the object that is being walked: the fields met belong to it.
type frame struct {
	class  class
	row    uint32
	stamp  uint32 // of this object, to count each field once
	weight int
	bits   []uint64 // presence, one bit per slot of the class
}

// object walks one object of a class. The rows of what is nested in it are
// added on the way.
func (o *Observer) object(c class, row uint32, p *plan, v reflect.Value, weight int) {
	o.stamp++
	o.tally.objects[c] += weight
	f := frame{class: c, row: row, stamp: o.stamp, weight: weight}
	t := &o.tables[c]
	f.bits = t.presence(row)
	o.walk(&f, p, v)
	t.sign(row, func(bit int) signature { return o.seen[o.plans.bySlot[c][bit]].signature })
}

func (o *Observer) walk(f *frame, p *plan, v reflect.Value) {
	for i := range p.steps {
		s := &p.steps[i]
		fv := v.Field(s.outer)
		if s.inner >= 0 {
			fv = fv.Field(s.inner)
		}
		switch {
		case s.pointer:
			if !fv.IsNil() {
				o.value(f, s, fv.Elem())
			}
		case s.slice:
			for j := range fv.Len() {
				o.value(f, s, fv.Index(j))
			}
		default:
			o.value(f, s, fv)
		}
	}
}

// value takes note of one value of a field.
func (o *Observer) value(f *frame, s *step, v reflect.Value) {
	switch s.kind {
	case fest.KindObject:
		if s.nested != 0 {
			o.present(f, s, 0)
			o.nested(f, s, v)
			return
		}
		o.walk(f, s.object, v)
	case fest.KindCV:
		if x := v.Addr().Interface().(*fest.CV); x.Code != "" {
			o.present(f, s, mixString(mixString(mixString(mixString(0, x.Code), x.System), x.Display), x.OriginalText))
			if s.systems {
				o.buf = appendCode(o.buf[:0], x)
				o.counted(f, s, o.text.bytes(o.buf))
			} else {
				o.counted(f, s, o.known(s, x.Code))
			}
		}
	case fest.KindCS:
		if x := v.Addr().Interface().(*fest.CS); x.Code != "" {
			o.present(f, s, mixString(mixString(0, x.Code), x.Display))
			o.counted(f, s, o.known(s, x.Code))
		}
	case fest.KindPQ:
		if x := v.Addr().Interface().(*fest.PQ); x.Value != "" {
			o.present(f, s, mixString(mixString(0, x.Value), x.Unit))
			o.counted(f, s, o.known(s, x.Unit))
		}
	case fest.KindMO:
		if x := v.Addr().Interface().(*fest.MO); x.Value != "" {
			o.present(f, s, mixString(mixString(0, x.Value), x.Currency))
			o.counted(f, s, o.known(s, x.Currency))
		}
	case fest.KindURL:
		o.leaf(f, s, v.Addr().Interface().(*fest.URL).Value)
	case fest.KindTS:
		o.leaf(f, s, v.Addr().Interface().(*fest.TS).Value)
	default:
		o.leaf(f, s, v.String())
	}
}

// leaf takes note of the text of an element.
func (o *Observer) leaf(f *frame, s *step, text string) {
	if text == "" {
		return
	}
	o.present(f, s, mixString(0, text))
	switch s.kind {
	case fest.KindBoolean:
		o.counted(f, s, o.known(s, canonicalBoolean(text)))
	case fest.KindRef:
		target := o.text.of(text)
		o.refs = push(o.refs, ref{f.row, target, uint16(s.slot)})
		if s.nested == classPackages {
			o.tables[classPackages].add(o.tables[f.class].own[f.row], target, 0)
		}
	case fest.KindDate:
		if fest.Class(f.class) != fest.ClassCondition { // R8: no validity
			o.tally.dates[dateKey{uint32(s.slot), o.text.of(text)}] += f.weight
		}
	}
}

// present counts the field as filled, once per object, and signs the value.
func (o *Observer) present(f *frame, s *step, hash uint64) {
	seen := &o.seen[s.slot]
	if seen.stamp != f.stamp {
		seen.stamp, seen.values, seen.signature = f.stamp, seen.values[:0], 0
		o.tally.fields[s.slot].having += f.weight
		if f.bits != nil {
			bit := o.plans.slots[s.slot].bit
			f.bits[bit>>6] |= 1 << (bit & 63)
		}
	}
	seen.signature |= signatureOf(hash)
}

// counted counts a value of a coded field, once per object. It follows
// present.
func (o *Observer) counted(f *frame, s *step, value uint32) {
	seen := &o.seen[s.slot]
	for _, v := range seen.values {
		if v == value {
			return
		}
	}
	seen.values = append(seen.values, value)
	o.tally.fields[s.slot].count(value, f.weight)
}

// known is the number of a field's value. Neighbours are often alike.
func (o *Observer) known(s *step, text string) uint32 {
	seen := &o.seen[s.slot]
	if seen.text != text {
		seen.number = o.text.of(text)
		seen.text = o.text.text[seen.number]
	}
	return seen.number
}

// canonicalBoolean: xs:boolean has two spellings of each value.
func canonicalBoolean(s string) string {
	switch value, ok := fest.Boolean(s).Bool(); {
	case !ok:
		return s
	case value:
		return "true"
	default:
		return "false"
	}
}

// appendCode writes a code with the number of its list: the same text in two
// systems is two codes (R89).
func appendCode(dst []byte, c *fest.CV) []byte {
	if c.System != "" {
		dst = append(dst, c.System[strings.LastIndexByte(c.System, '.')+1:]...)
		dst = append(dst, ':')
	}
	return append(dst, c.Code...)
}
