package festdb

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"

	"github.com/festd/festd/internal/fest"
)

// The content file:
//
//	magic                           16 bytes
//	block, block, …                 zstd frames, back to back
//	index                           see contentIndex
//	footer: offset and length of the index (8 bytes each, big-endian),
//	        SHA-256 of magic ‖ index ‖ offset ‖ length, magic
//
// A block, decompressed, holds some entries one after the other: for each the
// numbers of its catalogue and context in the index, its line (less that of the
// one before in the block) and the length of its XML, as varints; then the
// XML of all of them.
const (
	contentMagic = "festd content 1\n"
	magicPrefix  = "festd content "
	footerLen    = 8 + 8 + sha256.Size + len(contentMagic)

	// blockSize is how many bytes of XML close a block. Bigger ones compress
	// better, smaller ones cost less to read one entry.
	blockSize = 256 << 10
	// maxSlice is the longest entry. The decoder's own limit is far below.
	maxSlice = 256 << 20
	// maxBlock is what a block may decompress to.
	maxBlock = maxSlice + 2*blockSize
	// maxIndex is the longest index; a full file has about 30 kB.
	maxIndex = 64 << 20
)

// contentIndex is what a content file says of itself.
type contentIndex struct {
	digest     fest.Digest
	doc        fest.Document
	catalogues []string
	contexts   []string
	blocks     []blockInfo
	slices     int
}

// blockInfo is where a block is.
type blockInfo struct {
	offset int64 // in the file
	length int   // compressed
	raw    int   // decompressed
	first  int   // ordinal of its first slice
	slices int
	sum    [sha256.Size]byte // of the compressed bytes
}

// append encodes the index.
func (x *contentIndex) append(b []byte) ([]byte, error) {
	b, err := hex.AppendDecode(b, []byte(x.digest))
	if err != nil {
		return b, err
	}
	b = appendString(b, string(x.doc.RetrievalDate))
	if x.doc.ValidFromDateHelfo == nil {
		b = append(b, 0)
	} else {
		b = append(b, 1)
		b = appendString(b, string(*x.doc.ValidFromDateHelfo))
	}
	for _, table := range [][]string{x.catalogues, x.contexts} {
		b = binary.AppendUvarint(b, uint64(len(table)))
		for _, s := range table {
			b = appendString(b, s)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(x.blocks)))
	for i := range x.blocks {
		k := &x.blocks[i]
		b = binary.AppendUvarint(b, uint64(k.length))
		b = binary.AppendUvarint(b, uint64(k.raw))
		b = binary.AppendUvarint(b, uint64(k.slices))
		b = append(b, k.sum[:]...)
	}
	return b, nil
}

// parseIndex decodes the index of a file whose blocks fill the bytes from the
// magic up to end.
func parseIndex(b []byte, end int64) (*contentIndex, error) {
	r := reader{b: b}
	x := &contentIndex{digest: fest.Digest(hex.EncodeToString(r.bytes(sha256.Size)))}
	x.doc.RetrievalDate = fest.DateTime(r.string())
	switch r.byte() {
	case 0:
	case 1:
		d := fest.Date(r.string())
		x.doc.ValidFromDateHelfo = &d
	default:
		r.fail("flag is neither 0 nor 1")
	}
	x.catalogues = r.table()
	x.contexts = r.table()
	n := r.count(sha256.Size + 3)
	x.blocks = make([]blockInfo, n)
	offset := int64(len(contentMagic))
	for i := range x.blocks {
		k := &x.blocks[i]
		k.offset, k.first = offset, x.slices
		k.length = r.int(maxBlock)
		k.raw = r.int(maxBlock)
		k.slices = r.int(k.raw)
		copy(k.sum[:], r.bytes(sha256.Size))
		offset += int64(k.length)
		if x.slices += k.slices; x.slices > math.MaxInt32 {
			r.fail("too many entries")
		}
		if k.slices == 0 {
			r.fail("block without entries")
		}
		if r.err != nil {
			return nil, r.err
		}
	}
	if r.err == nil && len(r.b) > 0 {
		r.fail("bytes after the last block")
	}
	if r.err == nil && offset != end {
		r.fail(fmt.Sprintf("blocks end at byte %d, the index begins at %d", offset, end))
	}
	if r.err != nil {
		return nil, r.err
	}
	return x, nil
}

