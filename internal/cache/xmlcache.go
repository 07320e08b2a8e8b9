package cache

import (
	"bytes"
	"container/list"
	"errors"
	"fmt"
	"sync"
)

// Bounds of what is kept of XML answers: the store reads and unpacks a block
// for each, so the ones asked for again are kept, up to a few megabytes.
const (
	xmlCacheBytes = 4 << 20
	xmlCacheEntry = 256 << 10 // bigger ones are not kept
)

// errNoXML is a snapshot without a source, such as one opened for a test.
var errNoXML = errors.New("cache: the snapshot has no XML")

// xmlCache gives standalone source slices, the least recently used of which
// it forgets.
type xmlCache struct {
	source XML

	mu    sync.Mutex
	byOrd map[int]*list.Element // of *xmlEntry
	order list.List             // most recent first
	size  int
}

type xmlEntry struct {
	ordinal int
	xml     []byte
}

// append appends the entry's source, with namespaces declared. The entry id
// must occur in it: a store that gives another content's entry is an error,
// not an answer.
func (x *xmlCache) append(dst []byte, ordinal int, entryID []byte) ([]byte, error) {
	if x.source == nil {
		return dst, errNoXML
	}
	x.mu.Lock()
	if e, ok := x.byOrd[ordinal]; ok {
		x.order.MoveToFront(e)
		dst = append(dst, e.Value.(*xmlEntry).xml...)
		x.mu.Unlock()
		return dst, nil
	}
	x.mu.Unlock()
	s, err := x.source.Slice(ordinal)
	if err != nil {
		return dst, fmt.Errorf("cache: XML of entry %s: %w", entryID, err)
	}
	if !bytes.Contains(s.XML, entryID) {
		return dst, fmt.Errorf("%w: the content's entry %d is not %s", ErrDamaged, ordinal, entryID)
	}
	from := len(dst)
	dst = s.Standalone(dst)
	x.keep(ordinal, dst[from:])
	return dst, nil
}

func (x *xmlCache) keep(ordinal int, xml []byte) {
	if len(xml) > xmlCacheEntry {
		return
	}
	e := &xmlEntry{ordinal, bytes.Clone(xml)}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.byOrd == nil {
		x.byOrd = map[int]*list.Element{}
	}
	if _, ok := x.byOrd[ordinal]; ok {
		return // another request was faster
	}
	x.byOrd[ordinal] = x.order.PushFront(e)
	for x.size += len(e.xml); x.size > xmlCacheBytes; {
		last := x.order.Remove(x.order.Back()).(*xmlEntry)
		delete(x.byOrd, last.ordinal)
		x.size -= len(last.xml)
	}
}

func (x *xmlCache) close() {
	if x.source != nil {
		_ = x.source.Close() // read only: nothing can be lost
	}
}
