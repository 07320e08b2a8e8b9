package cache

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"sync"

	"github.com/festd/festd/internal/fest"
)

// Query is one filter and its value.
type Query struct {
	Filter string
	Value  string
}

// Position is where a page of a list starts, within one snapshot: 0 is the
// start. It is what a cursor holds, with the serial.
type Position uint32

// Page is a part of a list, in file order.
type Page struct {
	Items []Index
	Next  Position // of the next page; 0 where this is the last
	Total int      // of all pages
}

// ErrUnknownFilter is a filter that the resource does not have.
var ErrUnknownFilter = errors.New("unknown filter")

// sets are reused: a list needs no memory but for its page.
var sets = sync.Pool{New: func() any { return new(itemSet) }}

// List returns the items of a resource that match all of the filters, limit
// of them (one at least) from the position on.
func (s *Snapshot) List(r fest.Resource, q []Query, after Position, limit int) (Page, error) {
	c := s.contents
	first, n := c.ranges.of(numberOf(r))
	limit = max(limit, 1)
	if len(q) == 0 {
		return whole(first, n, after, limit), nil
	}
	all, one := sets.Get().(*itemSet), sets.Get().(*itemSet)
	defer sets.Put(all)
	defer sets.Put(one)
	for i, f := range q {
		set := one
		if i == 0 {
			set = all
		}
		set.reset(first, n)
		if err := c.match(set, r, f); err != nil {
			return Page{}, err
		}
		if i > 0 {
			all.and(one)
		}
	}
	return all.page(after, limit), nil
}

// match adds what one filter finds.
func (c *contents) match(set *itemSet, r fest.Resource, q Query) error {
	i := tableOf(r, q.Filter)
	if i < 0 {
		return fmt.Errorf("%w: %s of %s", ErrUnknownFilter, q.Filter, r)
	}
	m := filterTable[i].filter.Match
	c.tables[i].match(set, m, q.Value)
	if m == MatchIngredient {
		c.matchDerived(set, strings.TrimSpace(q.Value))
	}
	return nil
}

// matchDerived adds the interactions on the ATC codes derived for an
// ingredient, or on groups above them (R111, R114).
func (c *contents) matchDerived(set *itemSet, ingredient string) {
	derived, atc := &c.tables[derivedTable], &c.tables[relInteractionATC]
	i, ok := derived.find(ingredient)
	if !ok {
		if i, ok = derived.find(strings.ToUpper(ingredient)); !ok {
			return
		}
	}
	posts := derived.posts(i)
	for k := range len(posts) / 4 {
		r := recordAt(c.items, int(u32(posts, k)))
		code := string(c.text(r, r.key()))
		atc.addExact(set, code)
		atc.matchAbove(set, code)
	}
}

// whole is a page of an unfiltered list.
func whole(first, n uint32, after Position, limit int) Page {
	p := Page{Total: int(n)}
	for at := uint32(after); at < n; at++ {
		if len(p.Items) >= limit {
			p.Next = Position(at)
			break
		}
		p.Items = append(p.Items, Index(first+at))
	}
	return p
}

// page returns the members of the set from a position on.
func (s *itemSet) page(after Position, limit int) Page {
	p := Page{Total: s.count()}
	for w := int(after / 64); w < len(s.words); w++ {
		word := s.words[w]
		if w == int(after/64) {
			word &= ^uint64(0) << (after % 64)
		}
		for ; word != 0; word &= word - 1 {
			at := uint32(w*64 + bits.TrailingZeros64(word))
			if len(p.Items) >= limit {
				p.Next = Position(at)
				return p
			}
			p.Items = append(p.Items, Index(s.first+at))
		}
	}
	return p
}
