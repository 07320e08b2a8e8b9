package cache

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// Why something left.
const (
	reasonDeleted    = "deleted"            // gone from the file
	reasonIdentifier = "identifier-changed" // the object lives on, without that number or entry id
)

// Why something stands in the place of what left.
const (
	successorSame     = "same-object"          // it lives on
	successorReplaced = "item-number-replaced" // it says that its item number was that one (R18)
)

// identifying are the filters that ask for a code or number of something.
var identifying = map[string]bool{"itemNumber": true, "gtin": true, "lmrNumber": true, "code": true}

// Identifying says whether a filter asks for a code, item number, GTIN or LMR
// number, so that lists by it have removed items, too (DESIGN §6).
func Identifying(r fest.Resource, filter string) bool {
	return identifying[filter] && tableOf(r, filter) >= 0
}

// Leaving encodes what old has and next has not: items by key, and item
// numbers, GTINs, LMR numbers and entry ids of items that live on (P10). Nil:
// nothing leaves; [NothingLeaves] is that as a set. It is [ErrDamaged] where the
// XML of what leaves cannot be read.
func Leaving(ctx context.Context, old, next *Snapshot) ([]byte, error) {
	return leaving(ctx, old, next, "")
}

// LeavingHistory is Leaving for an older file: what it has and neither served
// nor its graveyard has.
func LeavingHistory(ctx context.Context, older, served *Snapshot) ([]byte, error) {
	return leaving(ctx, older, served, served.release.Content.RetrievalDate)
}

// NothingLeaves encodes a set with nothing in it, for those who note that they
// have compared.
func NothingLeaves() ([]byte, error) { return new(departure).encode() }

