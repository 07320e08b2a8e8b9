package app

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// How often the disk is tried again, first and at most.
const (
	persistFirst = 5 * time.Second
	persistMost  = time.Minute
)

// unkept is a release that is served from memory, for the local disk did not
// take it: it is full, read only or broken. It is tried again until it does.
type unkept struct {
	mu     sync.Mutex
	digest fest.Digest // "": the disk has what is served
	flat   []byte      // the snapshot
	wait   time.Duration
	next   time.Time
}

// persister is a store that may have contents in memory only.
type persister interface {
	// InMemory: the disk did not take this content.
	InMemory(digest fest.Digest) bool
	// Persist tries again.
	Persist(ctx context.Context) error
}

func (l *loader) inMemory(digest fest.Digest) bool {
	p, ok := l.store.(persister)
	return ok && p.InMemory(digest)
}

// refusedByDisk tells a disk that takes nothing from a content that is wrong.
func refusedByDisk(err error) bool {
	var path *fs.PathError
	var call *os.SyscallError
	var link *os.LinkError
	return (errors.As(err, &path) || errors.As(err, &call) || errors.As(err, &link)) && !errors.Is(err, cache.ErrDamaged) && !errors.Is(err, festdb.ErrDamaged)
}

// keepTrying notes what comes to be served: flat is its snapshot where that is
// in memory, and refused says why; nil: it is on disk.
func (l *loader) keepTrying(rel fest.Release, flat []byte, refused error) {
	u := &l.unkept
	u.mu.Lock()
	defer u.mu.Unlock()
	if refused == nil {
		u.digest, u.flat = "", nil
		l.metrics.diskFailed.Set(0)
		return
	}
	if u.digest != rel.Content.Digest {
		l.log.Error("the local disk does not take the release: it is served from memory; a start without the database would serve an older one",
			"serial", rel.Serial, "digest", rel.Content.Digest.Short(), "dir", l.store.Disk().Dir(), "error", refused)
	}
	u.digest, u.flat = rel.Content.Digest, flat
	u.wait, u.next = persistFirst, time.Now().Add(persistFirst)
	l.metrics.diskFailed.Set(1)
}

// forget: something else is served now.
func (l *loader) forget(now fest.Digest) {
	u := &l.unkept
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.digest != now {
		u.digest, u.flat = "", nil
		l.metrics.diskFailed.Set(0)
	}
}

// persist tries to write what is served from memory, if it is time to.
func (l *loader) persist(ctx context.Context) {
	u := &l.unkept
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.digest == "" || time.Now().Before(u.next) {
		return
	}
	err := l.write(ctx, u.digest, u.flat)
	if err != nil {
		u.wait = min(2*u.wait, persistMost)
		u.next = time.Now().Add(u.wait)
		l.log.Debug("the local disk still does not take the release", "digest", u.digest.Short(), "error", err)
		return
	}
	l.log.Info("the local disk has the release now", "digest", u.digest.Short())
	u.digest, u.flat = "", nil
	l.metrics.diskFailed.Set(0)
}

// write puts a content that is in memory, and a snapshot, on the disk.
func (l *loader) write(ctx context.Context, digest fest.Digest, flat []byte) error {
	if p, ok := l.store.(persister); ok {
		if err := p.Persist(ctx); err != nil {
			return err
		}
	}
	f, err := l.store.Disk().CreateSnapshot(digest, cache.Format)
	if err != nil {
		return err
	}
	if _, err := f.Write(flat); err != nil {
		return errors.Join(err, f.Discard())
	}
	if err := f.Commit(); err != nil && !errors.Is(err, festdb.ErrNotDurable) {
		return err
	}
	return nil
}

// memoryFile is a snapshot file in memory.
type memoryFile struct{ bytes.Buffer }

func (*memoryFile) Name() string   { return "in memory" }
func (*memoryFile) Commit() error  { return nil }
func (*memoryFile) Discard() error { return nil }
