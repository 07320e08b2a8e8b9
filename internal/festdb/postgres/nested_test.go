package postgres_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/sample"
)

// nestedFile is the migration that makes a function and a view for what occurs
// several times in an entry and is asked for by itself. See viewsFile.
const nestedFile = "migrations/006_nested.sql"

// nested is such a part of a class: the fields that lead to it, by property,
// and what of the entry stands beside it, with paths from the part.
type nested struct {
	name    string
	class   fest.Class
	fields  []string
	beside  []column
	comment string
}

func nestedParts() []nested {
	text := func(name, path string) column { return column{name: name, typ: "text", path: path, expr: "x." + name} }
	return []nested{
		{fest.CountReimbursementGroups, fest.ClassReimbursement, []string{"reimbursementGroups"}, []column{
			text("entry_id", "../../m30:Id"), text("statutory_authority", "../m30:Refusjonshjemmel/@V"), text("statutory_authority_display", "../m30:Refusjonshjemmel/@DN"),
		}, "the groups of a statutory authority"},
		{fest.CountReimbursementCodes, fest.ClassReimbursement, []string{"reimbursementGroups", "reimbursementCodes"}, []column{
			text("entry_id", "../../../m30:Id"), text("reimbursement_group", "../m30:Id"), text("group_number", "../m30:GruppeNr/@V"),
		}, "the codes that give the right to a group"},
		{fest.CountCodeSystemElements, fest.ClassCodeSystem, []string{"elements"}, []column{
			text("entry_id", "../m30:Id"), text("oid", "../m30:Info/m30:Id"),
		}, "the codes of a code list"},
		{fest.CountSubstances, fest.ClassInteraction, []string{"substanceGroups", "substances"}, []column{
			text("entry_id", "../../../m30:Id"), text("interaction", "../../m30:Id"),
			{name: "substance_group", typ: "numeric", path: "count(../preceding-sibling::m30:Substansgruppe) + 1", expr: "fest.to_number(x.substance_group)"},
			text("substance_group_name", "../m30:Navn"),
		}, "the substances of the groups that interact"},
		{fest.CountGenericPackages, fest.ClassGeneric, []string{"packages"}, []column{
			text("entry_id", "../../m30:Id"), text("generic", "../fs:Id"),
		}, "the packages of a generic"},
		{"package-prices", fest.ClassPackage, []string{"prices"}, []column{
			text("entry_id", "../../m30:Id"), text("package", "../fs:Id"), text("item_number", "../fs:Varenr"),
		}, "the prices of a package"},
	}
}

// TestNestedMigration holds the migration against the description.
func TestNestedMigration(t *testing.T) {
	want := nestedSQL(t)
	if *update {
		must(t, os.WriteFile(nestedFile, want, 0o644))
	}
	got, err := os.ReadFile(nestedFile)
	must(t, err)
	if !bytes.Equal(want, got) {
		t.Errorf("%s is not what the description says; -update writes it (-want +got):\n%s", nestedFile, cmp.Diff(string(want), string(got)))
	}
}

func nestedSQL(t *testing.T) []byte {
	var b, drop bytes.Buffer
	var names []string
	b.WriteString(`-- A function and a view, as those of 002, for what occurs several times in an
-- entry: a row for each, in the order of the source, with the ids of what it is
-- in. Made by a test from the description of M30 in internal/fest
-- (go test ./internal/festdb/postgres -run Nested -update). xml is the part.
`)
	for _, n := range nestedParts() {
		writeNested(t, &b, n)
		name := sqlName(n.name)
		names = append(names, "fest."+name)
		fmt.Fprintf(&drop, "DROP VIEW fest.%s;\nDROP FUNCTION fest.%s(bigint);\n", name, name)
	}
	all := strings.Join(names, ", ")
	fmt.Fprintf(&b, `
DO $$
BEGIN
    IF to_regrole('festd_reader') IS NOT NULL THEN
        GRANT SELECT ON %s TO festd_reader;
    END IF;
    IF to_regrole('festd_importer') IS NOT NULL THEN
        GRANT SELECT ON %s TO festd_importer;
    END IF;
END
$$;
---- create above / drop below ----
`, all, all)
	b.Write(drop.Bytes())
	return b.Bytes()
}

// field finds a property.
func field(t *testing.T, fields []fest.Field, property string) *fest.Field {
	for i := range fields {
		if fields[i].Property == property {
			return &fields[i]
		}
	}
	t.Fatalf("no property %s", property)
	return nil
}

