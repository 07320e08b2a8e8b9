package cache

import (
	"errors"
	"fmt"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// ErrNoEntry is an item that no entry stands behind: an ATC code, or an Index
// that the snapshot never named.
var ErrNoEntry = errors.New("cache: no entry behind the item")

// Entry decodes the item's entry from its JSON; see [wire.Decode] for what
// comes back. That of a reimbursement group has that one group. Nothing of it
// is part of the mapped file, nothing is kept: every call decodes anew.
func (s *Snapshot) Entry(i Index) (*fest.Entry, error) {
	it := s.Item(i)
	if it.JSON == nil || it.Resource == ResourceATC {
		return nil, ErrNoEntry
	}
	e, err := wire.Decode(it.JSON)
	if err != nil {
		return nil, fmt.Errorf("cache: %s %s: %w", it.Resource, it.Key, err)
	}
	return e, nil
}
