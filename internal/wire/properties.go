package wire

import (
	"github.com/festd/festd/internal/fest"
)

// Type is the form of a property's value in JSON.
type Type string

// The types. Numbers are written as strings where JSON cannot write the
// source's digits, booleans where the source has neither true nor false.
const (
	TypeString    Type = "string"
	TypeNumber    Type = "number"
	TypeBoolean   Type = "boolean"
	TypeObject    Type = "object"
	TypeCoded     Type = "coded"     // code, system, display, originalText
	TypeQuantity  Type = "quantity"  // value, unit
	TypeMoney     Type = "money"     // value, currency
	TypeReference Type = "reference" // resource, id, display
	TypeParent    Type = "parent"    // id, display
)

// Property is a property of a resource's items: what the docs and the check of
// the OpenAPI description derive from.
type Property struct {
	Name     string
	Path     string // from the item, with dots; [] marks lists
	Type     Type
	List     bool
	Required bool // by the XSD; a choice's members never are
	// Element is the M30 element below the entry, with slashes; "" for
	// resource, id, kind and sample, which are no element's.
	Element   string
	Namespace fest.Namespace
	Kind      fest.Kind
	CodeLists []string
	Targets   []fest.Resource
	Choice    string
	// Classes of the resource that have the property.
	Classes    []fest.Class
	Properties []Property // of an object
}

// Properties returns the properties of a resource's items in the order they
// are rendered; nil for what is no resource. Where a resource serves several
// classes, their properties are merged.
func Properties(r fest.Resource) []Property {
	var out []Property
	var classes []fest.Class
	for _, c := range fest.Classes() {
		if c.Resource() == r {
			classes = append(classes, c)
		}
	}
	if classes == nil {
		return nil
	}
	out = append(out, own("resource", classes, true), own("id", classes, true))
	if classes[0].Kind() != "" {
		out = append(out, own("kind", classes, true))
	}
	out = append(out, own("sample", classes, false))
	for _, c := range classes {
		out = merge(out, properties(fest.EnvelopeType(), "", "", c), c)
	}
	for _, c := range classes {
		_, element := c.ObjectElement()
		prefix := ""
		if element != "" {
			prefix = element + "/"
		}
		switch t := c.Type(); c {
		case fest.ClassReimbursement:
			fields := properties(t, "", prefix, c)
			groups := fields[len(fields)-1]
			fields = fields[:len(fields)-1]
			for _, p := range properties(t.Fields[len(t.Fields)-1].Object, "", groups.Element+"/", c) {
				if p.Name != "id" {
					fields = append(fields, p)
				}
			}
			out = merge(out, fields, c)
		default:
			var fields []Property
			for _, p := range properties(t, "", prefix, c) {
				if p.Name != "id" {
					fields = append(fields, p)
				}
			}
			out = merge(out, fields, c)
		}
	}
	return out
}

func own(name string, classes []fest.Class, required bool) Property {
	return Property{Name: name, Path: name, Type: TypeString, Required: required, Classes: classes}
}

// properties describes the fields of a type below a path.
func properties(t *fest.Type, path, element string, c fest.Class) []Property {
	var out []Property
	for i := range t.Fields {
		f := &t.Fields[i]
		p := Property{
			Name: f.Property, Path: path + f.Property, Type: typeOf(f), List: f.Slice,
			Required: f.Min > 0 && f.Choice == "", Element: element + f.Element, Namespace: f.Namespace,
			Kind: f.Kind, CodeLists: f.Lists, Targets: f.Targets, Choice: f.Choice, Classes: []fest.Class{c},
		}
		if f.Slice {
			p.Path += "[]"
		}
		if f.Object != nil {
			p.Properties = properties(f.Object, p.Path+".", p.Element+"/", c)
		}
		out = append(out, p)
	}
	return out
}

func typeOf(f *fest.Field) Type {
	switch f.Kind {
	case fest.KindObject:
		return TypeObject
	case fest.KindRef:
		if f.Targets[0] == fest.ResourceCodeSystemElements {
			return TypeParent
		}
		return TypeReference
	case fest.KindDecimal, fest.KindInteger:
		return TypeNumber
	case fest.KindBoolean:
		return TypeBoolean
	case fest.KindCV, fest.KindCS:
		return TypeCoded
	case fest.KindPQ:
		return TypeQuantity
	case fest.KindMO:
		return TypeMoney
	default:
		return TypeString
	}
}

// merge adds the properties of another class: one that is there already gets
// the class, the others follow.
func merge(out, more []Property, c fest.Class) []Property {
next:
	for _, p := range more {
		for i := range out {
			if out[i].Name == p.Name {
				if last := out[i].Classes; last[len(last)-1] != c {
					out[i].Classes = append(last[:len(last):len(last)], c)
				}
				continue next
			}
		}
		out = append(out, p)
	}
	return out
}
