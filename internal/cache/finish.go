package cache

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
	"github.com/festd/festd/internal/wire"
)

// finisher holds what Finish makes on its way.
type finisher struct {
	b        *Builder
	resolver resolver
	index    []uint32 // Index of a draft
	items    []byte   // records
	ranges   resourceRanges
	tree     *atcTree
	tables   [fileTables]keyTable
	strings  []byte
	atcJSON  []byte
	atcEnds  []uint64
	bulk     []byte
	search   []byte
}

// Finish writes the snapshot of the content to w. The builder is spent.
// Nothing of w is usable unless Finish returns nil.
func (b *Builder) Finish(ctx context.Context, c fest.Content, w io.Writer) error {
	if b.err != nil {
		return b.err
	}
	if b.spent {
		return errSpent
	}
	b.spent = true
	if err := b.checkSizes(); err != nil {
		return err
	}
	content, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("cache: content as JSON: %w", err)
	}
	f, err := newFinisher(b)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return f.makeTables(ctx) })
	out := newFileWriter(w)
	g.Go(func() error {
		if err := out.header(content); err != nil {
			return err
		}
		return f.writeItems(ctx, out)
	})
	if err := g.Wait(); err != nil {
		return fmt.Errorf("cache: write snapshot: %w", err)
	}
	if err := f.writeRest(out); err != nil {
		return fmt.Errorf("cache: write snapshot: %w", err)
	}
	return nil
}

// newFinisher numbers the items and makes them findable.
func newFinisher(b *Builder) (*finisher, error) {
	if err := b.spill.end(); err != nil {
		return nil, err
	}
	f := &finisher{b: b, resolver: resolver{drafts: b.drafts, names: b.names}}
	f.number()
	f.tree = b.tree(uint32(len(b.drafts)))
	n := len(b.drafts)
	total := n + len(f.tree.order)
	f.ranges.first[atcNumber], f.ranges.n[atcNumber] = uint32(n), uint32(len(f.tree.order))
	f.items = make([]byte, total*recordSize)
	f.strings = slices.Clip(b.strings)
	for i, num := range f.resolver.order {
		d := &b.drafts[num]
		recordAt(f.items, i).describe(d.key, d.entry, d.ordinal, d.resource)
	}
	for i, num := range f.tree.order {
		code := f.tree.names.at(num)
		at := uint32(len(f.strings)) | inStrings
		f.strings = append(f.strings, code...)
		recordAt(f.items, n+i).describe(span{at, uint32(len(code))}, span{inStrings, 0}, noOrdinal, atcNumber)
	}
	f.hash(n, total)
	return f, nil
}

// number gives every draft its Index: by resource, then in file order.
func (f *finisher) number() {
	resources := int(atcNumber) + 1
	f.ranges = resourceRanges{make([]uint32, resources), make([]uint32, resources)}
	drafts := f.b.drafts
	for i := range drafts {
		f.ranges.n[drafts[i].resource]++
	}
	next := make([]uint32, resources)
	for i := 1; i < resources; i++ {
		next[i] = next[i-1] + f.ranges.n[i-1]
	}
	copy(f.ranges.first, next)
	f.index = make([]uint32, len(drafts))
	f.resolver.order = make([]uint32, len(drafts))
	for i := range drafts {
		r := drafts[i].resource
		f.index[i] = next[r]
		f.resolver.order[next[r]] = uint32(i)
		next[r]++
	}
}

// hash fills the hash table, the last item first, so that a chain of equal
// keys runs in the order of the items.
func (f *finisher) hash(n, total int) {
	t := newHashTable(2*n + total - n)
	f.resolver.table = t
	for i := total - 1; i >= n; i-- {
		num := f.tree.order[i-n]
		f.insert(uint32(i), false, keyHash(atcNumber, f.tree.names.hashes[num]))
	}
	for i := n - 1; i >= 0; i-- {
		d := &f.b.drafts[f.resolver.order[i]]
		f.insert(uint32(i), false, d.keyHash)
		if !d.noEntry {
			f.insert(uint32(i), true, d.entryHash)
		}
	}
}

