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
	err := CompareEach(ctx, from, to, func(ch Change) error {
		c.changes = append(c.changes, ch)
		n := c.Counts[ch.Resource]
		n.Add(ch.Kind)
		c.Counts[ch.Resource] = n
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Add counts a change.
func (n *ChangeCounts) Add(k ChangeKind) {
	switch k {
	case Added:
		n.Added++
	case Removed:
		n.Removed++
	case Changed:
		n.Changed++
	}
}

// CompareEach is [Compare] that keeps nothing: each is called for every change,
// by resource, then key. Its error ends the comparison.
func CompareEach(ctx context.Context, from, to *Snapshot, each func(Change) error) error {
	for _, r := range fest.Resources() {
		if err := compareResource(ctx, from, to, r, each); err != nil {
			return err
		}
	}
	return nil
}

// compareResource pairs the items of a resource.
func compareResource(ctx context.Context, from, to *Snapshot, r fest.Resource, each func(Change) error) (err error) {
	before, after := itemsByKey(from, r), itemsByKey(to, r)
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
			err = each(Change{Kind: Removed, Resource: r, Key: string(it.Key), Name: nameIn(it.JSON), Before: string(it.EntryID)})
			i++
		case order > 0:
			it := &after[j]
			err = each(Change{Kind: Added, Resource: r, Key: string(it.Key), Name: nameIn(it.JSON), After: string(it.EntryID)})
			j++
		default:
			err = comparePair(r, &before[i], &after[j], each)
			i++
			j++
		}
		if err != nil {
			return err
		}
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

// comparePair compares two items of one key.
func comparePair(r fest.Resource, before, after *Item, each func(Change) error) error {
	if bytes.Equal(before.ETag, after.ETag) && bytes.Equal(before.JSON, after.JSON) {
		return nil
	}
	fields, err := diffJSON(before.JSON, after.JSON)
	if err != nil || len(fields) == 0 {
		return err
	}
	return each(Change{
		Kind: Changed, Resource: r, Key: string(after.Key), Name: nameIn(after.JSON), Before: string(before.EntryID), After: string(after.EntryID), Fields: fields,
	})
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
