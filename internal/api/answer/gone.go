package answer

import (
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// Gone is what is known of something that is no longer in FEST (R25).
type Gone struct {
	// RemovedIn is the first release, or the first file known, without it.
	RemovedIn GoneRelease `json:"removedIn"`
	// LastRetrievalDate is the HentetDato of the last one that had it.
	LastRetrievalDate fest.DateTime `json:"lastRetrievalDate,omitempty"`
	// Reason is deleted, or identifier-changed: the object lives on under
	// another number.
	Reason     string            `json:"reason"`
	Successors []cache.Successor `json:"successors,omitempty"`
}

// GoneRelease names a release; without a serial, one before the first.
type GoneRelease struct {
	Serial        *fest.Serial  `json:"serial,omitempty"`
	RetrievalDate fest.DateTime `json:"retrievalDate"`
}

// Of cache.RemovedItem.
const (
	reasonIdentifier = "identifier-changed"
	reasonSameObject = "same-object"
)

// goneOf is what the snapshot knows of a removed item.
func goneOf(it *cache.RemovedItem) *Gone {
	g := &Gone{RemovedIn: GoneRelease{RetrievalDate: it.Since}, LastRetrievalDate: it.Last, Reason: it.Reason, Successors: it.Successors}
	if it.In != 0 {
		serial := it.In
		g.RemovedIn.Serial = &serial
	}
	return g
}
