package fest_test

import (
	"encoding/xml"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
)

// messageOnly are the top-level declarations of forskrivning that belong to
// the prescription message M1: FEST cannot hold them, so this package does not
// describe them.
var messageOnly = []string{
	"AdministreringForskrivning", "Forskrivning", "Legemiddelblanding", "MengdeBestanddel", "Styrke", "Utblanding", "typeBestanddel",
}

// TestDescriptionMatchesSchemas compares the description with the published
// schemas, both ways: elements, namespaces, order, cardinality, choices, kinds
// and the attributes of the kith types. The loose schema, which increments
// use, differs in nothing but that references are strings.
func TestDescriptionMatchesSchemas(t *testing.T) {
	for _, name := range []string{"ER-M30-2014-12-01.xsd", "ER-M30-2014-12-01-loose.xsd"} {
		t.Run(name, func(t *testing.T) {
			c := &comparison{t: t, xsd: readXSD(t, festtest.File(t, "xsd/R1808-eResept-M30-2014-12-01/"+name)), loose: strings.Contains(name, "loose"),
				reached: map[xml.Name]bool{}, done: map[pair]bool{}, kith: map[string]fest.Kind{}}
			c.document()
			c.kithTypes()
			c.unreached()
		})
	}
}

type comparison struct {
	t       *testing.T
	xsd     *xsdSet
	loose   bool
	reached map[xml.Name]bool // top-level declarations that FEST can hold
	done    map[pair]bool
	kith    map[string]fest.Kind // kith types in use
}

type pair struct {
	decl *xsdNode
	typ  *fest.Type
}

func m30(local string) xml.Name { return xml.Name{Space: string(fest.NamespaceM30), Local: local} }

func (c *comparison) content(path string, n *xsdNode) xsdContent {
	c.t.Helper()
	got, leaf, err := c.xsd.content(n)
	if err != nil || leaf.Local != "" {
		c.t.Fatalf("%s: want an element with children, got leaf %v, error %v", path, leaf, err)
	}
	return got
}

// document compares FEST and its catalogues, down to the entries.
func (c *comparison) document() {
	c.reached[m30("FEST")] = true
	root := c.content("FEST", c.xsd.elements[m30("FEST")])
	head := fest.DocumentType()
	n := len(head.Fields)
	c.fields("FEST", root.particles[:n], head)
	var catalogues []string
	for _, p := range root.particles[n:] {
		c.reach(p)
		if p.name.Space != string(fest.NamespaceM30) || p.min != 0 || p.max != 1 {
			c.t.Errorf("FEST/%s: want 0..1 of namespace m30, got %d..%d of %s", p.name.Local, p.min, p.max, p.name.Space)
		}
		catalogues = append(catalogues, p.name.Local)
		c.catalogue(p)
	}
	if diff := cmp.Diff(catalogues, fest.Catalogues()); diff != "" {
		c.t.Errorf("catalogues (-schema +fest):\n%s", diff)
	}
}

func (c *comparison) catalogue(p xsdParticle) {
	path := "FEST/" + p.name.Local
	entries := c.content(path, p.decl).particles
	if len(entries) != 1 || entries[0].min != 0 || entries[0].max != -1 {
		c.t.Fatalf("%s: want one element, 0..*, got %+v", path, entries)
	}
	entry := entries[0]
	path += "/" + entry.name.Local
	classes := fest.ClassesIn(p.name.Local)
	for _, k := range classes {
		if k.EntryElement() != entry.name.Local || entry.name.Space != string(fest.NamespaceM30) {
			c.t.Errorf("%s: class %s has entry element %s", path, k, k.EntryElement())
		}
	}
	content := c.content(path, entry.decl)
	n := len(fest.EnvelopeType().Fields)
	if content.optional != n {
		c.t.Errorf("%s: want all after the first %d elements optional as a whole, got from %d on", path, n, content.optional)
	}
	c.fields(path, content.particles[:n], fest.EnvelopeType())
	c.objects(path, content.particles[n:], classes)
}

// objects compares what follows the envelope: one of the objects of the
// catalogue's classes, or the fields of the only class themselves.
func (c *comparison) objects(path string, particles []xsdParticle, classes []fest.Class) {
	if _, object := classes[0].ObjectElement(); object == "" {
		c.fields(path, particles, classes[0].Type())
		return
	}
	var want, got []xml.Name
	for _, p := range particles {
		want = append(want, p.name)
		if p.min != 1 || p.max != 1 || (p.choice != 0) != (len(particles) > 1) {
			c.t.Errorf("%s/%s: want one of a choice of objects, got %d..%d", path, p.name.Local, p.min, p.max)
		}
	}
	for _, k := range classes {
		ns, object := k.ObjectElement()
		got = append(got, xml.Name{Space: string(ns), Local: object})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Fatalf("%s: objects (-schema +fest):\n%s", path, diff)
	}
	for i, p := range particles {
		c.reach(p)
		c.typ(path+"/"+p.name.Local, p.decl, classes[i].Type())
	}
}

