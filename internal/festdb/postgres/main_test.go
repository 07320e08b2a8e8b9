package postgres_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/pgtest"
)

// update writes the golden files anew.
var update = flag.Bool("update", false, "write golden files and generated migrations anew")

func TestMain(m *testing.M) {
	os.Exit(func() int {
		flag.Parse()
		defer inMemory()()
		code := m.Run()
		if err := pgtest.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "ending PostgreSQL:", err)
			return 1
		}
		if code == 0 {
			if err := goleak.Find(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
		}
		return code
	}())
}

// inMemory puts the local copies of the tests in memory where that is possible:
// they sync thousands of times, and no test cuts the power.
func inMemory() (remove func()) {
	var fs unix.Statfs_t
	if os.Getenv("TMPDIR") != "" || unix.Statfs("/dev/shm", &fs) != nil || fs.Bavail*uint64(fs.Bsize) < 1<<30 {
		return func() {}
	}
	dir, err := os.MkdirTemp("/dev/shm", "festdb-test-")
	if err != nil || os.Setenv("TMPDIR", dir) != nil {
		return func() {}
	}
	return func() { _ = os.RemoveAll(dir) }
}

// migrated sets a template up.
func migrated(ctx context.Context, url string) error {
	_, err := postgres.Migrate(ctx, postgres.Options{URL: url})
	return err
}

// database is a new database with the schema.
func database(t testing.TB) string {
	t.Helper()
	return pgtest.Database(t, "store", migrated)
}
