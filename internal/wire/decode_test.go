package wire_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/sample"
	"github.com/festd/festd/internal/wire"
)

// everything resolves every reference, to the last of its targets.
type everything struct{}

func (everything) Lookup(_ []byte, targets wire.Targets) (uint32, wire.Number, bool) {
	n := targets[0]
	for _, t := range targets {
		if t != 0 {
			n = t
		}
	}
	return 0, n, true
}

func (everything) AppendDisplay(dst []byte, _ uint32) []byte { return append(dst, `a \"b\", {}`...) }

// plain makes an entry what Decode gives back of it: the differences are those
// that its doc lists.
func plain(e *fest.Entry) {
	// An object id that is the entry's id stands for none.
	switch o := e.Object.(type) {
	case *fest.Drug:
		if o.ID != nil && (*o.ID == "" || string(*o.ID) == string(e.EntryID)) {
			o.ID = nil
		}
	case *fest.Package:
		if o.ID != nil && (*o.ID == "" || string(*o.ID) == string(e.EntryID)) {
			o.ID = nil
		}
	}
	plainFields(fest.EnvelopeType(), reflect.ValueOf(&e.Envelope).Elem())
	plainFields(e.Class.Type(), reflect.ValueOf(e.Object).Elem())
}

func plainFields(t *fest.Type, v reflect.Value) {
	for i := range t.Fields {
		f := &t.Fields[i]
		fv := v.FieldByIndex(f.Index)
		switch {
		case f.Slice && fv.Len() == 0:
			fv.SetZero()
		case f.Slice:
			for k := range fv.Len() {
				plainValue(f, fv.Index(k))
			}
		case f.Pointer && !fv.IsNil():
			plainValue(f, fv.Elem())
		case !f.Pointer:
			plainValue(f, fv)
		}
	}
}

func plainValue(f *fest.Field, v reflect.Value) {
	bit := func(a *fest.Attrs, text string, b fest.Attrs) {
		if text != "" { // made in Go, without Present
			*a |= b
		}
	}
	switch p := v.Addr().Interface().(type) {
	case *fest.Boolean:
		switch *p {
		case "1":
			*p = "true"
		case "0":
			*p = "false"
		}
	case *fest.CV:
		bit(&p.Present, p.Code, fest.AttrV)
		bit(&p.Present, p.System, fest.AttrS)
		bit(&p.Present, p.Display, fest.AttrDN)
		bit(&p.Present, p.OriginalText, fest.AttrOT)
	case *fest.CS:
		bit(&p.Present, p.Code, fest.AttrV)
		bit(&p.Present, p.Display, fest.AttrDN)
	case *fest.PQ:
		bit(&p.Present, p.Value, fest.AttrV)
		bit(&p.Present, p.Unit, fest.AttrU)
	case *fest.MO:
		bit(&p.Present, p.Value, fest.AttrV)
		bit(&p.Present, p.Currency, fest.AttrU)
	case *fest.URL:
		p.Present = 0
		bit(&p.Present, p.Value, fest.AttrV)
	case *fest.TS:
		p.Present = 0
		bit(&p.Present, p.Value, fest.AttrV)
	}
	if f.Object != nil {
		plainFields(f.Object, v)
	}
}

// backAndForth renders every item of the entry, with and without displays,
// and compares what Decode makes of it with the entry.
func backAndForth(t *testing.T, e *fest.Entry) {
	t.Helper()
	groups := 1
	r, _ := e.Object.(*fest.Reimbursement)
	if r != nil {
		groups = len(r.ReimbursementGroups)
	}
	for _, known := range []wire.Resolver{directory{}, everything{}} {
		rendered := render(t, e, known == everything{}, known)
		if len(rendered) != groups {
			t.Fatalf("%s %s: %d items", e.Class, e.EntryID, len(rendered))
		}
		for i, js := range rendered {
			got, err := wire.Decode([]byte(js))
			if err != nil {
				t.Fatalf("%s %s: %v\n%s", e.Class, e.EntryID, err, js)
			}
			want := *e
			if r != nil {
				one := *r
				one.ReimbursementGroups = r.ReimbursementGroups[i : i+1]
				want.Object = &one
			}
			plain(&want)
			if d := cmp.Diff(&want, got); d != "" {
				t.Errorf("%s %s: -rendered +decoded:\n%s", e.Class, e.EntryID, d)
			}
		}
	}
}

