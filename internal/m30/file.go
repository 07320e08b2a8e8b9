package m30

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
)

// Format is the container that a file came in.
type Format string

// The containers, known by their first bytes and not by the file's name.
const (
	FormatPlain Format = "plain"
	FormatGzip  Format = "gzip"
	FormatZip   Format = "zip"
)

// File is the XML of a file, inflated. Reading it checks sizes as they come
// and, at the end, the checksum of the container; errors are *[Error]. For
// one goroutine.
type File struct {
	format Format
	size   int64
	name   string
	r      io.Reader
	close  []io.Closer
	guard  guard
}

// Open opens a file: plain XML, gzip, or a zip archive with exactly one XML
// file in it. Close it in the end.
func Open(path string, l Limits) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{Kind: ErrRead, Cause: err}
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		_ = f.Close()
		return nil, &Error{Kind: ErrRead, Cause: err}
	}
	file, err := OpenReader(f, info.Size(), l)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	file.close = append(file.close, f)
	return file, nil
}

// OpenReader is Open for size bytes of r.
func OpenReader(r io.ReaderAt, size int64, l Limits) (*File, error) {
	l = l.withDefaults()
	if size > l.FileBytes {
		return nil, &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("the file has %d bytes; at most %d are allowed", size, l.FileBytes)}
	}
	magic := make([]byte, 4)
	n, err := r.ReadAt(magic, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, &Error{Kind: ErrRead, Cause: err}
	}
	magic = magic[:n]
	f := &File{size: size}
	f.guard = guard{limits: l}
	err = nil
	switch {
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")), bytes.HasPrefix(magic, []byte("PK\x05\x06")):
		f.format = FormatZip
		err = f.openZip(r, size)
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		f.format = FormatGzip
		err = f.openGzip(io.NewSectionReader(r, 0, size))
	default:
		f.format = FormatPlain
		f.r = io.NewSectionReader(r, 0, size)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) openGzip(r io.Reader) error {
	z, err := gzip.NewReader(f.guard.count(r))
	if err != nil {
		return f.problem(err)
	}
	f.name = z.Name
	f.r, f.close = z, append(f.close, z)
	return nil
}

// Format is the container.
func (f *File) Format() Format { return f.format }

// Size is the number of bytes of the file as it lies on disk.
func (f *File) Size() int64 { return f.size }

// Name is the name of the XML file inside the container; "" if it has none.
// It is foreign text: show it, never use it as a path.
func (f *File) Name() string { return f.name }

// Read reads XML. It fails with ErrTooLarge as soon as a limit is passed, and
// at the end with ErrChecksum if the container says that the bytes are wrong.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if over := f.guard.passed(int64(n)); over != nil {
		return 0, over
	}
	if err != nil && err != io.EOF { //nolint:errorlint // only io.EOF itself is an end; a wrapped one is a fault
		err = f.problem(err)
	}
	return n, err
}

// Close closes the file.
func (f *File) Close() error {
	var errs []error
	for _, c := range f.close {
		errs = append(errs, c.Close())
	}
	f.close = nil
	return errors.Join(errs...)
}

// guard counts the bytes on both sides of a decompressor.
type guard struct {
	limits     Limits
	compressed *counter // nil for plain
	xml        int64
}

// ratioFrom is how much XML must be read before its ratio counts: short files
// of repeated text compress well.
const ratioFrom = 8 << 20

func (g *guard) passed(n int64) error {
	g.xml += n
	switch {
	case g.xml > g.limits.XMLBytes:
		return tooLarge(g.limits.XMLBytes)
	case g.compressed != nil && g.xml > ratioFrom && g.xml/int64(g.limits.Ratio) > g.compressed.n:
		return &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("the file inflates to more than %d times its size", g.limits.Ratio)}
	}
	return nil
}

func tooLarge(most int64) error {
	return &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("the XML has more than %d bytes", most)}
}

// counter counts what is read through it. It stands below the decompressor's
// buffer, so what it says may be ahead of what was inflated by readAhead.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// readAhead is how much of a compressed file is read at a time.
const readAhead = 64 << 10

// count returns r, counted and with the buffer that decompressors know how to
// read from fast.
func (g *guard) count(r io.Reader) *bufio.Reader {
	g.compressed = &counter{r: r}
	return bufio.NewReaderSize(g.compressed, readAhead)
}
