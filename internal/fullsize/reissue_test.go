//go:build !race

package fullsize_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/sample"
)

// A bulk re-issue (R142) costs some bytes for each entry id, on disk and in
// memory; all of them are kept (P10).
func TestBulkReissueIsKept(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	first := sample.Full(1)
	next, err := first.Next(sample.Change{Reissue: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range []*sample.Data{first, next} {
		path := filepath.Join(dir, "fest251.zip")
		if err := d.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		r, err := app.Import(t.Context(), app.ImportOptions{DataDir: data, Path: path})
		if err != nil || r.Release.Serial != fest.Serial(i+1) || r.Warning != nil {
			t.Fatalf("release %d: %+v, %v, %v", i+1, r.Release, r.Warning, err)
		}
		if i == 1 {
			t.Logf("seconds for what leaves: %v", r.Timing)
		}
	}
	disk, err := removals(t, data)
	if err != nil || len(disk) != 1 {
		t.Fatalf("%d sets, %v", len(disk), err)
	}
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	g, err := cache.OpenGraveyard([]cache.RemovedSet{{Serial: 2, RetrievalDate: disk[0].RetrievalDate, Data: disk[0].Data}})
	if err != nil {
		t.Fatal(err)
	}
	inMemory := heap() - before
	n := g.Superseded()
	t.Logf("%d entry ids superseded, %d things left: %d bytes on disk, %d in memory", n, g.Len(), len(disk[0].Data), inMemory)
	if n < 55_000 {
		t.Errorf("%d entry ids of %d entries are kept", n, first.Len())
	}
	if uint64(len(disk[0].Data)) > 40*uint64(n) || inMemory > 60*uint64(n) {
		t.Errorf("%d bytes on disk and %d in memory for %d entry ids: want at most 40 and 60 for each", len(disk[0].Data), inMemory, n)
	}
	runtime.KeepAlive(g)
}

// removals reads what left from a data directory.
func removals(t *testing.T, dir string) ([]festdb.Removal, error) {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	s, err := festdb.Open(festdb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	return s.Removed(t.Context())
}
