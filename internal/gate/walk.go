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

// object walks one object of a class and returns the hash of its content. The
// rows of what is nested in it are added on the way.
func (o *Observer) object(c class, row uint32, p *plan, v reflect.Value, weight int) uint64 {
	o.stamp++
	o.tally.objects[c] += weight
	f := frame{class: c, row: row, stamp: o.stamp, weight: weight}
	if t := &o.tables[c]; t.words > 0 {
		f.bits = t.bits[int(row)*t.words : (int(row)+1)*t.words]
	}
	return o.walk(&f, p, v, 0)
}

func (o *Observer) walk(f *frame, p *plan, v reflect.Value, h uint64) uint64 {
	for i := range p.steps {
		s := &p.steps[i]
		fv := v.Field(s.outer)
		if s.inner >= 0 {
			fv = fv.Field(s.inner)
		}
		switch {
		case s.pointer:
			if fv.IsNil() {
				continue
			}
			h = o.put(s, h, o.value(f, s, fv.Elem()))
		case s.slice:
			n := fv.Len()
			if n == 0 {
				continue
			}
			// The order of a list is no content: what has an order says so in
			// a field of its own (R41).
			var sum uint64
			for j := range n {
				sum += o.value(f, s, fv.Index(j))
			}
			if s.nested == 0 {
				h = o.put(s, h, sum)
			}
		default:
			h = o.put(s, h, o.value(f, s, fv))
		}
	}
	return h
}

// put folds a field into the hash of its object. A field that says nothing
// leaves it as it was.
func (o *Observer) put(s *step, h, x uint64) uint64 {
	if s.silent || x == 0 {
		return h
	}
	return mix(h^s.salt, x)
}

// value takes note of one value of a field and returns its hash; 0 where it
// is empty or left out of the comparison.
func (o *Observer) value(f *frame, s *step, v reflect.Value) uint64 {
	switch s.kind {
	case fest.KindObject:
		if s.nested != 0 {
			o.present(f, s)
			o.nested(f, s, v)
			return 0
		}
		return o.walk(f, s.object, v, s.salt)
	case fest.KindCV:
		x := v.Addr().Interface().(*fest.CV)
		if x.Code != "" {
			o.present(f, s)
			if s.systems {
				o.buf = appendCode(o.buf[:0], x)
				o.counted(f, s, o.text.bytes(o.buf))
			} else {
				o.counted(f, s, o.text.of(x.Code))
			}
		}
		return mixString(mixString(mixString(mixString(s.salt, x.Code), x.System), x.Display), x.OriginalText)
	case fest.KindCS:
		x := v.Addr().Interface().(*fest.CS)
		if x.Code != "" {
			o.present(f, s)
			o.counted(f, s, o.text.of(x.Code))
		}
		return mixString(mixString(s.salt, x.Code), x.Display)
	case fest.KindPQ:
		x := v.Addr().Interface().(*fest.PQ)
		if x.Value != "" {
			o.present(f, s)
			o.counted(f, s, o.text.of(x.Unit))
		}
		return mixString(mixString(s.salt, x.Value), x.Unit)
	case fest.KindMO:
		x := v.Addr().Interface().(*fest.MO)
		if x.Value != "" {
			o.present(f, s)
			o.counted(f, s, o.text.of(x.Currency))
		}
		return mixString(mixString(s.salt, x.Value), x.Currency)
	case fest.KindURL:
		return o.leaf(f, s, v.Addr().Interface().(*fest.URL).Value)
	case fest.KindTS:
		return o.leaf(f, s, v.Addr().Interface().(*fest.TS).Value)
	default:
		return o.leaf(f, s, v.String())
	}
}

// leaf takes note of the text of an element.
func (o *Observer) leaf(f *frame, s *step, text string) uint64 {
	if text == "" {
		return 0
	}
	o.present(f, s)
	switch s.kind {
	case fest.KindBoolean:
		o.counted(f, s, o.text.of(canonicalBoolean(text)))
	case fest.KindRef:
		target := o.text.of(text)
		o.refs = append(o.refs, ref{f.class, f.row, uint32(s.slot), target, s.targets})
		if s.nested == classPackages {
			o.tables[classPackages].add(o.tables[f.class].own[f.row], target, 0)
		}
	case fest.KindDate:
		if fest.Class(f.class) != fest.ClassCondition { // R8: no validity
			o.tally.dates[dateKey{uint32(s.slot), o.text.of(text)}] += f.weight
		}
	}
	return mixString(s.salt, text)
}

// present counts the field as filled, once per object.
func (o *Observer) present(f *frame, s *step) {
	n := &o.tally.fields[s.slot]
	if o.seen[s.slot].stamp == f.stamp {
		return
	}
	o.seen[s.slot].stamp = f.stamp
	o.seen[s.slot].values = o.seen[s.slot].values[:0]
	n.having += f.weight
	if f.bits != nil {
		bit := o.plans.slots[s.slot].bit
		f.bits[bit>>6] |= 1 << (bit & 63)
	}
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
	n := &o.tally.fields[s.slot]
	if n.values == nil {
		n.values = map[uint32]int{}
	}
	n.values[value] += f.weight
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
