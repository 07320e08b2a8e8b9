package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"github.com/festd/festd/internal/fest"
)

// checkpoint is how many bytes come between two records of a part: what a
// killed process loses.
const checkpoint = 4 << 20

// part is a download under way. Its file is locked; it belongs to one
// goroutine.
type part struct {
	files
	file   *os.File
	hash   hash.Hash
	record record // of the file that it is a part of; Size is that of the part
	saved  int64  // Size at the last checkpoint
	begun  bool   // by an answer of this fetch, not by an earlier one
}

// openPart opens and locks the part of the files' URL. One that an earlier
// fetch left is taken up if it can be resumed and is what its record says.
func openPart(f files, maxSize int64) (_ *part, err error) {
	file, err := f.lockNew(f.path(partSuffix))
	if err != nil {
		return nil, err
	}
	p := &part{files: f, file: file, hash: sha256.New()}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	r, err := f.load(partSuffix + stateSuffix)
	if err == nil && r.IfRange != "" && r.Size <= maxSize {
		n, err := io.Copy(p.hash, io.LimitReader(file, r.Size))
		if err != nil {
			return nil, disk(err)
		}
		if n == r.Size && p.digest() == r.Digest {
			p.record, p.saved = r, r.Size
			return p, p.cut(r.Size)
		}
	}
	// Nothing there, or nothing that could be trusted.
	return p, p.reset(record{Total: -1})
}

// reset begins the file anew.
func (p *part) reset(r record) error {
	had := p.saved > 0
	p.hash.Reset()
	p.record, p.saved = r, 0
	p.record.Size = 0
	if _, err := os.Lstat(p.path(partSuffix + stateSuffix)); had || !errors.Is(err, fs.ErrNotExist) {
		if err := p.remove(p.path(partSuffix + stateSuffix)); err != nil {
			return disk(err)
		}
	}
	return p.cut(0)
}

func (p *part) cut(size int64) error {
	if err := p.fault(opWrite, p.file.Name()); err != nil {
		return disk(err)
	}
	if err := p.file.Truncate(size); err != nil {
		return disk(err)
	}
	_, err := p.file.Seek(size, io.SeekStart)
	return disk(err)
}

// resumable: the rest of the file can be asked for.
func (p *part) resumable() bool { return p.record.Size > 0 && p.record.IfRange != "" }

func (p *part) digest() fest.Digest { return fest.Digest(hex.EncodeToString(p.hash.Sum(nil))) }

// Write adds bytes of the file.
func (p *part) Write(b []byte) (int, error) {
	if err := p.fault(opWrite, p.file.Name()); err != nil {
		return 0, disk(err)
	}
	n, err := p.file.Write(b)
	_, _ = p.hash.Write(b[:n]) // never fails
	p.record.Size += int64(n)
	if err != nil {
		return n, disk(err)
	}
	if p.record.Size-p.saved >= checkpoint {
		return n, p.checkpoint()
	}
	return n, nil
}

// checkpoint records how much is there. It need not be durable: a part that
// is not what its record says is not resumed.
func (p *part) checkpoint() error {
	if !p.resumable() || p.record.Size == p.saved {
		return nil
	}
	r := p.record
	r.Digest = p.digest()
	if err := p.save(partSuffix+stateSuffix, r, false); err != nil {
		return disk(err)
	}
	p.saved = r.Size
	return nil
}

// finish makes the whole file durable under a name of its own. It stays
// locked by the file that is returned.
func (p *part) finish() (path string, file *os.File, err error) {
	if err := p.sync(p.file); err != nil {
		return "", nil, disk(fmt.Errorf("syncing %s: %w", p.file.Name(), err))
	}
	if path, err = p.name(p.digest()); err != nil {
		return "", nil, disk(err)
	}
	if err := p.rename(p.path(partSuffix), path); err != nil {
		return "", nil, disk(err)
	}
	if err := errors.Join(p.syncDir(), p.remove(p.path(partSuffix+stateSuffix))); err != nil {
		return "", nil, disk(errors.Join(err, p.remove(path)))
	}
	file, p.file = p.file, nil
	return path, file, nil
}

// close ends the work on the part. What can be resumed stays; the rest goes.
func (p *part) close(keep bool) error {
	if p.file == nil { // finished
		return nil
	}
	var err error
	if keep = keep && p.resumable(); keep {
		err = p.checkpoint()
		keep = err == nil
	}
	if !keep {
		err = errors.Join(err, p.remove(p.path(partSuffix)), p.remove(p.path(partSuffix+stateSuffix)))
	}
	if e := p.file.Close(); err == nil {
		err = e
	}
	p.file = nil
	return disk(err)
}
