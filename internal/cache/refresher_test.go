package cache_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/festd/festd/internal/cache"
)

func refresher(t *testing.T, o cache.RefresherOptions) *cache.Refresher {
	t.Helper()
	if o.Served == nil {
		o.Served = &cache.Served{}
	}
	r, err := cache.NewRefresher(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// run serves triggers until the test ends.
func run(t *testing.T, r *cache.Refresher) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
}

func TestThousandTriggersAreOneLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var loads, inFlight, peak atomic.Int64
		r := refresher(t, cache.RefresherOptions{Load: func(ctx context.Context) (*cache.Snapshot, error) {
			loads.Add(1)
			peak.Store(max(peak.Load(), inFlight.Add(1)))
			defer inFlight.Add(-1)
			select {
			case <-time.After(time.Second):
				return nil, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}})
		for range 1000 {
			r.Trigger()
		}
		run(t, r)
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() {
				if err := r.Refresh(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		synctest.Wait()
		if loads.Load() != 1 {
			t.Errorf("%d loads, want 1", loads.Load())
		}
		// A trigger while a load is in flight may be about something that it
		// did not see: one more follows, however many there were.
		r.Trigger()
		time.Sleep(500 * time.Millisecond)
		for range 1000 {
			r.Trigger()
		}
		time.Sleep(10 * time.Second)
		if loads.Load() != 3 || peak.Load() != 1 {
			t.Errorf("%d loads, %d at once; want 3, 1", loads.Load(), peak.Load())
		}
	})
}

func TestWaiterGoesAndLoadGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var served cache.Served
		snap, err := cache.OpenBytes(write(t, cache.Options{}, world()...), release(7), nil)
		if err != nil {
			t.Fatal(err)
		}
		r := refresher(t, cache.RefresherOptions{Served: &served, Load: func(ctx context.Context) (*cache.Snapshot, error) {
			time.Sleep(time.Second)
			return snap, ctx.Err()
		}})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := r.Refresh(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the waiter got %v", err)
		}
		if served.Acquire() != nil {
			t.Error("served before it was loaded")
		}
		time.Sleep(2 * time.Second)
		got := served.Acquire()
		if got == nil || got.Release().Serial != 7 {
			t.Fatal("the load did not go on")
		}
		got.Close()
		served.Swap(nil)
	})
}

func TestFailingLoadsArePaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom := errors.New("boom")
		var at []time.Duration
		var seen []cache.Refresh
		began := time.Now()
		r := refresher(t, cache.RefresherOptions{
			Rate: 1000, Burst: 1000, MinBackoff: time.Second, MaxBackoff: 30 * time.Second,
			Load: func(context.Context) (*cache.Snapshot, error) {
				at = append(at, time.Since(began))
				return nil, boom
			},
			Observe: func(f cache.Refresh) { seen = append(seen, f) },
		})
		r.Trigger()
		run(t, r)
		for range 1000 { // triggers do not shorten the pause
			time.Sleep(300 * time.Millisecond)
			r.Trigger()
		}
		synctest.Wait()
		// 300 s: pauses of 0.5–1, 1–2, 2–4, 4–8, 8–16 and then 15–30 s.
		if len(at) < 14 || len(at) > 26 {
			t.Errorf("%d loads in 300 s: %v", len(at), at)
		}
		for i := 1; i < len(at); i++ {
			pause, most := at[i]-at[i-1], min(30*time.Second, time.Second<<(i-1))
			if pause < most/2 || pause > most {
				t.Errorf("pause %d is %v, want %v to %v", i, pause, most/2, most)
			}
		}
		if last := seen[len(seen)-1]; !errors.Is(last.Err, boom) || last.Failures != len(at) || last.Swapped {
			t.Errorf("observed %+v", last)
		}
	})
}

func TestBucketPacesLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var loads int
		r := refresher(t, cache.RefresherOptions{Rate: 1, Burst: 2, Load: func(context.Context) (*cache.Snapshot, error) {
			loads++
			return nil, nil
		}})
		run(t, r)
		for range 100 {
			r.Trigger()
			time.Sleep(100 * time.Millisecond)
		}
		synctest.Wait()
		if loads < 10 || loads > 13 {
			t.Errorf("%d loads in 10 s at one a second", loads)
		}
	})
}

func TestPanicIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		r := refresher(t, cache.RefresherOptions{Load: func(context.Context) (*cache.Snapshot, error) {
			if calls++; calls == 1 {
				panic("at the disco")
			}
			return nil, nil
		}})
		if err := r.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "at the disco") {
			t.Errorf("got %v", err)
		}
		if err := r.Refresh(t.Context()); err != nil {
			t.Errorf("the next: %v", err)
		}
	})
}

func TestLoadHasItsOwnTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := refresher(t, cache.RefresherOptions{Timeout: 5 * time.Second, Load: func(ctx context.Context) (*cache.Snapshot, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		began := time.Now()
		if err := r.Refresh(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 5*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestCloseEndsTheLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := false
		r := refresher(t, cache.RefresherOptions{Load: func(ctx context.Context) (*cache.Snapshot, error) {
			<-ctx.Done()
			time.Sleep(time.Second) // it takes a while to notice
			ended = true
			return nil, ctx.Err()
		}})
		go func() { _ = r.Refresh(context.Background()) }()
		synctest.Wait()
		r.Close()
		if !ended {
			t.Error("Close did not wait for the load")
		}
		if err := r.Refresh(t.Context()); !errors.Is(err, cache.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		if err := r.Run(t.Context()); !errors.Is(err, cache.ErrClosed) {
			t.Errorf("Run after Close: %v", err)
		}
	})
}

func TestSnapshotOfAFailedLoadIsClosed(t *testing.T) {
	x := &closer{}
	snap, err := cache.OpenBytes(write(t, cache.Options{}, world()...), release(1), x)
	if err != nil {
		t.Fatal(err)
	}
	r := refresher(t, cache.RefresherOptions{Load: func(context.Context) (*cache.Snapshot, error) { return snap, errors.New("late") }})
	if err := r.Refresh(t.Context()); err == nil || x.closed != 1 {
		t.Errorf("%v, closed %d times", err, x.closed)
	}
}

func TestRefresherOptions(t *testing.T) {
	load := func(context.Context) (*cache.Snapshot, error) { return nil, nil }
	for _, o := range []cache.RefresherOptions{
		{}, {Load: load}, {Served: &cache.Served{}},
		{Load: load, Served: &cache.Served{}, Timeout: -1}, {Load: load, Served: &cache.Served{}, MinBackoff: time.Hour},
	} {
		if _, err := cache.NewRefresher(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}