func writeNested(t *testing.T, b *bytes.Buffer, n nested) {
	ns, object := n.class.ObjectElement()
	rows := "/m30:" + n.class.EntryElement()
	if object != "" {
		rows += "/" + ns.Prefix() + ":" + object
	}
	var f *fest.Field
	fields := n.class.Type().Fields
	for _, property := range n.fields {
		f = field(t, fields, property)
		rows += "/" + f.Namespace.Prefix() + ":" + f.Element
		if f.Object != nil {
			fields = f.Object.Fields
		}
	}
	element := "/" + f.Namespace.Prefix() + ":" + f.Element
	columns := n.beside
	for i := range columns {
		if !strings.HasPrefix(columns[i].path, "count(") {
			columns[i].path = "(" + columns[i].path + ")[1]"
		}
	}
	if f.Object == nil {
		one := "x.reference"
		columns = append(columns, column{name: "reference", typ: "text", path: ".", expr: one})
	} else {
		for i := range f.Object.Fields {
			for _, c := range columnsOf(&f.Object.Fields[i], "", "", element) {
				c.expr = strings.Replace(c.expr, ", d.xml)", ", x.xml)", 1) // lists of the part, not of the entry
				columns = append(columns, c)
			}
		}
	}
	name := sqlName(n.name)
	fmt.Fprintf(b, "\n-- %s, %s: %s.\nCREATE FUNCTION fest.%s(serial bigint)\nRETURNS TABLE (release bigint, ordinal bigint, number bigint", n.class.Catalogue(), rows, n.comment, name)
	for _, col := range columns {
		fmt.Fprintf(b, ",\n    %s %s", col.name, col.typ)
	}
	fmt.Fprintf(b, ",\n    xml xml)\nLANGUAGE sql STABLE PARALLEL SAFE ROWS 10000 AS $$\n    SELECT r.serial, o.ordinal, x.number")
	for _, col := range columns {
		fmt.Fprintf(b, ",\n        %s", col.expr)
	}
	fmt.Fprintf(b, `,
        x.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = '%s'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES(%s), '%s' PASSING d.xml COLUMNS
        number FOR ORDINALITY`, n.class.Catalogue(), namespaces, rows)
	for _, col := range columns {
		if col.path != "" {
			fmt.Fprintf(b, ",\n        %s text PATH '%s'", col.name, col.path)
		}
	}
	fmt.Fprintf(b, ",\n        xml xml PATH '.') AS x\n    WHERE r.serial = %s.serial\n$$;\nCREATE VIEW fest.%s AS SELECT * FROM fest.%s(fest.current_serial());\n", name, name, name)
}

// TestNestedViews compares the views with what the decoder finds: as many rows
// as the release counts, with the ids of what they are in, and lists of their
// own.
func TestNestedViews(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url})
	first, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.01})
	must(t, err)
	var last fest.Serial
	for _, d := range []*sample.Data{first, sample.Small(sample.DefaultRetrieved())} {
		last = publishSample(t, s, d, last).Serial
		counts, prices := d.Counts(), 0
		wantCodes, wantConditions := map[string]int{}, map[string]int{}
		for e := range d.Entries() {
			switch o := e.Object.(type) {
			case *fest.Package:
				prices += len(o.Prices)
			case *fest.Reimbursement:
				for _, g := range o.ReimbursementGroups {
					if n := len(g.ReimbursementCodes); n > 0 {
						wantCodes[string(g.ID)] += n
					}
					if n := len(g.Conditions); n > 0 {
						wantConditions[string(g.ID)] += n
					}
				}
			}
		}
		counts["package-prices"] = prices
		for _, n := range nestedParts() {
			name := sqlName(n.name)
			for _, from := range []string{"fest." + name, fmt.Sprintf("fest.%s(%d)", name, last)} {
				got := query[int64](t, url, "SELECT count(*) FROM "+from+" WHERE entry_id <> '' AND xml IS NOT NULL")[0]
				if want := int64(counts[n.name]); got != want || want == 0 {
					t.Errorf("release %d, %s: %d rows, want %d", last, from, got, want)
				}
			}
		}
		byGroup := func(sql string) map[string]int {
			out := map[string]int{}
			for _, line := range query[string](t, url, sql) {
				var id string
				var n int
				_, err := fmt.Sscanf(line, "%s %d", &id, &n)
				must(t, err)
				out[id] = n
			}
			return out
		}
		if diff := cmp.Diff(wantCodes, byGroup("SELECT format('%s %s', reimbursement_group, count(*)) FROM fest.reimbursement_codes GROUP BY reimbursement_group")); diff != "" {
			t.Errorf("release %d: codes by group (-want +got):\n%s", last, diff)
		}
		if diff := cmp.Diff(wantConditions, byGroup("SELECT format('%s %s', id, cardinality(conditions)) FROM fest.reimbursement_groups WHERE conditions IS NOT NULL")); diff != "" {
			t.Errorf("release %d: conditions by group (-want +got):\n%s", last, diff)
		}
	}
	// The release before is asked by its serial.
	if got := query[int64](t, url, "SELECT count(*) FROM fest.code_system_elements(1)")[0]; got != int64(first.Counts()[fest.CountCodeSystemElements]) {
		t.Errorf("release 1 has %d code system elements", got)
	}
}
