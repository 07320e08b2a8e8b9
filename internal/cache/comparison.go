package cache

import (
	"context"
	"encoding/json"
	"errors"

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
// 6901) into the item's JSON; a value that is not there is left out.
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

// Compare compares two snapshots, which the comparison does not hold.
func Compare(ctx context.Context, from, to *Snapshot) (*Comparison, error) {
	return nil, errors.New("not built yet")
}

// List returns changes of a resource ("": all) and of a kind ("": all), from
// the number after on; next is where the next page starts, 0 after the last.
func (c *Comparison) List(r fest.Resource, k ChangeKind, after, limit int) (page []Change, next, total int) {
	return nil, 0, 0
}
