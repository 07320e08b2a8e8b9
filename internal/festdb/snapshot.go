package festdb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Snapshots are derived from contents by another package, which also verifies
// them. The disk gives them names, whole or not at all, and removes those that
// are no longer wanted.

// SnapshotPath is where the snapshot of a content in a format is or would be.
// The file may be missing: the snapshot is then made again from the content.
func (d *Disk) SnapshotPath(digest fest.Digest, format int) string {
	return d.path(snapshotDir, snapshotName(digest, format))
}

// CreateSnapshot begins a snapshot file. It appears at SnapshotPath when it is
// committed. The caller commits or discards it.
func (d *Disk) CreateSnapshot(digest fest.Digest, format int) (*Pending, error) {
	if _, err := fest.ParseDigest(string(digest)); err != nil {
		return nil, err
	}
	return d.create(snapshotDir, snapshotName(digest, format))
}

// DropSnapshot removes a snapshot that was found damaged, so that it is made
// again. damaged is the file as it was opened: a snapshot that has replaced it
// meanwhile stays. Who has it mapped keeps it.
func (d *Disk) DropSnapshot(digest fest.Digest, format int, damaged fs.FileInfo) error {
	if err := d.writable(); err != nil {
		return err
	}
	path := d.SnapshotPath(digest, format)
	now, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("dropping snapshot: %w", err)
	}
	if damaged != nil && !os.SameFile(now, damaged) {
		return nil
	}
	return d.remove(path)
}

func snapshotName(digest fest.Digest, format int) string {
	return string(digest) + ".v" + strconv.Itoa(format)
}

// digestOf is the digest that a file of the store belongs to.
func digestOf(name string) (fest.Digest, bool) {
	name, _, _ = strings.Cut(name, ".")
	digest, err := fest.ParseDigest(name)
	return digest, err == nil
}
