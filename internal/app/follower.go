package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/ingest/fetch"
)

// retryEvery is how often the newest release is tried again while an older
// one, or none, is served in its place.
const retryEvery = 5 * time.Second

// follower keeps what is served at the newest release of the store.
type follower struct {
	opts      *Options
	loader    *loader
	served    *cache.Served
	state     *api.State
	metrics   *metrics
	log       *slog.Logger
	refresher *cache.Refresher
	memory    *known
	archive   *archive
	empty     atomic.Bool   // nothing was ever published when it was last looked
	recalling atomic.Bool   // the first load does not wait for a database
	swapped   chan struct{} // another release is served
	lastError string        // of the refresher's goroutine: what was logged already
}

func newFollower(a *App, l *loader) (*follower, error) {
	f := &follower{opts: &a.opts, loader: l, served: a.served, state: a.state, metrics: a.metrics, log: a.opts.Log, memory: a.memory, archive: a.archive,
		swapped: make(chan struct{}, 1)}
	var err error
	f.refresher, err = cache.NewRefresher(cache.RefresherOptions{
		Load: f.load, Served: a.served, Timeout: a.opts.LoadTimeout, Observe: f.observe,
	})
	return f, err
}

// first loads what is on disk and waits for it, so that a start with a whole
// copy is ready when the listener is, whatever the database does (P4). Without
// any release it serves the sample where that is allowed.
func (f *follower) first(ctx context.Context) {
	f.state.Waiting("loading what is on disk")
	f.recalling.Store(true)
	err := f.refresher.Refresh(ctx)
	f.recalling.Store(false)
	if err != nil || !f.empty.Load() {
		return // loaded, or observe has told why not
	}
	if ok, why := f.opts.mayServeSample(); !ok {
		f.state.Waiting("no release was published yet, and " + why)
		f.log.Warn("nothing to serve yet", "reason", why, "next", "server import FILE")
		return
	}
	snap, err := sampleSnapshot(ctx, f.opts.Limits)
	if err != nil {
		f.state.Waiting("the sample could not be built")
		f.log.Error("the sample could not be built", "error", err)
		return
	}
	f.log.Warn("serving the built-in sample: made-up data, not for clinical use", "next", "server import FILE")
	f.announce(snap)
	f.served.Swap(snap)
}

// follow loads again whenever the store may have moved, until ctx ends.
func (f *follower) follow(ctx context.Context) {
	done := make(chan struct{})
	go func() { // ends with ctx
		defer close(done)
		if err := f.refresher.Run(ctx); err != nil && ctx.Err() == nil {
			f.log.Error("following the store ended", "error", err)
		}
	}()
	defer func() { f.refresher.Close(); <-done }()
	changed := f.loader.store.Changed(ctx)
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	f.refresher.Trigger() // a move since the first load gave no hint
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-changed:
			if !ok {
				return
			}
			f.memory.learn(ctx) // an advisory does not wait for its turn to load
			f.refresher.Trigger()
		case <-retry.C:
			f.loader.persist(ctx)
			if f.behind(ctx) {
				f.refresher.Trigger()
			}
		}
	}
}

// behind says whether the store's release is not the one that is served.
func (f *follower) behind(ctx context.Context) bool {
	rel, err := f.loader.store.Current(ctx)
	return err == nil && !f.serves(rel) || err != nil && !errors.Is(err, festdb.ErrNoRelease)
}

func (f *follower) serves(rel fest.Release) bool {
	snap := f.served.Acquire()
	if snap == nil {
		return false
	}
	defer snap.Close()
	now := snap.Release()
	// After a restore a serial may have been given twice.
	return now.Stream == rel.Stream && now.Serial == rel.Serial && now.Content.Digest == rel.Content.Digest && now.PublishedAt.Equal(rel.PublishedAt)
}

