package answer

import (
	"encoding/json"
	"strings"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// Reference names an item as references in items do.
type Reference struct {
	// Resource is left out where several are possible and nothing has the id.
	Resource fest.Resource `json:"resource,omitempty"`
	ID       string        `json:"id"`
	// Display is left out where nothing in the release has the id.
	Display string `json:"display,omitempty"`
}

// Reference names an object that the register handed out.
func (r *Register) Reference(object any) Reference {
	if g, ok := object.(Group); ok {
		object = g.Of
	}
	i, ok := r.index[object]
	if !ok {
		return Reference{}
	}
	it := r.snap.Item(i)
	return Reference{it.Resource, string(it.Key), r.display(r.entries[i])}
}

// ReferenceTo names what an id of a resource refers to, whether the release
// has it or not.
func (r *Register) ReferenceTo(res fest.Resource, id fest.Ref) Reference {
	ref := Reference{Resource: res, ID: string(id)}
	if i, ok := r.Find(res, string(id)); ok {
		if e := r.Entry(i); e != nil {
			ref.Display = r.display(e)
		}
	}
	return ref
}

// Code is a coded value.
type Code struct {
	Code         string `json:"code"`
	System       string `json:"system,omitempty"`
	Display      string `json:"display,omitempty"`
	OriginalText string `json:"originalText,omitempty"`
}

// urn is what stands before the OID of a code list.
const urn = "urn:oid:"

// CodeOf is a coded value of an entry; nil is not stated.
func CodeOf(c *fest.CV) *Code {
	if c == nil || c.Code == "" && c.OriginalText == "" && c.Display == "" {
		return nil
	}
	out := &Code{Code: c.Code, Display: c.Display, OriginalText: c.OriginalText}
	if c.System != "" {
		out.System = urn + c.System
	}
	return out
}

// CodeOfList is a coded value whose list, such as 7421, is its field's (tag
// list); nil is not stated.
func CodeOfList(c *fest.CS, list string) *Code {
	if c == nil || c.Code == "" && c.Display == "" {
		return nil
	}
	return &Code{Code: c.Code, System: SystemOf(list), Display: c.Display}
}

// CodesOf are coded values of an entry; nil if there are none.
func CodesOf(list []fest.CV) []Code {
	var out []Code
	for i := range list {
		if c := CodeOf(&list[i]); c != nil {
			out = append(out, *c)
		}
	}
	return out
}

// SystemOf is the URI of a code list by its number; "" of none.
func SystemOf(list string) string {
	if list == "" {
		return ""
	}
	return urn + fest.OIDRoot + list
}

// ListOf is the number of a code list by its OID or URI; "" of another's.
func ListOf(system string) string {
	list, ok := strings.CutPrefix(strings.TrimPrefix(system, urn), fest.OIDRoot)
	if !ok {
		return ""
	}
	return list
}

// Number is a number with the source's digits: a JSON number where JSON can
// write it, else text.
type Number string

// MarshalJSON implements [json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) { return wire.AppendNumber(nil, string(n)), nil }

// Quantity is an amount with its unit.
type Quantity struct {
	Value Number `json:"value"`
	Unit  string `json:"unit,omitempty"`
}

// QuantityOf is a quantity of an entry; nil is not stated.
func QuantityOf(q *fest.PQ) *Quantity {
	if q == nil || q.Value == "" && q.Unit == "" {
		return nil
	}
	return &Quantity{Number(q.Value), q.Unit}
}

// Money is an amount of money.
type Money struct {
	Value    Number `json:"value"`
	Currency string `json:"currency,omitempty"`
}

// MoneyOf is an amount of an entry; nil is not stated.
func MoneyOf(m *fest.MO) *Money {
	if m == nil || m.Value == "" && m.Currency == "" {
		return nil
	}
	return &Money{Number(m.Value), m.Currency}
}

// TextOf is a text of an entry; "" is not stated.
func TextOf[T ~string](t *T) string {
	if t == nil {
		return ""
	}
	return string(*t)
}

var _ json.Marshaler = Number("")
