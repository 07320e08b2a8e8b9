package cache

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// diffJSON lists the properties in which two documents differ, in the order of
// their paths. Numbers are compared by their text, so that 1.0 is not 1.
func diffJSON(before, after []byte) ([]FieldChange, error) {
	a, err := decodeJSON(before)
	if err != nil {
		return nil, err
	}
	b, err := decodeJSON(after)
	if err != nil {
		return nil, err
	}
	var d differ
	d.values("", a, b)
	return d.fields, d.err
}

func decodeJSON(b []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber() // keeps the digits
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("cache: comparing: %w", err)
	}
	return v, nil
}

type differ struct {
	fields []FieldChange
	err    error
}

// missing is a value that is not there.
type missing struct{}

func (d *differ) values(path string, a, b any) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			d.objects(path, x, y)
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			d.arrays(path, x, y)
			return
		}
	default:
		if a == b { // text, numbers as text, true, false, null, missing
			return
		}
	}
	d.fields = append(d.fields, FieldChange{Path: path, Before: d.raw(a), After: d.raw(b)})
}

func (d *differ) objects(path string, a, b map[string]any) {
	reference := isReference(a) && isReference(b)
	names := make([]string, 0, len(a))
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		if reference && name == "display" && a["id"] == b["id"] {
			continue
		}
		x, y := any(missing{}), any(missing{})
		if v, ok := a[name]; ok {
			x = v
		}
		if v, ok := b[name]; ok {
			y = v
		}
		d.values(path+"/"+escape(name), x, y)
	}
}

// isReference says whether an object only refers to an entry: its display is
// then another entry's.
func isReference(o map[string]any) bool {
	_, resource := o["resource"]
	_, id := o["id"]
	if !resource || !id {
		return false
	}
	for name := range o {
		if name != "resource" && name != "id" && name != "display" {
			return false
		}
	}
	return true
}

// arrays pairs elements by what identifies them, where all have that and
// differ in it, else by position.
func (d *differ) arrays(path string, a, b []any) {
	before, ok := identities(a)
	after, too := identities(b)
	if !ok || !too {
		for i := range max(len(a), len(b)) {
			x, y := any(missing{}), any(missing{})
			if i < len(a) {
				x = a[i]
			}
			if i < len(b) {
				y = b[i]
			}
			d.values(path+"/"+strconv.Itoa(i), x, y)
		}
		return
	}
	for i, id := range after {
		x := any(missing{})
		if k := slices.Index(before, id); k >= 0 {
			x = a[k]
		}
		d.values(path+"/"+strconv.Itoa(i), x, b[i])
	}
	for i, id := range before {
		if !slices.Contains(after, id) {
			d.values(path+"/"+strconv.Itoa(i), a[i], missing{})
		}
	}
}

// identities are what tells the elements of an array apart; false where
// something has no identity, or two have the same.
func identities(list []any) ([]string, bool) {
	out := make([]string, 0, len(list))
	for _, v := range list {
		id := ""
		switch x := v.(type) {
		case string:
			id = "=" + x
		case map[string]any:
			id = identity(x)
		}
		if id == "" || slices.Contains(out, id) {
			return nil, false
		}
		out = append(out, id)
	}
	return out, true
}

// identity is an object's id, or its code with its system.
func identity(o map[string]any) string {
	if id, ok := o["id"].(string); ok {
		return "id " + id
	}
	if code, ok := o["code"].(string); ok {
		system, _ := o["system"].(string)
		return "code " + system + " " + code
	}
	return ""
}

// escape is RFC 6901 §3.
func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

func (d *differ) raw(v any) json.RawMessage {
	if _, no := v.(missing); no {
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		d.err = err
	}
	return bytes.TrimSpace(b.Bytes())
}