// leaving compares, a resource at a time on each processor: people wait for it
// when they go back. A history says since when at the latest it is gone: known.
func leaving(ctx context.Context, old, next *Snapshot, known fest.DateTime) ([]byte, error) {
	resources := fest.Resources()
	l := departure{old: old, next: next, last: old.release.Content.RetrievalDate, known: known}
	each := make([]departure, len(resources))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, r := range resources {
		each[i] = l
		g.Go(func() error { return each[i].resource(ctx, r) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for i := range each {
		l.gone = append(l.gone, each[i].gone...)
		l.renewed = append(l.renewed, each[i].renewed...)
	}
	if len(l.gone)+len(l.renewed) == 0 {
		return nil, nil
	}
	return l.encode()
}

// resource compares the items of a resource.
func (l *departure) resource(ctx context.Context, r fest.Resource) error {
	first, n := l.old.contents.ranges.of(numberOf(r))
	unchanged := l.next.contents.bodies(numberOf(r))
	for i := first; i < first+n; i++ {
		if body, ok := bodyOf(recordAt(l.old.contents.items, int(i))); ok && unchanged[body] {
			continue
		}
		if i%4096 == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			l.old.Idle() // what was compared need not stay in this process's memory
			l.next.Idle()
		}
		it := l.old.Item(Index(i))
		found := find(l.next.contents, l.buf[:0], numberOf(r), xxhash.Sum64(it.Key), it.Key)
		if len(found) == 0 {
			found = l.next.ByKey(l.buf[:0], r, string(it.Key)) // in upper case, too
		}
		if len(found) == 0 {
			if err := l.leaves(Index(i), it); err != nil {
				return err
			}
			continue
		}
		l.superseded(it, found)
	}
	return l.identifiers(r)
}

// body is the ETag of an item's JSON, which has its key and entry id in it.
type body [etagSize]byte

// bodyOf is not ok where key or entry id are not in the JSON.
func bodyOf(r record) (b body, ok bool) {
	copy(b[:], r.etag())
	return b, (r.key().at|r.entry().at)&inStrings == 0
}

// bodies are those of a resource. Most items are in both files as they are, and
// to see that in the records spares reading the pages that the items stand on.
func (c *contents) bodies(n wire.Number) map[body]bool {
	first, count := c.ranges.of(n)
	m := make(map[body]bool, count)
	for i := first; i < first+count; i++ {
		if b, ok := bodyOf(recordAt(c.items, int(i))); ok {
			m[b] = true
		}
	}
	return m
}

// departure collects what leaves, of one resource.
type departure struct {
	old, next   *Snapshot
	last, known fest.DateTime
	gone        []burial
	renewed     []renewal
	left        map[Index]int // items that leave → number in gone
	buf         [4]Index
}

// leaves notes an item that is gone.
func (l *departure) leaves(i Index, it Item) error {
	if l.next.known(it.Resource, string(it.Key), l.last) {
		l.superseded(it, nil)
		return nil // a history told of something newer
	}
	b, err := l.bury(i, it)
	if err != nil {
		return err
	}
	b.reason = reasonDeleted
	if l.left == nil {
		l.left = map[Index]int{}
	}
	l.left[i] = len(l.gone)
	l.gone = append(l.gone, b)
	return nil
}

// bury takes down an item's content.
func (l *departure) bury(i Index, it Item) (burial, error) {
	b := burial{
		resource: it.Resource, key: string(it.Key), entry: string(it.EntryID), last: l.last, known: l.known,
		json: bytes.TrimSpace(it.JSON), name: nameIn(it.JSON),
	}
	if it.Ordinal >= 0 {
		var err error
		if b.xml, err = l.old.AppendXML(nil, i); err != nil {
			return b, fmt.Errorf("what leaves: %s %s: %w", it.Resource, it.Key, err)
		}
	}
	return b, nil
}

// superseded notes the entry id of an item that lived on under another one
// (R14): found has it now, or, where that is empty, the graveyard has what it
// became later.
func (l *departure) superseded(it Item, found []Index) {
	if len(it.EntryID) == 0 || bytes.Equal(it.EntryID, it.Key) {
		return
	}
	for _, i := range found {
		if bytes.Equal(l.next.Item(i).EntryID, it.EntryID) {
			return
		}
	}
	if l.known != "" && l.next.hadEntry(it.Resource, string(it.EntryID)) {
		return // told before
	}
	l.renewed = append(l.renewed, renewal{it.Resource, string(it.EntryID), string(it.Key)})
}

// identifiers notes the keys of what left, so that filters find it, and the
// numbers that items living on have no more.
func (l *departure) identifiers(r fest.Resource) error {
	for number := range filterTable {
		if filterTable[number].resource != r {
			continue
		}
		name := filterTable[number].filter.Name
		numbers := identifying[name] && r != fest.ResourceCodeSystems
		if !numbers && len(l.left) == 0 {
			continue
		}
		table, now := &l.old.contents.tables[number], &l.next.contents.tables[number]
		for k := range table.len() {
			posts := table.posts(k)
			key, lives := "", true
			if numbers {
				key = string(table.key(k))
				_, lives = now.find(key)
			}
			for p := range len(posts) / 4 {
				i := Index(u32(posts, p))
				if at, gone := l.left[i]; gone {
					key = string(table.key(k))
					l.gone[at].keys = append(l.gone[at].keys, Query{name, key})
					l.replaced(&l.gone[at], name, key)
					continue
				}
				if lives {
					continue
				}
				if err := l.renumbered(r, i, Query{name, key}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// replaced adds the package that says that it had the item number before (R18).
func (l *departure) replaced(b *burial, filter, key string) {
	if b.resource != fest.ResourcePackages || filter != "itemNumber" {
		return
	}
	page, err := l.next.List(b.resource, []Query{{filter, key}}, 0, 16)
	if err != nil {
		return // no such filter: cannot be
	}
	for _, i := range page.Items {
		it := l.next.Item(i)
		s := Successor{Resource: b.resource, ID: string(it.Key), Display: nameIn(it.JSON), Reason: successorReplaced}
		if !slices.Contains(b.successors, s) {
			b.successors = append(b.successors, s)
		}
	}
}

// renumbered notes that an object lives on without a number that it had.
func (l *departure) renumbered(r fest.Resource, i Index, q Query) error {
	it := l.old.Item(i)
	if l.next.knownNumber(r, q, l.last) {
		return nil
	}
	b, err := l.bury(i, it)
	if err != nil {
		return err
	}
	b.reason, b.number, b.keys = reasonIdentifier, true, []Query{q}
	display := ""
	if found := l.next.ByKey(l.buf[:0], r, string(it.Key)); len(found) > 0 {
		display = nameIn(l.next.Item(found[0]).JSON)
	}
	b.successors = []Successor{{Resource: r, ID: string(it.Key), Display: display, Reason: successorSame}}
	l.gone = append(l.gone, b)
	return nil
}

// nameIn is what people call an item, by its JSON; "" where it says nothing.
func nameIn(body []byte) string {
	var v struct {
		Name             string `json:"name"`
		NameFormStrength string `json:"nameFormStrength"`
		BrandName        string `json:"brandName"`
		Headline         string `json:"headline"`
		Display          string `json:"display"`
		Text             string `json:"text"`
	}
	if json.Unmarshal(body, &v) != nil {
		return ""
	}
	for _, s := range []string{v.NameFormStrength, v.Name, v.BrandName, v.Headline, v.Display, v.Text} {
		if s != "" {
			return s
		}
	}
	return ""
}
