package wire_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// directory resolves references for tests: id → resource and display.
type directory map[string]struct {
	resource fest.Resource
	display  string
}

func (d directory) Lookup(id []byte, targets wire.Targets) (uint32, wire.Number, bool) {
	for _, n := range targets {
		if x, ok := d[string(id)]; ok && n != 0 && x.resource == n.Resource() {
			return 0, n, true
		}
	}
	return 0, 0, false
}

func (d directory) AppendDisplay(dst []byte, _ uint32) []byte { return append(dst, "shown"...) }

func render(t testing.TB, e *fest.Entry, sample bool, d wire.Resolver) []string {
	t.Helper()
	r, err := wire.NewRenderer(sample)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, it := range e.Items() {
		// Something stands before and after: offsets are the item's.
		js, holes, err := r.Append([]byte("before"), nil, e, it)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(wire.Fill(nil, js[len("before"):], holes, d)))
	}
	return out
}

// Every class, every field filled: the goldens are what the API's users see.
func TestGoldens(t *testing.T) {
	known := directory{}
	for _, class := range fest.Classes() {
		t.Run(class.String(), func(t *testing.T) {
			e := populate(t, class)
			if n, ok := e.Object.(*fest.Notification); ok {
				n.ReferencedElements[0].Class.Code = "4" // reimbursements
				n.ReferencedElements[1].Class.Code = "new"
			}
			if c, ok := e.Object.(*fest.CodeSystem); ok {
				*c.Elements[1].Parent = fest.Ref(c.Elements[0].ID)
			}
			var got bytes.Buffer
			for _, js := range render(t, e, false, known) {
				if err := json.Indent(&got, []byte(js), "", "  "); err != nil {
					t.Fatalf("not JSON: %v\n%s", err, js)
				}
				got.WriteByte('\n')
			}
			name := filepath.Join("testdata", class.String()+".json")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got.String()); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func ingredient(o *fest.Ingredient) *fest.Entry {
	return &fest.Entry{Envelope: fest.Envelope{EntryID: "E", RegistrationTime: "T", RegistrationStatus: fest.CS{Code: "A"}}, Class: fest.ClassIngredient, Object: o}
}

const head = `{"resource":"ingredients","id":"X","entryId":"E","registrationTime":"T",` +
	`"registrationStatus":{"code":"A","system":"urn:oid:2.16.578.1.12.4.1.1.7446"},`

func TestReferences(t *testing.T) {
	d := directory{"Y": {fest.ResourceIngredients, ""}, `a"b`: {fest.ResourceIngredients, ""}, "D": {fest.ResourceDrugs, ""}, "G": {fest.ResourceGenerics, ""}}
	got := render(t, ingredient(&fest.Ingredient{ID: "X", Name: "n", FullActiveSubstances: []fest.Ref{"Y", `a"b`, "gone"}}), false, d)
	want := head + `"name":"n","fullActiveSubstances":[` +
		`{"resource":"ingredients","id":"Y","display":"shown"},` +
		`{"resource":"ingredients","id":"a\"b","display":"shown"},` +
		`{"resource":"ingredients","id":"gone"}]}`
	if df := cmp.Diff([]string{want}, got); df != "" {
		t.Errorf("one target, -want +got:\n%s", df)
	}

	// Several targets: what exists decides, and nothing is said of what does
	// not.
	e := &fest.Entry{Class: fest.ClassDrug, Object: &fest.Drug{Medicine: fest.Medicine{
		MedicineAdministration: &fest.MedicineAdministration{MixingLiquidProposals: []fest.Ref{"D", "G", "gone"}}}}}
	js := render(t, e, false, d)[0]
	const proposals = `"mixingLiquidProposals":[{"resource":"drugs","id":"D","display":"shown"},{"resource":"generics","id":"G","display":"shown"},{"id":"gone"}]`
	if !strings.Contains(js, proposals) {
		t.Errorf("got %s\nwant in it %s", js, proposals)
	}

	// RefElement: Klasse decides, also of what is not there (7486).
	n := &fest.Entry{Class: fest.ClassNotification, Object: &fest.Notification{ReferencedElements: []fest.ReferencedElement{
		{Class: fest.CS{Code: "1"}, Elements: []fest.Ref{"D", "gone"}}, {Class: fest.CS{Code: "2"}, Elements: []fest.Ref{"D"}}, {Class: fest.CS{Code: "77"}, Elements: []fest.Ref{"G"}}}}}
	js = render(t, n, false, d)[0]
	for _, want := range []string{
		`"elements":[{"resource":"drugs","id":"D","display":"shown"},{"resource":"drugs","id":"gone"}]`,
		`"elements":[{"resource":"packages","id":"D"}]`,
		`"elements":[{"resource":"generics","id":"G","display":"shown"}]`,
	} {
		if !strings.Contains(js, want) {
			t.Errorf("got %s\nwant in it %s", js, want)
		}
	}
}

func TestAbsentIsNotNone(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   fest.Ingredient
		want string
	}{
		{"absent", fest.Ingredient{}, ``},
		{"empty", fest.Ingredient{NameEnglish: new(fest.Text)}, `,"nameEnglish":""`},
		{"empty list", fest.Ingredient{FullActiveSubstances: []fest.Ref{}}, ``},
	} {
		tc.in.ID, tc.in.Name = "X", "n"
		want := head + `"name":"n"` + tc.want + `}`
		if got := render(t, ingredient(&tc.in), false, directory{})[0]; got != want {
			t.Errorf("%s: got %s, want %s", tc.name, got, want)
		}
	}
	// Attributes: present and empty is not absent.
	e := ingredient(&fest.Ingredient{ID: "X", Name: "n"})
	e.RegistrationStatus = fest.CS{Present: fest.AttrV | fest.AttrDN}
	if got := render(t, e, false, directory{})[0]; !strings.Contains(got, `"registrationStatus":{"code":"","display":""}`) {
		t.Errorf("empty attributes: %s", got)
	}
	e.RegistrationStatus = fest.CS{}
	if got := render(t, e, false, directory{})[0]; !strings.Contains(got, `"registrationStatus":{}`) {
		t.Errorf("no attributes: %s", got)
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	for in, want := range map[string]string{
		"7.50": `7.50`, "0": `0`, "-0.0": `-0.0`, "1E5": `1E5`, "1e-07": `1e-07`, "12345678901234567890.00000000000000000001": `12345678901234567890.00000000000000000001`,
		"007": `"007"`, "+1": `"+1"`, ".5": `".5"`, "5.": `"5."`, "INF": `"INF"`, "": `""`, " 1": `" 1"`, "1e": `"1e"`, "-": `"-"`, "0x1": `"0x1"`, "1,5": `"1,5"`,
	} {
		o := &fest.IngredientStrength{Strength: fest.PQ{Value: in, Present: fest.AttrV}, StrengthUpperValue: (*fest.Decimal)(&in)}
		js := render(t, &fest.Entry{Class: fest.ClassIngredientStrength, Object: o}, false, directory{})[0]
		if !strings.Contains(js, `"strength":{"value":`+want+`}`) || !strings.Contains(js, `"strengthUpperValue":`+want+`}`) {
			t.Errorf("%q: want %s in %s", in, want, js)
		}
		if !json.Valid([]byte(js)) {
			t.Errorf("%q: not JSON: %s", in, js)
		}
	}
}

func TestBooleans(t *testing.T) {
	for in, want := range map[string]string{"true": "true", "1": "true", "false": "false", "0": "false", "yes": `"yes"`, "": `""`} {
		o := &fest.SubstitutionGroup{RemarkRegardingSubstitution: fest.Boolean(in)}
		js := render(t, &fest.Entry{Class: fest.ClassSubstitutionGroup, Object: o}, false, directory{})[0]
		if !strings.Contains(js, `"remarkRegardingSubstitution":`+want) {
			t.Errorf("%q: want %s in %s", in, want, js)
		}
	}
}

func TestSampleIsMarked(t *testing.T) {
	for _, class := range fest.Classes() {
		for _, js := range render(t, populate(t, class), true, directory{}) {
			var item struct{ Sample string }
			if err := json.Unmarshal([]byte(js), &item); err != nil || item.Sample != "not for clinical use" {
				t.Errorf("%s: sample = %q (%v)", class, item.Sample, err)
			}
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	r, err := wire.NewRenderer(false)
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]*fest.Entry{
		"no object":       {Class: fest.ClassDrug},
		"no class":        {Object: &fest.Drug{}},
		"another's":       {Class: fest.ClassDrug, Object: &fest.Package{}},
		"nil object":      {Class: fest.ClassDrug, Object: (*fest.Drug)(nil)},
		"no such group":   {Class: fest.ClassReimbursement, Object: &fest.Reimbursement{}},
		"not a pointer":   {Class: fest.ClassDrug, Object: fest.Drug{}},
		"class too great": {Class: 200, Object: &fest.Drug{}},
	} {
		if js, holes, err := r.Append([]byte("x"), nil, e, fest.Item{}); err == nil || string(js) != "x" || holes != nil {
			t.Errorf("%s: got %q, %v, %v; want an error and nothing appended", name, js, holes, err)
		}
	}
}

func FuzzString(f *testing.F) {
	for _, s := range []string{"", "Økt \"risiko\"\\\n\t\r\x00\x1f\x7f", "\u2028\u2029", "\xff\xfea", "𝄞", "\ufffd", "</script>", "\xe2\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		js := wire.AppendString(nil, s)
		var back string
		if err := json.Unmarshal(js, &back); err != nil {
			t.Fatalf("%q renders to %s: %v", s, js, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && back != want {
			t.Errorf("%q came back as %q", s, back)
		}
		if !utf8.Valid(js) || bytes.ContainsAny(js, "\u2028\u2029\n\r") {
			t.Errorf("%q renders to %q", s, js)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	r, err := wire.NewRenderer(false)
	if err != nil {
		b.Fatal(err)
	}
	for _, class := range []fest.Class{fest.ClassPackage, fest.ClassInteraction, fest.ClassIngredient} {
		e := populate(b, class)
		it := e.Items()[0]
		b.Run(class.String(), func(b *testing.B) {
			var buf []byte
			var holes []wire.Hole
			b.ReportAllocs()
			for b.Loop() {
				buf, holes, _ = r.Append(buf[:0], holes[:0], e, it)
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}
