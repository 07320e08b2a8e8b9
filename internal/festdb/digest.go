package festdb

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"github.com/festd/festd/internal/fest"
)

// EntryDigest is the SHA-256 of one entry; see [Digester].
type EntryDigest [sha256.Size]byte

// Digester computes the digest that a content is known by. Every store gives
// the same content the same digest, in whatever container, compression or
// table it came or is kept.
//
// With text(x) for the length of x in bytes as eight bytes, big-endian,
// followed by x, and ‖ for concatenation:
//
//	entry   = SHA-256("festd entry 1\n" ‖ text(catalogue) ‖ text(context) ‖ text(XML))
//	entries = SHA-256(entry of the first slice ‖ entry of the second ‖ …)
//	content = SHA-256("festd content 1\n" ‖ number of slices as eight bytes ‖ entries ‖
//	          text(HentetDato) ‖ (00 or: 01 ‖ text(GyldigFradatoHelfo)))
//
// Line numbers, white space between entries, the prolog and the order of
// empty catalogues do not count. The zero Digester is not usable: [NewDigester].
type Digester struct {
	entries hash.Hash
	n       uint64
	last    EntryDigest // here so that Add does not allocate
}

// NewDigester begins a content.
func NewDigester() *Digester { return &Digester{entries: sha256.New()} }

// Add takes the next entry in file order.
func (d *Digester) Add(e EntryDigest) {
	d.last = e
	d.entries.Write(d.last[:])
	d.n++
}

// Sum is the digest of what was added and of the document; more may be added
// after it.
func (d *Digester) Sum(doc fest.Document) fest.Digest {
	b := append(make([]byte, 0, 256), "festd content 1\n"...)
	b = binary.BigEndian.AppendUint64(b, d.n)
	b = d.entries.Sum(b)
	b = appendText(b, string(doc.RetrievalDate))
	if doc.ValidFromDateHelfo == nil {
		b = append(b, 0)
	} else {
		b = append(b, 1)
		b = appendText(b, string(*doc.ValidFromDateHelfo))
	}
	sum := sha256.Sum256(b)
	return fest.Digest(hex.EncodeToString(sum[:]))
}

// EntryHasher computes digests of entries, one goroutine at a time.
type EntryHasher struct {
	h   hash.Hash
	buf []byte
}

// NewEntryHasher returns a hasher to use again and again.
func NewEntryHasher() *EntryHasher { return &EntryHasher{h: sha256.New()} }

// Sum is the digest of one entry. It keeps nothing of s.
func (h *EntryHasher) Sum(s fest.Slice) EntryDigest {
	b := append(h.buf[:0], "festd entry 1\n"...)
	b = appendText(b, s.Catalogue)
	b = appendText(b, s.Context)
	b = binary.BigEndian.AppendUint64(b, uint64(len(s.XML)))
	h.h.Reset()
	h.h.Write(b)
	h.h.Write(s.XML)
	h.buf = h.h.Sum(b[:0])
	return EntryDigest(h.buf)
}

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
	return append(b, s...)
}
