package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/pgtest"
	"github.com/festd/festd/internal/sample"
)

// A replica that only follows has the source file of what it serves, as it
// came, and its disk does not fill with releases past.
func TestFollowingReplicaKeepsUp(t *testing.T) {
	base, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.005})
	if err != nil {
		t.Fatal(err)
	}
	url := pgtest.Database(t, "", nil)
	importer, replica := filepath.Join(t.TempDir(), "importer"), filepath.Join(t.TempDir(), "replica")
	var s *server
	const releases, snapshots = 6, 3
	for i := range releases {
		path := filepath.Join(t.TempDir(), fmt.Sprint(i, ".zip"))
		if err := base.WithRetrieved(base.Retrieved().AddDate(0, 0, i)).WriteFile(path); err != nil {
			t.Fatal(err)
		}
		if _, err := app.Import(t.Context(), app.ImportOptions{DataDir: importer, DatabaseURL: url, Path: path, Approval: approval()}); err != nil {
			t.Fatal(err)
		}
		if s == nil {
			s = start(t, app.Options{DatabaseURL: url, DataDir: replica})
		}
		s.ready(strconv.Itoa(i + 1))
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the replica has the file of what it serves", func() bool {
			names, _ := filepath.Glob(filepath.Join(replica, "source", "*.zip"))
			for _, name := range names {
				if got, err := os.ReadFile(name); err == nil && string(got) == string(want) {
					return true
				}
			}
			return false
		})
	}
	for dir, most := range map[string]int{"snapshot": snapshots, "source": snapshots} {
		eventually(t, "the replica's disk has no more than is kept of "+dir, func() bool {
			list, err := os.ReadDir(filepath.Join(replica, dir))
			return err == nil && len(list) > 0 && len(list) <= most
		})
	}
}
