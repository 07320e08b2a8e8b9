package app_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/sample"
)

// Older files tell what is gone, in any order and as often as one likes;
// nothing of them is published (P10).
func TestImportHistory(t *testing.T) {
	eachStore(t, func(t *testing.T, r *register) {
		o := app.ImportOptions{DataDir: r.dir, DatabaseURL: r.url}
		// Served is what lacks 60 ingredients; the file before had them.
		if _, err := r.try(r.damage, approval()); err != nil {
			t.Fatal(err)
		}
		oldest := r.base.WithRetrieved(r.base.Retrieved().AddDate(-1, 0, 0))
		files := []string{r.file("older", r.later(-30)), r.file("oldest", oldest)}
		for round := range 2 {
			got, err := app.ImportHistory(t.Context(), o, files)
			if err != nil || len(got) != 2 {
				t.Fatalf("round %d: %+v, %v", round, got, err)
			}
		}
		if s := r.state(); s.Serial != 2 || len(s.Releases) != 2 || len(s.Candidates) != 1 || s.Candidates[0].State != fest.CandidatePublished {
			t.Errorf("release %d of %d, %d candidates; want nothing but the approved file published or judged", s.Serial, len(s.Releases), len(s.Candidates))
		}
		for name, c := range map[string]struct {
			file, text string
			filter     fest.Filter
		}{
			"not older":     {r.file("newer", r.later(3)), "is not before that of the served release 2", ""},
			"other extract": {files[0], "it is said to be the extract Institusjon, release 2 is Rekvirent", fest.FilterInstitution},
			"no file":       {filepath.Join(r.files, "missing.zip"), "missing.zip", ""},
		} {
			o := o
			o.Filter = c.filter
			got, err := app.ImportHistory(t.Context(), o, []string{c.file})
			var refused *ingest.RefusedError
			if err == nil || !strings.Contains(err.Error(), c.text) || errors.As(err, &refused) != (name != "no file") {
				t.Errorf("%s: %+v, %v; want %q", name, got, err, c.text)
			}
		}
	})
}

// What older files had is answered as removed by a running server.
func TestHistoryIsAnswered(t *testing.T) {
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	ids := func(d *sample.Data) map[string]bool {
		out := map[string]bool{}
		for e := range d.Entries() {
			if e.Class == fest.ClassIngredient {
				out[string(e.ObjectID())] = true
			}
		}
		return out
	}
	r := &register{t: t, dir: filepath.Join(t.TempDir(), "data"), base: data, files: t.TempDir()}
	few := r.later(1).Without(fest.ClassIngredient, 30)
	gone := ids(data)
	for id := range ids(few) {
		delete(gone, id)
	}
	if len(gone) != 30 {
		t.Fatalf("%d ingredients are gone, want 30", len(gone))
	}
	if _, err := r.try(r.file("few", few), nil); err != nil {
		t.Fatal(err)
	}
	s := start(t, app.Options{DataDir: r.dir})
	s.ready("1")
	for id := range gone {
		if a := s.get("/v1/ingredients/" + id); a.StatusCode != http.StatusNotFound {
			t.Fatalf("before the history: %s", a.Status)
		}
	}
	got, err := app.ImportHistory(t.Context(), app.ImportOptions{DataDir: r.dir}, []string{r.file("old", r.later(-30))})
	if err != nil || !got[0].Removed {
		t.Fatalf("%+v, %v", got, err)
	}
	for deadline, id := time.Now().Add(30*time.Second), ""; len(gone) > 0; {
		for id = range gone {
			break
		}
		a := s.get("/v1/ingredients/" + id)
		switch {
		case a.StatusCode == http.StatusGone:
			delete(gone, id)
		case time.Now().After(deadline):
			t.Fatalf("%s: %s %s; want it gone", id, a.Status, a.body)
		default:
			time.Sleep(20 * time.Millisecond)
		}
	}
}
