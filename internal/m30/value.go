package m30

import (
	"reflect"

	"github.com/festd/festd/internal/fest"
)

// object reads the inside of an element with child elements into v, a struct.
// The tokenizer stands on its start tag.
func (d *Decoder) object(v reflect.Value, p *plan) error {
	d.otherAttributes()
	var seen uint64
	cursor, depth := 0, len(d.t.stack)
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
			if p.required&^seen != 0 || len(p.several)+len(p.choices) > 0 {
				d.endObject(v, p, seen, depth)
			}
			return nil
		}
		f := d.match(p, &cursor)
		if f == nil {
			err = d.skip(fest.RuleUnknownElement)
		} else {
			err = d.field(v, f, &seen)
		}
		if err != nil {
			return err
		}
	}
}

// endObject notes what an object lacks or has too much of. The tokenizer has
// just left its element, depth deep; the path wants it back.
func (d *Decoder) endObject(v reflect.Value, p *plan, seen uint64, depth int) {
	d.t.stack = d.t.stack[:depth]
	p.missing(v, seen, func(name string) { d.note(fest.RuleMissingElement, name) })
	for _, c := range p.choices {
		if both := seen & c.fields; both&(both-1) != 0 {
			d.note(fest.RuleRepeatedElement, c.names)
		}
	}
	d.t.stack = d.t.stack[:depth-1]
}

// field reads the element into its field of v. A second one where one is
// allowed is noted and left out.
func (d *Decoder) field(v reflect.Value, f *planField, seen *uint64) error {
	if !f.Slice && *seen&f.bit != 0 {
		return d.skip(fest.RuleRepeatedElement)
	}
	*seen |= f.bit
	return d.value(v.FieldByIndex(f.Index), f)
}

// value reads one value into v, the field of a struct.
func (d *Decoder) value(v reflect.Value, f *planField) error {
	switch {
	case f.Pointer:
		p := reflect.New(f.value)
		v.Set(p)
		v = p.Elem()
	case f.Slice:
		n := v.Len()
		v.Grow(1)
		v.SetLen(n + 1)
		v = v.Index(n)
	}
	switch f.Kind {
	case fest.KindObject:
		return d.object(v, f.plan)
	case fest.KindCV, fest.KindCS, fest.KindPQ, fest.KindMO, fest.KindURL, fest.KindTS:
		d.attributes(v.Addr().Interface())
		return d.noContent()
	default:
		text, err := d.leaf()
		v.SetString(text)
		return err
	}
}

// leaf reads the text of an element.
func (d *Decoder) leaf() (string, error) {
	d.otherAttributes()
	text, pieces := "", 0
	for {
		tok, err := d.t.next(false)
		if err != nil {
			return "", err
		}
		switch tok {
		case tokenText: // in several pieces only with CDATA or comments: rare
			switch pieces++; pieces {
			case 1:
				text = d.t.text
			case 2:
				d.text = append(append(d.text[:0], text...), d.t.text...)
			default:
				d.text = append(d.text, d.t.text...)
			}
		case tokenEnd:
			if pieces > 1 {
				text = string(d.text)
			}
			return text, nil
		default:
			if err := d.skip(fest.RuleUnknownElement); err != nil {
				return "", err
			}
		}
	}
}

// noContent reads to the end of an element that has only attributes.
func (d *Decoder) noContent() error {
	for {
		tok, err := d.t.next(true)
		if err != nil {
			return err
		}
		switch tok {
		case tokenText:
			d.note(fest.RuleUnexpectedText, "")
		case tokenEnd:
			return nil
		default:
			if err := d.skip(fest.RuleUnknownElement); err != nil {
				return err
			}
		}
	}
}

// attributes reads the attributes of a kith value; p points to it.
func (d *Decoder) attributes(p any) {
	for i := range d.t.attrs {
		a := &d.t.attrs[i]
		to, present, bit := kithAttr(p, a.local)
		if to == nil || len(a.raw) != len(a.local) {
			d.otherAttribute(a)
			continue
		}
		*to = a.value
		*present |= bit
	}
}

// kithAttr is where a kith value, to which p points, keeps an attribute.
func kithAttr(p any, name string) (to *string, present *fest.Attrs, bit fest.Attrs) {
	switch p := p.(type) {
	case *fest.CV:
		switch name {
		case "V":
			return &p.Code, &p.Present, fest.AttrV
		case "S":
			return &p.System, &p.Present, fest.AttrS
		case "DN":
			return &p.Display, &p.Present, fest.AttrDN
		case "OT":
			return &p.OriginalText, &p.Present, fest.AttrOT
		}
	case *fest.CS:
		switch name {
		case "V":
			return &p.Code, &p.Present, fest.AttrV
		case "DN":
			return &p.Display, &p.Present, fest.AttrDN
		}
	case *fest.PQ:
		switch name {
		case "V":
			return &p.Value, &p.Present, fest.AttrV
		case "U":
			return &p.Unit, &p.Present, fest.AttrU
		}
	case *fest.MO:
		switch name {
		case "V":
			return &p.Value, &p.Present, fest.AttrV
		case "U":
			return &p.Currency, &p.Present, fest.AttrU
		}
	case *fest.URL:
		if name == "V" {
			return &p.Value, &p.Present, fest.AttrV
		}
	case *fest.TS:
		if name == "V" {
			return &p.Value, &p.Present, fest.AttrV
		}
	}
	return nil, nil, 0
}

// otherAttributes notes the attributes of an element that has none in the
// schemas.
func (d *Decoder) otherAttributes() {
	for i := range d.t.attrs {
		d.otherAttribute(&d.t.attrs[i])
	}
}

// otherAttribute notes an attribute, but not those of XML Schema instance,
// which speak to validators.
func (d *Decoder) otherAttribute(a *attr) {
	if a.uri != uriXSI {
		d.note(fest.RuleUnknownAttribute, "@"+a.raw)
	}
}

// skip notes the element that the tokenizer stands on and reads to its end.
func (d *Decoder) skip(rule string) error {
	d.note(rule, "")
	for depth := len(d.t.stack); len(d.t.stack) >= depth; {
		if _, err := d.t.next(true); err != nil {
			return err
		}
	}
	return nil
}
