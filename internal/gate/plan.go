package gate

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/festd/festd/internal/fest"
)

// slot is one field of a class whose presence and values are counted.
type slot struct {
	class class
	bit   int    // among the class's slots
	path  string // properties from the class's object on, dot-separated
	kind  fest.Kind
	// targets are the resources that a reference may name, as bits.
	targets uint32
	// signed: its values are part of what the object says.
	signed bool
}

// coded: the field's values come from a closed set, so that their
// distribution says something.
func (s slot) coded() bool {
	switch s.kind {
	case fest.KindCV, fest.KindCS, fest.KindBoolean, fest.KindPQ, fest.KindMO:
		return true
	default:
		return false
	}
}

// dated: whether the field is there depends on the calendar, not only on what
// the object is.
func (s slot) dated() bool {
	switch s.kind {
	case fest.KindDate, fest.KindDateTime, fest.KindTime, fest.KindTS:
		return true
	default:
		return false
	}
}

// step is what to do with one field of a struct.
type step struct {
	outer, inner   int // index of the field; inner -1 where not embedded
	kind           fest.Kind
	pointer, slice bool
	object         *plan
	nested         class // its objects are counted as a class of their own
	slot           int   // in plans.slots; -1 of an object within the object
	silent         bool  // left out of what the object says
	systems        bool  // several code lists: a value names its own (R89)
}

type plan struct{ steps []step }

// plans is the description of M30 as the observer walks it: compiled once,
// from fest's description alone.
type plans struct {
	class       [numClasses]*plan
	slots       []slot
	bySlot      [numClasses][]int    // bit → slot
	signed      [numClasses][]uint64 // bits of the slots that are signed
	resource    map[fest.Resource]uint32
	fingerprint uint64
}

// words is how many words the presence bits of one object of the class take.
func (p *plans) words(c class) int { return (len(p.bySlot[c]) + 63) / 64 }

var compiled = sync.OnceValue(compile)

// undated are the types that R141 and R142 leave out of what counts as a
// change: prices, and links that come and go by date.
func undated(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[fest.Price](), reflect.TypeFor[fest.ProductReimbursement](),
		reflect.TypeFor[fest.PackageSubstitutionGroup](), reflect.TypeFor[fest.ReimbursementCondition]():
		return true
	default:
		return false
	}
}

// nestedClass is the class that the elements of a field are counted as.
func nestedClass(owner class, f *fest.Field) class {
	if f.Object != nil {
		switch f.Object.Go {
		case reflect.TypeFor[fest.ReimbursementGroup]():
			return classGroups
		case reflect.TypeFor[fest.ReimbursementCode]():
			return classCodes
		case reflect.TypeFor[fest.CodeSystemElement]():
			return classElements
		case reflect.TypeFor[fest.Substance]():
			return classSubstances
		}
	}
	if fest.Class(owner) == fest.ClassGeneric && f.Property == "packages" {
		return classPackages
	}
	return 0
}

func compile() *plans {
	p := &plans{resource: map[fest.Resource]uint32{}}
	for i, r := range append(fest.Resources(), fest.ResourceCodeSystemElements) {
		p.resource[r] = 1 << i
	}
	for _, c := range fest.Classes() {
		p.class[class(c)] = p.compile(class(c), c.Type(), "", false)
	}
	for c := range p.signed {
		p.signed[c] = make([]uint64, p.words(class(c)))
	}
	for i, s := range p.slots {
		p.fingerprint = mixString(mix(p.fingerprint, uint64(i)), fmt.Sprintf("%d %s %d %t", s.class, s.path, s.kind, s.signed))
		if s.signed {
			p.signed[s.class][s.bit>>6] |= 1 << (s.bit & 63)
		}
	}
	return p
}

func (p *plans) compile(c class, t *fest.Type, prefix string, silent bool) *plan {
	out := &plan{}
	for i := range t.Fields {
		f := &t.Fields[i]
		s := step{
			outer: f.Index[0], inner: -1, kind: f.Kind, pointer: f.Pointer, slice: f.Slice, systems: len(f.Lists) > 1,
			silent: silent || c == classCodes && f.Kind == fest.KindDate,
		}
		if len(f.Index) > 1 {
			s.inner = f.Index[1]
		}
		path := prefix + f.Property
		s.nested = nestedClass(c, f)
		switch {
		case s.nested == classPackages: // a reference that is counted; it is walked like any
			s.slot = p.slot(c, path, f.Kind)
		case s.nested != 0:
			s.slot = p.slot(c, path, f.Kind)
			s.object = p.compile(s.nested, f.Object, "", silent)
		case f.Object != nil:
			s.slot = -1
			s.silent = s.silent || undated(f.Object.Go)
			s.object = p.compile(c, f.Object, path+".", s.silent)
		default:
			s.slot = p.slot(c, path, f.Kind)
			p.slots[s.slot].signed = !s.silent
		}
		for _, r := range f.Targets {
			p.slots[s.slot].targets |= p.resource[r]
		}
		out.steps = append(out.steps, s)
	}
	return out
}

func (p *plans) slot(c class, path string, kind fest.Kind) int {
	n := len(p.slots)
	p.slots = append(p.slots, slot{class: c, bit: len(p.bySlot[c]), path: path, kind: kind})
	p.bySlot[c] = append(p.bySlot[c], n)
	return n
}

// slotOf finds a field by its path; -1 if the class has none such.
func (p *plans) slotOf(c class, path string) int {
	for _, n := range p.bySlot[c] {
		if p.slots[n].path == path {
			return n
		}
	}
	return -1
}
