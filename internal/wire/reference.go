package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Number numbers the resources from 1, in the order of fest.Resources; 0 is
// none.
type Number uint8

var resources = fest.Resources()

// NumberOf returns the number of a resource, 0 for what is none.
func NumberOf(r fest.Resource) Number { return Number(slices.Index(resources, r) + 1) }

// Resource returns the resource of that number, "" for none.
func (n Number) Resource() fest.Resource {
	if n == 0 || int(n) > len(resources) {
		return ""
	}
	return resources[n-1]
}

// Targets are the resources that a reference may name, in the order they are
// tried; zeros at the end.
type Targets [4]Number

// only returns the target if there is just one.
func (t Targets) only() Number {
	if t[1] != 0 {
		return 0
	}
	return t[0]
}

func targetsOf(rs []fest.Resource) (Targets, error) {
	var t Targets
	if len(rs) > len(t) {
		return t, fmt.Errorf("a reference with %d targets; %d at most", len(rs), len(t))
	}
	for i, r := range rs {
		if t[i] = NumberOf(r); t[i] == 0 {
			return t, fmt.Errorf("reference target %q is no resource", r)
		}
	}
	return t, nil
}

// Hole is a reference that is still to be filled in. Where it stands, the
// JSON has only the id, as a JSON string.
type Hole struct {
	Offset, Len uint32 // of the id, with its quotes
	Targets     Targets
}

// Resolver knows all entries.
type Resolver interface {
	// Lookup finds the object with that id in the first of the targets that
	// has it. The handle is the resolver's own.
	Lookup(id []byte, targets Targets) (handle uint32, r Number, ok bool)
	// AppendDisplay appends the display of an object, escaped for a JSON
	// string, without quotes.
	AppendDisplay(dst []byte, handle uint32) []byte
}

// Fill appends js to dst with its holes filled in.
func Fill(dst, js []byte, holes []Hole, r Resolver) []byte {
	var from uint32
	for _, h := range holes {
		id := js[h.Offset : h.Offset+h.Len]
		dst = append(dst, js[from:h.Offset]...)
		from = h.Offset + h.Len
		dst = append(dst, '{')
		handle, n, ok := r.Lookup(unquote(id), h.Targets)
		if !ok {
			n = h.Targets.only()
		}
		if n != 0 {
			dst = append(dst, `"resource":"`...)
			dst = append(dst, n.Resource()...) // plain ASCII
			dst = append(dst, `",`...)
		}
		dst = append(dst, `"id":`...)
		dst = append(dst, id...)
		if ok {
			dst = append(dst, `,"display":"`...)
			dst = r.AppendDisplay(dst, handle)
			dst = append(dst, '"')
		}
		dst = append(dst, '}')
	}
	return append(dst, js[from:]...)
}

// unquote returns the text of a JSON string that AppendString made.
func unquote(s []byte) []byte {
	if bytes.IndexByte(s, '\\') < 0 {
		return s[1 : len(s)-1]
	}
	var text string
	if err := json.Unmarshal(s, &text); err != nil {
		return s[1 : len(s)-1] // not ours; then it names nothing
	}
	return []byte(text)
}
