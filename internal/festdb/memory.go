package festdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/festd/festd/internal/fest"
)

// Memory writes a content as a [Writer] does, but into memory: for a node whose
// disk takes nothing and who has to serve all the same. It belongs to one
// goroutine at a time; Discard must be called in the end.
type Memory struct {
	file  memorySink
	pack  *packer
	index contentIndex
}

// NewMemory begins a content. ctx bounds everything until Seal.
func NewMemory(ctx context.Context) (*Memory, error) {
	m := &Memory{file: memorySink{[]byte(contentMagic)}}
	var err error
	m.pack, err = newPacker(ctx, &m.file, &m.index)
	return m, err
}

// Add takes the next entry; see [Stage].
func (m *Memory) Add(s fest.Slice) error {
	if err := fits(s); err != nil {
		return err
	}
	return m.pack.add(s)
}

// SealAs ends the content, which must have the digest want: else [ErrDamaged].
func (m *Memory) SealAs(doc fest.Document, want fest.Digest) (*Packed, error) {
	digest, err := m.pack.seal(&m.file, doc, want)
	if err != nil {
		return nil, err
	}
	return &Packed{digest, m.file.b}, nil
}

// Entries gives the digests of the entries in file order, once it was sealed.
func (m *Memory) Entries() []EntryDigest { return m.pack.entries }

// Discard ends the goroutines.
func (m *Memory) Discard() { m.pack.stop() }

// memorySink is a file in memory that is being written.
type memorySink struct{ b []byte }

func (s *memorySink) Write(b []byte) (int, error) {
	s.b = append(s.b, b...)
	return len(b), nil
}

func (s *memorySink) end() int64 { return int64(len(s.b)) }

// Packed is a content in memory, in the form of its file: about a tenth of its
// entries' size. It never changes.
type Packed struct {
	digest fest.Digest
	b      []byte
}

// Digest is that of the content.
func (p *Packed) Digest() fest.Digest { return p.digest }

// Open opens it as [Disk.Content] opens a file.
func (p *Packed) Open(ctx context.Context) (Content, error) {
	c, err := openContent(ctx, packedFile{bytes.NewReader(p.b)}, p.digest)
	if err != nil {
		return nil, fmt.Errorf("content %s in memory: %w", p.digest, err)
	}
	return c, nil
}

// packedFile is a [Packed] to be read.
type packedFile struct{ *bytes.Reader }

func (packedFile) Name() string { return "in memory" }
func (packedFile) Close() error { return nil }

// Put writes a content that a release refers to from memory to the disk, whole
// or not at all.
func (d *Disk) Put(p *Packed) error {
	f, err := d.create(contentDir, string(p.digest))
	if err != nil {
		return err
	}
	if _, err := f.Write(p.b); err != nil {
		return fmt.Errorf("content %s: %w", p.digest.Short(), errors.Join(err, f.Discard()))
	}
	if err := f.Commit(); err != nil {
		return fmt.Errorf("content %s: %w", p.digest.Short(), err)
	}
	d.unmark(p.digest)
	return nil
}
