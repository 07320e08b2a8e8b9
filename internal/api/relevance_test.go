package api_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/m30"
)

// realSnapshot is a snapshot of a real extract.
func realSnapshot(t testing.TB, name string) *cache.Snapshot {
	t.Helper()
	f, err := m30.Open(festtest.File(t, name), m30.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, d := m30.NewReader(f, m30.DefaultLimits()), m30.NewDecoder(m30.DefaultLimits())
	var all []*fest.Entry
	var source inMemorySource
	for s, err := range r.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		e, err := d.Decode(s)
		if err != nil {
			t.Fatal(err)
		}
		s.XML = bytes.Clone(s.XML)
		all, source = append(all, e), append(source, s)
	}
	return build(t, cache.Options{}, r.Document(), all, source).open(t, 7)
}

// TestRelevance asks what people type and looks where the wanted hit comes.
func TestRelevance(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "relevance.txt"))
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, section := range strings.Split(string(text), "\n== ")[1:] {
		name, lines, _ := strings.Cut(section, "\n")
		t.Run(name, func(t *testing.T) {
			var snap *cache.Snapshot
			if name == "small sample" {
				snap = snapshots["memory"](t, 7)
			} else {
				snap = realSnapshot(t, name)
			}
			s := newServer(t, snap)
			for _, line := range strings.Split(lines, "\n") {
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				asked++
				wanted(t, s, line)
			}
		})
	}
	if asked < 100 {
		t.Errorf("only %d queries", asked)
	}
}

// wanted asks the query of a line. Place 0 wants no such hit, but no failure
// either.
func wanted(t *testing.T, s *server, line string) {
	t.Helper()
	part := strings.Split(line, " | ")
	if len(part) != 3 {
		t.Fatalf("line %q", line)
	}
	kind, name, _ := strings.Cut(part[1], " ")
	most, err := strconv.Atoi(part[2])
	if err != nil {
		t.Fatal(err)
	}
	a := s.get(t, searchFor(part[0], "d=2026-09-11", "limit=50"))
	if a.status != 200 {
		t.Errorf("%q: %d %s", part[0], a.status, a.body)
		return
	}
	start, open := strings.CutSuffix(name, "*")
	var shown []string
	place := 0
	for i, it := range a.json(t)["items"].([]any) {
		hit := it.(object)
		display := str(t, hit, "display")
		shown = append(shown, str(t, hit, "kind")+" "+display)
		if place == 0 && hit["kind"] == kind && (display == name || open && strings.HasPrefix(display, start)) {
			place = i + 1
		}
	}
	if most == 0 && place > 0 || most > 0 && (place == 0 || place > most) {
		t.Errorf("%q: %s comes at place %d, wanted by %d:\n  %s", part[0], part[1], place, most, strings.Join(shown[:min(len(shown), 8)], "\n  "))
	}
}

// What docs/SEARCH.md shows by example is so.
func TestExamplesOfTheSearch(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(festtest.Root(), "docs", "SEARCH.md"))
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, snapshots["memory"](t, 7))
	_, table, _ := strings.Cut(string(text), "| typed | comes first | why |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")[1:]
	if len(rows) < 10 {
		t.Fatalf("%d examples", len(rows))
	}
	for _, row := range rows {
		part := strings.Split(row, " | ")
		wanted(t, s, strings.Trim(part[0], "| `")+" | "+part[1]+"* | 1")
	}
}
