package festdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/gofrs/flock"

	"github.com/festd/festd/internal/fest"
)

// Sweep removes what nobody owns: files that killed writers were writing, and
// contents, sources and snapshots that no release refers to and no living
// writer claims. It takes the lock. What a living process is at stays.
func (d *Disk) Sweep(ctx context.Context) error {
	return d.locked(ctx, d.sweep)
}

// sweep is Sweep under the lock.
func (d *Disk) sweep() error {
	alive, claimed, err := d.living()
	if err != nil {
		return fmt.Errorf("sweeping %s: %w", d.opts.Dir, err)
	}
	var errs []error
	for _, dir := range []string{"", contentDir, sourceDir, snapshotDir, removedDir} {
		errs = append(errs, d.sweepPending(dir, alive))
	}
	if d.opts.Released == nil {
		return errors.Join(errs...)
	}
	releases, all, err := d.opts.Released()
	if err == nil {
		err = d.claimHeld(claimed)
	}
	if err != nil {
		return errors.Join(append(errs, fmt.Errorf("sweeping %s: nothing that was sealed is removed: %w", d.opts.Dir, err))...)
	}
	if !all {
		return errors.Join(errs...)
	}
	for _, r := range releases {
		claimed[r.Content.Digest] = true
		claimed[r.Source.Digest] = true
	}
	for _, dir := range []string{snapshotDir, sourceDir, contentDir} {
		errs = append(errs, d.removeIf(dir, func(digest fest.Digest, _ fs.FileInfo) bool { return !claimed[digest] }))
	}
	return errors.Join(errs...)
}

// claimHeld adds what candidates need.
func (d *Disk) claimHeld(claimed map[fest.Digest]bool) error {
	if d.opts.Held == nil {
		return nil
	}
	held, err := d.opts.Held()
	for _, digest := range held {
		claimed[digest] = true
	}
	return err
}

// living lists the owners whose process lives and what they claim. The files of
// the dead are removed.
func (d *Disk) living() (alive map[string]bool, claimed map[fest.Digest]bool, err error) {
	entries, err := os.ReadDir(d.path(liveDir))
	if err != nil {
		return nil, nil, err
	}
	alive, claimed = map[string]bool{}, map[fest.Digest]bool{}
	for _, e := range entries {
		if strings.Contains(e.Name(), ".") {
			continue
		}
		if alive[e.Name()], err = d.lives(e.Name()); err != nil {
			return nil, nil, err
		}
	}
	for _, e := range entries {
		id, digest, ok := strings.Cut(e.Name(), ".")
		switch {
		case !ok:
		case alive[id]:
			claimed[fest.Digest(digest)] = true
		default:
			if err := d.remove(d.path(liveDir, e.Name())); err != nil {
				return nil, nil, err
			}
		}
	}
	return alive, claimed, nil
}

// lives reports whether the owner's file is locked. Where it is not, it is
// removed while it is locked from here, so that an owner that was just making
// it notices.
func (d *Disk) lives(id string) (bool, error) {
	d.mu.Lock()
	own := d.owner != nil && d.owner.id == id
	d.mu.Unlock()
	if own {
		return true, nil
	}
	l := flock.New(d.path(liveDir, id), flock.SetFlag(os.O_RDWR))
	ok, err := l.TryLock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !ok:
		return true, nil
	}
	defer func() { _ = l.Unlock() }() // closing the file frees the lock whatever it returns
	return false, d.remove(d.path(liveDir, id))
}

// sweepPending removes files that were being written by the dead.
func (d *Disk) sweepPending(dir string, alive map[string]bool) error {
	entries, err := os.ReadDir(d.path(dir))
	if dir == removedDir && errors.Is(err, fs.ErrNotExist) {
		return nil // made when something first leaves
	}
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		id, ok := pendingOwner(e.Name())
		if !ok || alive[id] {
			continue
		}
		if alive[id], err = d.lives(id); err != nil || alive[id] { // it may have begun after the list was made
			errs = append(errs, err)
			continue
		}
		errs = append(errs, d.remove(d.path(dir, e.Name())))
	}
	return errors.Join(errs...)
}

// removeIf removes the files of a directory that belong to a digest and are
// not wanted. Names without a digest are not ours.
func (d *Disk) removeIf(dir string, unwanted func(fest.Digest, fs.FileInfo) bool) error {
	entries, err := os.ReadDir(d.path(dir))
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		digest, ok := digestOf(e.Name())
		if !ok {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if unwanted(digest, info) {
			errs = append(errs, d.remove(d.path(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}