// reach notes a top-level element as reachable. One that is declared in place
// may bear the same name.
func (c *comparison) reach(p xsdParticle) {
	if c.xsd.elements[p.name] == p.decl {
		c.reached[p.name] = true
	}
}

func (c *comparison) typ(path string, decl *xsdNode, t *fest.Type) {
	if c.done[pair{decl, t}] {
		return
	}
	c.done[pair{decl, t}] = true
	c.fields(path, c.content(path, decl).particles, t)
}

// line says all of a field that both sides know, so that a difference reads
// as one.
func line(ns, element, kind string, lo, hi int, choice string) string {
	upper := fmt.Sprint(hi)
	if hi < 0 {
		upper = "*"
	}
	return fmt.Sprintf("%s:%s %s %d..%s %s", fest.Namespace(ns).Prefix(), element, kind, lo, upper, choice)
}

func (c *comparison) fields(path string, particles []xsdParticle, t *fest.Type) {
	c.t.Helper()
	var want, got []string
	for _, p := range particles {
		f := t.Field(fest.Namespace(p.name.Space), p.name.Local)
		kind := "(not in fest)"
		if f != nil {
			kind = c.kind(path+"/"+p.name.Local, p, f)
		}
		choice := ""
		if p.choice != 0 {
			choice = fmt.Sprint("choice ", p.choice)
		}
		want = append(want, line(p.name.Space, p.name.Local, kind, p.min, p.max, choice))
	}
	names := map[string]string{}
	for _, f := range t.Fields {
		choice := ""
		if f.Choice != "" {
			if names[f.Choice] == "" {
				names[f.Choice] = fmt.Sprint("choice ", len(names)+1)
			}
			choice = names[f.Choice]
		}
		got = append(got, line(string(f.Namespace), f.Element, fmt.Sprint("kind ", f.Kind), f.Min, f.Max, choice))
		if f.Pointer != (f.Min == 0 && f.Max == 1) || f.Slice != (f.Max == fest.Unbounded) {
			c.t.Errorf("%s/%s: Go form does not say %d..%d", path, f.Element, f.Min, f.Max)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("%s as %s (-schema +fest):\n%s", path, t.Name, diff)
	}
}

// kinds that a schema type may have. Where a schema says string, the domain
// says which strings are numbers that identify something.
var kinds = map[string][]fest.Kind{
	"string":   {fest.KindText, fest.KindNumber},
	"ID":       {fest.KindID, fest.KindEntryID},
	"IDREF":    {fest.KindRef},
	"date":     {fest.KindDate},
	"dateTime": {fest.KindDateTime},
	"time":     {fest.KindTime},
	"duration": {fest.KindDuration},
	"boolean":  {fest.KindBoolean},
	"int":      {fest.KindInteger},
	"decimal":  {fest.KindDecimal},
	"double":   {fest.KindDecimal},
	"kith:oid": {fest.KindOID},
	"kith:CV":  {fest.KindCV},
	"kith:CS":  {fest.KindCS},
	"kith:PQ":  {fest.KindPQ},
	"kith:MO":  {fest.KindMO},
	"kith:URL": {fest.KindURL},
	"kith:TS":  {fest.KindTS},
}

// kind says the kind that the schema's type asks for, as line prints it, and
// compares what is below an object.
func (c *comparison) kind(path string, p xsdParticle, f *fest.Field) string {
	c.t.Helper()
	c.reach(p)
	if p.typ.Space != xsdNamespace && p.typ.Space != kithNamespace {
		if f.Object == nil {
			return "an object"
		}
		c.typ(path, p.decl, f.Object)
		return fmt.Sprint("kind ", fest.KindObject)
	}
	name := p.typ.Local
	if p.typ.Space == kithNamespace {
		name = "kith:" + name
	}
	allowed := kinds[name]
	if c.loose && name == "string" {
		allowed = append(slices.Clone(allowed), fest.KindRef)
	}
	if !slices.Contains(allowed, f.Kind) {
		return fmt.Sprintf("type %s, kinds %v", name, allowed)
	}
	if p.typ.Space == kithNamespace {
		c.kith[p.typ.Local] = f.Kind
	}
	return fmt.Sprint("kind ", f.Kind)
}

// kithTypes compares the attributes of the kith types in use.
func (c *comparison) kithTypes() {
	for name, kind := range c.kith {
		n := c.xsd.types[xml.Name{Space: kithNamespace, Local: name}]
		if n == nil {
			c.t.Errorf("kith:%s is not declared", name)
			continue
		}
		var want, got []string
		if n.XMLName.Local == "complexType" {
			for _, a := range n.Children {
				if a.XMLName.Local != "attribute" || a.attr("use") != "optional" || a.attr("name") == "" {
					c.t.Error(a.unknown())
				}
				want = append(want, a.attr("name"))
			}
		}
		for _, a := range kind.Attributes() {
			got = append(got, a.Name)
			if a.Bit == 0 {
				c.t.Errorf("kith:%s @%s has no bit", name, a.Name)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			c.t.Errorf("attributes of kith:%s (-schema +fest):\n%s", name, diff)
		}
	}
	used := slices.Sorted(maps.Keys(c.kith))
	if diff := cmp.Diff([]string{"CS", "CV", "MO", "PQ", "TS", "URL", "oid"}, used); diff != "" {
		c.t.Errorf("kith types in use (-want +got):\n%s", diff)
	}
}

// unreached holds what the schemas declare and FEST cannot hold to the list.
func (c *comparison) unreached() {
	var got []string
	for name := range c.xsd.elements {
		if !c.reached[name] && name.Space != kithNamespace {
			got = append(got, name.Local)
		}
	}
	// A named type is in use if an element that was compared extends it.
	used := map[xml.Name]bool{}
	for p := range c.done {
		c.bases(p.decl, used)
	}
	for name := range c.xsd.types {
		if !used[name] && name.Space != kithNamespace && name.Local != "typeEnkeltoppforingFest" {
			got = append(got, name.Local)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(messageOnly, got); diff != "" {
		c.t.Errorf("declared but out of FEST's reach (-want +got):\n%s", diff)
	}
}

func (c *comparison) bases(n *xsdNode, used map[xml.Name]bool) {
	for _, attr := range []string{"type", "base"} {
		if name, err := n.qname(attr); err == nil && c.xsd.types[name] != nil && !used[name] {
			used[name] = true
			c.bases(c.xsd.types[name], used)
		}
	}
	for _, k := range n.Children {
		if k.XMLName.Local != "element" {
			c.bases(k, used)
		}
	}
}

// TestEveryTypeIsReached: no struct of the description is left over. Kinds are
// the leaf and kith types, each of which some field has.
func TestEveryTypeIsReached(t *testing.T) {
	seen := map[fest.Kind]bool{}
	var walk func(d *fest.Type)
	walk = func(d *fest.Type) {
		for _, f := range d.Fields {
			seen[f.Kind] = true
			if f.Object != nil {
				walk(f.Object)
			}
		}
	}
	walk(fest.DocumentType())
	walk(fest.EnvelopeType())
	for _, c := range fest.Classes() {
		walk(c.Type())
	}
	for k := fest.KindObject; k <= fest.KindTS; k++ {
		if !seen[k] {
			t.Errorf("no field has kind %d", k)
		}
	}
}

// TestFieldIndex: the index of every field leads to a Go field of the type
// that its kind says, so that a plan made from the description can set it.
func TestFieldIndex(t *testing.T) {
	var walk func(d *fest.Type)
	walk = func(d *fest.Type) {
		for _, f := range d.Fields {
			sf := d.Go.FieldByIndex(f.Index)
			typ := sf.Type
			if f.Pointer || f.Slice {
				typ = typ.Elem()
			}
			if (f.Kind == fest.KindObject) != (f.Object != nil) || f.Object != nil && f.Object.Go != typ {
				t.Errorf("%s.%s: kind %d does not fit %v", d.Name, sf.Name, f.Kind, typ)
			}
			if f.Kind.Leaf() != (typ.Kind() == reflect.String) {
				t.Errorf("%s.%s: kind %d is a leaf, %v is not text (or the reverse)", d.Name, sf.Name, f.Kind, typ)
			}
			if got := d.Field(f.Namespace, f.Element); got == nil || got.Property != f.Property {
				t.Errorf("%s: element %s does not find its field", d.Name, f.Element)
			}
			if f.Kind == fest.KindEntryID {
				t.Errorf("%s.%s: an entry id stands in the envelope only", d.Name, sf.Name)
			}
			if f.Object != nil {
				walk(f.Object)
			}
		}
	}
	for _, c := range fest.Classes() {
		walk(c.Type())
	}
	if f := fest.ClassDrug.Type().Field(fest.NamespaceM30, "Varenavn"); f != nil {
		t.Error("Varenavn of namespace m30 meets a field; only that of fs does")
	}
}