func (f *finisher) insert(i uint32, entry bool, hash uint64) {
	t, rec := f.resolver.table, recordAt(f.items, int(i))
	mask, tag := t.mask(), tagOf(hash)
	for at := hash & mask; ; at = (at + 1) & mask {
		other, ref := t.slot(at)
		if ref == 0 {
			t.set(at, tag, newReference(i, entry))
			return
		}
		if other != tag || ref.entry() != entry || !f.same(i, ref.index(), entry) {
			continue
		}
		if entry {
			rec.setNextEntry(ref.index() + 1)
		} else {
			rec.setNextKey(ref.index() + 1)
		}
		t.set(at, tag, newReference(i, entry))
		return
	}
}

// same reports whether two items have the same resource and key (entry id).
func (f *finisher) same(i, k uint32, entry bool) bool {
	a, b := recordAt(f.items, int(i)), recordAt(f.items, int(k))
	if a.resource() != b.resource() {
		return false
	}
	if a.resource() == atcNumber {
		return false // codes are distinct
	}
	da, db := &f.b.drafts[f.resolver.order[i]], &f.b.drafts[f.resolver.order[k]]
	if entry {
		return string(f.resolver.entry(da)) == string(f.resolver.entry(db))
	}
	return string(f.resolver.key(da)) == string(f.resolver.key(db))
}

// makeTables derives and encodes the key tables and renders the ATC items.
func (f *finisher) makeTables(ctx context.Context) error {
	input := f.searchInput() // before anything is derived
	var g errgroup.Group
	g.Go(func() (err error) {
		f.search, err = search.Build(input)
		return err
	})
	f.b.derive()
	for i := range f.tables {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, g.Wait())
		}
		index := f.index
		if relationNumber(i) == relIngredientATC {
			index = f.tree.index
		}
		f.tables[i] = f.b.relations[i].encode(index)
		f.b.relations[i].pairs = nil
	}
	r := atcRenderer{
		b: f.b, tree: f.tree, tables: &f.tables, ranges: &f.ranges, resolver: &f.resolver,
		single: group(f.b.singleIngredients, f.tree.names.len(), false),
	}
	for _, num := range f.tree.order {
		f.atcJSON = r.append(roomy(f.atcJSON, 4<<10), num)
		f.atcEnds = append(f.atcEnds, uint64(len(f.atcJSON)))
	}
	return g.Wait()
}

// writeRest writes what follows the entries.
func (f *finisher) writeRest(out *fileWriter) error {
	base, from := out.at, uint64(0)
	n := len(f.resolver.order)
	for i, to := range f.atcEnds {
		rec := recordAt(f.items, n+i)
		rec.setJSON(base + from)
		rec.setJSONLen(uint32(to - from))
		AppendETag(rec.etag()[:0], f.atcJSON[from:to])
		from = to
	}
	if _, err := out.Write(f.atcJSON); err != nil {
		return err
	}
	for i := range f.tables {
		t := &f.tables[i]
		for k, part := range [...][]byte{t.keyEnds, t.keys, t.postEnds, t.postings} {
			if err := out.section(sectionTables+4*i+k, part); err != nil {
				return err
			}
		}
	}
	var ranges []byte
	for i := range f.ranges.first {
		ranges = binary.LittleEndian.AppendUint32(ranges, f.ranges.first[i])
		ranges = binary.LittleEndian.AppendUint32(ranges, f.ranges.n[i])
	}
	for i, part := range [...][]byte{
		sectionItems: f.items, sectionBulk: f.bulk, sectionStrings: f.strings,
		sectionRanges: ranges, sectionHash: f.resolver.table, sectionSearch: f.search,
	} {
		if i == sectionContent {
			continue // stands at the start
		}
		if err := out.section(i, part); err != nil {
			return err
		}
	}
	return out.finish()
}

var _ wire.Resolver = (*resolver)(nil)
