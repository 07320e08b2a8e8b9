package valve

import (
	"context"
	"math/rand/v2"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// Strain lets only so much work begin as the processors can take. What is in
// flight does not tell: work that only computes is over before another request
// is looked at, and the queue stands where nobody counts it, among the
// goroutines that are ready to run and in the kernel. So it watches how long
// those wait for a processor: where that is more than Wait for one in ten, a
// smaller share of what asks may begin, else a larger one.
type Strain struct {
	wait  time.Duration
	share atomic.Uint64 // of whole
}

const (
	whole       = 1 << 16
	leastShare  = whole / 50
	strainEvery = 50 * time.Millisecond
)

// NewStrain makes one that lets everything begin until [Strain.Run] has seen
// otherwise.
func NewStrain(wait time.Duration) *Strain {
	s := &Strain{wait: wait}
	s.share.Store(whole)
	return s
}

// Run watches until ctx ends.
func (s *Strain) Run(ctx context.Context) {
	seen := readyTimes()
	tick := time.NewTicker(strainEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			now := readyTimes()
			s.adjust(tenth(seen, now) > s.wait.Seconds())
			seen = now
		}
	}
}

// adjust goes down by a seventh and up by a fiftieth of the whole: from nothing
// to everything in some seconds, and near the capacity in small steps.
func (s *Strain) adjust(strained bool) {
	share := s.share.Load()
	if strained {
		share = max(share*6/7, leastShare)
	} else {
		share = min(share+whole/50, whole)
	}
	s.share.Store(share)
}

// Admit says whether work may begin; the others are to be told to come back.
func (s *Strain) Admit() bool {
	share := s.share.Load()
	return share == whole || rand.Uint64N(whole) < share
}

// Set makes a share, from 0 to 1, what may begin, until Run finds otherwise.
func (s *Strain) Set(share float64) { s.share.Store(uint64(share * whole)) }

// Share is how much of what asks may begin, from 0 to 1.
func (s *Strain) Share() float64 { return float64(s.share.Load()) / whole }

// readyTimes are how long goroutines were ready to run before they ran, since
// the start of the process.
func readyTimes() *metrics.Float64Histogram {
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return &metrics.Float64Histogram{} // a Go that does not tell: nothing is strained
	}
	return sample[0].Value.Float64Histogram()
}

// tenth is how long, in seconds, the slowest tenth of what was added between
// two readings took at least.
func tenth(before, after *metrics.Float64Histogram) float64 {
	var n uint64
	added := make([]uint64, len(after.Counts))
	for i := range after.Counts {
		added[i] = after.Counts[i]
		if i < len(before.Counts) {
			added[i] -= before.Counts[i]
		}
		n += added[i]
	}
	left := n - n/10
	for i := range added {
		if added[i] >= left && n > 0 {
			return max(after.Buckets[i], 0) // the lowest bound is minus infinity
		}
		left -= added[i]
	}
	return 0
}
