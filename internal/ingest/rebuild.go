package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/m30"
)

// Rebuild makes the snapshot of a kept content anew, when the form of the
// snapshot changed or its file is gone. Slices are the content's, in order.
// Without a tempDir nothing is written to any disk but what f writes.
func Rebuild(ctx context.Context, c fest.Content, slices iter.Seq2[fest.Slice, error], limits m30.Limits, tempDir string, f SnapshotFile) error {
	b := cache.NewBuilder(cache.Options{Sample: c.Sample, TempDir: tempDir, InMemory: tempDir == ""})
	defer b.Discard()
	p := pipeline{limits: limits, workers: runtime.GOMAXPROCS(0), builder: b, tally: m30.NewDecoder(limits).Tally()}
	n := 0
	for item, err := range p.run(ctx, slices) {
		if err == nil {
			err = b.Add(item.item, n)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("rebuilding the snapshot of %s: %w", c.Digest.Short(), err), f.Discard())
		}
		n++
	}
	if err := b.Finish(ctx, c, f); err != nil {
		return errors.Join(fmt.Errorf("rebuilding the snapshot of %s: %w", c.Digest.Short(), err), f.Discard())
	}
	return f.Commit()
}