// block is a decompressed block.
type block struct {
	data    []byte // the XML of all its slices
	entries []entryInfo
}

type entryInfo struct {
	catalogue, context int
	line               int
	start, end         int // in data
}

// appendEntry encodes what stands before the XML for one slice.
func appendEntry(b []byte, catalogue, context, line, length int) []byte {
	b = binary.AppendUvarint(b, uint64(catalogue))
	b = binary.AppendUvarint(b, uint64(context))
	b = binary.AppendVarint(b, int64(line))
	return binary.AppendUvarint(b, uint64(length))
}

// parseBlock decodes a decompressed block; the slices keep raw alive.
func parseBlock(raw []byte, slices int, x *contentIndex) (*block, error) {
	r := reader{b: raw}
	if slices > len(raw)/4 {
		return nil, errors.New("more entries than bytes")
	}
	k := &block{entries: make([]entryInfo, slices)}
	line, end := 0, 0
	for i := range k.entries {
		e := &k.entries[i]
		e.catalogue = r.int(len(x.catalogues) - 1)
		e.context = r.int(len(x.contexts) - 1)
		line += r.delta()
		e.line, e.start = line, end
		end += r.int(maxSlice)
		e.end = end
		if r.err != nil {
			return nil, r.err
		}
	}
	if end != len(r.b) {
		return nil, fmt.Errorf("entries have %d bytes, the block %d", end, len(r.b))
	}
	k.data = r.b
	return k, nil
}

// slice is the i-th entry of the block. Its capacity is its length, so that an
// append to it never reaches its neighbour.
func (k *block) slice(i int, x *contentIndex) fest.Slice {
	e := k.entries[i]
	return fest.Slice{
		Catalogue: x.catalogues[e.catalogue],
		Context:   x.contexts[e.context],
		XML:       k.data[e.start:e.end:e.end],
		Line:      e.line,
	}
}

// footer is the end of the file; index is what stands before it.
func footer(index []byte, offset int64) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(offset))
	b = binary.BigEndian.AppendUint64(b, uint64(len(index)))
	h := sha256.New()
	h.Write([]byte(contentMagic))
	h.Write(index)
	h.Write(b)
	b = h.Sum(b)
	return append(b, contentMagic...)
}

// parseFooter says where the index of a file of this size is.
func parseFooter(foot []byte, size int64) (offset int64, length int, err error) {
	off := binary.BigEndian.Uint64(foot)
	n := binary.BigEndian.Uint64(foot[8:])
	switch {
	case !bytes.HasSuffix(foot, []byte(contentMagic)):
		return 0, 0, errors.New("the end is missing")
	case off < uint64(len(contentMagic)) || n > maxIndex || off > uint64(size) || off+n+uint64(footerLen) != uint64(size):
		return 0, 0, fmt.Errorf("index of %d bytes at byte %d does not fit a file of %d bytes", n, off, size)
	}
	return int64(off), int(n), nil
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// reader decodes from b; after the first error it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = errors.New(what)
	}
	r.b = nil
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.b) {
		r.fail("cut short")
		return make([]byte, min(n, sha256.Size))
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) byte() byte { return r.bytes(1)[0] }

// int is a number from 0 to limit.
func (r *reader) int(limit int) int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || limit < 0 || v > uint64(limit) {
		r.fail("number out of range")
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// delta is a difference of line numbers.
func (r *reader) delta() int {
	v, n := binary.Varint(r.b)
	if n <= 0 || v > math.MaxInt32 || v < math.MinInt32 {
		r.fail("line out of range")
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// count is a number of things that take at least size bytes each.
func (r *reader) count(size int) int { return r.int(len(r.b) / size) }

func (r *reader) string() string { return string(r.bytes(r.int(len(r.b)))) }

func (r *reader) table() []string {
	t := make([]string, r.count(1))
	for i := range t {
		t[i] = r.string()
	}
	return t
}
