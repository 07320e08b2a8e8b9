package valve

import (
	"context"
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Where more goroutines compute than there are processors for, less may begin,
// never nothing; when they are done, everything may again.
func TestStrainFollowsTheProcessors(t *testing.T) {
	s := NewStrain(time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { s.Run(ctx) })
	var stop atomic.Bool
	for range 32 * runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for !stop.Load() {
				busy := time.Now()
				for time.Since(busy) < time.Millisecond {
				}
				runtime.Gosched()
			}
		})
	}
	within(t, "less may begin", func() bool { return s.Share() < .5 })
	refused := 0
	for range 1000 {
		if !s.Admit() {
			refused++
		}
	}
	if refused < 300 {
		t.Errorf("%d of 1000 refused at a share of %.2f", refused, s.Share())
	}
	stop.Store(true)
	within(t, "everything may begin", func() bool { return s.Share() == 1 && s.Admit() })
	cancel()
	all.Wait()
}

func within(t *testing.T, what string, is func() bool) {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal(what + ": not within 30 s")
		}
	}
}

func TestStrainNeverEndsEverything(t *testing.T) {
	s := NewStrain(time.Second)
	for range 1000 {
		s.adjust(true)
	}
	if got := s.Share(); got < .01 || got > .05 {
		t.Errorf("under strain for long, a share of %v may begin", got)
	}
	for range 50 {
		s.adjust(false)
	}
	if got := s.Share(); got != 1 {
		t.Errorf("after the strain a share of %v may begin", got)
	}
}

func TestTenth(t *testing.T) {
	h := func(counts ...uint64) *metrics.Float64Histogram {
		return &metrics.Float64Histogram{Counts: counts, Buckets: []float64{math.Inf(-1), .001, .01, .1, math.Inf(1)}}
	}
	for _, tt := range []struct {
		name          string
		before, after *metrics.Float64Histogram
		want          float64
	}{
		{"nothing was added", h(5, 5, 5, 5), h(5, 5, 5, 5), 0},
		{"no reading", &metrics.Float64Histogram{}, &metrics.Float64Histogram{}, 0},
		{"all are quick", h(5, 0, 0, 9), h(105, 0, 0, 9), 0},
		{"a tenth is slow", h(0, 0, 0, 0), h(0, 90, 0, 10), .001},
		{"more than a tenth is slow", h(0, 0, 0, 0), h(0, 85, 15, 0), .01},
		{"what was slow before does not count", h(0, 0, 100, 0), h(100, 0, 100, 0), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tenth(tt.before, tt.after); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
