package cache

import "sync/atomic"

// Served is the served state: exactly one atomic pointer to a snapshot. The
// zero Served serves nothing.
type Served struct {
	current atomic.Pointer[Snapshot]
}

// Acquire returns the snapshot that is served now, nil if none, and holds it
// for the caller, who gives it back with Close:
//
//	snap := served.Acquire()
//	if snap == nil { … }
//	defer snap.Close()
func (s *Served) Acquire() *Snapshot {
	for {
		snap := s.current.Load()
		if snap == nil || snap.acquire() {
			return snap
		}
		// It was swapped out and given back by its last reader between the
		// two steps; the pointer has moved on.
	}
}

// Swap makes next what is served and takes over the caller's reference to it;
// nil serves nothing. The one before is unmapped once its last reader is done.
func (s *Served) Swap(next *Snapshot) {
	if old := s.current.Swap(next); old != nil {
		old.Close()
	}
}
