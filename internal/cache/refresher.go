package cache

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

// RefresherOptions configure a Refresher.
type RefresherOptions struct {
	// Load returns the snapshot to serve next, or nil if what is served is the
	// newest. Mandatory. Its context is the refresher's own, not a waiter's. A
	// panic in it is an error of the load.
	Load func(ctx context.Context) (*Snapshot, error)
	// Served gets what Load returned. Mandatory.
	Served *Served
	// Timeout bounds one load; zero means one minute.
	Timeout time.Duration
	// Rate and Burst pace loads; zero means two a second and 2.
	Rate  rate.Limit
	Burst int
	// MinBackoff and MaxBackoff bound the pause after failures, which doubles
	// from the one to the other and is jittered by up to a half; zero means
	// 1 s and 1 min.
	MinBackoff, MaxBackoff time.Duration
	// Observe is told of every load; nil means nobody is. It must not block.
	Observe func(Refresh)
}

func (o *RefresherOptions) validate() error {
	if o.Load == nil || o.Served == nil {
		return errors.New("cache: a refresher needs Load and Served")
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Rate == 0 {
		o.Rate = 2
	}
	if o.Burst == 0 {
		o.Burst = 2
	}
	if o.MinBackoff == 0 {
		o.MinBackoff = time.Second
	}
	if o.MaxBackoff == 0 {
		o.MaxBackoff = time.Minute
	}
	if o.Timeout < 0 || o.Rate < 0 || o.Burst < 0 || o.MinBackoff < 0 || o.MaxBackoff < o.MinBackoff {
		return errors.New("cache: the refresher's times and rates must be positive, and MaxBackoff not below MinBackoff")
	}
	return nil
}

// Refresh is what became of one load.
type Refresh struct {
	Duration time.Duration
	Swapped  bool  // another snapshot is served now
	Err      error // of the load
	Failures int   // in a row, this one included
}

// ErrClosed is a refresher that was closed.
var ErrClosed = errors.New("cache: refresher closed")

// Refresher keeps Served at the newest release. However many ask, one load is
// in flight, paced by a token bucket and, after failures, by a backoff.
type Refresher struct {
	o      RefresherOptions
	ctx    context.Context // of the loads
	cancel context.CancelFunc
	flight singleflight.Group
	bucket *rate.Limiter
	hint   chan struct{} // a trigger that no load has started after

	mu       sync.Mutex
	closed   bool
	loads    sync.WaitGroup
	failures int
	notUntil time.Time // backoff
}

// NewRefresher returns a refresher; it does nothing by itself, see Run.
func NewRefresher(o RefresherOptions) (*Refresher, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	r := &Refresher{o: o, bucket: rate.NewLimiter(o.Rate, o.Burst), hint: make(chan struct{}, 1)}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	return r, nil
}

// Trigger says that a newer release may be there: a load will start after it.
// It never blocks; triggers that come together are one load.
func (r *Refresher) Trigger() {
	select {
	case r.hint <- struct{}{}:
	default:
	}
}

// Refresh loads once and waits for it, or joins the load in flight. When ctx
// ends first, its error is returned and the load goes on.
func (r *Refresher) Refresh(ctx context.Context) error {
	if r.ctx.Err() != nil {
		return ErrClosed
	}
	done := r.start()
	select {
	case res := <-done:
		return res.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run serves triggers until ctx ends, and returns its error. Failed loads are
// tried again without a trigger.
func (r *Refresher) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.ctx.Done():
			return ErrClosed
		case <-r.hint:
			r.Trigger() // the load takes it back when it starts
		}
		if err := r.Refresh(ctx); errors.Is(err, ErrClosed) {
			return ErrClosed
		} else if err != nil && ctx.Err() == nil {
			r.Trigger()
		}
	}
}

// Close ends a load in flight and waits for it. What is served stays.
func (r *Refresher) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.cancel()
	r.loads.Wait()
}

// start starts a load, or joins the one in flight.
func (r *Refresher) start() <-chan singleflight.Result {
	return r.flight.DoChan("current", func() (any, error) {
		r.mu.Lock()
		if r.closed {
			r.mu.Unlock()
			return nil, ErrClosed
		}
		r.loads.Add(1)
		r.mu.Unlock()
		defer r.loads.Done()
		return nil, r.paced()
	})
}

// paced waits for its turn, then loads.
func (r *Refresher) paced() error {
	r.mu.Lock()
	pause := time.Until(r.notUntil)
	r.mu.Unlock()
	if pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.ctx.Done():
			return ErrClosed
		}
	}
	if err := r.bucket.Wait(r.ctx); err != nil {
		return ErrClosed
	}
	select {
	case <-r.hint: // what was triggered until now, this load answers
	default:
	}
	began := time.Now()
	next, err := r.load()
	if err == nil && next != nil {
		r.o.Served.Swap(next)
	}
	res := Refresh{Duration: time.Since(began), Swapped: err == nil && next != nil, Err: err, Failures: r.settle(err)}
	if r.o.Observe != nil {
		r.o.Observe(res)
	}
	return err
}

func (r *Refresher) load() (next *Snapshot, err error) {
	ctx, cancel := context.WithTimeout(r.ctx, r.o.Timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			next, err = nil, fmt.Errorf("cache: load panicked: %v\n%s", p, debug.Stack())
		}
	}()
	next, err = r.o.Load(ctx)
	if err != nil && next != nil {
		next.Close()
		next = nil
	}
	return next, err
}

// settle sets the backoff and returns how many loads failed in a row.
func (r *Refresher) settle(err error) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.failures, r.notUntil = 0, time.Time{}
		return 0
	}
	r.failures++
	pause := r.o.MinBackoff
	for i := 1; i < r.failures && pause < r.o.MaxBackoff; i++ {
		pause *= 2
	}
	pause = min(pause, r.o.MaxBackoff)
	// The upper half is jitter, so that replicas do not retry in step.
	r.notUntil = time.Now().Add(pause/2 + rand.N(pause/2+1))
	return r.failures
}
