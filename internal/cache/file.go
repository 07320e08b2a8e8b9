package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"

	"github.com/festd/festd/internal/wire"
)

// The file, all numbers little-endian:
//
//	header     magic, Format, wire.Version, length of the content's JSON
//	content    fest.Content as JSON
//	blob       JSON of the items in file order, bulky ones followed by their
//	           gzip and zstd form; then the ATC items
//	tables     key tables; items; bulk; strings; ranges; hash table; the index
//	           of the search
//	directory  where each of those stands: pairs of uint64 (offset, length)
//	digests    XXH64 of each 4 MiB chunk of all of the above, as uint64
//	trailer    SHA-256 of the digests and the rest of the trailer; length of
//	           what the chunks cover; offset of the directory; Format; magic
const (
	headMagic   = "FESTSNAP"
	tailMagic   = "FESTTAIL"
	headSize    = 24
	trailerSize = 64
	chunkSize   = 4 << 20
	digestSize  = 8
)

// The sections of the directory; four per key table follow.
const (
	sectionContent = iota
	sectionItems
	sectionBulk
	sectionStrings
	sectionRanges
	sectionHash
	sectionSearch
	sectionTables
	numSections = sectionTables + 4*fileTables
)

const directorySize uint64 = 16 * uint64(numSections)

// bulkSize is the size of an entry of the bulk table: offset of the gzip form
// (uint64), its length and that of the zstd form right after it (uint32).
const bulkSize = 16

// ErrFormat is a file of another format or renderer: to be rebuilt.
var ErrFormat = errors.New("cache: snapshot of another format")

// ErrDamaged is a file that is not what was written.
var ErrDamaged = errors.New("cache: damaged snapshot")

type section struct{ at, len uint64 }

// fileWriter writes a file and digests its chunks as it goes.
type fileWriter struct {
	w       io.Writer
	at      uint64
	hash    *xxhash.Digest
	inChunk int
	digests []byte
	dir     [numSections]section
}

func newFileWriter(w io.Writer) *fileWriter { return &fileWriter{w: w, hash: xxhash.New()} }

func (f *fileWriter) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	f.at += uint64(n)
	for done := b[:n]; len(done) > 0; {
		part := done[:min(len(done), chunkSize-f.inChunk)]
		_, _ = f.hash.Write(part) // a hash never fails
		if f.inChunk += len(part); f.inChunk == chunkSize {
			f.endChunk()
		}
		done = done[len(part):]
	}
	return n, err
}

func (f *fileWriter) endChunk() {
	f.digests = binary.LittleEndian.AppendUint64(f.digests, f.hash.Sum64())
	f.hash.Reset()
	f.inChunk = 0
}

// section writes a section.
func (f *fileWriter) section(i int, parts ...[]byte) error {
	f.dir[i].at = f.at
	for _, b := range parts {
		if _, err := f.Write(b); err != nil {
			return err
		}
		f.dir[i].len += uint64(len(b))
	}
	return nil
}

func (f *fileWriter) header(content []byte) error {
	head := append(make([]byte, 0, headSize), headMagic...)
	head = binary.LittleEndian.AppendUint32(head, Format)
	head = binary.LittleEndian.AppendUint32(head, wire.Version)
	head = binary.LittleEndian.AppendUint64(head, uint64(len(content)))
	if _, err := f.Write(head); err != nil {
		return err
	}
	return f.section(sectionContent, content)
}

// finish writes directory, digests and trailer.
func (f *fileWriter) finish() error {
	dirAt := f.at
	dir := make([]byte, 0, directorySize)
	for _, s := range f.dir {
		dir = binary.LittleEndian.AppendUint64(dir, s.at)
		dir = binary.LittleEndian.AppendUint64(dir, s.len)
	}
	if _, err := f.Write(dir); err != nil {
		return err
	}
	if f.inChunk > 0 {
		f.endChunk()
	}
	tail := make([]byte, sha256.Size, trailerSize)
	tail = binary.LittleEndian.AppendUint64(tail, f.at)
	tail = binary.LittleEndian.AppendUint64(tail, dirAt)
	tail = binary.LittleEndian.AppendUint64(tail, Format)
	tail = append(tail, tailMagic...)
	root := rootDigest(f.digests, tail)
	copy(tail, root[:])
	if _, err := f.w.Write(f.digests); err != nil {
		return err
	}
	_, err := f.w.Write(tail)
	return err
}

// rootDigest covers the digests and the trailer after its own place.
func rootDigest(digests, trailer []byte) [sha256.Size]byte {
	h := sha256.New()
	_, _ = h.Write(digests) // a hash never fails
	_, _ = h.Write(trailer[sha256.Size:])
	var out [sha256.Size]byte
	h.Sum(out[:0])
	return out
}

// trailer is what the end of a file says, checked as far as it can be
// without reading the chunks.
type trailer struct {
	body      uint64 // bytes that the chunks cover
	directory uint64
	digests   []byte // digestSize each
}

// digest is that of chunk i.
func (t trailer) digest(i int) uint64 { return binary.LittleEndian.Uint64(t.digests[i*digestSize:]) }

// readTrailer checks trailer and digests of a file of that size.
func readTrailer(r io.ReaderAt, size int64) (trailer, error) {
	if size < headSize+trailerSize {
		return trailer{}, fmt.Errorf("%w: trailer: the file has only %d bytes", ErrDamaged, size)
	}
	tail := make([]byte, trailerSize)
	if _, err := r.ReadAt(tail, size-trailerSize); err != nil {
		return trailer{}, fmt.Errorf("cache: read trailer: %w", err)
	}
	if string(tail[56:]) != tailMagic {
		return trailer{}, fmt.Errorf("%w: trailer: no mark at the end; cut off, or no snapshot", ErrDamaged)
	}
	if format := binary.LittleEndian.Uint64(tail[48:]); format != Format {
		return trailer{}, fmt.Errorf("%w: format %d, this program has %d", ErrFormat, format, Format)
	}
	t := trailer{body: binary.LittleEndian.Uint64(tail[32:]), directory: binary.LittleEndian.Uint64(tail[40:])}
	rest := uint64(size - trailerSize)
	chunks := (t.body + chunkSize - 1) / chunkSize
	if t.body > rest || chunks*digestSize != rest-t.body {
		return trailer{}, fmt.Errorf("%w: trailer: %d bytes and their digests do not make %d", ErrDamaged, t.body, size)
	}
	if t.directory > t.body || t.body-t.directory != directorySize {
		return trailer{}, fmt.Errorf("%w: trailer: no directory at %d", ErrDamaged, t.directory)
	}
	t.digests = make([]byte, rest-t.body)
	if _, err := r.ReadAt(t.digests, int64(t.body)); err != nil {
		return trailer{}, fmt.Errorf("cache: read digests: %w", err)
	}
	if rootDigest(t.digests, tail) != [sha256.Size]byte(tail) {
		return trailer{}, fmt.Errorf("%w: digest table or trailer", ErrDamaged)
	}
	return t, nil
}
