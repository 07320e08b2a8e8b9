package festdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/festd/festd/internal/fest"
)

// A mark, content/<digest>.damaged, says that the content file beside it was
// found damaged: what, where and when. Verification decides what is used;
// marks tell the lists and retention. A mark names the very file it is about,
// so it does not stick to one that replaced it.
type mark struct {
	At    time.Time `json:"at"`
	Error string    `json:"error"`
	File  identity  `json:"file"`
}

// identity tells a file from one that replaced it.
type identity struct {
	Size    int64     `json:"size"`
	ModTime time.Time `json:"modTime"`
}

func identify(i fs.FileInfo) identity { return identity{i.Size(), i.ModTime().UTC()} }

func (a identity) same(b identity) bool { return a.Size == b.Size && a.ModTime.Equal(b.ModTime) }

func (d *Disk) markPath(digest fest.Digest) string {
	return d.path(contentDir, string(digest)+".damaged")
}

// noteDamaged marks a file. It is a courtesy: where it fails, the log says so.
func (d *Disk) noteDamaged(digest fest.Digest, f *os.File, damage error) {
	d.opts.Logger.Error("content damaged", "content", digest, "error", damage)
	info, err := f.Stat()
	if err != nil || d.opts.ReadOnly {
		return
	}
	text, err := json.Marshal(mark{At: d.opts.Now().UTC(), Error: damage.Error(), File: identify(info)})
	if err == nil {
		err = d.writeMark(digest, append(text, '\n'))
	}
	if err != nil {
		d.opts.Logger.Warn("damage not marked", "content", digest, "error", err)
	}
}

func (d *Disk) writeMark(digest fest.Digest, text []byte) error {
	p, err := d.create(contentDir, string(digest)+".damaged")
	if err != nil {
		return err
	}
	_, err = p.Write(text)
	if err == nil {
		err = p.f.Close()
	}
	if err != nil {
		return errors.Join(err, p.Discard())
	}
	return p.place() // it need not survive a power cut: it will be found again
}

// noteWhole takes away a mark that says this file is damaged: it was verified.
func (d *Disk) noteWhole(digest fest.Digest, f *os.File) {
	info, err := f.Stat()
	if err == nil && d.marked(digest, info) && !d.opts.ReadOnly {
		d.unmark(digest)
	}
}

func (d *Disk) unmark(digest fest.Digest) {
	if err := d.remove(d.markPath(digest)); err != nil {
		d.opts.Logger.Warn("mark of damage not removed", "content", digest, "error", err)
	}
}

// marked reports whether this file was found damaged.
func (d *Disk) marked(digest fest.Digest, info fs.FileInfo) bool {
	text, err := os.ReadFile(d.markPath(digest))
	if err != nil {
		return false
	}
	var m mark
	return json.Unmarshal(text, &m) == nil && m.File.same(identify(info))
}

// Kept reports whether a content is on disk, and whether it was found damaged.
func (d *Disk) Kept(digest fest.Digest) (kept, damaged bool) {
	info, err := os.Stat(d.path(contentDir, string(digest)))
	if err != nil {
		return false, false
	}
	return true, d.marked(digest, info)
}

// Verify reads all of a content: every block is verified, decompressed and
// parsed, and the digest is computed anew from the entries. [Disk.Content]
// does not go so far: it trusts the SHA-256 of the compressed blocks.
func (d *Disk) Verify(ctx context.Context, digest fest.Digest) error {
	c, err := d.Content(ctx, digest)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // read only
	hasher, sum := NewEntryHasher(), NewDigester()
	for s, err := range c.Slices() {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		sum.Add(hasher.Sum(s))
	}
	if got := sum.Sum(c.Document()); got != digest {
		return fmt.Errorf("content %s: %w: its entries have the digest %s", digest, ErrDamaged, got)
	}
	return nil
}
