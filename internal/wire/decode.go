package wire

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/festd/festd/internal/fest"
)

// ErrDamaged is JSON that is not an item as [Renderer.Append] and [Fill] make
// it.
var ErrDamaged = errors.New("wire: no rendered item")

// Decode returns the entry that an item was rendered from: what Append and
// [Fill] made, backwards, by the same plans. It reads that form and no other
// (no white space, properties in their order), so it is no JSON parser and no
// validator; anything else is [ErrDamaged]. Texts are copied.
//
// All that the JSON says comes back: digits, texts, what is absent and what is
// empty, and which attributes stood (Present). What the JSON does not tell
// apart comes back as the plainer of the two:
//
//   - 1 and 0 of a boolean are true and false,
//   - an empty list is an absent one,
//   - an empty URL or TS is one without its attribute,
//   - an object id that is the entry's own id is an absent one (fest.Entry.Items).
//
// The item of a reimbursement group is an entry with that one group.
func Decode(js []byte) (*fest.Entry, error) {
	p, err := allPlans()
	if err != nil {
		return nil, err
	}
	d := decoder{scanner{src: string(js)}}
	e, err := d.item(p)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// decodePlans are the plans of all classes, by resource.
type decodePlans struct {
	*Renderer
	of map[string][]fest.Class
}

// allPlans compiles the description once per process.
var allPlans = sync.OnceValues(func() (*decodePlans, error) {
	r, err := NewRenderer(false)
	if err != nil {
		return nil, err
	}
	p := &decodePlans{Renderer: r, of: map[string][]fest.Class{}}
	for _, c := range fest.Classes() {
		name := string(c.Resource())
		p.of[name] = append(p.of[name], c)
	}
	return p, nil
})

// class returns the class of a resource's items of that kind.
func (p *decodePlans) class(resource, kind string) (fest.Class, bool) {
	for _, c := range p.of[resource] {
		if c.Kind() == kind {
			return c, true
		}
	}
	return 0, false
}

// decoder reads one item.
type decoder struct{ scanner }

func (d *decoder) item(p *decodePlans) (*fest.Entry, error) {
	var resource, id, kind string
	d.want("{")
	if d.next(`"resource":`) {
		resource = d.text()
	}
	if d.next(idProperty) {
		id = d.text()
	}
	if d.next(`"kind":`) {
		kind = d.text()
	}
	if d.next(`"sample":`) {
		d.text()
	}
	class, ok := p.class(resource, kind)
	if d.err == nil && !ok {
		d.fail("a resource and a kind")
	}
	if d.err != nil {
		return nil, d.err
	}
	e := &fest.Entry{Class: class, Object: class.New()}
	d.fields(p.envelope, reflect.ValueOf(&e.Envelope).Elem(), "")
	cp, v := &p.classes[class], reflect.ValueOf(e.Object).Elem()
	if r, ok := e.Object.(*fest.Reimbursement); ok {
		d.fields(cp.object, v, groupsProperty)
		r.ReimbursementGroups = make([]fest.ReimbursementGroup, 1)
		cp, v = &classPlan{object: cp.group}, reflect.ValueOf(&r.ReimbursementGroups[0]).Elem()
	}
	d.fields(cp.object, v, idProperty)
	d.want("}")
	if d.err == nil && d.at != len(d.src) {
		d.fail("the end")
	}
	if id != string(e.EntryID) {
		cp.object.setID(v, id)
	}
	return e, d.err
}

// setID sets the object's own id, where the type has one.
func (p *plan) setID(v reflect.Value, id string) {
	for i := range p.fields {
		f := &p.fields[i]
		if f.name != idProperty {
			continue
		}
		fv := f.at(v)
		if f.pointer {
			fv.Set(reflect.New(fv.Type().Elem()))
			fv = fv.Elem()
		}
		fv.SetString(id)
	}
}

// fields reads the fields of v but the one named skip, in their order.
func (d *decoder) fields(p *plan, v reflect.Value, skip string) {
	for i := range p.fields {
		f := &p.fields[i]
		if f.name == skip {
			continue
		}
		if !d.next(f.name) {
			if !f.pointer && !f.slice {
				d.fail(f.name)
			}
			continue
		}
		fv := f.at(v)
		switch {
		case f.slice:
			d.list(f, fv)
		case f.pointer:
			fv.Set(reflect.New(fv.Type().Elem()))
			d.value(f, fv.Elem())
		default:
			d.value(f, fv)
		}
	}
}

func (d *decoder) list(f *planField, v reflect.Value) {
	d.want("[")
	for n := 0; d.err == nil; n++ {
		v.Grow(1)
		v.SetLen(n + 1)
		d.value(f, v.Index(n))
		if !d.have(",") {
			d.want("]")
			return
		}
	}
}

// value reads one value of the field into v, which is addressable.
func (d *decoder) value(f *planField, v reflect.Value) {
	switch f.kind {
	case fest.KindObject:
		d.want("{")
		d.fields(f.object, v, "")
		d.want("}")
	case fest.KindRef:
		v.SetString(d.reference())
	case fest.KindDecimal, fest.KindInteger:
		v.SetString(d.number())
	case fest.KindBoolean:
		v.SetString(d.boolean())
	case fest.KindCV:
		d.cv(v.Addr().Interface().(*fest.CV))
	case fest.KindCS:
		d.cs(f, v.Addr().Interface().(*fest.CS))
	case fest.KindPQ:
		q := v.Addr().Interface().(*fest.PQ)
		q.Value, q.Unit, q.Present = d.quantity(`"unit":`)
	case fest.KindMO:
		m := v.Addr().Interface().(*fest.MO)
		m.Value, m.Currency, m.Present = d.quantity(`"currency":`)
	case fest.KindURL:
		u := v.Addr().Interface().(*fest.URL)
		if u.Value = d.text(); u.Value != "" {
			u.Present = fest.AttrV
		}
	case fest.KindTS:
		t := v.Addr().Interface().(*fest.TS)
		if t.Value = d.text(); t.Value != "" {
			t.Present = fest.AttrV
		}
	default: // the leaves that are text
		v.SetString(d.text())
	}
}

// reference reads a filled hole or the parent of a code: its id.
func (d *decoder) reference() string {
	d.want("{")
	if d.next(`"resource":`) {
		d.text()
	}
	id := ""
	if d.next(idProperty) {
		id = d.text()
	} else {
		d.fail("the id of a reference")
	}
	if d.next(`"display":`) {
		d.text()
	}
	d.want("}")
	return id
}

func (d *decoder) boolean() string {
	switch {
	case d.have("true"):
		return "true"
	case d.have("false"):
		return "false"
	default:
		return d.text()
	}
}

func (d *decoder) cv(c *fest.CV) {
	d.want("{")
	c.Code = d.attribute(`"code":`, &c.Present, fest.AttrV)
	if system := d.attribute(`"system":`, &c.Present, fest.AttrS); system != "" {
		oid, ok := strings.CutPrefix(system, "urn:oid:")
		if !ok || oid == "" {
			d.fail("an OID as system")
		}
		c.System = oid
	}
	c.Display = d.attribute(`"display":`, &c.Present, fest.AttrDN)
	c.OriginalText = d.attribute(`"originalText":`, &c.Present, fest.AttrOT)
	d.want("}")
}

func (d *decoder) cs(f *planField, c *fest.CS) {
	d.want("{")
	c.Code = d.attribute(`"code":`, &c.Present, fest.AttrV)
	if c.Code != "" && f.system != "" { // the field's, not the source's
		if !d.next(`"system":`) {
			d.fail("a system")
		}
		d.text()
	}
	c.Display = d.attribute(`"display":`, &c.Present, fest.AttrDN)
	d.want("}")
}

func (d *decoder) quantity(unitName string) (value, unit string, present fest.Attrs) {
	d.want("{")
	if d.next(`"value":`) {
		value, present = d.number(), fest.AttrV
	}
	unit = d.attribute(unitName, &present, fest.AttrU)
	d.want("}")
	return value, unit, present
}

// attribute reads an attribute if it is the next property.
func (d *decoder) attribute(name string, present *fest.Attrs, bit fest.Attrs) string {
	if !d.next(name) {
		return ""
	}
	*present |= bit
	return d.text()
}

// scanner reads the JSON that this package writes. After the first error all
// its methods do nothing and find nothing.
type scanner struct {
	src string
	at  int
	err error
}

// fail notes that something else was expected at this place.
func (s *scanner) fail(want string) {
	if s.err == nil {
		s.err = fmt.Errorf("%w: want %s at byte %d of %d", ErrDamaged, want, s.at, len(s.src))
	}
}

// have takes what follows if it is lit.
func (s *scanner) have(lit string) bool {
	if s.err != nil || !strings.HasPrefix(s.src[s.at:], lit) {
		return false
	}
	s.at += len(lit)
	return true
}

// want takes lit, which must follow.
func (s *scanner) want(lit string) {
	if !s.have(lit) {
		s.fail(lit)
	}
}

// next takes a property's name, with the comma before it unless it is the
// first of its object, if that follows.
func (s *scanner) next(name string) bool {
	if s.err != nil {
		return false
	}
	rest := s.src[s.at:]
	comma := 0
	if s.at == 0 || s.src[s.at-1] != '{' {
		if rest == "" || rest[0] != ',' {
			return false
		}
		comma = 1
	}
	if !strings.HasPrefix(rest[comma:], name) {
		return false
	}
	s.at += comma + len(name)
	return true
}

// text takes a string.
func (s *scanner) text() string {
	if !s.have(`"`) {
		s.fail("a string")
		return ""
	}
	rest := s.src[s.at:]
	end := strings.IndexByte(rest, '"')
	if end < 0 {
		s.fail("the end of a string")
		return ""
	}
	if strings.IndexByte(rest[:end], '\\') < 0 {
		s.at += end + 1
		return rest[:end]
	}
	text, n, ok := unescape(rest)
	if !ok {
		s.fail("a string")
		return ""
	}
	s.at += n
	return text
}

// number takes a number, or the string in its place.
func (s *scanner) number() string {
	if s.err != nil {
		return ""
	}
	rest := s.src[s.at:]
	if rest != "" && rest[0] == '"' {
		return s.text()
	}
	n := 0
	for n < len(rest) && strings.IndexByte("0123456789.-+eE", rest[n]) >= 0 {
		n++
	}
	if !isNumber(rest[:n]) {
		s.fail("a number")
		return ""
	}
	s.at += n
	return rest[:n]
}
