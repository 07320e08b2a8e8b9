package gate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/gate"
)

// TestDocsTellTheRules compares the tables of docs/GATE.md with the code: every
// rule with its defaults in both profiles and its advice, the overrides by
// class, the parameters and the floors. -update writes the tables anew.
func TestDocsTellTheRules(t *testing.T) {
	path := filepath.Join(festtest.Root(), "docs", "GATE.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(data)
	for _, table := range []struct{ name, want string }{
		{"rules", rulesTable()}, {"classes", classesTable()}, {"advice", adviceTable()}, {"parameters", parametersTable()}, {"floors", floorsTable()},
	} {
		begin, end := "<!-- "+table.name+": kept by a test -->\n", "<!-- end -->"
		_, rest, ok := strings.Cut(doc, begin)
		got, _, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Errorf("GATE.md has no table %s (%s … %s)", table.name, strings.TrimSpace(begin), end)
			continue
		}
		if *update {
			doc = strings.Replace(doc, begin+got+end, begin+table.want+end, 1)
			continue
		}
		if diff := cmp.Diff(table.want, got); diff != "" {
			t.Errorf("table %s differs (-code +docs); -update writes it anew:\n%s", table.name, diff)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func pct(v float64) string { return strconv.FormatFloat(v*100, 'g', 4, 64) + " %" }

func level(l gate.Limit) string {
	switch {
	case l.Share == 0 && l.Count == 0:
		return "any"
	case l.Share == 0:
		return fmt.Sprintf("> %d", l.Count)
	default:
		return fmt.Sprintf("> %s and > %d", pct(l.Share), l.Count)
	}
}

func boundText(b gate.Bound) string {
	var out []string
	if b.Share != nil {
		out = append(out, "> "+pct(*b.Share))
	}
	if b.Count != nil {
		out = append(out, fmt.Sprintf("> %d", *b.Count))
	}
	return strings.Join(out, " and ")
}

func rulesTable() string {
	var b strings.Builder
	b.WriteString("| rule | breaks it | small classes | default | production | means |\n|---|---|---|---|---|---|\n")
	d, p := gate.Default(), gate.Production()
	for _, name := range gate.Rules() {
		l := d.Rules[name]
		small := "–"
		if l.Small != nil {
			small = boundText(*l.Small)
		}
		meaning, _ := gate.Meaning(name)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", name, level(l), small, l.Severity, p.Rules[name].Severity, meaning)
	}
	return b.String()
}

func classesTable() string {
	var b strings.Builder
	b.WriteString("| rule | class | breaks it |\n|---|---|---|\n")
	d := gate.Default()
	for _, name := range gate.Rules() {
		classes := d.Rules[name].Classes
		for _, c := range gate.Classes() {
			if o, ok := classes[c]; ok {
				fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, c, boundText(o))
			}
		}
	}
	return b.String()
}

func adviceTable() string {
	var b strings.Builder
	b.WriteString("| rule | look at |\n|---|---|\n")
	for _, name := range gate.Rules() {
		_, advice := gate.Meaning(name)
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, advice)
	}
	return b.String()
}

func parametersTable() string {
	p := gate.Default().Parameters
	return fmt.Sprintf(`| parameter | default | meaning |
|---|---|---|
| %s | %d | a class with fewer objects is judged by the small limits |
| %s | %d | fields are judged in classes with at least so many objects |
| %s | %s | how far ahead of the clock HentetDato may be: it has no zone and is compared as UTC, and Oslo is up to two hours ahead |
| %s | %s to %s, %s | HentetDato in this season: so much of a class may move to another ATC code |
| %s | %g to %g | how much a price may fall or rise, as a factor |
`, "`smallClass`", p.SmallClass, "`fieldClass`", p.FieldClass, "`futureBy`", p.FutureBy, "`atcYear`", p.ATCYear.From, p.ATCYear.Until, pct(p.ATCYear.Share),
		"`priceRatio`", p.PriceRatio.Low, p.PriceRatio.High)
}

func floorsTable() string {
	var b strings.Builder
	floors := gate.Default().Floors
	b.WriteString("| class |")
	var filters []fest.Filter
	for _, f := range fest.Filters() {
		if floors[f] != nil {
			filters = append(filters, f)
			fmt.Fprintf(&b, " %s |", f)
		}
	}
	b.WriteString("\n|---|" + strings.Repeat("---:|", len(filters)) + "\n")
	for _, c := range gate.Classes() {
		if !slices.ContainsFunc(filters, func(f fest.Filter) bool { return floors[f][c] > 0 }) {
			continue
		}
		fmt.Fprintf(&b, "| %s |", c)
		for _, f := range filters {
			fmt.Fprintf(&b, " %d |", floors[f][c])
		}
		b.WriteByte('\n')
	}
	return b.String()
}
