package app_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// Replicas on one database follow an import that ran elsewhere, each from its
// own disk; with the database gone they go on, and start again from disk
// alone (P4, P5).
func TestReplicasShareADatabase(t *testing.T) {
	cluster := pgtest.Start(t)
	url := cluster.URL(cluster.Database(t, ""))
	importFile := func(name string, serial int) {
		t.Helper()
		r, err := app.Import(t.Context(), app.ImportOptions{
			DatabaseURL: url, DataDir: filepath.Join(t.TempDir(), "importer"), Path: festtest.File(t, name), Approval: approval(),
		})
		if err != nil || int(r.Release.Serial) != serial {
			t.Fatalf("importing %s: serial %d, %v; want %d", name, r.Release.Serial, err, serial)
		}
	}
	importFile("mini/fest-mini-ns.xml.gz", 1)
	dirs := []string{filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")}
	var replicas []*server
	for _, dir := range dirs {
		s := start(t, app.Options{DatabaseURL: url, DataDir: dir})
		s.ready("1")
		replicas = append(replicas, s)
	}
	importFile("mini/fest-utdrag-2026-09-08.xml", 2)
	for _, s := range replicas {
		s.ready("2")
		for _, line := range []string{`fest_database_loads_total{outcome="disk"} 2`, `fest_database_loads_total{outcome="failed"} 0`, `fest_database_pool_connections{state="max"} 4`} {
			if !s.metricLine(line) {
				t.Errorf("a replica that loaded two releases does not say %s", line)
			}
		}
		if s.metricLine("fest_database_load_bytes_total 0") || s.metricLine("fest_database_load_wait_seconds_total 0") || s.metricLine("fest_database_pool_acquires_total 0") {
			t.Error("loads that neither waited nor fetched anything")
		}
		var l list
		if s.json("/v1/drugs?atc=N06AA09", &l); l.Total == 0 {
			t.Error("a replica has no amitriptyline after the import")
		}
	}

	cluster.Kill()
	for _, s := range replicas {
		if a := s.get("/v1/drugs?atc=N06AA09"); a.StatusCode != http.StatusOK || a.Header.Get("FEST-Release") != "2" {
			t.Errorf("with the database gone: %s, release %s", a.Status, a.Header.Get("FEST-Release"))
		}
	}
	if err := replicas[0].Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	alone := start(t, app.Options{DatabaseURL: url, DataDir: dirs[0]})
	alone.ready("2")
	if waited := time.Since(begun); waited > 30*time.Second {
		t.Errorf("the start without a database took %v", waited)
	}

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := cluster.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	importFile("mini/fest-mini-ns.xml.gz", 3)
	alone.ready("3")
	replicas[1].ready("3")
}

// A server with a database and nothing in it serves no sample.
func TestEmptyDatabaseServesNoSample(t *testing.T) {
	url := pgtest.Database(t, "", nil)
	s := start(t, app.Options{DatabaseURL: url})
	if a := s.ops("/readyz"); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(a.body), "a database is set") {
		t.Errorf("%s %s; want 503 and why", a.Status, a.body)
	}
}
