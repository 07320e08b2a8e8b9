package postgres_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
)

// viewsFile is the migration that makes a function and a view for each class.
// It is derived from the description of M30 in fest. Once it was released, a
// change of the description is another migration.
const viewsFile = "migrations/002_classes.sql"

// TestClassesMigration holds the migration against the description.
func TestClassesMigration(t *testing.T) {
	want := classesSQL()
	if *update {
		must(t, os.WriteFile(viewsFile, want, 0o644))
	}
	got, err := os.ReadFile(viewsFile)
	must(t, err)
	if !bytes.Equal(want, got) {
		t.Errorf("%s is not what the description says; -update writes it (-want +got):\n%s", viewsFile, cmp.Diff(string(want), string(got)))
	}
}

// classesSQL writes the migration.
func classesSQL() []byte {
	var b, drop bytes.Buffer
	b.WriteString(`-- A function for each class, fest.drugs(serial), and a view of the same name
-- for the served release. Made by a test from the description of M30 in
-- internal/fest (go test ./internal/festdb/postgres -run Classes -update).
--
-- Coded values are the code, and …_display what it was called; quantities are
-- the number and …_unit. Dates and times are text, as the source has them, and
-- sort as text. What occurs several times is an array; arrays of what is
-- optional in the same element do not correspond by index: use xml, which has
-- everything. Numbers and booleans that are none are null.

-- A number as the schemas write them.
CREATE FUNCTION fest.to_number(v text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN v ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$' THEN v::numeric END $$;

-- An xs:boolean.
CREATE FUNCTION fest.to_boolean(v text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN v IN ('true', '1') THEN true WHEN v IN ('false', '0') THEN false END $$;

-- The texts that a path finds in an entry's object.
CREATE FUNCTION fest.texts(path text, entry xml) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT array_agg(t.v ORDER BY t.n) FROM XMLTABLE(XMLNAMESPACES(` + namespaces + `), path PASSING entry COLUMNS n FOR ORDINALITY, v text PATH '.') AS t
$$;
`)
	for _, c := range fest.Classes() {
		writeClass(&b, c)
		fmt.Fprintf(&drop, "DROP VIEW fest.%s;\nDROP FUNCTION fest.%s(bigint);\n", sqlName(c.String()), sqlName(c.String()))
	}
	b.WriteString("---- create above / drop below ----\n")
	b.Write(drop.Bytes())
	b.WriteString("DROP FUNCTION fest.texts(text, xml);\nDROP FUNCTION fest.to_boolean(text);\nDROP FUNCTION fest.to_number(text);\n")
	return b.Bytes()
}

const namespaces = "'" + string(fest.NamespaceM30) + "' AS m30, '" + string(fest.NamespaceFS) + "' AS fs"

// column is a column of a class.
type column struct {
	name, typ string
	path      string // from the object, in the columns of XMLTABLE; "": expr alone
	expr      string // of the select list
}

