package app

import (
	"context"
	"fmt"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// compareLeaving is [cache.Leaving] as a set that is kept even where nothing
// leaves: a release without one was never compared.
func compareLeaving(ctx context.Context, old, next *cache.Snapshot) ([]byte, error) {
	data, err := cache.Leaving(ctx, old, next)
	if data == nil && err == nil {
		return cache.NothingLeaves()
	}
	return data, err
}

// mendTombstones notes what left with releases that were published without
// that (P10): it could not be told then, or an older program published them.
// They are compared again while their contents are kept. What cannot be
// compared now is logged and tried again the next time.
func (l *loader) mendTombstones(ctx context.Context) {
	records, err := l.store.Releases(ctx)
	if err != nil || len(records) < 2 {
		return // the import that follows says why
	}
	removed, err := l.store.Removed(ctx)
	if err != nil {
		return
	}
	noted := map[fest.Serial]bool{}
	for _, r := range removed {
		noted[r.Serial] = true
	}
	for i := range len(records) - 1 { // newest first
		now, before := &records[i], &records[i+1]
		if ctx.Err() != nil {
			return
		}
		if noted[now.Serial] || now.Stream != before.Stream || !now.Kept || !before.Kept || now.Recalled {
			continue
		}
		if err := l.mendTombstonesOf(ctx, before.Release, now.Release); err != nil {
			l.log.Warn("what left the register with a release is still not known; it is tried again at the next import", "serial", now.Serial, "error", err)
			continue
		}
		l.log.Info("what left the register with a release is known now", "serial", now.Serial)
	}
}

func (l *loader) mendTombstonesOf(ctx context.Context, before, now fest.Release) error {
	next, err := l.snapshot(ctx, now)
	if err != nil {
		return fmt.Errorf("reading release %d: %w", now.Serial, err)
	}
	defer next.Close()
	data, err := l.leaving(ctx, before, next)
	if err != nil {
		return err
	}
	return l.store.AddRemoved(ctx, festdb.Removal{
		Serial: now.Serial, Content: now.Content.Digest, RetrievalDate: now.Content.RetrievalDate, Data: data,
	})
}
