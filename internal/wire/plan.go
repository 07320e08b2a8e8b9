package wire

import (
	"fmt"
	"reflect"

	"github.com/festd/festd/internal/fest"
)

// plan is the compiled description of a struct type.
type plan struct {
	goType reflect.Type
	fields []planField
	// names reports that a value says itself which of the possible resources
	// its references name (fest.ReferencedElement).
	names bool
}

type planField struct {
	outer   int // field of the struct, or of its embedded struct …
	inner   int // … and the field in that; -1 for none
	name    string
	kind    fest.Kind
	pointer bool
	slice   bool
	object  *plan
	system  string // of a CS, rendered
	targets Targets
	parent  bool // reference to an element of the same code system
}

// namer is what fest.ReferencedElement is.
type namer interface{ Resource() fest.Resource }

var namerType = reflect.TypeFor[namer]()

type compiler map[*fest.Type]*plan

func (c compiler) compile(t *fest.Type) (*plan, error) {
	if p, ok := c[t]; ok {
		return p, nil
	}
	p := &plan{goType: t.Go, names: reflect.PointerTo(t.Go).Implements(namerType)}
	c[t] = p
	for i := range t.Fields {
		f, err := c.field(&t.Fields[i])
		if err != nil {
			return nil, fmt.Errorf("wire: %s.%s: %w", t.Name, t.Fields[i].Property, err)
		}
		p.fields = append(p.fields, f)
	}
	return p, nil
}

func (c compiler) field(f *fest.Field) (planField, error) {
	pf := planField{
		outer: f.Index[0], inner: -1, kind: f.Kind, pointer: f.Pointer, slice: f.Slice,
		name: string(append(AppendString(nil, f.Property), ':')),
	}
	switch len(f.Index) {
	case 1:
	case 2:
		pf.inner = f.Index[1]
	default:
		return pf, fmt.Errorf("embedded more than one level deep")
	}
	if f.Kind == fest.KindCS && len(f.Lists) == 1 {
		pf.system = string(append(AppendString([]byte(`"system":`), "urn:oid:"+fest.OIDRoot+f.Lists[0]), ','))
	}
	if f.Kind == fest.KindRef {
		if len(f.Targets) == 1 && f.Targets[0] == fest.ResourceCodeSystemElements {
			pf.parent = true
			return pf, nil
		}
		var err error
		if pf.targets, err = targetsOf(f.Targets); err != nil {
			return pf, err
		}
	}
	if f.Object != nil {
		var err error
		if pf.object, err = c.compile(f.Object); err != nil {
			return pf, err
		}
	}
	return pf, nil
}

// at returns the field's value in v, a struct of the plan's type.
func (f *planField) at(v reflect.Value) reflect.Value {
	v = v.Field(f.outer)
	if f.inner >= 0 {
		v = v.Field(f.inner)
	}
	return v
}