func writeClass(b *bytes.Buffer, c fest.Class) {
	ns, object := c.ObjectElement()
	rows, entry := "/m30:"+c.EntryElement(), ""
	if object != "" {
		rows, entry = rows+"/"+ns.Prefix()+":"+object, "../"
	}
	var columns []column
	for i := range fest.EnvelopeType().Fields {
		columns = append(columns, columnsOf(&fest.EnvelopeType().Fields[i], "", entry, rows)...)
	}
	for i := range c.Type().Fields {
		columns = append(columns, columnsOf(&c.Type().Fields[i], "", "", rows)...)
	}
	name := sqlName(c.String())
	fmt.Fprintf(b, "\n-- %s, %s: %s.\nCREATE FUNCTION fest.%s(serial bigint)\nRETURNS TABLE (release bigint, ordinal bigint", c.Catalogue(), rows, c.String(), name)
	for _, col := range columns {
		fmt.Fprintf(b, ",\n    %s %s", col.name, col.typ)
	}
	fmt.Fprintf(b, ",\n    xml xml)\nLANGUAGE sql STABLE PARALLEL SAFE ROWS 5000 AS $$\n    SELECT r.serial, o.ordinal")
	for _, col := range columns {
		fmt.Fprintf(b, ",\n        %s", col.expr)
	}
	fmt.Fprintf(b, `,
        d.xml
    FROM fest.release r
    JOIN fest.content c ON c.digest = r.content
    CROSS JOIN LATERAL fest.entries_of(c.id) o
    JOIN fest.entry e ON e.id = o.entry
    JOIN fest.frame f ON f.id = e.frame AND f.catalogue = '%s'
    CROSS JOIN LATERAL fest.document(f.context, e.xml) AS d (xml)
    CROSS JOIN LATERAL XMLTABLE(XMLNAMESPACES(%s), '%s' PASSING d.xml COLUMNS`, c.Catalogue(), namespaces, rows)
	sep := ""
	for _, col := range columns {
		if col.path != "" {
			fmt.Fprintf(b, "%s\n        %s text PATH '%s'", sep, col.name, col.path)
			sep = ","
		}
	}
	fmt.Fprintf(b, ") AS x\n    WHERE r.serial = %s.serial\n$$;\nCREATE VIEW fest.%s AS SELECT * FROM fest.%s(fest.current_serial());\n", name, name, name)
}

// columnsOf are the columns of a field: prefix begins their names, path their
// paths from the object that rows finds.
func columnsOf(f *fest.Field, prefix, path, rows string) []column {
	name := prefix + sqlName(f.Property)
	at := path + f.Namespace.Prefix() + ":" + f.Element
	if f.Kind == fest.KindObject {
		var columns []column
		for i := range f.Object.Fields {
			inner := &f.Object.Fields[i]
			if f.Slice {
				columns = append(columns, lists(inner, name+"_", at+"/", rows)...)
			} else {
				columns = append(columns, columnsOf(inner, name+"_", at+"/", rows)...)
			}
		}
		return columns
	}
	if f.Slice {
		return lists(f, prefix, path, rows)
	}
	one := func(suffix, attribute, typ, convert string) column {
		n := name + suffix
		col := column{name: n, typ: typ, path: "(" + at + attribute + ")[1]", expr: "x." + n}
		if convert != "" {
			col.expr = "fest." + convert + "(x." + n + ")"
		}
		return col
	}
	switch f.Kind {
	case fest.KindCV, fest.KindCS:
		return []column{one("", "/@V", "text", ""), one("_display", "/@DN", "text", "")}
	case fest.KindPQ, fest.KindMO:
		return []column{one("", "/@V", "numeric", "to_number"), one("_unit", "/@U", "text", "")}
	case fest.KindURL, fest.KindTS:
		return []column{one("", "/@V", "text", "")}
	case fest.KindDecimal, fest.KindInteger:
		return []column{one("", "", "numeric", "to_number")}
	case fest.KindBoolean:
		return []column{one("", "", "boolean", "to_boolean")}
	default:
		return []column{one("", "", "text", "")}
	}
}

// lists is the column of a field that may occur several times; what is nested
// deeper is only in the XML.
func lists(f *fest.Field, prefix, path, rows string) []column {
	attribute := ""
	switch {
	case f.Kind == fest.KindObject:
		return nil
	case !f.Kind.Leaf():
		attribute = "/@V"
	}
	name := prefix + sqlName(f.Property)
	if len(name) > 63 { // PostgreSQL would cut it
		name = sqlName(f.Property)
	}
	return []column{{
		name: name, typ: "text[]",
		expr: fmt.Sprintf("fest.texts('%s/%s%s:%s%s', d.xml)", rows, path, f.Namespace.Prefix(), f.Element, attribute),
	}}
}

// sqlName turns camelCase and dashes into snake_case.
func sqlName(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '-':
			b.WriteByte('_')
		case unicode.IsUpper(r):
			if i > 0 {
				b.WriteByte('_')
			}
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
