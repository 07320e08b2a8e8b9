package cache

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
	"github.com/festd/festd/internal/wire"
)

// contents is a mapped file, checked. It is shared by the snapshots of one
// content and unmapped when the last of them is done.
type contents struct {
	file    []byte
	content fest.Content
	items   []byte
	bulk    []byte
	strings []byte
	hash    hashTable
	ranges  resourceRanges
	tables  [fileTables]keyTable
	search  *search.Index
	xml     xmlCache
	made    sync.Map // by type: see Once
	unmap   func()
	idle    func() // nil: nothing to give back
	refs    atomic.Int64
}

// close gives back one snapshot's share.
func (c *contents) close() {
	if c.refs.Add(-1) > 0 {
		return
	}
	c.xml.close()
	if c.unmap != nil {
		c.unmap()
	}
}

// parse reads a file whose digests were verified. Everything that a lookup
// relies on is checked here, so that even a file that was made wrong cannot
// lead outside the mapping or round in circles.
func parse(file []byte, t trailer) (*contents, error) {
	c := &contents{file: file[:t.body]}
	if string(c.file[:len(headMagic)]) != headMagic {
		return nil, fmt.Errorf("%w: header: no mark at the start", ErrDamaged)
	}
	if v := u32(c.file, 3); v != wire.Version {
		return nil, fmt.Errorf("%w: renderer %d, this program has %d", ErrFormat, v, wire.Version)
	}
	var sections [numSections][]byte
	for i := range sections {
		at := binary.LittleEndian.Uint64(c.file[t.directory+uint64(16*i):])
		n := binary.LittleEndian.Uint64(c.file[t.directory+uint64(16*i)+8:])
		if at > t.directory || n > t.directory-at {
			return nil, fmt.Errorf("%w: section %d is out of range", ErrDamaged, i)
		}
		sections[i] = c.file[at : at+n]
	}
	if err := json.Unmarshal(sections[sectionContent], &c.content); err != nil {
		return nil, fmt.Errorf("%w: content: %w", ErrDamaged, err)
	}
	c.items, c.bulk, c.strings = sections[sectionItems], sections[sectionBulk], sections[sectionStrings]
	c.hash = sections[sectionHash]
	if err := c.parseRanges(sections[sectionRanges]); err != nil {
		return nil, err
	}
	for i := range c.tables {
		s := sections[sectionTables+4*i:]
		c.tables[i] = keyTable{keyEnds: s[0], keys: s[1], postEnds: s[2], postings: s[3]}
	}
	var checks errgroup.Group // a start waits for them
	checks.Go(func() error { return c.checkItems(t.directory) })
	checks.Go(c.checkHash)
	checks.Go(c.checkTables)
	checks.Go(func() error { return c.openSearch(sections[sectionSearch]) })
	if err := checks.Wait(); err != nil {
		return nil, err
	}
	return c, nil
}

