package app_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/sample"
)

// past is a store of n releases, each with a content of its own.
func past(t *testing.T, n int) (dir string) {
	t.Helper()
	base, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.005})
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "data")
	for i := range n {
		path := filepath.Join(t.TempDir(), fmt.Sprint(i, ".zip"))
		if err := base.WithRetrieved(base.Retrieved().AddDate(0, 0, i)).WriteFile(path); err != nil {
			t.Fatal(err)
		}
		if _, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: path, Approval: approval()}); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestPastIsPaced walks through more releases of the past than may be open, by
// many clients at once: each release is opened once at a time, few stay open,
// who goes on is told to come back, and lookups of what is served do not
// notice.
func TestPastIsPaced(t *testing.T) {
	const n = 8
	dir := past(t, n)
	s := start(t, app.Options{DataDir: dir, KeepReleases: n})
	s.ready(strconv.Itoa(n))
	var wg sync.WaitGroup
	var mu sync.Mutex
	count := map[int]int{}
	for range 4 {
		wg.Go(func() {
			for range 3 {
				for serial := 1; serial < n; serial++ {
					a := s.get(fmt.Sprintf("/v1/ingredients?limit=1&release=%d", serial))
					mu.Lock()
					count[a.StatusCode]++
					mu.Unlock()
					switch a.StatusCode {
					case http.StatusOK:
						if got := a.Header.Get("FEST-Release"); got != strconv.Itoa(serial) {
							t.Errorf("asked as of release %d, answered from %s", serial, got)
						}
					case http.StatusServiceUnavailable:
						if wait, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || wait < 1 {
							t.Errorf("refused with Retry-After %q", a.Header.Get("Retry-After"))
						}
						if !strings.Contains(string(a.body), "/problems/busy") {
							t.Errorf("refused with %s", a.body)
						}
					default:
						t.Errorf("release %d: %d %s", serial, a.StatusCode, a.body)
					}
					if a := s.get("/v1/ingredients?limit=1"); a.StatusCode != http.StatusOK || a.Header.Get("FEST-Release") != strconv.Itoa(n) {
						t.Errorf("what is served: %d, release %s", a.StatusCode, a.Header.Get("FEST-Release"))
					}
				}
			}
		})
	}
	wg.Wait()
	if count[http.StatusOK] == 0 || count[http.StatusServiceUnavailable] == 0 {
		t.Errorf("answers by status: %v; want some served and some told to come back", count)
	}
	if !s.metricLine("fest_archive_open_releases 4") {
		t.Errorf("more or fewer than 4 releases stay open:\n%s", s.ops("/metrics").body)
	}
}

// TestWhatWasServedStaysMapped: a replica that went on to another release opens
// no file to answer as of the one before, nor to go back to it (P9).
func TestWhatWasServedStaysMapped(t *testing.T) {
	dir := past(t, 1)
	s := start(t, app.Options{DataDir: dir})
	s.ready("1")
	base, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.005})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "next.zip")
	if err := base.WithRetrieved(base.Retrieved().AddDate(0, 0, 1)).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: path, Approval: approval()}); err != nil {
		t.Fatal(err)
	}
	s.ready("2")
	if a := s.get("/v1/ingredients?limit=1&release=1"); a.StatusCode != http.StatusOK || a.Header.Get("FEST-Release") != "1" {
		t.Fatalf("as of release 1: %d from release %q", a.StatusCode, a.Header.Get("FEST-Release"))
	}
	admin, done, err := app.OpenAdmin(t.Context(), app.AdminOptions{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Rollback(t.Context(), "", app.Decision{By: "ola", Reason: "the new one lacks something"}); err != nil {
		t.Fatal(err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
	s.ready("3")
	if !s.metricLine("fest_archive_loads_total 0") {
		t.Error("a file was opened for a release that was served before")
	}
	if !s.metricLine(`fest_archive_open_releases 2`) {
		t.Error("what was served before is not open")
	}
}