func TestDecodeIsRenderBackwards(t *testing.T) {
	for _, class := range fest.Classes() {
		backAndForth(t, populate(t, class))
		backAndForth(t, &fest.Entry{Class: class, Object: emptyObject(class)})
	}
	for e := range sample.Small(sample.DefaultRetrieved()).Entries() {
		if e.Object != nil {
			backAndForth(t, e)
		}
	}
}

// emptyObject is an object without anything: all that it says is what Append
// says of what is required.
func emptyObject(class fest.Class) any {
	o := class.New()
	if r, ok := o.(*fest.Reimbursement); ok {
		r.ReimbursementGroups = make([]fest.ReimbursementGroup, 1)
	}
	return o
}

func TestDecodeOfRealExtracts(t *testing.T) {
	for _, file := range []string{"mini/fest-mini-ns.xml.gz", "mini/fest-utdrag-2026-09-08.xml", "fragments/combined.xml"} {
		for _, e := range extract(t, file) {
			backAndForth(t, e)
		}
	}
}

// extract reads the entries of a real extract that have an object.
func extract(t testing.TB, name string) []*fest.Entry {
	t.Helper()
	f, err := m30.Open(festtest.File(t, name), m30.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, d := m30.NewReader(f, m30.DefaultLimits()), m30.NewDecoder(m30.DefaultLimits())
	var out []*fest.Entry
	for s, err := range r.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		s.XML = bytes.Clone(s.XML)
		e, err := d.Decode(s)
		if err != nil {
			t.Fatal(err)
		}
		if e.Object != nil {
			out = append(out, e)
		}
	}
	return out
}

// The texts that need care: what JSON escapes, digits that are no number, what
// is there and empty.
func TestDecodeOfTexts(t *testing.T) {
	for _, s := range []string{"", `a"b\c/`, "\n\r\t\x00\x1f\x7f", "\u2028\u2029", "𝄞 øåæ", `\u0041`, "{\"id\":"} {
		text := fest.Text(s)
		backAndForth(t, ingredient(&fest.Ingredient{ID: fest.ID("X" + s), Name: text, NameEnglish: &text, FullActiveSubstances: []fest.Ref{fest.Ref(s), "Y"}}))
	}
	for _, s := range []string{"7.50", "007", "-0.0", "1E5", "", " 1", ".5", "1,5", "INF"} {
		number := fest.Decimal(s)
		backAndForth(t, &fest.Entry{Class: fest.ClassIngredientStrength, Object: &fest.IngredientStrength{
			ID: "X", Strength: fest.PQ{Value: s, Present: fest.AttrV}, StrengthUpperValue: &number, StrengthDenominator: &fest.PQ{},
			StrengthOperator: fest.CV{Present: fest.AttrS | fest.AttrOT}}})
	}
	for _, s := range []fest.Boolean{"true", "false", "1", "0", "", "yes"} {
		backAndForth(t, &fest.Entry{Class: fest.ClassSubstitutionGroup, Object: &fest.SubstitutionGroup{ID: "X", RemarkRegardingSubstitution: s}})
	}
	id := fest.ID("E")
	backAndForth(t, &fest.Entry{Envelope: fest.Envelope{EntryID: "E"}, Class: fest.ClassDrug, Object: &fest.Drug{ID: &id}})
}

