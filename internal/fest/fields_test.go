package fest_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
)

var update = flag.Bool("update", false, "write docs/FIELDS.md anew")

// TestFieldsDoc holds docs/FIELDS.md to the description, and by it the names
// of all properties: a change of one shows in review.
func TestFieldsDoc(t *testing.T) {
	path := filepath.Join(festtest.Root(), "docs", "FIELDS.md")
	want := fieldsDoc()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/FIELDS.md is not what the description says; run make docs-update (-want +got):\n%s", diff)
	}
}

const fieldsIntro = `# Fields

Every property of every resource: its M30 element, kind, cardinality, code list and what it refers to. Generated from the one description of M30,
the types of ` + "`internal/fest`" + `; a test holds this page to it (` + "`make docs-update`" + ` writes it anew) and the types to the schemas of 2014-12-01.

How to read the tables:

- **property** is the name in JSON; ` + "`[]`" + ` marks a list. A row below an object carries the path to it.
- **element** is the M30 element, prefix *fs* or *m30* for its namespace (` + "`%s`" + `, ` + "`%s`" + `).
- **card.** is the cardinality of the schemas, never the observed one. An element that is absent leaves its property out; an empty one is ` + "`\"\"`" + `. Absent means
  "not stated", not no, none or zero.
- **list** is the OID of the code list. Where the XML carries none (*code* below) it becomes the ` + "`system`" + `; for a quantity it is the list of its unit.
- **refers to** names the resources that a reference may lead to.
- Properties marked † are alternatives: their object has the one or the other, and the cardinality holds for the one it has.

## Kinds

| kind | in XML | in JSON |
|---|---|---|
| text, id | text of the element | string |
| number | digits that identify: item number, bar code, LMR number | string, leading zeros kept |
| decimal, integer | text of the element | number with the source's digits; a string where JSON cannot write it |
| boolean | ` + "`true`, `false`, `1`, `0`" + ` | boolean |
| date, date-time, time, duration, oid | text of the element | string, as it came |
| reference | id of an object | ` + "`{\"resource\",\"id\",\"display\"}`" + `; no ` + "`display`" + ` where it leads nowhere |
%s| object | child elements | object |

`

// kindDocs are the words of the tables for the kinds.
var kindDocs = map[fest.Kind]string{
	fest.KindObject: "object", fest.KindText: "text", fest.KindID: "id", fest.KindEntryID: "id", fest.KindRef: "reference",
	fest.KindNumber: "number", fest.KindDecimal: "decimal", fest.KindInteger: "integer", fest.KindBoolean: "boolean",
	fest.KindDate: "date", fest.KindDateTime: "date-time", fest.KindTime: "time", fest.KindDuration: "duration", fest.KindOID: "oid",
	fest.KindCV: "coded value", fest.KindCS: "code", fest.KindPQ: "quantity", fest.KindMO: "money", fest.KindURL: "link", fest.KindTS: "point in time",
}

func fieldsDoc() string {
	d := &doc{uses: map[*fest.Type]int{}}
	for _, c := range fest.Classes() {
		d.count(c.Type())
	}
	fmt.Fprintf(&d.b, fieldsIntro, fest.NamespaceFS, fest.NamespaceM30, kithDoc())
	d.b.WriteString("## Every entry\n\n")
	d.b.WriteString("These come first, before the fields of the object. `id` is the key that the path takes; the object's own id is not " +
		"repeated. `kind`\nstands where one resource serves several classes, `sample` in made-up data only.\n\n")
	d.table(func() {
		d.b.WriteString("| `resource` |  | text | 1 |  |  |\n| `id` |  | text | 1 |  |  |\n" +
			"| `kind` |  | text | 0..1 |  |  |\n| `sample` |  | text | 0..1 |  |  |\n")
		d.rows("", "", fest.EnvelopeType(), "")
	})
	for _, c := range fest.Classes() {
		d.class(c)
	}
	d.b.WriteString("## Shared objects\n\nObjects that stand in more than one place.\n\n")
	for written := 0; written < len(d.shared); written++ { //nolint:intrange // a shared object may hold another
		t := d.shared[written]
		fmt.Fprintf(&d.b, "### %s\n\n", t.Name)
		d.table(func() { d.rows("", "", t, "") })
	}
	return strings.TrimRight(d.b.String(), "\n") + "\n"
}

