package cache

import (
	"encoding/binary"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
	"github.com/festd/festd/internal/wire"
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
	release  fest.Release
	contents *contents
	graves   *Graveyard   // what left until this release; nil: not known
	refs     atomic.Int64 // below zero once the last reference was given back
}

// closed marks the references of a snapshot whose last one was given back: so
// far below zero that no acquire brings it up again.
const closed = -1 << 40

// snapshot returns a first snapshot of the contents, which take over xml.
func (c *contents) snapshot(rel fest.Release, xml XML) *Snapshot {
	c.xml.source = xml
	c.refs.Store(1)
	s := &Snapshot{release: rel, contents: c}
	s.refs.Store(1)
	return s
}

// Release returns what is served: serial, content and its document.
func (s *Snapshot) Release() fest.Release { return s.release }

// WithRelease returns the same content under another serial, without mapping
// it again. The caller holds a reference to it, which is apart from those to
// s.
func (s *Snapshot) WithRelease(rel fest.Release) *Snapshot {
	s.contents.refs.Add(1) // s is held, so they are not at zero
	next := &Snapshot{release: rel, contents: s.contents, graves: s.graves}
	next.refs.Store(1)
	return next
}

// Idle says that the snapshot will hardly be read for a while: its pages no
// longer count as this process's memory. They stay in the kernel's cache as long
// as that has room, and come back when they are read.
func (s *Snapshot) Idle() {
	if s.contents.idle != nil {
		s.contents.idle()
	}
}

// acquire takes one more reference, unless the last one was given back.
func (s *Snapshot) acquire() bool {
	if s.refs.Add(1) > 0 {
		return true
	}
	s.refs.Add(-1)
	return false
}

// Close gives one reference back; the last one unmaps the file and closes the
// XML.
func (s *Snapshot) Close() {
	// An acquire that comes between the two steps makes the second one fail,
	// and its Close comes here in turn.
	if s.refs.Add(-1) == 0 && s.refs.CompareAndSwap(0, closed) {
		s.contents.close()
	}
}

// Counts returns the content's counts. The caller must not change them.
func (s *Snapshot) Counts() fest.Counts { return s.contents.content.Counts }

// Len is the number of items of a resource.
func (s *Snapshot) Len(r fest.Resource) int {
	_, n := s.contents.ranges.of(numberOf(r))
	return int(n)
}

// Item returns an item that this snapshot named; the zero Item for an Index
// that it did not.
func (s *Snapshot) Item(i Index) Item {
	c := s.contents
	if int(i) >= len(c.items)/recordSize {
		return Item{Ordinal: -1}
	}
	r := recordAt(c.items, int(i))
	at := r.jsonAt()
	it := Item{
		Resource: resourceOf(r.resource()),
		Key:      c.text(r, r.key()),
		EntryID:  c.text(r, r.entry()),
		JSON:     c.file[at : at+uint64(r.jsonLen())],
		ETag:     r.etag(),
		Ordinal:  -1,
	}
	if o := r.ordinal(); o != noOrdinal {
		it.Ordinal = int(o)
	}
	if k := r.bulk(); k != 0 {
		b := c.bulk[(k-1)*bulkSize:]
		at := binary.LittleEndian.Uint64(b)
		mid := at + uint64(u32(b, 2))
		it.Gzip = c.file[at:mid]
		it.Zstd = c.file[mid : mid+uint64(u32(b, 3))]
	}
	return it
}

// ByKey appends the items of a resource that have the key, or the entry id;
// exactly, or, where none has, in upper case. Several are possible (R21).
func (s *Snapshot) ByKey(dst []Index, r fest.Resource, key string) []Index {
	among := [1]fest.Resource{r}
	return s.ByKeyAmong(dst, among[:], key)
}

// ByKeyAmong is ByKey for several resources, in their order.
func (s *Snapshot) ByKeyAmong(dst []Index, among []fest.Resource, key string) []Index {
	hash := xxhash.Sum64String(key)
	var buf [maxUpper]byte
	var upper []byte // nil: the key is in upper case, or too long
	folded := len(key) > maxUpper
	var upperHash uint64
	for _, r := range among {
		n := numberOf(r)
		if n == 0 {
			continue
		}
		from := len(dst)
		if dst = find(s.contents, dst, n, hash, key); len(dst) > from {
			continue
		}
		if !folded {
			folded = true
			if upper = upperKey(buf[:len(key)], key); upper != nil {
				upperHash = xxhash.Sum64(upper)
			}
		}
		if upper != nil {
			dst = find(s.contents, dst, n, upperHash, upper)
		}
	}
	return dst
}

// upperKey writes the key in upper case into dst; nil if it is.
func upperKey(dst []byte, key string) []byte {
	changed := false
	for i := range dst {
		c := key[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
			changed = true
		}
		dst[i] = c
	}
	if !changed {
		return nil
	}
	return dst
}

// maxUpper is the length of the longest key that is tried in upper case.
const maxUpper = 64

// find appends the items with that key, then those with that entry id.
func find[K string | []byte](c *contents, dst []Index, n wire.Number, hash uint64, key K) []Index {
	h := keyHash(n, hash)
	mask, tag := c.hash.mask(), tagOf(h)
	byEntry := none
	for i := h & mask; ; i = (i + 1) & mask {
		t, ref := c.hash.slot(i)
		if ref == 0 {
			break
		}
		if t != tag {
			continue
		}
		r := recordAt(c.items, int(ref.index()))
		switch {
		case r.resource() != n:
		case ref.entry():
			if byEntry == none && string(c.text(r, r.entry())) == string(key) {
				byEntry = ref.index()
			}
		case string(c.text(r, r.key())) == string(key):
			dst = c.chain(dst, ref.index(), record.nextKey)
		}
	}
	if byEntry != none {
		dst = c.chain(dst, byEntry, record.nextEntry)
	}
	return dst
}

func (c *contents) chain(dst []Index, i uint32, next func(record) uint32) []Index {
	for {
		dst = append(dst, Index(i))
		n := next(recordAt(c.items, int(i)))
		if n == 0 {
			return dst
		}
		i = n - 1
	}
}

// AppendXML appends the source slice of the item's entry, with its namespaces
// declared.
func (s *Snapshot) AppendXML(dst []byte, i Index) ([]byte, error) {
	it := s.Item(i)
	if it.Ordinal < 0 {
		return dst, errors.New("cache: the item is no entry and has no XML")
	}
	return s.contents.xml.append(dst, it.Ordinal, it.EntryID)
}

// Search returns the index of the search. The items of its documents are those
// of this snapshot; its bytes are the mapped file.
func (s *Snapshot) Search() *search.Index { return s.contents.search }

// Filters returns the filters of a resource; see the function of that name.
func (s *Snapshot) Filters(r fest.Resource) []Filter { return Filters(r) }

// ATC returns the rendered item of an ATC code of any level: known by the
// code list, used anywhere, or above such a code.
func (s *Snapshot) ATC(code string) (Item, bool) {
	var buf [1]Index
	found := s.ByKey(buf[:0], ResourceATC, strings.TrimSpace(code))
	if len(found) == 0 {
		return Item{Ordinal: -1}, false
	}
	return s.Item(found[0]), true
}
