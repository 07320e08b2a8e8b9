package festdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/festd/festd/internal/fest"
)

// Where things are in the directory.
const (
	contentDir  = "content"
	sourceDir   = "source"
	snapshotDir = "snapshot"
	liveDir     = "live"
	lockFile    = "lock"
)

// DiskOptions configures a [Disk].
type DiskOptions struct {
	// Dir is the directory, made if it is missing. Mandatory.
	Dir string
	// ReadOnly: nothing is made, swept, marked or removed.
	ReadOnly bool
	// LockTimeout is how long a change waits for the lock. Zero: 10 s.
	LockTimeout time.Duration
	// Retention says what Prune keeps.
	Retention Retention
	// Released gives the releases that refer to contents, newest first. It is
	// asked under the lock, before anything is removed; where it fails, nothing
	// is. all says that none is missing: else what no release refers to stays
	// until it is as old as retention keeps contents.
	// Nil: nothing that was sealed is ever removed.
	Released func() (releases []fest.Release, all bool, err error)
	// Held gives the contents and sources that no release refers to and that
	// are kept all the same, for candidates that wait. It is asked under the
	// lock; where it fails, nothing is removed. Nil: none.
	Held func() ([]fest.Digest, error)
	// Now is the clock that retention goes by. Nil: [time.Now].
	Now func() time.Time
	// Logger hears of what went on although something was wrong. Nil: nobody.
	Logger *slog.Logger

	fault fault
}

func (o *DiskOptions) validate() error {
	if o.Dir == "" {
		return fmt.Errorf("%w: DiskOptions.Dir is empty: want a directory", ErrState)
	}
	if o.LockTimeout == 0 {
		o.LockTimeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o.Retention.Validate()
}

// Disk is a directory of contents, sources and snapshots, without a ledger.
// It is safe for concurrent use by many goroutines, and several processes may
// have the same directory open.
type Disk struct {
	opts DiskOptions
	lock chan struct{} // one goroutine of this process at a time asks for the lock file

	mu    sync.Mutex
	owner *owner // of what this Disk writes; made at the first write
}

// OpenDisk opens the directory, makes what is missing of it and sweeps what
// killed writers left behind. It holds no file open before the first write.
func OpenDisk(opts DiskOptions) (*Disk, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	d := &Disk{opts: opts, lock: make(chan struct{}, 1)}
	if err := d.layOut(); err != nil {
		return nil, err
	}
	return d, nil
}

// layOut makes the directories that are missing.
func (d *Disk) layOut() error {
	if d.opts.ReadOnly {
		if _, err := os.Stat(d.path(contentDir)); err != nil {
			return fmt.Errorf("%w: %w", ErrNoStore, err)
		}
		return nil
	}
	made := false
	above := missingAbove(d.opts.Dir)
	for _, dir := range []string{contentDir, sourceDir, snapshotDir, liveDir} {
		if _, err := os.Stat(d.path(dir)); err == nil {
			continue
		}
		if err := d.opts.fault.before(opCreate, d.path(dir)); err != nil {
			return fmt.Errorf("making the store: %w", err)
		}
		if err := os.MkdirAll(d.path(dir), 0o755); err != nil {
			return fmt.Errorf("making the store: %w", err)
		}
		made = true
	}
	if !made {
		return nil
	}
	for _, dir := range above {
		if err := d.syncPath(dir); err != nil {
			return fmt.Errorf("making the store: %w", err)
		}
	}
	return d.syncDir("")
}

// missingAbove lists the directories that get a new entry when dir is made.
func missingAbove(dir string) (list []string) {
	for {
		if _, err := os.Stat(dir); err == nil {
			return list
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return list
		}
		list = append(list, parent)
		dir = parent
	}
}

// Dir is the directory.
func (d *Disk) Dir() string { return d.opts.Dir }

// Close lets go of what this Disk was writing. Contents that are open stay
// readable.
func (d *Disk) Close() error {
	d.mu.Lock()
	o := d.owner
	d.owner = nil
	d.mu.Unlock()
	if o == nil {
		return nil
	}
	return o.close()
}

func (d *Disk) path(elem ...string) string {
	return filepath.Join(append([]string{d.opts.Dir}, elem...)...)
}

// writable refuses where nothing may be changed.
func (d *Disk) writable() error {
	if d.opts.ReadOnly {
		return fmt.Errorf("%s: %w", d.opts.Dir, ErrReadOnly)
	}
	return nil
}

// locked runs change while this process, and in it this goroutine alone,
// holds the lock. The lock is the kernel's: it ends with the process.
func (d *Disk) locked(ctx context.Context, change func() error) error {
	if err := d.writable(); err != nil {
		return err
	}
	if err := d.opts.fault.before(opLock, d.path(lockFile)); err != nil {
		return fmt.Errorf("locking %s: %w", d.path(lockFile), err)
	}
	wait, cancel := context.WithTimeoutCause(ctx, d.opts.LockTimeout, ErrLocked)
	defer cancel()
	select {
	case d.lock <- struct{}{}:
	case <-wait.Done():
		return d.lockError(ctx, wait)
	}
	defer func() { <-d.lock }()
	l := flock.New(d.path(lockFile), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o644))
	ok, err := l.TryLockContext(wait, 2*time.Millisecond)
	switch {
	case wait.Err() != nil && !ok:
		return d.lockError(ctx, wait)
	case err != nil:
		return fmt.Errorf("locking %s: %w", d.path(lockFile), err)
	}
	defer func() { _ = l.Unlock() }() // closing the file frees the lock whatever it returns
	return change()
}

func (d *Disk) lockError(ctx, wait context.Context) error {
	if ctx.Err() != nil {
		return fmt.Errorf("waiting for the lock %s: %w", d.path(lockFile), context.Cause(ctx))
	}
	return fmt.Errorf("%s: %w for %v: want the other import to end or its process to be killed",
		d.path(lockFile), context.Cause(wait), d.opts.LockTimeout)
}

// syncDir makes the names in a directory of the store durable.
func (d *Disk) syncDir(dir string) error { return d.syncPath(d.path(dir)) }

func (d *Disk) syncPath(p string) error {
	if err := d.opts.fault.before(opSyncDir, p); err != nil {
		return fmt.Errorf("syncing directory %s: %w", p, err)
	}
	f, err := os.Open(p)
	if err != nil {
		return fmt.Errorf("syncing directory: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	if err := f.Sync(); err != nil {
		return fmt.Errorf("syncing directory %s: %w", p, err)
	}
	return nil
}

// rename moves a file to its name, over what was there. The caller syncs the
// directory.
func (d *Disk) rename(from, to string) error {
	if err := d.opts.fault.before(opRename, to); err != nil {
		return fmt.Errorf("renaming to %s: %w", to, err)
	}
	return os.Rename(from, to) // *LinkError names both
}

// remove removes a file if it is there.
func (d *Disk) remove(path string) error {
	if err := d.opts.fault.before(opRemove, path); err != nil {
		return fmt.Errorf("removing %s: %w", path, err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