// kithDoc are the rows of the kinds whose value stands in attributes.
func kithDoc() string {
	var b strings.Builder
	for _, k := range []fest.Kind{fest.KindCV, fest.KindCS, fest.KindPQ, fest.KindMO, fest.KindURL, fest.KindTS} {
		var attrs, properties []string
		for _, a := range k.Attributes() {
			attrs = append(attrs, "@"+a.Name)
			if a.Property != "" {
				properties = append(properties, `"`+a.Property+`"`)
			}
		}
		if k == fest.KindCS { // the system comes from the field
			properties = []string{properties[0], `"system"`, properties[1]}
		}
		json := "string"
		if len(properties) > 0 {
			json = "`{" + strings.Join(properties, ",") + "}`"
		}
		fmt.Fprintf(&b, "| %s | attributes %s | %s |\n", kindDocs[k], strings.Join(attrs, " "), json)
	}
	return b.String()
}

type doc struct {
	b      strings.Builder
	uses   map[*fest.Type]int // places that an object stands in
	shared []*fest.Type       // in the order they were met
}

func (d *doc) count(t *fest.Type) {
	for _, f := range t.Fields {
		if f.Object == nil {
			continue
		}
		if d.uses[f.Object]++; d.uses[f.Object] == 1 {
			d.count(f.Object)
		}
	}
}

func (d *doc) class(c fest.Class) {
	ns, object := c.ObjectElement()
	element := ns.Prefix() + ":" + object
	if object == "" {
		element = "m30:" + c.EntryElement()
	}
	fmt.Fprintf(&d.b, "## %s: `/v1/%s`\n\n`%s` in `%s`.", c, c.Resource(), element, c.Catalogue())
	if c.Kind() != "" {
		fmt.Fprintf(&d.b, " Entries of this class have `\"kind\":\"%s\"`.", c.Kind())
	}
	if c == fest.ClassReimbursement {
		d.b.WriteString(" One item per group: the entry's own fields, then those of the group, whose id is the key.")
	}
	d.b.WriteString("\n\n")
	d.table(func() {
		if c != fest.ClassReimbursement {
			d.rows("", "", c.Type(), "id")
			return
		}
		for _, f := range c.Type().Fields {
			if f.Object != nil {
				d.rows("", f.Namespace.Prefix()+":"+f.Element, f.Object, "id")
				continue
			}
			d.row("", "", f)
		}
	})
}

func (d *doc) table(rows func()) {
	d.b.WriteString("| property | element | kind | card. | list | refers to |\n|---|---|---|---|---|---|\n")
	rows()
	d.b.WriteString("\n")
}

// rows writes the fields of t, below the given paths; the property skip is
// left out.
func (d *doc) rows(properties, elements string, t *fest.Type, skip string) {
	for _, f := range t.Fields {
		if f.Property == skip && f.Kind == fest.KindID {
			continue
		}
		d.row(properties, elements, f)
	}
}

func (d *doc) row(properties, elements string, f fest.Field) {
	property := properties + f.Property
	if f.Slice {
		property += "[]"
	}
	mark := ""
	if f.Choice != "" {
		mark = " †"
	}
	kind := kindDocs[f.Kind]
	shared := f.Object != nil && d.uses[f.Object] > 1
	if shared {
		kind = fmt.Sprintf("[%s](#%s)", f.Object.Name, strings.ToLower(f.Object.Name))
		d.share(f.Object)
	}
	card := fmt.Sprint(f.Min)
	switch {
	case f.Max == fest.Unbounded:
		card += "..*"
	case f.Max != f.Min:
		card += fmt.Sprintf("..%d", f.Max)
	}
	var lists, targets []string
	for _, l := range f.Lists {
		lists = append(lists, fest.OIDRoot+l)
	}
	for _, r := range f.Targets {
		targets = append(targets, string(r))
	}
	element := below(elements, f)
	fmt.Fprintf(&d.b, "| `%s`%s | %s | %s | %s | %s | %s |\n", property, mark, element, kind, card, strings.Join(lists, ", "), strings.Join(targets, ", "))
	if f.Object != nil && !shared {
		d.rows(property+".", element, f.Object, "")
	}
}

// below is the path of f's element below the path given. A prefix stands where
// the namespace changes.
func below(path string, f fest.Field) string {
	prefix := f.Namespace.Prefix() + ":"
	if path == "" {
		return prefix + f.Element
	}
	last := path
	for strings.Contains(last, "/") && !strings.Contains(last[strings.LastIndex(last, "/"):], ":") {
		last = last[:strings.LastIndex(last, "/")]
	}
	if strings.HasPrefix(last[strings.LastIndex(last, "/")+1:], prefix) {
		return path + "/" + f.Element
	}
	return path + "/" + prefix + f.Element
}

func (d *doc) share(t *fest.Type) {
	for _, s := range d.shared {
		if s == t {
			return
		}
	}
	d.shared = append(d.shared, t)
}
