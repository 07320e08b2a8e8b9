package app

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// Bounds of the archive. Whoever walks through many releases of the past is
// told to come back, not served by the processor that lookups need (DESIGN §8).
const (
	archiveOpen        = 4 // releases that stay open
	archiveComparisons = 4 // comparisons that are kept

	archiveWait = 50 * time.Millisecond // for another release's load to end
	archiveLoad = 5 * time.Second       // for one's own to end
	loadsEvery  = 500 * time.Millisecond
	loadsBurst  = archiveOpen
	buildsEvery = 30 * time.Second // of snapshots that are not on the disk any more
	buildsBurst = 2

	comparisonsEvery = 2 * time.Second
	comparisonsBurst = archiveComparisons
)

// archive opens releases of the past from the local disk, never from a
// database (P5). It implements [api.Archive].
type archive struct {
	loader  *loader
	memory  *known
	served  *cache.Served
	timeout time.Duration
	flight  singleflight.Group
	turn    chan struct{} // one load at a time
	pace    struct{ loads, builds, comparisons *rate.Limiter }

	mu          sync.Mutex
	open        []*cache.Snapshot // last used first; one reference each
	comparisons []*cache.Comparison
	closed      bool

	opened, hits atomic.Int64
}

var _ api.Archive = (*archive)(nil)

func newArchive(l *loader, m *known, served *cache.Served, timeout time.Duration) *archive {
	a := &archive{loader: l, memory: m, served: served, timeout: timeout, turn: make(chan struct{}, 1)}
	a.pace.loads = rate.NewLimiter(rate.Every(loadsEvery), loadsBurst)
	a.pace.builds = rate.NewLimiter(rate.Every(buildsEvery), buildsBurst)
	a.pace.comparisons = rate.NewLimiter(rate.Every(comparisonsEvery), comparisonsBurst)
	return a
}

// Releases implements [api.Archive].
func (a *archive) Releases() []api.ArchivedRelease { return a.memory.now.Load().releases }

// Open implements [api.Archive].
func (a *archive) Open(ctx context.Context, serial fest.Serial) (*cache.Snapshot, error) {
	releases := a.Releases()
	i := slices.IndexFunc(releases, func(r api.ArchivedRelease) bool { return r.Serial == serial })
	if i < 0 {
		return nil, fmt.Errorf("release %d: %w", serial, api.ErrNotKept)
	}
	rel := releases[i].Release
	if snap := a.held(rel); snap != nil {
		a.hits.Add(1)
		return snap, nil
	}
	// The load has a context of its own: whoever gives up does not take it
	// from the others.
	done := a.flight.DoChan(string(rel.Content.Digest), func() (any, error) { return nil, a.load(rel) })
	select {
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-time.After(archiveLoad):
		return nil, fmt.Errorf("release %d is being opened: %w", serial, api.ErrBusy)
	}
	if snap := a.held(rel); snap != nil {
		return snap, nil
	}
	return nil, fmt.Errorf("release %d was closed again for others: %w", serial, api.ErrBusy)
}

