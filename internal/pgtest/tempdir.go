package pgtest

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// dirPrefix begins the names of clusters' directories; the process's id and a
// dash follow.
const dirPrefix = "festd-pg-"

// tempRoot is in memory where that is possible, and short: a socket's path has
// at most 107 bytes, and tests' TMPDIR may be deep.
func tempRoot() string {
	var fs syscall.Statfs_t
	const want = 1 << 30
	if syscall.Statfs("/dev/shm", &fs) == nil && fs.Bavail*uint64(fs.Bsize) > want && os.Getenv("FESTD_PGTEST_DISK") == "" {
		return "/dev/shm"
	}
	return "/tmp"
}

// sweep removes what clusters of killed tests left behind. Their servers ended
// with them.
func sweep() {
	for _, root := range []string{"/dev/shm", "/tmp"} {
		dirs, err := filepath.Glob(filepath.Join(root, dirPrefix+"*"))
		if err != nil {
			continue
		}
		for _, dir := range dirs {
			owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), dirPrefix), "-")
			pid, err := strconv.Atoi(owner)
			if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
				_ = os.RemoveAll(dir) // somebody else's may resist
			}
		}
	}
}
