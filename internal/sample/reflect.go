package sample

import (
	"reflect"

	"github.com/festd/festd/internal/fest"
)

// clone copies an entry with all it points to.
func clone(e *fest.Entry) *fest.Entry {
	out := *e
	if e.Object != nil {
		v := reflect.New(reflect.TypeOf(e.Object).Elem())
		v.Elem().Set(reflect.ValueOf(e.Object).Elem())
		detach(v.Elem(), e.Class.Type())
		out.Object = v.Interface()
	}
	return &out
}

// detach replaces every pointer and list in the object by a copy.
func detach(v reflect.Value, t *fest.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		fv := v.FieldByIndex(f.Index)
		switch {
		case f.Slice:
			if fv.IsNil() {
				continue
			}
			c := reflect.MakeSlice(fv.Type(), fv.Len(), fv.Len())
			reflect.Copy(c, fv)
			fv.Set(c)
		case f.Pointer:
			if fv.IsNil() {
				continue
			}
			c := reflect.New(fv.Type().Elem())
			c.Elem().Set(fv.Elem())
			fv.Set(c)
		}
		eachObject(fv, f, detach)
	}
}

// eachObject calls do for every object that the field's value holds.
func eachObject(fv reflect.Value, f *fest.Field, do func(reflect.Value, *fest.Type)) {
	if f.Kind != fest.KindObject {
		return
	}
	switch {
	case f.Slice:
		for i := range fv.Len() {
			do(fv.Index(i), f.Object)
		}
	case f.Pointer:
		if !fv.IsNil() {
			do(fv.Elem(), f.Object)
		}
	default:
		do(fv, f.Object)
	}
}

// eachLeaf calls do for every value of a kind, wherever it stands in the
// object; the value is addressable.
func eachLeaf(v reflect.Value, t *fest.Type, kind fest.Kind, do func(reflect.Value)) {
	for i := range t.Fields {
		f := &t.Fields[i]
		fv := v.FieldByIndex(f.Index)
		if f.Kind == kind {
			switch {
			case f.Slice:
				for j := range fv.Len() {
					do(fv.Index(j))
				}
			case f.Pointer:
				if !fv.IsNil() {
					do(fv.Elem())
				}
			default:
				do(fv)
			}
			continue
		}
		eachObject(fv, f, func(o reflect.Value, ot *fest.Type) { eachLeaf(o, ot, kind, do) })
	}
}

// leaves is eachLeaf over an entry's object.
func leaves(e *fest.Entry, kind fest.Kind, do func(reflect.Value)) {
	if e.Object != nil {
		eachLeaf(reflect.ValueOf(e.Object).Elem(), e.Class.Type(), kind, do)
	}
}

// refs calls do for every reference of the entry.
func refs(e *fest.Entry, do func(fest.Ref)) {
	leaves(e, fest.KindRef, func(v reflect.Value) { do(fest.Ref(v.String())) })
}

// ids calls do for every object id of the entry, nested ones too.
func ids(e *fest.Entry, do func(fest.ID)) {
	leaves(e, fest.KindID, func(v reflect.Value) { do(fest.ID(v.String())) })
}

// prune takes out of an object every reference to what is gone, and what
// cannot stand without it. It reports false where the object itself cannot.
func prune(v reflect.Value, t *fest.Type, gone func(string) bool) bool {
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Kind != fest.KindRef && f.Kind != fest.KindObject {
			continue
		}
		keep := func(x reflect.Value) bool {
			if f.Kind == fest.KindRef {
				return !gone(x.String())
			}
			return prune(x, f.Object, gone)
		}
		fv := v.FieldByIndex(f.Index)
		switch {
		case f.Slice:
			if fv.Len() == 0 {
				continue
			}
			kept := reflect.MakeSlice(fv.Type(), 0, fv.Len())
			for j := range fv.Len() {
				if keep(fv.Index(j)) {
					kept = reflect.Append(kept, fv.Index(j))
				}
			}
			if kept.Len() == 0 {
				if f.Min > 0 {
					return false
				}
				kept = reflect.Zero(fv.Type())
			}
			fv.Set(kept)
		case f.Pointer:
			if !fv.IsNil() && !keep(fv.Elem()) {
				fv.SetZero()
			}
		default:
			if !keep(fv) {
				return false
			}
		}
	}
	return true
}

// pruneEntry is prune on an entry. A package without a drug and a reimbursed
// product's link without a group are nothing, though the schema would let
// them be.
func pruneEntry(e *fest.Entry, gone func(string) bool) bool {
	if e.Object == nil {
		return true
	}
	if !prune(reflect.ValueOf(e.Object).Elem(), e.Class.Type(), gone) {
		return false
	}
	if p, ok := e.Object.(*fest.Package); ok {
		return len(p.PackageInformation) > 0
	}
	return true
}