// held gives a snapshot of a release whose content is mapped: served, or open.
func (a *archive) held(rel fest.Release) *cache.Snapshot {
	if now := a.served.Acquire(); now != nil {
		defer now.Close()
		if now.Release().Content.Digest == rel.Content.Digest && !now.Release().Content.Sample {
			return a.as(now, rel)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.open, func(s *cache.Snapshot) bool { return s.Release().Content.Digest == rel.Content.Digest })
	if i < 0 {
		return nil
	}
	snap := a.open[i]
	a.open = slices.Insert(slices.Delete(a.open, i, i+1), 0, snap)
	return a.as(snap, rel)
}

// as is the same content as another release, with what was removed as known
// today: the snapshot sees what had left by its serial.
func (a *archive) as(snap *cache.Snapshot, rel fest.Release) *cache.Snapshot {
	next := snap.WithRelease(rel)
	next.SetRemoved(a.memory.grave.Load())
	return next
}

// load opens a content from the local disk and keeps it open.
func (a *archive) load(rel fest.Release) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("opening release %d panicked: %v", rel.Serial, p)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), a.timeout)
	defer cancel()
	select {
	case a.turn <- struct{}{}:
	case <-time.After(archiveWait):
		return fmt.Errorf("another release is being opened: %w", api.ErrBusy)
	}
	defer func() { <-a.turn }()
	if kept, _ := a.loader.store.Disk().Kept(rel.Content.Digest); !kept {
		return fmt.Errorf("release %d: %w", rel.Serial, api.ErrNotKept)
	}
	if !a.mayLoad(rel) {
		return fmt.Errorf("releases of the past are opened too often: %w", api.ErrBusy)
	}
	content, err := a.loader.store.Disk().Content(ctx, rel.Content.Digest)
	if err != nil {
		return fmt.Errorf("release %d: %w: %w", rel.Serial, api.ErrNotKept, err)
	}
	snap, err := a.loader.open(ctx, rel, content)
	if err != nil {
		return fmt.Errorf("release %d: %w: %w", rel.Serial, api.ErrNotKept, err)
	}
	a.opened.Add(1)
	if !a.keep(snap) {
		return fmt.Errorf("release %d: %w: the process is stopping", rel.Serial, api.ErrNotKept)
	}
	return nil
}

// keep keeps a snapshot open and takes over the caller's reference to it, also
// where it says that it does not: the process is stopping.
func (a *archive) keep(snap *cache.Snapshot) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		snap.Close()
		return false
	}
	snap.Idle()
	digest := snap.Release().Content.Digest
	if i := slices.IndexFunc(a.open, func(s *cache.Snapshot) bool { return s.Release().Content.Digest == digest }); i >= 0 {
		a.open[i].Close()
		a.open = slices.Delete(a.open, i, i+1)
	}
	a.open = slices.Insert(a.open, 0, snap)
	for len(a.open) > archiveOpen {
		last := len(a.open) - 1
		a.open[last].Close() // who reads it has a reference of its own
		a.open = a.open[:last]
	}
	return true
}

// mayLoad paces loads, and far more those that have to build the snapshot
// first.
func (a *archive) mayLoad(rel fest.Release) bool {
	if _, err := os.Stat(a.loader.store.Disk().SnapshotPath(rel.Content.Digest, cache.Format)); err != nil && !a.pace.builds.Allow() {
		return false
	}
	return a.pace.loads.Allow()
}

// Compare implements [api.Archive].
func (a *archive) Compare(ctx context.Context, from, to fest.Serial) (*cache.Comparison, error) {
	if c := a.compared(from, to); c != nil {
		return c, nil
	}
	key := strconv.FormatUint(uint64(from), 10) + "-" + strconv.FormatUint(uint64(to), 10)
	done := a.flight.DoChan(key, func() (any, error) { return a.compare(from, to) })
	select {
	case r := <-done:
		c, _ := r.Val.(*cache.Comparison)
		return c, r.Err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (a *archive) compared(from, to fest.Serial) *cache.Comparison {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.comparisons {
		if c.From.Serial == from && c.To.Serial == to {
			return c
		}
	}
	return nil
}

func (a *archive) compare(from, to fest.Serial) (_ *cache.Comparison, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("comparing releases %d and %d panicked: %v", from, to, p)
		}
	}()
	if !a.pace.comparisons.Allow() {
		return nil, fmt.Errorf("releases are compared too often: %w", api.ErrBusy)
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.timeout)
	defer cancel()
	before, err := a.Open(ctx, from)
	if err != nil {
		return nil, err
	}
	defer before.Close()
	after, err := a.Open(ctx, to)
	if err != nil {
		return nil, err
	}
	defer after.Close()
	c, err := cache.Compare(ctx, before, after)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.comparisons = slices.Insert(a.comparisons, 0, c)
	a.comparisons = a.comparisons[:min(len(a.comparisons), archiveComparisons)]
	return c, nil
}

// size is how many releases are open.
func (a *archive) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.open)
}

// close gives back what is open.
func (a *archive) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	for _, s := range a.open {
		s.Close()
	}
	a.open = nil
}
