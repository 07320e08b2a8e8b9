package cache

import (
	"errors"
	"sync/atomic"

	"github.com/festd/festd/internal/fest"
)

// Index numbers an item of one snapshot, from 0: by resource, then in file
// order. It means nothing in another snapshot.
type Index uint32

// Item is what one URL of the API answers. Its byte slices are the mapped
// file: read only, and valid while the snapshot is held.
type Item struct {
	Resource fest.Resource
	Key      []byte
	EntryID  []byte
	JSON     []byte
	ETag     []byte // strong, with its quotes, from the bytes of JSON
	Gzip     []byte // JSON precompressed, for bulky items; else nil
	Zstd     []byte // JSON precompressed, for bulky items; else nil
	// Ordinal is the number of the entry in the content, from 0; -1 for what
	// is no entry (ATC).
	Ordinal int
}

// XML gives the source slice of the i-th entry of the content; festdb.Content
// satisfies it. Slice must be safe for concurrent use.
type XML interface {
	Slice(ordinal int) (fest.Slice, error)
	Close() error
}

// Snapshot is the in-memory form of one release: immutable, fully indexed,
// safe for concurrent use. Whoever got it from OpenFile, OpenBytes,
// WithRelease or Served.Acquire holds one reference and gives it back with
// Close; after that neither the snapshot nor what it gave may be touched.
type Snapshot struct {
	release fest.Release
	refs    atomic.Int64
	// stub
}

var errStub = errors.New("cache: not built yet")

// OpenFile verifies and maps the snapshot file. It takes over xml.
func OpenFile(path string, rel fest.Release, xml XML) (*Snapshot, error) { return nil, errStub }

// OpenBytes is OpenFile for a snapshot in memory.
func OpenBytes(b []byte, rel fest.Release, xml XML) (*Snapshot, error) { return nil, errStub }

// Release returns what is served: serial, content and its document.
func (s *Snapshot) Release() fest.Release { return s.release }

// WithRelease returns the same content under another serial, without mapping
// it again. The caller holds a reference to it of its own.
func (s *Snapshot) WithRelease(rel fest.Release) *Snapshot { return nil }

// Close gives one reference back; the last one unmaps the file.
func (s *Snapshot) Close() {}

func (s *Snapshot) acquire() bool { return s.refs.Add(1) > 0 }

// Counts returns the content's counts. The caller must not change it.
func (s *Snapshot) Counts() fest.Counts { return s.release.Content.Counts }

// Len is the number of items of a resource.
func (s *Snapshot) Len(r fest.Resource) int { return 0 }

// ByKey appends the items of a resource that have the key, or the entry id;
// exactly, or, where none has, in upper case. Several are possible (R21).
func (s *Snapshot) ByKey(dst []Index, r fest.Resource, key string) []Index { return dst }

// Item returns an item that this snapshot named.
func (s *Snapshot) Item(i Index) Item { return Item{} }

// AppendXML appends the source slice of the item's entry, with its namespaces
// declared.
func (s *Snapshot) AppendXML(dst []byte, i Index) ([]byte, error) { return dst, errStub }

// Filters returns the filters of a resource; see the function of that name.
func (s *Snapshot) Filters(r fest.Resource) []Filter { return Filters(r) }

// ATC returns the rendered item of an ATC code of any level.
func (s *Snapshot) ATC(code string) (Item, bool) { return Item{}, false }
