package festdb

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"

	"github.com/festd/festd/internal/fest"
)

// owner is who writes: one per Disk that wrote something. The file live/<id>
// is locked as long as the process lives and the Disk is open, so another
// process can tell what a killed one left behind. What the owner is writing
// carries its id in the name; what it sealed and did not publish yet is
// claimed by files live/<id>.<digest>.
type owner struct {
	d    *Disk
	id   string
	lock *flock.Flock
	seq  atomic.Uint64

	mu     sync.Mutex
	claims map[fest.Digest]int
}

// own returns the Disk's owner, made at the first call.
func (d *Disk) own() (*owner, error) {
	if err := d.writable(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.owner != nil {
		return d.owner, nil
	}
	for range 100 {
		o, err := d.newOwner()
		if errors.Is(err, errSwept) {
			continue
		}
		if err != nil {
			return nil, err
		}
		d.owner = o
		return o, nil
	}
	return nil, fmt.Errorf("%s: %w: every file that was made there vanished at once", d.path(liveDir), ErrLocked)
}

// errSwept: a sweeper took the new owner's file for a dead one's.
var errSwept = errors.New("swept before it was locked")

// newOwner makes the file and locks it. Between the two a sweeper may take the
// file for a dead one's: errSwept, and the caller tries again.
func (d *Disk) newOwner() (*owner, error) {
	id := randomID()
	path := d.path(liveDir, id)
	if err := d.opts.fault.before(opCreate, path); err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	made, err := f.Stat()
	_ = f.Close() // nothing was written
	if err != nil {
		return nil, err
	}
	l := flock.New(path, flock.SetFlag(os.O_RDWR))
	ok, err := l.TryLock()
	if errors.Is(err, fs.ErrNotExist) || err == nil && !ok {
		return nil, errSwept
	}
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	if now, err := os.Stat(path); err != nil || !os.SameFile(made, now) {
		_ = l.Unlock()
		return nil, errSwept
	}
	return &owner{d: d, id: id, lock: l, claims: map[fest.Digest]int{}}, nil
}

// pendingName is a new name for a file that is being written.
func (o *owner) pendingName() string { return fmt.Sprintf(".%s-%d.pending", o.id, o.seq.Add(1)) }

// pendingOwner is the id in the name of a file that is being written.
func pendingOwner(name string) (id string, ok bool) {
	name, ok = strings.CutSuffix(name, ".pending")
	if !ok {
		return "", false
	}
	name, ok = strings.CutPrefix(name, ".")
	id, _, cut := strings.Cut(name, "-")
	return id, ok && cut
}

// claim keeps sweepers from a digest that no release refers to yet. Claims are
// counted. The caller holds the store's lock.
func (o *owner) claim(digest fest.Digest) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.claims[digest] == 0 {
		path := o.claimPath(digest)
		if err := o.d.opts.fault.before(opCreate, path); err != nil {
			return fmt.Errorf("creating %s: %w", path, err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			return err
		}
	}
	o.claims[digest]++
	return nil
}

func (o *owner) unclaim(digest fest.Digest) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.claims[digest]--; o.claims[digest] > 0 {
		return nil
	}
	delete(o.claims, digest)
	return o.d.remove(o.claimPath(digest))
}

func (o *owner) claimPath(digest fest.Digest) string {
	return filepath.Join(o.d.path(liveDir), o.id+"."+string(digest))
}

// close gives up the claims and the lock.
func (o *owner) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var errs []error
	for digest := range o.claims {
		errs = append(errs, o.d.remove(o.claimPath(digest)))
	}
	clear(o.claims)
	errs = append(errs, o.d.remove(o.d.path(liveDir, o.id)), o.lock.Unlock())
	return errors.Join(errs...)
}

// randomID is 128 random bits.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	return hex.EncodeToString(b[:])
}
