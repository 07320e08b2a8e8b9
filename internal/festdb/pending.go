package festdb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// writebackStep is after how many bytes the kernel is asked to begin writing a
// pending file to the device, so that the sync at the end is short.
const writebackStep = 4 << 20

// Pending is a file that is being written aside. It appears under its name,
// whole and synced, at Commit; or never. It belongs to one goroutine at a time.
type Pending struct {
	d     *Disk
	f     *os.File
	dir   string // of the store
	final string
	size  int64 // end of what Write wrote
	begun int64 // up to where writing to the device was begun
	err   error // the first one; nothing is committed after it
}

// create begins a file that will be called name in a directory of the store.
func (d *Disk) create(dir, name string) (*Pending, error) {
	o, err := d.own()
	if err != nil {
		return nil, err
	}
	path := d.path(dir, o.pendingName())
	if err := d.opts.fault.before(opCreate, path); err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	return &Pending{d: d, f: f, dir: dir, final: d.path(dir, name)}, nil
}

// Write appends to the file.
func (p *Pending) Write(b []byte) (int, error) {
	n, err := p.WriteAt(b, p.size)
	p.size += int64(n)
	if p.err == nil && p.size-p.begun >= writebackStep {
		beginWriteback(p.f, p.begun, p.size-p.begun)
		p.begun = p.size
	}
	return n, err
}

func (p *Pending) end() int64 { return p.size }

// WriteAt writes at an offset, such as a header that is known last. It does
// not move the end at which Write appends.
func (p *Pending) WriteAt(b []byte, off int64) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	if err := p.d.opts.fault.before(opWrite, p.final); err != nil {
		return 0, p.fail("writing", err)
	}
	n, err := p.f.WriteAt(b, off)
	if err != nil {
		return n, p.fail("writing", err)
	}
	return n, nil
}

// Name is where the file is being written; it can be read back there.
func (p *Pending) Name() string { return p.f.Name() }

// Commit syncs the file, renames it to its name, over what was there, and
// syncs the directory. After an error other than [ErrNotDurable] the name is
// as it was before. Discard afterwards does nothing.
func (p *Pending) Commit() error {
	if err := p.seal(); err != nil {
		return err
	}
	if err := p.place(); err != nil {
		return err
	}
	if err := p.d.syncDir(p.dir); err != nil {
		return fmt.Errorf("%s: %w: %w", p.final, ErrNotDurable, err)
	}
	return nil
}

// seal makes the bytes durable. A file whose sync failed is removed: what is
// on the device is unknown, and a second sync would not say so.
func (p *Pending) seal() error {
	if p.err != nil {
		return errors.Join(p.err, p.Discard())
	}
	err := p.d.opts.fault.before(opSync, p.final)
	if err == nil {
		err = p.f.Sync()
	}
	if err == nil {
		err = p.f.Close()
	}
	if err != nil {
		err = p.fail("syncing", err)
		return errors.Join(err, p.Discard())
	}
	return nil
}

// place gives the file its name. The caller syncs the directory.
func (p *Pending) place() error {
	if err := p.d.rename(p.f.Name(), p.final); err != nil {
		p.err = err
		return errors.Join(err, p.Discard())
	}
	p.err = fmt.Errorf("%s: %w: already committed", p.final, ErrState)
	return nil
}

// Discard removes the file if it was not committed. Calling it again does
// nothing.
func (p *Pending) Discard() error {
	_ = p.f.Close() // the bytes are not wanted
	if p.err == nil {
		p.err = fmt.Errorf("%s: %w: already discarded", p.final, ErrState)
	}
	return p.d.remove(p.f.Name())
}

func (p *Pending) fail(doing string, err error) error {
	p.err = fmt.Errorf("%s %s: %w", doing, filepath.Join(p.dir, filepath.Base(p.final)), err)
	return p.err
}
