package fetch

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/festd/festd/internal/fest"
)

// op is a step that changes the disk. Before each, the fault hook is asked;
// tests make the step fail there.
type op string

const (
	opMkdir   op = "mkdir"
	opCreate  op = "create"
	opWrite   op = "write"
	opSync    op = "sync"
	opRename  op = "rename"
	opSyncDir op = "syncdir"
	opRemove  op = "remove"
)

// files are those of one URL in the directory. With <key> the first 16 digits
// of the URL's key:
//
//	<key>.json                         record of what was confirmed
//	<key>.part, <key>.part.json        a download under way or cut off, its record
//	<key>-<digest>-<random>.<ext>      a whole download, until confirmed or discarded
//	<key>.tmp-<random>                 a record being written
//
// A part and a whole download are locked as long as somebody works on them.
type files struct {
	dir, key, ext string
	location      string // for people who read the records
	fault         func(op, string) error
}

const (
	partSuffix  = ".part"
	stateSuffix = ".json"
)

func (f files) path(suffix string) string { return filepath.Join(f.dir, f.key[:16]+suffix) }

// name gives a whole download a name that no other has: the importer of
// another process may still read one with the same bytes.
func (f files) name(d fest.Digest) (string, error) {
	r, err := random()
	return f.path("-" + d.Short() + "-" + r + f.ext), err
}

func random() (string, error) {
	var r [4]byte
	_, err := rand.Read(r[:])
	return hex.EncodeToString(r[:]), err
}

func (f files) mkdir() error {
	if err := f.fault(opMkdir, f.dir); err != nil {
		return err
	}
	return os.MkdirAll(f.dir, 0o755)
}

// lockNew opens a file, new or not, and locks it. ErrBusy: another has it.
func (f files) lockNew(path string) (*os.File, error) {
	if err := f.fault(opCreate, path); err != nil {
		return nil, disk(err)
	}
	for range 100 {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, disk(err)
		}
		locked, err := lock(file)
		if err != nil || !locked {
			_ = file.Close() // nothing was written
			if err == nil {
				err = &failure{kind: ErrBusy}
			}
			return nil, err
		}
		// Whoever had the lock before may have renamed or removed the file.
		if here, err := isAt(file, path); err != nil || here {
			return file, disk(err)
		}
		_ = file.Close() // nothing was written
	}
	return nil, disk(fmt.Errorf("%s changes too fast to be locked", path))
}

// lock takes the kernel's lock on an open file, which ends with the process.
func lock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, disk(&os.PathError{Op: "flock", Path: file.Name(), Err: err})
	}
	return true, nil
}

func isAt(file *os.File, path string) (bool, error) {
	mine, err := file.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, there), err
}

func (f files) remove(path string) error {
	if err := f.fault(opRemove, path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f files) rename(from, to string) error {
	if err := f.fault(opRename, to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// sync makes the bytes of a file durable.
func (f files) sync(file *os.File) error {
	if err := f.fault(opSync, file.Name()); err != nil {
		return err
	}
	return file.Sync()
}

// syncDir makes names durable.
func (f files) syncDir() error {
	if err := f.fault(opSyncDir, f.dir); err != nil {
		return err
	}
	d, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // read only
	return d.Sync()
}

// load reads a record. fs.ErrNotExist: there is none.
func (f files) load(suffix string) (record, error) {
	file, err := os.Open(f.path(suffix))
	if err != nil {
		return record{}, err
	}
	defer func() { _ = file.Close() }() // read only
	r, err := readRecord(file, f.key)
	if err != nil {
		return record{}, fmt.Errorf("%s: %w", file.Name(), err)
	}
	return r, nil
}

// save replaces a record whole. A durable one survives a power cut from here.
func (f files) save(suffix string, r record, durable bool) (err error) {
	r.Version, r.Key, r.Location, r.At = recordVersion, f.key, f.location, time.Now().UTC().Truncate(time.Second)
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	mark, err := random()
	if err != nil {
		return err
	}
	tmp := f.path(".tmp-" + mark)
	if err := f.fault(opCreate, tmp); err != nil {
		return err
	}
	file, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.remove(tmp))
		}
	}()
	_, err = file.Write(append(raw, '\n'))
	if err == nil && durable {
		err = f.sync(file)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := f.rename(tmp, f.path(suffix)); err != nil {
		return err
	}
	if durable {
		return f.syncDir()
	}
	return nil
}
