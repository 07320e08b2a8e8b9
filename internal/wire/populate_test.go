package wire_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/festd/festd/internal/fest"
)

// populate returns an entry of the class with every field filled, each with a
// value of its own, lists with two members.
func populate(t testing.TB, class fest.Class) *fest.Entry {
	t.Helper()
	p := populator{t: t}
	e := &fest.Entry{Class: class, Object: class.New()}
	p.fill(fest.EnvelopeType(), reflect.ValueOf(&e.Envelope).Elem())
	p.fill(class.Type(), reflect.ValueOf(e.Object).Elem())
	return e
}

type populator struct {
	t testing.TB
	n int
}

func (p *populator) next(f *fest.Field) string {
	p.n++
	return fmt.Sprintf("%s-%d", f.Element, p.n)
}

func (p *populator) fill(t *fest.Type, v reflect.Value) {
	for i := range t.Fields {
		f := &t.Fields[i]
		fv := v.FieldByIndex(f.Index)
		switch {
		case f.Slice:
			fv.Set(reflect.MakeSlice(fv.Type(), 2, 2))
			p.value(f, fv.Index(0))
			p.value(f, fv.Index(1))
		case f.Pointer:
			fv.Set(reflect.New(fv.Type().Elem()))
			p.value(f, fv.Elem())
		default:
			p.value(f, fv)
		}
	}
}

func (p *populator) value(f *fest.Field, v reflect.Value) {
	switch f.Kind {
	case fest.KindObject:
		p.fill(f.Object, v)
	case fest.KindDecimal:
		p.n++
		v.SetString(fmt.Sprintf("%d.50", p.n))
	case fest.KindInteger:
		p.n++
		v.SetString(fmt.Sprint(p.n))
	case fest.KindBoolean:
		p.n++
		v.SetString([]string{"true", "false", "1", "0"}[p.n%4])
	case fest.KindCV:
		v.Set(reflect.ValueOf(fest.CV{Code: p.next(f), System: fest.OIDRoot + p.next(f), Display: "ø " + p.next(f), OriginalText: p.next(f)}))
	case fest.KindCS:
		v.Set(reflect.ValueOf(fest.CS{Code: p.next(f), Display: p.next(f)}))
	case fest.KindPQ:
		p.n++
		v.Set(reflect.ValueOf(fest.PQ{Value: fmt.Sprintf("%d.0", p.n), Unit: p.next(f)}))
	case fest.KindMO:
		p.n++
		v.Set(reflect.ValueOf(fest.MO{Value: fmt.Sprintf("%d.90", p.n), Currency: p.next(f)}))
	case fest.KindURL:
		v.Set(reflect.ValueOf(fest.URL{Value: p.next(f)}))
	case fest.KindTS:
		v.Set(reflect.ValueOf(fest.TS{Value: p.next(f)}))
	default:
		v.SetString(p.next(f))
	}
}