// load is the refresher's: the snapshot to serve next, nil where what is
// served is the newest that can be.
func (f *follower) load(ctx context.Context) (*cache.Snapshot, error) {
	if f.recalling.Load() {
		ctx = festdb.Recalling(ctx)
	}
	rel, err := f.loader.store.Current(ctx)
	if err != nil || !f.memory.knows(rel) { // else the hint that brought this load has told
		f.memory.learn(ctx)
	}
	if err == nil {
		if next, done := f.mapped(rel); done {
			return next, nil
		}
	}
	snap, err := f.loader.newest(ctx)
	if errors.Is(err, festdb.ErrNoRelease) {
		// No failure: the first release must not wait for a backoff.
		f.empty.Store(true)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f.memory.locate()
	if f.serves(snap.Release()) { // it fell back to what is served
		snap.Close()
		return nil, nil
	}
	snap.SetRemoved(f.memory.grave.Load())
	f.announce(snap)
	return snap, nil
}

// mapped is the release as a snapshot where its content is mapped already: it
// is served, or was a moment ago. Then only a pointer moves. done: nothing
// else is to be loaded.
func (f *follower) mapped(rel fest.Release) (next *cache.Snapshot, done bool) {
	now := f.served.Acquire()
	if now == nil {
		return nil, false
	}
	defer now.Close()
	if f.serves(rel) {
		if grave := f.memory.grave.Load(); now.Graveyard() != grave && now.Release().Serial == rel.Serial {
			// A history was told since.
			next = now.WithRelease(now.Release())
			next.SetRemoved(grave)
		}
		return next, true
	}
	if next = f.archive.held(rel); next == nil {
		return nil, false
	}
	f.announce(next)
	return next, true
}

// announce tells of a snapshot that is about to be served. What was served
// until now stays mapped: going back to it only moves a pointer (P9).
func (f *follower) announce(snap *cache.Snapshot) {
	rel := snap.Release()
	if old := f.served.Acquire(); old != nil {
		if now := old.Release(); now.Serial == 0 || now.Content.Digest == rel.Content.Digest {
			old.Close()
		} else {
			f.archive.keep(old)
		}
	}
	f.loader.forget(rel.Content.Digest)
	f.metrics.serves(snap)
	f.log.Info("serving", "serial", rel.Serial, "stream", rel.Stream, "hentet_dato", rel.Content.RetrievalDate,
		"entries", rel.Content.Counts.Entries(), "digest", rel.Content.Digest.Short(), "sample", rel.Content.Sample)
}

func (f *follower) observe(r cache.Refresh) {
	f.metrics.refreshed(r)
	switch {
	case r.Err == nil:
		f.lastError = ""
		if r.Swapped {
			f.state.Waiting("")
			select {
			case f.swapped <- struct{}{}:
			default:
			}
		}
	default:
		f.state.Waiting(whyNothing(r.Err))
		if text := r.Err.Error(); text != f.lastError { // told once, counted always
			f.lastError = text
			f.log.Error("loading a release failed, what is served stays", "error", r.Err)
		}
	}
}

// whyNothing says for the probes why nothing could be loaded.
func whyNothing(err error) string {
	switch {
	case errors.Is(err, festdb.ErrUnavailable):
		return "the database cannot be reached, and no release on disk can be served; it is asked again and again"
	case errors.Is(err, context.DeadlineExceeded):
		return "loading a release takes longer than --load-timeout allows; it is tried again and again"
	}
	return "no release on disk can be served; the log says why, and it is tried again and again"
}

// importSource imports the source of the command line if it is newer: a file
// once, a URL again and again. The server serves meanwhile, and goes on
// serving if it fails.
func (f *follower) importSource(ctx context.Context) {
	path := f.opts.Source
	if fetch.IsURL(path) {
		p, err := f.newPoller()
		if err != nil {
			f.log.Error("the source cannot be polled", "source", fetch.Location(path), "error", err)
			return
		}
		defer p.close()
		f.whileLeading(ctx, p.run)
		return
	}
	f.whileLeading(ctx, f.importPath)
}

// importPath imports the file of the command line.
func (f *follower) importPath(ctx context.Context) {
	path := f.opts.Source
	log := f.log.With("source", path)
	if rel, err := f.loader.store.Current(ctx); err == nil && f.serves(rel) {
		if same, err := ingest.SameFile(path, rel.Source); err != nil {
			log.Warn("source cannot be read, serving what is on disk", "error", err)
			f.metrics.imported(ingest.Result{}, err)
			return
		} else if same && rel.Content.Filter == f.opts.Filter {
			log.Info("source is what is served", "serial", rel.Serial)
			if abs, err := filepath.Abs(path); err == nil {
				path = abs
			}
			if err := f.loader.unchanged(ctx, rel, fest.Source{Location: path, Digest: rel.Source.Digest, Size: rel.Source.Size}); err != nil {
				log.Warn("that nothing changed could not be recorded", "error", err)
			}
			return
		}
	}
	f.state.Waiting("importing " + filepath.Base(path))
	f.imported(ctx, log, func(ctx context.Context) (ingest.Result, error) {
		return f.loader.importFile(ctx, ImportOptions{Path: path, Filter: f.opts.Filter, Gate: f.opts.Gate})
	})
}

// imported runs one import and tells what became of it.
func (f *follower) imported(ctx context.Context, log *slog.Logger, run func(context.Context) (ingest.Result, error)) {
	log.Info("importing")
	r, err := run(ctx)
	switch {
	case ctx.Err() != nil:
		return
	case errors.Is(err, errNotModified):
		f.metrics.imported(ingest.Result{Unchanged: true}, nil)
		log.Info("source is what was imported before")
		return
	}
	f.metrics.imported(r, err)
	debug.FreeOSMemory() // an import takes several times what serving does, and the next is days away
	if errors.Is(err, ingest.ErrPostponed) {
		log.Info("the source has something new, which waits for the publish window")
		return
	}
	if err != nil {
		f.state.Waiting("the source could not be imported; the log says why")
		log.Error("source was not imported, what is served stays", "outcome", ingest.Outcome(r, err), "error", err)
		return
	}
	if r.Warning != nil {
		log.Warn("imported, but", "error", r.Warning)
	}
	log.Info("imported", "outcome", ingest.Outcome(r, nil), "serial", r.Release.Serial, "findings", len(r.Findings))
	f.refresher.Trigger()
}
