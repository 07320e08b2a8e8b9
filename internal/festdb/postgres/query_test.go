package postgres_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/sample"
)

// publishSample publishes a made-up file.
func publishSample(t *testing.T, s *postgres.Store, d *sample.Data, expect fest.Serial) fest.Release {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fest.xml")
	must(t, d.WriteFile(path))
	return importFile(t, s, path, expect)
}

// TestQueryOfTheDocs runs the query that the docs show: drugs by ATC in a
// release that is not the newest, compared with the decoder.
func TestQueryOfTheDocs(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url})
	var last fest.Serial
	d := sample.Small(sample.DefaultRetrieved())
	want := map[fest.Serial][]string{}
	for range 4 {
		var names []string
		for e := range d.Entries() {
			if drug, ok := e.Object.(*fest.Drug); ok && drug.Atc != nil && drug.Atc.Code == "N02BE01" {
				names = append(names, string(drug.NameFormStrength))
			}
		}
		last = publishSample(t, s, d, last).Serial
		slices.Sort(names)
		want[last] = names
		d = d.Fortnight()
	}
	if len(want[3]) == 0 {
		t.Fatal("the sample has no drug with ATC N02BE01")
	}
	docs, err := filepath.Glob(filepath.Join(festtest.Root(), "docs", "adr", "*-postgres-entries-once.md"))
	must(t, err)
	text, err := os.ReadFile(docs[0])
	must(t, err)
	shown := regexp.MustCompile(`SELECT id, (name_form_strength FROM fest.drugs\(3\)[^;]*);`).FindSubmatch(text)
	if shown == nil {
		t.Fatal("the docs do not show the query")
	}
	got := query[string](t, url, "SELECT "+string(shown[1]))
	slices.Sort(got)
	if diff := cmp.Diff(want[3], got); diff != "" {
		t.Errorf("drugs with N02BE01 in release 3 (-want +got):\n%s", diff)
	}
}

// TestClassesAreWhatTheDecoderSees: every class has as many rows as entries,
// and columns of each kind have what the decoder has.
func TestClassesAreWhatTheDecoderSees(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url})
	d := sample.Small(sample.DefaultRetrieved())
	count := map[fest.Class]int64{}
	conditions, strengths := map[string]string{}, map[string]string{}
	for e := range d.Entries() {
		count[e.Class]++
		switch o := e.Object.(type) {
		case *fest.Drug:
			var refs []string
			for _, r := range o.Conditions {
				refs = append(refs, string(r))
			}
			conditions[string(e.ObjectID())] = strings.Join(refs, " ")
		case *fest.IngredientStrength:
			strengths[string(o.ID)] = o.Strength.Value + " " + o.Strength.Unit
		}
	}
	publishSample(t, s, d, 0)
	for _, c := range fest.Classes() {
		if got := query[int64](t, url, "SELECT count(*) FROM fest."+sqlName(c.String())); got[0] != count[c] {
			t.Errorf("%s: %d rows, want %d", c, got[0], count[c])
		}
	}
	wantRows := func(what string, want map[string]string, sql string) {
		got := map[string]string{}
		for _, line := range query[string](t, url, sql) {
			k, v, _ := strings.Cut(line, "|")
			got[k] = v
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	wantRows("conditions of drugs", conditions, "SELECT id || '|' || coalesce(array_to_string(conditions, ' '), '') FROM fest.drugs")
	wantRows("strengths", strengths, "SELECT id || '|' || strength || ' ' || strength_unit FROM fest.ingredient_strengths")
}
