package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/festtest"
)

// releases imports the two real extracts into a new store: releases 1 and 2.
func releases(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	for i, name := range []string{"mini/fest-mini-ns.xml.gz", "mini/fest-utdrag-2026-09-08.xml"} {
		r, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: festtest.File(t, name), Approval: approval()})
		if err != nil {
			t.Fatal(err)
		}
		if int(r.Release.Serial) != i+1 {
			t.Fatalf("serial %d, want %d", r.Release.Serial, i+1)
		}
	}
	return dir
}

// approval lets one extract follow another, which the gate would hold.
func approval() *app.Approval {
	return &app.Approval{By: "test", Reason: "the extracts have nothing in common"}
}

// digestOf returns the content digest of the served release.
func digestOf(s *server) string {
	s.t.Helper()
	var rel struct {
		Content struct{ Digest string }
		Digest  string
	}
	s.json("/v1/releases/current", &rel)
	if rel.Content.Digest != "" {
		return rel.Content.Digest
	}
	return rel.Digest
}

// A flipped bit in the newest snapshot or content is never served: the
// release before is (P4). Importing the source again mends it.
func TestDamagedCopyFallsBack(t *testing.T) {
	for _, kind := range []string{"snapshot", "content"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := releases(t)
			digest := func() string {
				s := start(t, app.Options{DataDir: dir})
				s.ready("2")
				defer s.Stop(t.Context())
				return digestOf(s)
			}()
			flip(t, only(t, filepath.Join(dir, kind, digest+"*")))

			s := start(t, app.Options{DataDir: dir})
			s.ready("1")
			if m := string(s.ops("/metrics").body); !strings.Contains(m, "\nfest_disk_copies_damaged 1\n") {
				t.Errorf("/metrics does not tell of the damaged copy")
			}

			r, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: festtest.File(t, "mini/fest-utdrag-2026-09-08.xml")})
			if err != nil {
				t.Fatal(err)
			}
			if !r.Repaired || r.Release.Serial != 2 {
				t.Errorf("importing again: repaired %v, serial %d; want the copy of release 2 repaired", r.Repaired, r.Release.Serial)
			}
			again := start(t, app.Options{DataDir: dir})
			again.ready("2")
		})
	}
}

// With every copy damaged the server stays up and says so: not ready, never
// empty, never the sample (P4).
func TestAllCopiesDamaged(t *testing.T) {
	dir := releases(t)
	for _, kind := range []string{"snapshot", "content"} {
		files, err := filepath.Glob(filepath.Join(dir, kind, "*"))
		if err != nil || len(files) < 2 {
			t.Fatalf("%s: %v, %v; want two files or more", kind, files, err)
		}
		for _, f := range files {
			flip(t, f)
		}
	}
	s := start(t, app.Options{DataDir: dir, Sample: app.SampleOn})
	for _, probe := range []string{"/readyz", "/startupz"} {
		if a := s.ops(probe); a.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: %s, want 503", probe, a.Status)
		}
	}
	if a := s.ops("/livez"); a.StatusCode != http.StatusOK {
		t.Errorf("/livez: %s, want 200: the process is fine", a.Status)
	}
	a := s.get("/v1/ingredients")
	if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("a lookup: %s, Retry-After %q; want 503 with a Retry-After", a.Status, a.Header.Get("Retry-After"))
	}

	// The way out is an import; nobody needs to restart anything.
	if _, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: festtest.File(t, "fragments/combined.xml"), Approval: approval()}); err != nil {
		t.Fatal(err)
	}
	s.ready("3")
}

// A snapshot that is gone is derived data: it is built anew from the content.
func TestMissingSnapshotIsRebuilt(t *testing.T) {
	dir := releases(t)
	files, err := filepath.Glob(filepath.Join(dir, "snapshot", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, app.Options{DataDir: dir})
	s.ready("2")
	var l list
	s.json("/v1/drugs?atc=N06AA09&limit=100", &l)
	if l.Total == 0 {
		t.Error("no amitriptyline after the rebuild")
	}
}

// A file that is refused changes nothing.
func TestRefusedImportChangesNothing(t *testing.T) {
	dir := releases(t)
	s := start(t, app.Options{DataDir: dir})
	s.ready("2")
	before := s.get("/v1/ingredients?limit=100")
	for _, name := range []string{"fragments/increment-expired-entry.xml", "fragments/lmdi-pakning-botox-2023.xml"} {
		_, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: festtest.File(t, name)})
		if err == nil || !strings.HasPrefix(err.Error(), "refused: ") {
			t.Errorf("importing %s: %v; want it refused", name, err)
		}
	}
	after := s.get("/v1/ingredients?limit=100")
	if got, want := fmt.Sprintf("%s %s", after.Header.Get("FEST-Release"), after.body), fmt.Sprintf("%s %s", before.Header.Get("FEST-Release"), before.body); got != want {
		t.Error("a refused import changed what is served")
	}
}
