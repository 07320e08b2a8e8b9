package fest

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// Kind is the form of a field's value.
type Kind uint8

// The kinds. KindObject is an element with child elements; the kith kinds are
// empty elements with attributes; all others are elements with text.
const (
	KindObject Kind = iota + 1
	KindText
	KindID
	KindEntryID
	KindRef
	KindNumber
	KindDecimal
	KindInteger
	KindBoolean
	KindDate
	KindDateTime
	KindTime
	KindDuration
	KindOID
	KindCV
	KindCS
	KindPQ
	KindMO
	KindURL
	KindTS
)

// Leaf reports whether the value is the element's text.
func (k Kind) Leaf() bool { return k >= KindText && k <= KindOID }

// Unbounded is the Max of a list without an upper bound.
const Unbounded = -1

// Type describes an element with child elements: its fields in the order of
// the XSD sequence, those of an embedded type first. Immutable.
type Type struct {
	Name   string // Go type name
	Go     reflect.Type
	Fields []Field
	names  map[fieldName]int
}

type fieldName struct {
	namespace Namespace
	element   string
}

// Field describes one child element. Immutable.
type Field struct {
	Namespace Namespace
	Element   string
	Property  string // JSON name
	Kind      Kind
	Min, Max  int        // XSD cardinality; Max is Unbounded or a number
	Lists     []string   // code list numbers; the first is the system of a CS
	Targets   []Resource // what a reference may name
	Choice    string     // name of the XSD choice it belongs to
	Object    *Type      // of KindObject
	Index     []int      // for reflect.Value.FieldByIndex
	Pointer   bool       // Go pointer: 0..1
	Slice     bool       // Go slice: a list
}

// Field returns the field that a child element meets, nil if none does.
func (t *Type) Field(ns Namespace, element string) *Field {
	if i, ok := t.names[fieldName{ns, element}]; ok {
		return &t.Fields[i]
	}
	return nil
}

var kinds = map[reflect.Type]Kind{
	reflect.TypeFor[Text](): KindText, reflect.TypeFor[ID](): KindID, reflect.TypeFor[EntryID](): KindEntryID,
	reflect.TypeFor[Ref](): KindRef, reflect.TypeFor[Number](): KindNumber, reflect.TypeFor[Decimal](): KindDecimal,
	reflect.TypeFor[Integer](): KindInteger, reflect.TypeFor[Boolean](): KindBoolean, reflect.TypeFor[Date](): KindDate,
	reflect.TypeFor[DateTime](): KindDateTime, reflect.TypeFor[Time](): KindTime, reflect.TypeFor[Duration](): KindDuration,
	reflect.TypeFor[OID](): KindOID, reflect.TypeFor[CV](): KindCV, reflect.TypeFor[CS](): KindCS, reflect.TypeFor[PQ](): KindPQ,
	reflect.TypeFor[MO](): KindMO, reflect.TypeFor[URL](): KindURL, reflect.TypeFor[TS](): KindTS,
}

var types sync.Map // reflect.Type → *Type

// TypeOf describes a struct type of this package. It panics on a type whose
// tags are wrong, which only a change of this package can cause and its tests
// catch.
func TypeOf(t reflect.Type) *Type {
	if d, ok := types.Load(t); ok {
		return d.(*Type)
	}
	d := &Type{Name: t.Name(), Go: t, names: map[fieldName]int{}}
	d.add(t, nil)
	got, _ := types.LoadOrStore(t, d)
	return got.(*Type)
}

func (t *Type) add(g reflect.Type, index []int) {
	for i := range g.NumField() {
		sf := g.Field(i)
		at := append(append([]int{}, index...), i)
		if sf.Anonymous {
			t.add(sf.Type, at)
			continue
		}
		f, err := describe(sf)
		if err != nil {
			panic(fmt.Sprintf("fest: %s.%s: %v", t.Name, sf.Name, err))
		}
		f.Index = at
		name := fieldName{f.Namespace, f.Element}
		if _, twice := t.names[name]; twice {
			panic(fmt.Sprintf("fest: %s has %s twice", t.Name, f.Element))
		}
		t.names[name] = len(t.Fields)
		t.Fields = append(t.Fields, f)
	}
}

func describe(sf reflect.StructField) (Field, error) {
	var f Field
	prefix, element, ok := strings.Cut(sf.Tag.Get("fest"), ":")
	if f.Namespace, _ = namespaceOf(prefix); !ok || element == "" || f.Namespace == "" {
		return f, fmt.Errorf("tag fest:%q is not prefix:Element", sf.Tag.Get("fest"))
	}
	f.Element = element
	if f.Property = sf.Tag.Get("json"); f.Property == "" {
		return f, fmt.Errorf("no tag json")
	}
	t := sf.Type
	f.Min, f.Max = 1, 1
	switch t.Kind() {
	case reflect.Pointer:
		f.Pointer, f.Min, t = true, 0, t.Elem()
	case reflect.Slice:
		f.Slice, f.Min, f.Max, t = true, 0, Unbounded, t.Elem()
	}
	switch card := sf.Tag.Get("card"); card {
	case "":
	case "1..*":
		f.Min = 1
	case "2..*":
		f.Min = 2
	default:
		return f, fmt.Errorf("tag card:%q is not known", card)
	}
	if f.Kind, ok = kinds[t]; !ok {
		if t.Kind() != reflect.Struct {
			return f, fmt.Errorf("type %v has no kind", t)
		}
		f.Kind, f.Object = KindObject, TypeOf(t)
	}
	f.Lists = split(sf.Tag.Get("list"))
	for _, r := range split(sf.Tag.Get("ref")) {
		f.Targets = append(f.Targets, Resource(r))
	}
	if (f.Kind == KindRef) != (len(f.Targets) > 0) {
		return f, fmt.Errorf("tag ref goes with type Ref, and Ref with tag ref")
	}
	f.Choice = sf.Tag.Get("choice")
	return f, nil
}

func split(tag string) []string {
	if tag == "" {
		return nil
	}
	return strings.Split(tag, "|")
}
