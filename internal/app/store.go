package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/telemetry"
)

// store is what the wiring needs of a store: the releases, and the half that
// is on local disk with every store.
type store interface {
	festdb.Store
	Disk() *festdb.Disk
}

// storeOptions say which store, and how long it keeps contents.
type storeOptions struct {
	dataDir, databaseURL   string
	keepDays, keepReleases int
	// patience is how long opening waits for a database where the local copies
	// can serve without; 0 = as long as for any question.
	patience time.Duration
	log      *slog.Logger
	loaded   func(postgres.Load) // nil = nobody is told
}

// openStore opens the store in PostgreSQL where a database is named, else the
// directory store, making the folder if it is missing. It does not fail for a
// database that cannot be reached: the local copies serve (P4).
func openStore(ctx context.Context, o storeOptions) (store, error) {
	keep := festdb.Retention{Age: time.Duration(o.keepDays) * 24 * time.Hour, Contents: o.keepReleases}
	if o.databaseURL == "" {
		return festdb.Open(festdb.Options{Dir: o.dataDir, Logger: o.log, Retention: keep})
	}
	return postgres.Open(ctx, postgres.Options{
		URL: o.databaseURL, Dir: o.dataDir, Logger: o.log, Retention: keep, Migrate: true, OpenTimeout: o.patience, Loaded: o.loaded,
	})
}

// loader opens releases of the store as snapshots.
type loader struct {
	store   store
	limits  m30.Limits
	log     *slog.Logger
	metrics *metrics
	tracer  *telemetry.Tracer // nil: nothing is traced
	told    string            // by newest, which one goroutine calls at a time
	unkept  unkept            // what newest opened and the disk did not take
}

// newest opens the newest release whose local copy is whole: a damaged one
// falls back to the one before (P4). What the local disk does not take is
// opened in memory. errors.Is(err, festdb.ErrNoRelease) means that nothing was
// ever published.
func (l *loader) newest(ctx context.Context) (*cache.Snapshot, error) {
	var snap *cache.Snapshot
	var flat []byte
	var refused error
	rel, passed, err := festdb.Newest(ctx, l.store, func(r festdb.Record, c festdb.Content) (err error) {
		snap, flat, refused, err = l.anyhow(ctx, r.Release, c)
		return err
	})
	l.metrics.fallback(len(passed))
	if err != nil {
		return nil, err
	}
	l.tell(rel.Release, errors.Join(passed...))
	l.keepTrying(rel.Release, flat, refused)
	return snap, nil
}

// tell logs what was passed over, once: the newest is tried again every few
// seconds.
func (l *loader) tell(rel fest.Release, passed error) {
	text := fmt.Sprint(passed)
	if passed != nil && text != l.told {
		l.log.Error("a local copy is damaged, serving the release before; import its source again to mend it", "serial", rel.Serial, "error", passed)
	}
	l.told = text
}

// open verifies and maps the snapshot of a release, which takes over the
// verified content. One that is missing, or of another format, is built anew
// from the content; a damaged one is an error, for the disk that holds it is
// not to be trusted.
func (l *loader) open(ctx context.Context, rel fest.Release, content festdb.Content) (*cache.Snapshot, error) {
	path := l.store.Disk().SnapshotPath(rel.Content.Digest, cache.Format)
	snap, err := cache.OpenFile(path, rel, content) // closes content when it fails
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, cache.ErrFormat) {
		return snap, err
	}
	if content, err = l.store.Content(ctx, rel.Content.Digest); err != nil {
		return nil, err
	}
	if err := l.rebuild(ctx, rel, content); err != nil {
		return nil, errors.Join(err, content.Close())
	}
	return cache.OpenFile(path, rel, content)
}

func (l *loader) rebuild(ctx context.Context, rel fest.Release, content festdb.Content) error {
	start := time.Now()
	f, err := l.store.Disk().CreateSnapshot(rel.Content.Digest, cache.Format)
	if err != nil {
		return err
	}
	if err := ingest.Rebuild(ctx, rel.Content, content.Slices(), l.limits, l.store.Disk().Dir(), f); err != nil {
		return err
	}
	l.log.Info("snapshot rebuilt from content", "serial", rel.Serial, "digest", rel.Content.Digest.Short(), "seconds", time.Since(start).Seconds())
	return nil
}

// anyhow is open, and builds the snapshot in memory where the disk does not
// take it: then it is flat, and refused says why.
func (l *loader) anyhow(ctx context.Context, rel fest.Release, content festdb.Content) (snap *cache.Snapshot, flat []byte, refused, err error) {
	if !l.inMemory(rel.Content.Digest) {
		snap, err = l.open(ctx, rel, content)
		if err == nil || ctx.Err() != nil || !refusedByDisk(err) {
			return snap, nil, nil, err
		}
		refused = err
		if content, err = l.store.Content(ctx, rel.Content.Digest); err != nil {
			return nil, nil, nil, errors.Join(refused, err)
		}
	} else {
		refused = errors.New("its content is in memory, for the disk did not take that")
	}
	var f memoryFile
	if err := ingest.Rebuild(ctx, rel.Content, content.Slices(), l.limits, "", &f); err != nil {
		return nil, nil, nil, errors.Join(err, content.Close())
	}
	snap, err = cache.OpenBytes(f.Bytes(), rel, content)
	return snap, f.Bytes(), refused, err
}

// intact opens a release and closes it again.
func (l *loader) intact(ctx context.Context, rel fest.Release) error {
	path := l.store.Disk().SnapshotPath(rel.Content.Digest, cache.Format)
	if _, err := os.Stat(path); err != nil {
		return err
	}
	content, err := l.store.Content(ctx, rel.Content.Digest)
	if err != nil {
		return err
	}
	snap, err := l.open(ctx, rel, content)
	if err != nil {
		return err
	}
	snap.Close()
	return nil
}
