package valve

import (
	"context"
	"sync/atomic"
	"time"
)

// Pool bounds work of one class: so much in flight, so much waiting, and
// nobody waits longer than MaxWait. Who waits is served in turn.
type Pool struct {
	slots   chan struct{}
	most    int64
	maxWait time.Duration

	waiting  atomic.Int64
	aside    atomic.Int64
	peak     atomic.Int64 // in flight
	refusals atomic.Int64
	served   atomic.Int64
	busy     atomic.Int64 // nanoseconds that slots were held
}

// NewPool makes a pool; waiting 0 refuses whatever finds no slot.
func NewPool(inFlight, waiting int, maxWait time.Duration) *Pool {
	return &Pool{slots: make(chan struct{}, max(1, inFlight)), most: int64(waiting), maxWait: maxWait}
}

// Enter takes a slot, at once or after a wait; false is a refusal, or that ctx
// ended. Whoever got in calls leave once.
func (p *Pool) Enter(ctx context.Context) (leave func(), ok bool) {
	select {
	case p.slots <- struct{}{}:
		return p.entered(), true
	default:
	}
	if p.waiting.Add(1) > p.most {
		p.waiting.Add(-1)
		p.refusals.Add(1)
		return nil, false
	}
	defer p.waiting.Add(-1)
	timer := time.NewTimer(p.maxWait)
	defer timer.Stop()
	select {
	case p.slots <- struct{}{}:
		return p.entered(), true
	case <-timer.C:
		p.refusals.Add(1)
	case <-ctx.Done():
	}
	return nil, false
}

func (p *Pool) entered() func() {
	for n := int64(len(p.slots)); ; {
		peak := p.peak.Load()
		if n <= peak || p.peak.CompareAndSwap(peak, n) {
			break
		}
	}
	began := time.Now()
	return func() {
		p.busy.Add(int64(time.Since(began)))
		p.served.Add(1)
		<-p.slots
	}
}

// besideEach is how much may go on beside the pool for each of its slots.
const besideEach = 8

// StepAside gives a slot back before the work is done, where others wait for
// one: what goes on does so beside the pool, since it hardly takes anything
// but time. So much may at once; false: it keeps its slot. Whoever stepped
// aside calls the leave that is returned, in place of the one of Enter.
func (p *Pool) StepAside(leave func()) (beside func(), ok bool) {
	if p.Waiting() == 0 {
		return leave, false
	}
	if p.aside.Add(1) > int64(besideEach*cap(p.slots)) {
		p.aside.Add(-1)
		return leave, false
	}
	leave()
	return func() { p.aside.Add(-1) }, true
}

// Aside is how much goes on beside the pool.
func (p *Pool) Aside() int { return int(p.aside.Load()) }

// InFlight is how much is in flight, Waiting how much waits.
func (p *Pool) InFlight() int { return len(p.slots) }

// Waiting is how much waits.
func (p *Pool) Waiting() int { return int(p.waiting.Load()) }

// Peak is the most that was ever in flight.
func (p *Pool) Peak() int { return int(p.peak.Load()) }

// Refusals counts those who were turned away.
func (p *Pool) Refusals() int64 { return p.refusals.Load() }

// Backlog is how long what is in flight and waiting is likely to take: what
// a slot was held for so far, on average, for each round of slots.
func (p *Pool) Backlog() time.Duration {
	n := p.served.Load()
	if n == 0 {
		return 0
	}
	each := time.Duration(p.busy.Load() / n)
	return each * time.Duration(1+(len(p.slots)+p.Waiting())/cap(p.slots))
}
