package festdb

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"github.com/festd/festd/internal/fest"
)

// stored is where a content file is read from: a file, or memory.
type stored interface {
	io.ReaderAt
	io.Seeker // tells the size
	io.Closer
	Name() string
}

// contentFile is a content that is stored; it implements [Content].
type contentFile struct {
	f     stored
	index *contentIndex
	dec   *zstd.Decoder
	cache blockCache

	closed atomic.Bool
}

// Content opens a content after every block of its file was verified; see
// [Store]. A file that turns out damaged is marked, so that lists and
// retention know; a mark on one that is whole is taken away.
func (d *Disk) Content(ctx context.Context, digest fest.Digest) (Content, error) {
	if _, err := fest.ParseDigest(string(digest)); err != nil {
		return nil, err
	}
	f, err := os.Open(d.path(contentDir, string(digest)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("content %s: %w", digest, ErrNotKept)
	}
	if err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	c, err := openContent(ctx, f, digest)
	if err == nil {
		d.noteWhole(digest, f)
		return c, nil
	}
	err = fmt.Errorf("content %s: %w", f.Name(), err)
	if errors.Is(err, ErrDamaged) {
		d.noteDamaged(digest, f, err)
	}
	_ = f.Close() // read only
	return nil, err
}

// openContent reads and verifies the file. The content owns f if there is no
// error.
func openContent(ctx context.Context, f stored, digest fest.Digest) (*contentFile, error) {
	x, err := readIndex(f)
	if err != nil {
		return nil, err
	}
	if x.digest != digest {
		return nil, fmt.Errorf("%w: the file holds content %s", ErrDamaged, x.digest)
	}
	if err := verifyBlocks(ctx, f, x); err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true),
		zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderMaxWindow(maxBlock))
	if err != nil {
		return nil, err
	}
	return &contentFile{f: f, index: x, dec: dec}, nil
}

// readIndex reads the end of the file and what it points to.
func readIndex(f stored) (*contentIndex, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if size < int64(len(contentMagic)+footerLen) {
		return nil, fmt.Errorf("%w: %d bytes are too few for a content file", ErrDamaged, size)
	}
	var head [len(contentMagic)]byte
	foot := make([]byte, footerLen)
	if err := readAt(f, head[:], 0); err != nil {
		return nil, err
	}
	if err := readAt(f, foot, size-int64(footerLen)); err != nil {
		return nil, err
	}
	if tail := foot[footerLen-len(contentMagic):]; string(head[:]) != contentMagic {
		if bytes.HasPrefix(head[:], []byte(magicPrefix)) && bytes.Equal(head[:], tail) {
			return nil, fmt.Errorf("%w: it says %q, want %q", ErrNewer, head[:], contentMagic)
		}
		return nil, fmt.Errorf("%w: it begins with %q, want %q", ErrDamaged, head[:], contentMagic)
	}
	offset, length, err := parseFooter(foot, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	index := make([]byte, length)
	if err := readAt(f, index, offset); err != nil {
		return nil, err
	}
	if !bytes.Equal(footer(index, offset), foot) {
		return nil, fmt.Errorf("%w: index at byte %d: wrong SHA-256", ErrDamaged, offset)
	}
	x, err := parseIndex(index, offset)
	if err != nil {
		return nil, fmt.Errorf("%w: index at byte %d: %w", ErrDamaged, offset, err)
	}
	return x, nil
}

// verifyBlocks reads every block and compares its SHA-256, on all cores.
func verifyBlocks(ctx context.Context, f stored, x *contentIndex) error {
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(runtime.GOMAXPROCS(0), len(x.blocks)) {
		group.Go(func() error {
			var buf []byte
			for {
				i := int(next.Add(1)) - 1
				if i >= len(x.blocks) {
					return nil
				}
				if err := context.Cause(ctx); err != nil {
					return err
				}
				var err error
				if buf, err = readBlock(f, x, i, buf); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// readBlock reads the compressed bytes of a block into buf and verifies them.
func readBlock(f stored, x *contentIndex, i int, buf []byte) ([]byte, error) {
	k := &x.blocks[i]
	if cap(buf) < k.length {
		buf = make([]byte, k.length)
	}
	buf = buf[:k.length]
	if err := readAt(f, buf, k.offset); err != nil {
		return buf, fmt.Errorf("block %d of %d at byte %d: %w", i, len(x.blocks), k.offset, err)
	}
	if sha256.Sum256(buf) != k.sum {
		return buf, fmt.Errorf("block %d of %d at byte %d: %w: wrong SHA-256", i, len(x.blocks), k.offset, ErrDamaged)
	}
	return buf, nil
}

// readAt fills b. A file that became shorter is damage.
func readAt(f io.ReaderAt, b []byte, off int64) error {
	n, err := f.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: the file ends at byte %d, want at least %d", ErrDamaged, off+int64(n), off+int64(len(b)))
	}
	return err
}

// block reads, verifies and decompresses a block.
func (c *contentFile) block(i int) (*block, error) {
	frame, err := readBlock(c.f, c.index, i, nil)
	if err != nil {
		return nil, fmt.Errorf("content %s: %w", c.f.Name(), err)
	}
	k := &c.index.blocks[i]
	raw, err := c.dec.DecodeAll(frame, make([]byte, 0, k.raw))
	if err == nil && len(raw) != k.raw {
		err = fmt.Errorf("%d bytes, want %d", len(raw), k.raw)
	}
	var b *block
	if err == nil {
		b, err = parseBlock(raw, k.slices, c.index)
	}
	if err != nil {
		return nil, fmt.Errorf("content %s: block %d of %d at byte %d: %w: %w", c.f.Name(), i, len(c.index.blocks), k.offset, ErrDamaged, err)
	}
	return b, nil
}

func (c *contentFile) Digest() fest.Digest     { return c.index.digest }
func (c *contentFile) Document() fest.Document { return c.index.doc }
func (c *contentFile) Len() int                { return c.index.slices }

func (c *contentFile) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	c.cache.clear()
	return c.f.Close()
}
