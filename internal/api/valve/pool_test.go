package valve

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestPoolBoundsAndOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPool(2, 3, time.Minute)
		var order []int
		var mu sync.Mutex
		var refused atomic.Int64
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				leave, ok := p.Enter(t.Context())
				if !ok {
					refused.Add(1)
					return
				}
				if p.InFlight() > 2 {
					t.Error("more in flight than there are slots")
				}
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				time.Sleep(time.Second)
				leave()
			})
			synctest.Wait()
		}
		if p.Waiting() != 3 || refused.Load() != 3 {
			t.Errorf("waiting %d, refused %d, want 3 and 3", p.Waiting(), refused.Load())
		}
		if b := p.Backlog(); b != 0 {
			t.Errorf("backlog %v before anything was served", b)
		}
		all.Wait()
		for i, got := range order {
			if got/2 != i/2 { // two get in at each instant, either first
				t.Fatalf("served in the order %v", order)
			}
		}
		if len(order) != 5 || p.InFlight() != 0 || p.Waiting() != 0 || p.Peak() != 2 || p.Refusals() != 3 {
			t.Errorf("afterwards: served %d, in flight %d, waiting %d, peak %d, refusals %d", len(order), p.InFlight(), p.Waiting(), p.Peak(), p.Refusals())
		}
		if b := p.Backlog(); b != time.Second {
			t.Errorf("backlog %v, want a second: that is what each took", b)
		}
	})
}

func TestPoolWaitEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPool(1, 10, 50*time.Millisecond)
		leave, _ := p.Enter(t.Context())
		began := time.Now()
		if _, ok := p.Enter(t.Context()); ok {
			t.Error("entered a full pool")
		}
		if took := time.Since(began); took != 50*time.Millisecond {
			t.Errorf("waited %v, want 50ms", took)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, ok := p.Enter(gone); ok || p.Waiting() != 0 {
			t.Error("one who went away still waits")
		}
		leave()
		if leave, ok := p.Enter(t.Context()); !ok {
			t.Error("the slot was not given back")
		} else {
			leave()
		}
	})
}

func TestRetryAfterIsSpread(t *testing.T) {
	t.Parallel()
	const n, span = 10_000, 19
	count := map[int]int{}
	for range n {
		count[RetryAfter(1500*time.Millisecond, span*time.Second)]++
	}
	for s, k := range count {
		if s < 2 || s > 2+span {
			t.Errorf("%d s is out of range", s)
		}
		if even := n / (span + 1); k > 2*even {
			t.Errorf("%d s has %d of %d: more than twice its share", s, k, n)
		}
	}
	if len(count) != span+1 {
		t.Errorf("%d different seconds, want %d", len(count), span+1)
	}
	if RetryAfter(0, 0) < 1 {
		t.Error("0 seconds is no time to come back")
	}
}

// Who steps aside makes room for those who wait, and for nobody else; and so
// many may at once.
func TestPoolStepAside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPool(1, besideEach+2, time.Hour)
		enter := func() func() {
			leave, ok := p.Enter(t.Context())
			if !ok {
				t.Fatal("refused")
			}
			return leave
		}
		slow := enter()
		if _, ok := p.StepAside(slow); ok {
			t.Error("stepped aside where nobody waits")
		}
		var besides []func()
		for range besideEach {
			next := make(chan func(), 1)
			go func() { next <- enter() }()
			synctest.Wait()
			beside, ok := p.StepAside(slow)
			if !ok {
				t.Fatalf("%d are aside, and no more may", p.Aside())
			}
			besides = append(besides, beside)
			slow = <-next
		}
		go func() { enter()() }()
		synctest.Wait()
		if _, ok := p.StepAside(slow); ok || p.Aside() != besideEach || p.InFlight() != 1 || p.Peak() != 1 {
			t.Errorf("one more stepped aside: %v; aside %d, in flight %d, peak %d", ok, p.Aside(), p.InFlight(), p.Peak())
		}
		slow()
		for _, b := range besides {
			b()
		}
		synctest.Wait()
		if p.Aside() != 0 || p.InFlight() != 0 || p.Waiting() != 0 {
			t.Errorf("afterwards: aside %d, in flight %d, waiting %d", p.Aside(), p.InFlight(), p.Waiting())
		}
	})
}
