package festdb_test

import (
	"flag"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestMain puts the stores of the tests in memory where that is possible: they
// sync thousands of times, and no test cuts the power. Benchmarks stay on disk.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		flag.Parse()
		if os.Getenv("TMPDIR") != "" || flag.Lookup("test.bench").Value.String() != "" {
			return m.Run()
		}
		var fs unix.Statfs_t
		if unix.Statfs("/dev/shm", &fs) != nil || fs.Bavail*uint64(fs.Bsize) < 64<<20 {
			return m.Run()
		}
		dir, err := os.MkdirTemp("/dev/shm", "festdb-test-")
		if err != nil {
			return m.Run()
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if os.Chmod(dir, 0o755) != nil || os.Setenv("TMPDIR", dir) != nil { // children may be another user
			return 1
		}
		return m.Run()
	}())
}