// Whatever is cut off or changed in an item is an error or another entry, and
// never a panic.
func TestDecodeOfDamage(t *testing.T) {
	for _, class := range fest.Classes() {
		js := render(t, populate(t, class), true, everything{})[0]
		for i := range js {
			if _, err := wire.Decode([]byte(js[:i])); !errors.Is(err, wire.ErrDamaged) {
				t.Fatalf("%s cut off at %d: %v", class, i, err)
			}
		}
		if _, err := wire.Decode([]byte(js + " ")); !errors.Is(err, wire.ErrDamaged) {
			t.Errorf("%s and more: %v", class, err)
		}
	}
	js := render(t, ingredient(&fest.Ingredient{ID: "X", Name: "n"}), false, directory{})[0]
	for name, damaged := range map[string]string{
		"nothing":           "",
		"an empty object":   "{}",
		"null":              "null",
		"another resource":  strings.Replace(js, "ingredients", "ingredient", 1),
		"a kind":            strings.Replace(js, `"id":"X",`, `"id":"X","kind":"nutrient",`, 1),
		"another property":  strings.Replace(js, `"name"`, `"nome"`, 1),
		"no name":           strings.Replace(js, `,"name":"n"`, ``, 1),
		"a name twice":      strings.Replace(js, `,"name":"n"`, `,"name":"n","name":"n"`, 1),
		"a number for text": strings.Replace(js, `"n"`, `1`, 1),
		"no such escape":    strings.Replace(js, `"n"`, `"\x"`, 1),
		"half an escape":    strings.Replace(js, `"n"`, `"\u00"`, 1),
		"a surrogate":       strings.Replace(js, `"n"`, `"\ud834\udd1e"`, 1),
		"white space":       strings.Replace(js, `,"name"`, `, "name"`, 1),
	} {
		if e, err := wire.Decode([]byte(damaged)); !errors.Is(err, wire.ErrDamaged) {
			t.Errorf("%s: got %v, %v", name, e, err)
		}
	}
}

// A decoded entry keeps nothing of the bytes that it was decoded from: they
// may be a mapping that goes away.
func TestDecodeCopies(t *testing.T) {
	js := []byte(render(t, ingredient(&fest.Ingredient{ID: "X", Name: "name"}), false, directory{})[0])
	e, err := wire.Decode(js)
	if err != nil {
		t.Fatal(err)
	}
	name := string(e.Object.(*fest.Ingredient).Name)
	for i := range js {
		if &js[i] == unsafe.StringData(name) {
			t.Fatal("the name is a part of the JSON")
		}
		js[i] = 0
	}
	if name != "name" {
		t.Errorf("the name is %q now", name)
	}
}

func FuzzDecode(f *testing.F) {
	for _, class := range fest.Classes() {
		f.Add([]byte(render(f, populate(f, class), true, everything{})[0]))
		f.Add([]byte(render(f, &fest.Entry{Class: class, Object: emptyObject(class)}, false, directory{})[0]))
	}
	f.Add([]byte(`{"resource":"drugs","id":"\u0041\ud800"`))
	f.Fuzz(func(t *testing.T, js []byte) {
		e, err := wire.Decode(js)
		if err != nil {
			if !errors.Is(err, wire.ErrDamaged) || e != nil {
				t.Fatalf("got %v, %v", e, err)
			}
			return
		}
		// What was read renders to what reads the same. Bytes that are not
		// UTF-8 are none that Append writes.
		if items := e.Items(); len(items) != 1 || !bytes.Equal(bytes.ToValidUTF8(js, nil), js) {
			return
		}
		again, err := wire.Decode([]byte(render(t, e, false, directory{})[0]))
		if err != nil {
			t.Fatalf("once more: %v", err)
		}
		plain(e)
		if d := cmp.Diff(e, again); d != "" {
			t.Errorf("-once +twice:\n%s", d)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	perClass := map[fest.Class][]byte{}
	for _, e := range extract(b, "mini/fest-mini-ns.xml.gz") {
		if js := render(b, e, false, everything{})[0]; len(js) > len(perClass[e.Class]) {
			perClass[e.Class] = []byte(js)
		}
	}
	for _, class := range []fest.Class{fest.ClassPackage, fest.ClassDrug, fest.ClassInteraction, fest.ClassIngredient, fest.ClassReimbursement} {
		js := perClass[class]
		b.Run(class.String(), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(js)))
			for b.Loop() {
				if _, err := wire.Decode(js); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
