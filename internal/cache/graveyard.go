package cache

import (
	"context"
	"errors"

	"github.com/festd/festd/internal/fest"
)

// RemovedSet is what left with one release, or what a history told, as
// [Leaving] and [LeavingHistory] encode it.
type RemovedSet struct {
	Serial        fest.Serial   // of the release it left with; 0: a history told
	RetrievalDate fest.DateTime // of that release, or of the history
	Data          []byte
}

// Graveyard has everything that ever left the register, with its last content
// (P10). It is immutable and safe for concurrent use.
type Graveyard struct{}

// RemovedItem is an item that left.
type RemovedItem struct {
	// Item is the last content; Ordinal is -1.
	Item
	XML   []byte        // with its namespaces declared
	Name  string        // for people
	In    fest.Serial   // the first release without it; 0: gone before the first one
	Since fest.DateTime // HentetDato of the first release or file known without it
	Last  fest.DateTime // HentetDato of the last release or file that had it
	// Reason: "deleted" (gone from the file), "identifier-changed" (the object
	// lives on under another item number, GTIN, LMR number or entry id).
	Reason     string
	Successors []Successor
}

// Successor is what FEST names in the place of something that left.
type Successor struct {
	Resource fest.Resource `json:"resource"`
	ID       string        `json:"id"`
	Display  string        `json:"display,omitempty"`
	Reason   string        `json:"reason"`
}

// Leaving encodes what old has and next has not: items by key, and item
// numbers, GTINs and LMR numbers of items that live on. Nil: nothing leaves.
func Leaving(ctx context.Context, old, next *Snapshot) ([]byte, error) {
	return nil, errors.New("not built yet")
}

// LeavingHistory is Leaving for an older file: what it has and neither served
// nor its graveyard has.
func LeavingHistory(ctx context.Context, older, served *Snapshot) ([]byte, error) {
	return nil, errors.New("not built yet")
}

// OpenGraveyard reads sets, histories first, then by serial. It keeps Data,
// which must not change.
func OpenGraveyard(sets []RemovedSet) (*Graveyard, error) { return &Graveyard{}, nil }

// KnownSince is the HentetDato of the oldest history; "" without one.
func (g *Graveyard) KnownSince() fest.DateTime { return "" }

// SetRemoved gives the snapshot its graveyard, before it is served. What left
// after the snapshot's serial is not seen through it.
func (s *Snapshot) SetRemoved(g *Graveyard) {}

// Removed returns what had that key or entry id, and is not in the snapshot:
// what left last first.
func (s *Snapshot) Removed(r fest.Resource, key string) []RemovedItem { return nil }

// ListRemoved returns a page of what left and matches all queries, with the
// filters of [Snapshot.List]; after 0 is the first page. Filters other than
// identifying ones match by what was noted; see [Identifying].
func (s *Snapshot) ListRemoved(r fest.Resource, q []Query, after, limit int) (page []RemovedItem, next, total int, err error) {
	return nil, 0, 0, nil
}

// Identifying says whether a filter asks for a code, item number, GTIN or LMR
// number, so that lists by it have removed items, too (DESIGN §6).
func Identifying(r fest.Resource, filter string) bool { return false }
