package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
)

// encoding/json says of an unknown key neither where it stands nor what would
// be right. This reads objects key by key and does.

// object reads a JSON object.
func object(path string, data []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	var m map[string]json.RawMessage
	if err := d.Decode(&m); err != nil {
		return nil, at(path, fmt.Errorf("is no JSON object {…}: %w", err))
	}
	if m == nil {
		return nil, at(path, errors.New("is null; it must be a JSON object {…}"))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, at(path, errors.New("there is more text after the JSON object"))
	}
	return m, nil
}

// strict reads an object into a struct; keys it does not have are errors.
func strict(path string, raw json.RawMessage, into any) error {
	m, err := object(path, raw)
	if err != nil {
		return err
	}
	return fill(path, m, into)
}

// fill sets the fields of a struct that the object names, and theirs.
func fill(path string, m map[string]json.RawMessage, into any) error {
	v := reflect.ValueOf(into).Elem()
	if err := known(path, m, keysOf(v.Type())); err != nil {
		return err
	}
	for i := range v.NumField() {
		key := keyOf(v.Type().Field(i))
		raw, ok := m[key]
		if !ok {
			continue
		}
		at, field := path+"."+key, v.Field(i)
		switch t := field.Type(); {
		case t == reflect.TypeFor[*Bound]():
			b := Bound{}
			if !field.IsNil() {
				b = *field.Interface().(*Bound)
			}
			if err := strict(at, raw, &b); err != nil {
				return err
			}
			field.Set(reflect.ValueOf(&b))
		case t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]():
			if err := strict(at, raw, field.Addr().Interface()); err != nil {
				return err
			}
		default:
			if err := value(at, raw, field.Addr().Interface()); err != nil {
				return err
			}
		}
	}
	return nil
}

// list reads an array of structs.
func list[T any](path string, raw json.RawMessage, into *[]T) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return fmt.Errorf("%s: is no JSON array […]: %w", path, err)
	}
	out := make([]T, len(parts))
	for i, p := range parts {
		if err := strict(fmt.Sprintf("%s[%d]", path, i), p, &out[i]); err != nil {
			return err
		}
	}
	*into = out
	return nil
}

func value(path string, raw json.RawMessage, into any) error {
	if string(bytes.TrimSpace(raw)) == "null" {
		return fmt.Errorf("%s: is null; leave the key out to keep the default", path)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %s does not fit: it must be %s", path, raw, wanted(reflect.TypeOf(into).Elem()))
	}
	return nil
}

func wanted(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[Duration]():
		return `a duration such as "3h"`
	case t == reflect.TypeFor[time.Time]():
		return `a time such as "2026-10-20T00:00:00Z"`
	case t.Kind() == reflect.Float64:
		return "a number"
	case t.Kind() == reflect.Int:
		return "a whole number"
	case t.Kind() == reflect.String:
		return "a text"
	default:
		return "an array of texts"
	}
}

// known refuses keys that nothing reads.
func known[V any](path string, m map[string]V, keys []string) error {
	for _, key := range sorted(m) {
		if !slices.Contains(keys, key) {
			return at(path, fmt.Errorf("%q is an unknown key; it must be one of %s", key, oneOf(keys)))
		}
	}
	return nil
}

func at(path string, err error) error {
	if path == "" {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}

func keysOf(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		out = append(out, keyOf(t.Field(i)))
	}
	return out
}

func keyOf(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return key
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func oneOf[T ~string](names []T) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = string(n)
	}
	return strings.Join(out, ", ")
}
