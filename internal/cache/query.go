package cache

import (
	"errors"

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

// List returns the items of a resource that match all of the filters.
func (s *Snapshot) List(r fest.Resource, q []Query, after Position, limit int) (Page, error) {
	return Page{}, errStub
}
