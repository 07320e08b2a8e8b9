package fest

import (
	"reflect"
	"strings"
)

// Attribute describes one XML attribute of a kith type.
type Attribute struct {
	Name     string // V, S, DN, OT or U; in no namespace
	Property string // JSON name; "" where the value itself is the property
	Bit      Attrs
	Index    int // for reflect.Value.Field
}

// Attributes describes the attributes of a kith kind, in the order of its Go
// fields; nil for all other kinds.
func (k Kind) Attributes() []Attribute {
	for t, of := range kinds {
		if of == k && t.Kind() == reflect.Struct {
			return attributesOf(t)
		}
	}
	return nil
}

func attributesOf(t reflect.Type) []Attribute {
	var out []Attribute
	for i := range t.NumField() {
		sf := t.Field(i)
		if name, ok := strings.CutPrefix(sf.Tag.Get("fest"), "@"); ok {
			out = append(out, Attribute{Name: name, Property: sf.Tag.Get("json"), Bit: attrBit(name), Index: i})
		}
	}
	return out
}

func attrBit(name string) Attrs {
	switch name {
	case "V":
		return AttrV
	case "S":
		return AttrS
	case "DN":
		return AttrDN
	case "OT":
		return AttrOT
	case "U":
		return AttrU
	default:
		return 0
	}
}
