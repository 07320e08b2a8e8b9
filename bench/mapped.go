package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// mapped imports the release and maps its snapshot in this process.
func (b *bench) mapped(ctx context.Context, measure func(*cache.Snapshot) error) error {
	data, err := b.imported(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(data) //nolint:errcheck // the run's folder goes as a whole
	snap, err := openSnapshot(data)
	if err != nil {
		return err
	}
	defer snap.Close()
	return measure(snap)
}

// openSnapshot maps the snapshot of a data directory.
func openSnapshot(data string) (*cache.Snapshot, error) {
	found, err := filepath.Glob(filepath.Join(data, "snapshot", fmt.Sprintf("*.v%d", cache.Format)))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("%d snapshots in %s: %w", len(found), data, errors.Join(err, os.ErrNotExist))
	}
	digest, _, _ := strings.Cut(filepath.Base(found[0]), ".")
	return cache.OpenFile(found[0], fest.Release{Serial: 1, Content: fest.Content{Digest: fest.Digest(digest)}}, nil)
}
