package api

import (
	"sync/atomic"

	"github.com/festd/festd/internal/cache"
)

// State is what the app tells the probes. The zero State is that of a process
// that has just started. Whether a snapshot is served is not part of it: that
// is asked of [cache.Served] itself.
type State struct {
	draining atomic.Bool
	leaving  atomic.Bool
	started  atomic.Bool
	waiting  atomic.Pointer[string]
}

// Drain makes the probes say "not ready" for good: the process is about to
// stop. Requests are still answered.
func (s *State) Drain() { s.draining.Store(true) }

// Leave makes every answer the last one of its connection, so that clients
// close it themselves before the listener is closed: one that is closed under
// a client may meet its next request.
func (s *State) Leave() { s.leaving.Store(true) }

// Draining reports whether Drain was called.
func (s *State) Draining() bool { return s.draining.Load() }

// Waiting says why nothing is served yet, for the ops probes: "importing
// fest251.zip", "every copy on disk is damaged". The public listener does not
// show it.
func (s *State) Waiting(reason string) { s.waiting.Store(&reason) }

// The checks of the readiness answer.
const (
	checkSnapshot = "snapshot"
	checkDraining = "draining"
)

// readiness is the answer of a probe.
type readiness struct {
	ready  bool
	check  string // which check failed
	reason string // why not, for the ops listener
}

// readiness asks for a verified snapshot that is served and a process that is
// not draining; never for a database, never for the age of the data: stale is
// not unready.
func (s *State) readiness(served *cache.Served) readiness {
	snap := served.Acquire()
	if snap != nil {
		snap.Close()
		s.started.Store(true)
	}
	switch {
	case s.Draining():
		return readiness{check: checkDraining, reason: "the process is stopping"}
	case snap == nil:
		why := "no verified snapshot is served yet"
		if w := s.waiting.Load(); w != nil && *w != "" {
			why += ": " + *w
		}
		return readiness{check: checkSnapshot, reason: why}
	}
	return readiness{ready: true}
}

// startup is like readiness, but stays good once it was.
func (s *State) startup(served *cache.Served) readiness {
	ready := s.readiness(served)
	if s.started.Load() {
		return readiness{ready: true}
	}
	return ready
}
