package api

import (
	"bytes"
	"hash/fnv"
	"strconv"

	"github.com/festd/festd/internal/cache"
)

// listPage is a page of a list: entries of the release first, then what was
// removed.
type listPage struct {
	items          [][]byte // without the newline at the end
	live           int      // how many of items are in the release
	total, removed int      // of all pages; total counts the removed ones, too
	next           uint64   // place of the next page; 0 is the last
}

// page finds the page from a place on.
func (l *listing) page(after uint64) (*listPage, error) {
	snap, q := l.view.snap, l.query
	p := new(listPage)
	at, limit := cache.Position(after), q.limit
	if after >= firstRemoved {
		at, limit = 0, 1 // only the number of those before is wanted
	}
	live, err := snap.List(l.res, q.filters, at, limit)
	if err != nil {
		return nil, err
	}
	p.total = live.Total
	if after < firstRemoved {
		p.items = make([][]byte, len(live.Items), len(live.Items)+1)
		p.live, p.next = len(live.Items), uint64(live.Next)
		for i, at := range live.Items {
			p.items[i] = bytes.TrimRight(snap.Item(at).JSON, "\n")
		}
	}
	if !l.removed {
		return p, nil
	}
	return p, l.bury(p, after)
}

// bury adds the removed entries to the page as far as there is room.
func (l *listing) bury(p *listPage, after uint64) error {
	from, room := 0, l.query.limit-len(p.items)
	if after >= firstRemoved {
		from = int(after - firstRemoved)
	}
	gone, next, total, err := l.view.snap.ListRemoved(l.res, l.query.filters, from, max(room, 1))
	if err != nil {
		return err
	}
	p.total, p.removed = p.total+total, total
	switch {
	case p.next != 0: // more of the release comes first
	case room <= 0 && total > 0:
		p.next = firstRemoved
	case room > 0:
		for i := range gone {
			p.items = append(p.items, marked(&gone[i]))
		}
		if next != 0 {
			p.next = firstRemoved + uint64(next)
		}
	}
	return nil
}

// mark tells pages with other removed entries apart, for the ETag.
func (p *listPage) mark() string {
	h := fnv.New64a()
	for _, it := range p.items[p.live:] {
		_, _ = h.Write(it) // a hash never fails
	}
	return " " + strconv.Itoa(p.total) + " " + strconv.FormatUint(h.Sum64(), 36)
}
