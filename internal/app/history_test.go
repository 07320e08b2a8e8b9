package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

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

// identifiers are what a file can be asked by: paths of keys and entry ids,
// and of lists by number.
func identifiers(d *sample.Data) (paths, lists map[string]bool) {
	paths, lists = map[string]bool{}, map[string]bool{}
	for e := range d.Entries() {
		switch o := e.Object.(type) {
		case *fest.Ingredient:
			paths["/v1/ingredients/"+string(e.EntryID)] = true
		case *fest.Package:
			paths["/v1/packages/"+string(e.EntryID)] = true
			paths["/v1/packages/"+string(e.ObjectID())] = true
			lists["/v1/packages?itemNumber="+string(o.ItemNumber)] = true
			for _, code := range o.BarCodes {
				lists["/v1/packages?gtin="+string(code)] = true
			}
			if m := o.MarketingInformation; m != nil && m.DiscontinuedItemNumber != nil {
				lists["/v1/packages?itemNumber="+string(*m.DiscontinuedItemNumber)] = true
			}
		case *fest.Dose:
			paths["/v1/doses/"+string(e.EntryID)] = true
			if o.LmrNumber != nil {
				lists["/v1/doses?lmrNumber="+string(*o.LmrNumber)] = true
			}
		}
	}
	return paths, lists
}

// Whatever an older file could be asked by is answered as removed after it was
// told: keys and entry ids by 410, item numbers, GTINs and LMR numbers by lists
// with what had them (P10).
func TestHistoryIsAnsweredByEveryIdentifier(t *testing.T) {
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	next, err := data.Next(sample.Change{Default: sample.Share{Removed: 0.05, Edited: 0.1}, Reissue: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	r := &register{t: t, dir: filepath.Join(t.TempDir(), "data"), base: data, files: t.TempDir()}
	if _, err := r.try(r.file("next", next), approval()); err != nil {
		t.Fatal(err)
	}
	if _, err := app.ImportHistory(t.Context(), app.ImportOptions{DataDir: r.dir}, []string{r.file("old", data)}); err != nil {
		t.Fatal(err)
	}
	s := start(t, app.Options{DataDir: r.dir})
	s.ready("1")
	paths, lists := identifiers(data)
	nowPaths, nowLists := identifiers(next)
	met := map[string]int{}
	for path := range paths {
		want := http.StatusGone
		if nowPaths[path] {
			want = http.StatusOK
		}
		if a := s.get(path); a.StatusCode != want {
			t.Errorf("%s: %s %s; want %d", path, a.Status, a.body, want)
		}
		met[http.StatusText(want)]++
	}
	for path := range lists {
		if nowLists[path] {
			continue
		}
		var l list
		s.json(path, &l)
		if l.Total == 0 || l.Items[0]["removed"] == nil {
			t.Errorf("%s: %d items; want what had the number, as removed", path, l.Total)
		}
		name, _, _ := strings.Cut(path, "=")
		met[name]++
	}
	for _, what := range []string{"Gone", "OK", "/v1/packages?itemNumber", "/v1/packages?gtin", "/v1/doses?lmrNumber"} {
		if met[what] == 0 {
			t.Errorf("nothing was asked: %s (%v)", what, met)
		}
	}
}

// A fault that passes loses nothing: what left with a release that could not
// be compared is told by the next import, and by the next leader.
func TestTombstonesAreMended(t *testing.T) {
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	for name, mend := range map[string]func(t *testing.T, r *register, next string){
		"next import": func(t *testing.T, r *register, next string) {
			if got, err := r.try(next, nil); err != nil || !got.Unchanged {
				t.Fatalf("%+v, %v", got, err)
			}
		},
		"next leader": func(t *testing.T, r *register, next string) {
			s := start(t, app.Options{DataDir: r.dir, Source: next})
			s.ready("2")
			eventually(t, "the leader tells what left", func() bool {
				left, err := filepath.Glob(filepath.Join(r.dir, "removed", "2.*"))
				return err == nil && len(left) == 1
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &register{t: t, dir: filepath.Join(t.TempDir(), "data"), base: data, files: t.TempDir()}
			first, err := r.try(r.file("first", data), nil)
			if err != nil {
				t.Fatal(err)
			}
			before := filepath.Join(r.dir, "content", string(first.Release.Content.Digest))
			if err := os.Rename(before, before+".away"); err != nil {
				t.Fatal(err)
			}
			few := r.later(14).Without(fest.ClassIngredient, 30)
			next := r.file("few", few)
			got, err := r.try(next, approval())
			if err != nil || got.Release.Serial != 2 || got.Warning == nil || !strings.Contains(got.Warning.Error(), "what left the register") {
				t.Fatalf("%+v, %v; want it published with a warning", got.Release, err)
			}
			if err := os.Rename(before+".away", before); err != nil {
				t.Fatal(err)
			}
			gone := map[string]bool{}
			for e := range data.Entries() {
				if e.Class == fest.ClassIngredient {
					gone[string(e.ObjectID())] = true
				}
			}
			for e := range few.Entries() {
				delete(gone, string(e.ObjectID()))
			}
			mend(t, r, next)
			s := start(t, app.Options{DataDir: r.dir})
			s.ready("2")
			for id := range gone {
				if a := s.get("/v1/ingredients/" + id); a.StatusCode != http.StatusGone {
					t.Fatalf("%s: %s; want it gone", id, a.Status)
				}
			}
			if len(gone) != 30 {
				t.Errorf("%d ingredients are gone, want 30", len(gone))
			}
		})
	}
}
