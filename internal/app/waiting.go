package app

import (
	"encoding/json"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// costs remembers what waits inside the candidates that are held. A verdict
// may be a megabyte: it is read once for each act that held one.
type costs map[uint64]gate.Waiting

// of is what waits inside all that is held now; what is held no more is
// forgotten. A verdict that cannot be read costs nothing that we know of.
func (c costs) of(d *fest.Docket) waiting {
	held := map[uint64]bool{}
	w := waiting{keys: map[string]bool{}}
	for i := range d.Candidates {
		candidate := &d.Candidates[i]
		if candidate.State != fest.CandidateHeld {
			continue
		}
		held[candidate.Act] = true
		inside, ok := c[candidate.Act]
		if !ok {
			var verdict struct {
				Waiting gate.Waiting `json:"waiting"`
			}
			_ = json.Unmarshal(candidate.Verdict, &verdict) // none is a candidate's that was held without one
			inside = verdict.Waiting
			c[candidate.Act] = inside
		}
		w.add(inside)
	}
	for act := range c {
		if !held[act] {
			delete(c, act)
		}
	}
	return w
}

// waiting is what clients do not get while candidates are held, all of them
// together.
type waiting struct {
	keys map[string]bool // of new notifications of types 1 (safety) and 3 (sales stop)
	// next is the beginning, in Oslo (R1), of the first day on which something
	// inside begins or ends that is not served; zero: nothing does. It may have
	// come since.
	next time.Time
}

func (w *waiting) add(inside gate.Waiting) {
	for _, n := range inside.Notifications {
		w.keys[n.Key] = true
	}
	day, err := time.ParseInLocation(time.DateOnly, inside.NextDate, fest.Oslo())
	if err == nil && (w.next.IsZero() || day.Before(w.next)) {
		w.next = day
	}
}
