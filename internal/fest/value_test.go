package fest_test

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestParseDigest(t *testing.T) {
	good := strings.Repeat("0123456789abcdef", 4)
	if d, err := fest.ParseDigest(good); err != nil || string(d) != good || d.Short() != "0123456789ab" {
		t.Errorf("ParseDigest(%q) = %q, %v, short %q", good, d, err, d.Short())
	}
	for _, bad := range []string{
		"", "abc", good[1:], good + "0", strings.ToUpper(good), "../../../../etc/passwd" + good[22:], good[:63] + "g", good[:63] + "/", good[:62] + "é",
	} {
		if d, err := fest.ParseDigest(bad); err == nil {
			t.Errorf("ParseDigest(%q) = %q; a digest becomes a file name", bad, d)
		} else if !strings.Contains(err.Error(), "hexadecimal digits") {
			t.Errorf("error %q does not say what would be right", err)
		}
	}
	if got := fest.Digest("abc").Short(); got != "abc" {
		t.Errorf("Short of a short digest is %q", got)
	}
}

func TestBoolean(t *testing.T) {
	for text, want := range map[fest.Boolean][2]bool{
		"true": {true, true}, "1": {true, true}, "false": {false, true}, "0": {false, true}, "": {}, "TRUE": {}, "ja": {}, " true": {},
	} {
		if value, ok := text.Bool(); value != want[0] || ok != want[1] {
			t.Errorf("Boolean(%q).Bool() = %v, %v, want %v", text, value, ok, want)
		}
	}
}

func TestAttrs(t *testing.T) {
	a := fest.AttrV | fest.AttrDN
	if !a.Has(fest.AttrV) || !a.Has(fest.AttrV|fest.AttrDN) || a.Has(fest.AttrS) || a.Has(fest.AttrV|fest.AttrS) {
		t.Errorf("Attrs %b", a)
	}
	if got := fest.KindText.Attributes(); got != nil {
		t.Errorf("text has attributes %v", got)
	}
}

func TestSliceStandalone(t *testing.T) {
	const ctx = ` xmlns="urn:a" xmlns:x="urn:x"`
	for _, tt := range []struct{ name, context, in, want string }{
		{"no context", "", "<Oppf><Id>1</Id></Oppf>", "<Oppf><Id>1</Id></Oppf>"},
		{"plain start tag", ctx, "<Oppf><Id>1</Id></Oppf>", "<Oppf" + ctx + "><Id>1</Id></Oppf>"},
		{"attributes stay", ctx, `<Oppf x:a="1"><b/></Oppf>`, "<Oppf" + ctx + ` x:a="1"><b/></Oppf>`},
		{"line end after the name", ctx, "<Oppf\n a='1'/>", "<Oppf" + ctx + "\n a='1'/>"},
		{"empty element", ctx, "<Oppf/>", "<Oppf" + ctx + "/>"},
		{"prefixed", ctx, "<x:Oppf></x:Oppf>", "<x:Oppf" + ctx + "></x:Oppf>"},
		{"cut off: bytes stay as they are", ctx, "<Oppf", "<Oppf"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := fest.Slice{Context: tt.context, XML: []byte(tt.in)}
			before := slices.Clone(s.XML)
			if got := string(s.Standalone([]byte("…"))); got != "…"+tt.want {
				t.Errorf("got %s, want …%s", got, tt.want)
			}
			if !slices.Equal(before, s.XML) {
				t.Error("the slice was changed")
			}
		})
	}
}

// A standalone slice means the same as it did in its document.
func TestSliceStandaloneMeaning(t *testing.T) {
	s := fest.Slice{Context: ` xmlns="urn:a" xmlns:x="urn:x"`, XML: []byte(`<Oppf x:a="1"><x:b/><c xmlns="urn:c"/></Oppf>`)}
	want := []string{"urn:a Oppf", "urn:x b", "urn:c c"}
	var got []string
	for dec := xml.NewDecoder(strings.NewReader(string(s.Standalone(nil)))); ; {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := tok.(xml.StartElement); ok {
			got = append(got, start.Name.Space+" "+start.Name.Local)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
}

func TestClasses(t *testing.T) {
	names, resources := map[string]fest.Class{}, map[fest.Resource]bool{}
	for _, r := range fest.Resources() {
		resources[r] = false
	}
	for _, c := range fest.Classes() {
		if !c.Valid() || c.Type() == nil {
			t.Errorf("class %d: valid %v, type %v", c, c.Valid(), c.Type())
			continue
		}
		if other, twice := names[c.String()]; twice {
			t.Errorf("classes %d and %d are both called %s", other, c, c)
		}
		names[c.String()] = c
		if _, ok := resources[c.Resource()]; !ok {
			t.Errorf("class %s: %q is no resource", c, c.Resource())
		}
		resources[c.Resource()] = true
		if !slices.Contains(fest.ClassesIn(c.Catalogue()), c) {
			t.Errorf("class %s is not in its catalogue %s", c, c.Catalogue())
		}
	}
	for r, served := range resources {
		if !served {
			t.Errorf("resource %s serves no class", r)
		}
	}
	if none := fest.Class(0); none.Valid() || none.Type() != nil || none.String() != "none" || fest.Class(200).Valid() {
		t.Error("there is a class beyond the classes")
	}
	if fest.ClassesIn("KatUkjent") != nil {
		t.Error("an unknown catalogue has classes")
	}
	// A kind tells the classes of one resource apart.
	kinds := map[string]fest.Class{}
	for _, c := range fest.Classes() {
		k := string(c.Resource()) + " " + c.Kind()
		if other, twice := kinds[k]; twice {
			t.Errorf("nothing tells %s from %s", c, other)
		}
		kinds[k] = c
	}
}

// References lead somewhere: to a resource, or to the elements of a code
// system.
func TestTargets(t *testing.T) {
	var walk func(d *fest.Type)
	walk = func(d *fest.Type) {
		for _, f := range d.Fields {
			for _, r := range f.Targets {
				if r != fest.ResourceCodeSystemElements && !slices.Contains(fest.Resources(), r) {
					t.Errorf("%s.%s refers to %q", d.Name, f.Property, r)
				}
			}
			if f.Object != nil {
				walk(f.Object)
			}
		}
	}
	for _, c := range fest.Classes() {
		walk(c.Type())
	}
}

// Property names are unique within an object, and do not collide with those
// that every item has.
func TestPropertyNames(t *testing.T) {
	var walk func(d *fest.Type, taken ...string)
	walk = func(d *fest.Type, taken ...string) {
		for _, f := range d.Fields {
			if slices.Contains(taken, f.Property) {
				t.Errorf("%s: property %s twice", d.Name, f.Property)
			}
			taken = append(taken, f.Property)
			if f.Object != nil {
				walk(f.Object)
			}
		}
	}
	envelope := []string{"resource", "kind", "sample"}
	for _, f := range fest.EnvelopeType().Fields {
		envelope = append(envelope, f.Property)
	}
	for _, c := range fest.Classes() {
		walk(c.Type(), slices.Clone(envelope)...)
	}
}
