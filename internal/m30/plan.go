package m30

import (
	"math/bits"
	"reflect"
	"strings"
	"sync"

	"github.com/festd/festd/internal/fest"
)

// plan is a fest.Type made ready for decoding and encoding. Immutable.
type plan struct {
	fields   []planField
	required uint64 // bits of the fields that must stand, but for those of a choice
	choices  []planChoice
	several  []*planField // lists that must have two or more
}

type planField struct {
	*fest.Field
	space space
	bit   uint64
	value reflect.Type // of one value: without pointer or slice
	plan  *plan        // of KindObject
}

// planChoice is an XSD choice: exactly one of its fields stands.
type planChoice struct {
	fields uint64
	names  string // A|B
}

// entryPlan is one catalogue's Oppf….
type entryPlan struct {
	catalogue string
	element   string
	envelope  *plan
	objects   []objectPlan
	inline    *objectPlan // code systems: the object's fields stand in the entry
}

type objectPlan struct {
	class   fest.Class
	space   space
	element string
	plan    *plan
}

// plans holds everything that the description says. Immutable.
type plans struct {
	document *plan
	envelope *plan
	entries  map[string]*entryPlan // by catalogue
	order    map[string]int        // catalogue → place in the XSD, from 0
	byType   map[reflect.Type]*objectPlan
}

// allPlans compiles the description once per process.
var allPlans = sync.OnceValue(func() *plans {
	c := compiler{}
	p := &plans{
		document: c.compile(fest.DocumentType()),
		envelope: c.compile(fest.EnvelopeType()),
		entries:  map[string]*entryPlan{},
		order:    map[string]int{},
		byType:   map[reflect.Type]*objectPlan{},
	}
	for i, name := range fest.Catalogues() {
		p.order[name] = i
	}
	for _, class := range fest.Classes() {
		e := p.entries[class.Catalogue()]
		if e == nil {
			e = &entryPlan{catalogue: class.Catalogue(), element: class.EntryElement(), envelope: p.envelope}
			p.entries[class.Catalogue()] = e
		}
		ns, element := class.ObjectElement()
		o := &objectPlan{class, spaceOf(string(ns)), element, c.compile(class.Type())}
		p.byType[class.Type().Go] = o
		if element == "" {
			e.inline = o
		} else {
			e.objects = append(e.objects, *o)
		}
	}
	return p
})

type compiler map[*fest.Type]*plan

func (c compiler) compile(t *fest.Type) *plan {
	if p, ok := c[t]; ok {
		return p
	}
	p := &plan{fields: make([]planField, len(t.Fields))}
	c[t] = p
	choices := map[string]int{}
	for i := range t.Fields {
		f := planField{Field: &t.Fields[i], space: spaceOf(string(t.Fields[i].Namespace)), bit: 1 << i}
		f.value = t.Go.FieldByIndex(f.Index).Type
		if f.Pointer || f.Slice {
			f.value = f.value.Elem()
		}
		if f.Object != nil {
			f.plan = c.compile(f.Object)
		}
		p.fields[i] = f
		switch {
		case f.Choice != "":
			k, ok := choices[f.Choice]
			if !ok {
				k = len(p.choices)
				choices[f.Choice] = k
				p.choices = append(p.choices, planChoice{})
			}
			p.choices[k].fields |= f.bit
			p.choices[k].names = strings.TrimPrefix(p.choices[k].names+"|"+f.Element, "|")
		case f.Min > 0:
			p.required |= f.bit
		}
		if f.Min > 1 {
			p.several = append(p.several, &p.fields[i])
		}
	}
	return p
}

// find returns the field that the tokenizer's element meets. The search goes
// on from where the last one ended, as elements mostly stand in order.
//
// An element that stands in no namespace, or in the other one of M30, is
// matched by its name: local names are unique within a type (a test holds it),
// and extracts in the wild lose namespaces. The caller notes it.
func (p *plan) find(cursor *int, local string) *planField {
	n := len(p.fields)
	for i, at := 0, *cursor; i < n; i++ {
		if at >= n {
			at = 0
		}
		if p.fields[at].Element == local {
			*cursor = at
			return &p.fields[at]
		}
		at++
	}
	return nil
}

// missing calls report with the name of every element that should stand in
// an object and does not.
func (p *plan) missing(v reflect.Value, seen uint64, report func(name string)) {
	for m := p.required &^ seen; m != 0; m &= m - 1 {
		report(p.fields[bits.TrailingZeros64(m)].Element)
	}
	for _, f := range p.several {
		if seen&f.bit != 0 && v.FieldByIndex(f.Index).Len() < f.Min {
			report(f.Element)
		}
	}
	for _, c := range p.choices {
		if seen&c.fields == 0 {
			report(c.names)
		}
	}
}
