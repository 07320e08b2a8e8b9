package cache

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/festd/festd/internal/fest"
)

// readSize is how much of a chunk is read at once for its digest: small
// enough to stay in the processor's cache.
const readSize = 256 << 10

// OpenFile verifies all chunks of a snapshot file in parallel and maps it
// read only. The file must hold the content of rel. The snapshot takes over
// xml, also where OpenFile fails. Errors: ErrFormat for a file to be rebuilt,
// ErrDamaged for one that is not what was written, naming the chunk.
func OpenFile(path string, rel fest.Release, xml XML) (*Snapshot, error) {
	s, err := openFile(path, rel, xml)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), closeXML(xml))
	}
	return s, nil
}

func openFile(path string, rel fest.Release, xml XML) (*Snapshot, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only; the mapping stays
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	t, err := readTrailer(f, info.Size())
	if err != nil {
		return nil, err
	}
	if info.Size() > math.MaxInt {
		return nil, fmt.Errorf("cache: %d bytes are more than can be mapped", info.Size())
	}
	if err := verifyFile(f, t); err != nil {
		return nil, err
	}
	m, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("cache: map: %w", err)
	}
	unmap := func() { _ = unix.Munmap(m) } // read only: nothing can be lost
	c, err := parse(m, t)
	if err == nil {
		err = c.matches(rel)
	}
	if err != nil {
		unmap()
		return nil, err
	}
	c.unmap = unmap
	c.idle = func() { _ = unix.Madvise(m, unix.MADV_DONTNEED) } // advice: nothing depends on it
	return c.snapshot(rel, xml), nil
}

// verifyFile compares every chunk with its digest. It reads rather than maps,
// so that a snapshot's memory starts out untouched.
func verifyFile(f io.ReaderAt, t trailer) error {
	chunks := len(t.digests) / digestSize
	var next atomic.Int64
	var g errgroup.Group
	for range min(runtime.GOMAXPROCS(0), chunks) {
		g.Go(func() error {
			buf := make([]byte, readSize)
			h := xxhash.New()
			for {
				i := int(next.Add(1)) - 1
				if i >= chunks {
					return nil
				}
				h.Reset()
				from := uint64(i) * chunkSize
				to := min(from+chunkSize, t.body)
				for at := from; at < to; at += readSize {
					part := buf[:min(readSize, to-at)]
					if _, err := f.ReadAt(part, int64(at)); err != nil {
						return fmt.Errorf("cache: read chunk %d: %w", i+1, err)
					}
					_, _ = h.Write(part) // a hash never fails
				}
				if h.Sum64() != t.digest(i) {
					return damagedChunk(i, t)
				}
			}
		})
	}
	return g.Wait()
}

// OpenBytes is OpenFile for a snapshot in memory, which must not change as
// long as the snapshot is used.
func OpenBytes(b []byte, rel fest.Release, xml XML) (*Snapshot, error) {
	s, err := openBytes(b, rel, xml)
	if err != nil {
		return nil, errors.Join(err, closeXML(xml))
	}
	return s, nil
}

func openBytes(b []byte, rel fest.Release, xml XML) (*Snapshot, error) {
	t, err := readTrailer(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	if err := verifyBytes(b, t); err != nil {
		return nil, err
	}
	c, err := parse(b, t)
	if err != nil {
		return nil, err
	}
	if err := c.matches(rel); err != nil {
		return nil, err
	}
	return c.snapshot(rel, xml), nil
}

// matches checks that the file is of the release's content.
func (c *contents) matches(rel fest.Release) error {
	if c.content.Digest != rel.Content.Digest {
		return fmt.Errorf("cache: the snapshot is of content %s, the release of %s", c.content.Digest.Short(), rel.Content.Digest.Short())
	}
	return nil
}

func closeXML(xml XML) error {
	if xml == nil {
		return nil
	}
	return xml.Close()
}
