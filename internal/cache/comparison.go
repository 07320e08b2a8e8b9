package cache

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// ChangeKind says what became of an item between two releases.
type ChangeKind string

// The kinds of changes.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// Change is an item that is not the same in two releases.
type Change struct {
	Kind     ChangeKind    `json:"kind"`
	Resource fest.Resource `json:"resource"`
	Key      string        `json:"id"`
	Name     string        `json:"name,omitempty"`
	Before   string        `json:"entryIdBefore,omitempty"`
	After    string        `json:"entryIdAfter,omitempty"`
	// Fields are those that differ; none for what was added or removed.
	Fields []FieldChange `json:"fields,omitempty"`
}

// FieldChange is a property that is not the same. Path is a JSON Pointer (RFC
// 6901) into the item's JSON, the later one's where both have it; a value that
// is not there is left out.
type FieldChange struct {
	Path   string          `json:"path"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// ChangeCounts counts the changes of a resource.
type ChangeCounts struct {
	Added   int `json:"added"`
	Removed int `json:"removed"`
	Changed int `json:"changed"`
}

// Comparison is what changed from one release to another.
type Comparison struct {
	From, To fest.Release
	Counts   map[fest.Resource]ChangeCounts
	changes  []Change // by resource, then key
}

// Compare compares two snapshots, which the comparison does not hold. Items
// are paired by key. What differs only in the displays of references is not
// changed: it is the entry referred to that was.
func Compare(ctx context.Context, from, to *Snapshot) (*Comparison, error) {
	c := &Comparison{From: from.release, To: to.release, Counts: map[fest.Resource]ChangeCounts{}}
	for _, r := range fest.Resources() {
		if err := c.compare(ctx, from, to, r); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// compare pairs the items of a resource.
func (c *Comparison) compare(ctx context.Context, from, to *Snapshot, r fest.Resource) error {
	before, after := itemsByKey(from, r), itemsByKey(to, r)
	var counts ChangeCounts
	for i, j, n := 0, 0, 0; i < len(before) || j < len(after); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var order int
		switch {
		case i == len(before):
			order = 1
		case j == len(after):
			order = -1
		default:
			order = bytes.Compare(before[i].Key, after[j].Key)
		}
		switch {
		case order < 0:
			it := &before[i]
			c.changes = append(c.changes, Change{Kind: Removed, Resource: r, Key: string(it.Key), Name: nameIn(it.JSON), Before: string(it.EntryID)})
			counts.Removed++
			i++
		case order > 0:
			it := &after[j]
			c.changes = append(c.changes, Change{Kind: Added, Resource: r, Key: string(it.Key), Name: nameIn(it.JSON), After: string(it.EntryID)})
			counts.Added++
			j++
		default:
			changed, err := c.pair(r, &before[i], &after[j])
			if err != nil {
				return err
			}
			if changed {
				counts.Changed++
			}
			i++
			j++
		}
	}
	if counts != (ChangeCounts{}) {
		c.Counts[r] = counts
	}
	return nil
}

// itemsByKey are the items of a resource by key, and of one key by entry id.
func itemsByKey(s *Snapshot, r fest.Resource) []Item {
	first, n := s.contents.ranges.of(numberOf(r))
	items := make([]Item, 0, n)
	for i := first; i < first+n; i++ {
		items = append(items, s.Item(Index(i)))
	}
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(bytes.Compare(a.Key, b.Key), bytes.Compare(a.EntryID, b.EntryID))
	})
	return items
}

// pair compares two items of one key.
func (c *Comparison) pair(r fest.Resource, before, after *Item) (changed bool, err error) {
	if bytes.Equal(before.ETag, after.ETag) && bytes.Equal(before.JSON, after.JSON) {
		return false, nil
	}
	fields, err := diffJSON(before.JSON, after.JSON)
	if err != nil || len(fields) == 0 {
		return false, err
	}
	c.changes = append(c.changes, Change{
		Kind: Changed, Resource: r, Key: string(after.Key), Name: nameIn(after.JSON), Before: string(before.EntryID), After: string(after.EntryID), Fields: fields,
	})
	return true, nil
}

// List returns changes of a resource ("": all) and of a kind ("": all), from
// the number after on; next is where the next page starts, 0 after the last.
func (c *Comparison) List(r fest.Resource, k ChangeKind, after, limit int) (page []Change, next, total int) {
	for i := range c.changes {
		ch := &c.changes[i]
		if r != "" && ch.Resource != r || k != "" && ch.Kind != k {
			continue
		}
		if total >= after && len(page) < max(limit, 1) {
			page = append(page, *ch)
		} else if total >= after && next == 0 {
			next = total
		}
		total++
	}
	return page, next, total
}