// openSearch checks the index of the search, and that it names items.
func (c *contents) openSearch(b []byte) error {
	x, err := search.Open(b)
	if err == nil {
		err = x.CheckItems(uint32(len(c.items) / recordSize))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	c.search = x
	return nil
}

func (c *contents) checkTables() error {
	for i := range c.tables {
		first, n := c.ranges.of(tableResource(i))
		if err := c.tables[i].validate(first, n); err != nil {
			return fmt.Errorf("%w: key table %d: %w", ErrDamaged, i, err)
		}
	}
	return nil
}

// tableResource is the resource whose items a key table names.
func tableResource(i int) wire.Number {
	if i == derivedTable {
		return atcNumber
	}
	return wire.NumberOf(filterTable[i].resource)
}

func (c *contents) parseRanges(b []byte) error {
	n := int(atcNumber) + 1
	if len(b) != 8*n || len(c.items)%recordSize != 0 {
		return fmt.Errorf("%w: ranges or items have a wrong length", ErrDamaged)
	}
	var next uint64
	for i := range n {
		first, count := u32(b, 2*i), u32(b, 2*i+1)
		if uint64(first) != next {
			return fmt.Errorf("%w: items of resource %d are not where they should be", ErrDamaged, i)
		}
		next += uint64(count)
		c.ranges.first, c.ranges.n = append(c.ranges.first, first), append(c.ranges.n, count)
	}
	if next != uint64(len(c.items)/recordSize) {
		return fmt.Errorf("%w: ranges do not make up the items", ErrDamaged)
	}
	return nil
}

// checkItems checks every record: texts inside the file, chains that only go
// forward, the resource that its place says.
func (c *contents) checkItems(end uint64) error {
	if len(c.bulk)%bulkSize != 0 {
		return fmt.Errorf("%w: bulk table has a wrong length", ErrDamaged)
	}
	for i := range len(c.bulk) / bulkSize {
		b := c.bulk[i*bulkSize:]
		at, n := binary.LittleEndian.Uint64(b), uint64(u32(b, 2))+uint64(u32(b, 3))
		if at > end || n > end-at {
			return fmt.Errorf("%w: bulk entry %d is out of range", ErrDamaged, i)
		}
	}
	total := uint32(len(c.items) / recordSize)
	for num := range c.ranges.n {
		for i := c.ranges.first[num]; i < c.ranges.first[num]+c.ranges.n[num]; i++ {
			if r := recordAt(c.items, int(i)); r.resource() != wire.Number(num) || !c.checkItem(r, i, total, end) {
				return fmt.Errorf("%w: item %d", ErrDamaged, i)
			}
		}
	}
	return nil
}

func (c *contents) checkItem(r record, i, total uint32, end uint64) bool {
	at, n := r.jsonAt(), uint64(r.jsonLen())
	if at > end || n > end-at {
		return false
	}
	for _, s := range [...]span{r.key(), r.entry()} {
		limit := n
		if s.at&inStrings != 0 {
			limit = uint64(len(c.strings))
		}
		if uint64(s.at&^inStrings)+uint64(s.len) > limit {
			return false
		}
	}
	for _, next := range [...]uint32{r.nextKey(), r.nextEntry()} {
		if next != 0 && (next-1 <= i || next > total) {
			return false
		}
	}
	return uint64(r.bulk()) <= uint64(len(c.bulk)/bulkSize)
}

// checkHash checks that slots name items and that some are free, so that
// every search ends.
func (c *contents) checkHash() error {
	slots := len(c.hash) / slotSize
	if slots == 0 || slots&(slots-1) != 0 || len(c.hash)%slotSize != 0 {
		return fmt.Errorf("%w: hash table has %d bytes", ErrDamaged, len(c.hash))
	}
	used, total := 0, uint32(len(c.items)/recordSize)
	for i := range slots {
		_, ref := c.hash.slot(uint64(i))
		if ref == 0 {
			continue
		}
		if used++; ref.index() >= total {
			return fmt.Errorf("%w: slot %d names no item", ErrDamaged, i)
		}
	}
	if used == slots {
		return fmt.Errorf("%w: hash table is full", ErrDamaged)
	}
	return nil
}

// text returns the text of a span of an item.
func (c *contents) text(r record, s span) []byte {
	if s.at&inStrings != 0 {
		at := s.at &^ inStrings
		return c.strings[at : at+s.len]
	}
	at := r.jsonAt() + uint64(s.at)
	return c.file[at : at+uint64(s.len)]
}

// verifyBytes checks the chunks of a file in memory.
func verifyBytes(file []byte, t trailer) error {
	for i := 0; uint64(i)*chunkSize < t.body; i++ {
		from := uint64(i) * chunkSize
		if xxhash.Sum64(file[from:min(from+chunkSize, t.body)]) != t.digest(i) {
			return damagedChunk(i, t)
		}
	}
	return nil
}

func damagedChunk(i int, t trailer) error {
	from := uint64(i) * chunkSize
	return fmt.Errorf("%w: chunk %d of %d (bytes %d to %d)", ErrDamaged, i+1, len(t.digests)/digestSize, from, min(from+chunkSize, t.body))
}
