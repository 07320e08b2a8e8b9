package api

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/festd/festd/internal/api/valve"
)

// admission is where requests are let in or refused. It is there without
// valves, too, and then counts only.
type admission struct {
	*Valves // nil: nobody is refused
	lookup  gauge
	bodies  gauge // that are being received
	refused refusals
}

// gauge counts what is in flight.
type gauge struct{ now, peak atomic.Int64 }

func (g *gauge) enter() int64 {
	n := g.now.Add(1)
	for {
		peak := g.peak.Load()
		if n <= peak || g.peak.CompareAndSwap(peak, n) {
			return n
		}
	}
}

// admit lets a request in by the class of its route, or says why not. Whatever
// it took, leave gives back. Bulk routes ask for their slot themselves, when
// they know that a body will be sent.
func (a *API) admit(c *call, rt *Route) error {
	if rt.Cost == CostOps {
		return nil
	}
	if err := a.charge(c, rt.Cost, rt.tokens()); err != nil {
		return err
	}
	if rt.Body > 0 { // who sends slowly takes no slot meanwhile
		if err := a.receive(c, rt); err != nil {
			return err
		}
	}
	switch rt.Cost {
	case CostLookup:
		c.lookup = true
		if n := a.adm.lookup.enter(); a.adm.Valves != nil && n > int64(a.adm.LookupInFlight) {
			return a.refuse(CostLookup, byCapacity, fail(errOverloaded, ""))
		}
	case CostCompute:
		return a.compute(c)
	case CostOps, CostBulk:
	}
	return nil
}

// leave gives back what the request had taken.
func (a *API) leave(c *call) {
	if c.lookup {
		a.adm.lookup.now.Add(-1)
	}
	if c.slot != nil {
		c.slot()
	}
	c.lookup, c.slot = false, nil
}

// charge takes tokens from the client's bucket for a request of a class, tells
// it what is left, and checks that the client may use the class. A handler that
// finds out what a posted question costs charges the rest.
func (a *API) charge(c *call, class Cost, tokens int) error {
	holder, wrong := a.identify(c)
	if holder != nil {
		c.who = holder.Client
	}
	if err := a.take(c, class, tokens); err != nil {
		return err
	}
	if wrong != nil {
		return a.unproven(class, wrong)
	}
	return a.may(c, class)
}

// take takes the tokens.
func (a *API) take(c *call, class Cost, tokens int) error {
	v := a.adm.Valves
	if v == nil {
		return nil
	}
	plan := v.Anyone
	if c.holder != nil {
		plan = c.holder.Plan
	} else {
		c.who = v.Identifier.Client(c.r)
	}
	if plan.Unlimited() {
		return nil
	}
	take := v.Clients.Take(c.who, plan.Quota, tokens, c.start)
	if !v.HideLimits {
		h := c.Header()
		h[headerLimit] = plan.Limit(take.Remaining)
		h[headerPolicy] = plan.Policy()
	}
	if take.OK {
		return nil
	}
	// Nobody comes back before the bucket is full: one token would be gone
	// at once. Those who were refused together come back over that time again.
	return a.refuse(class, byQuota, &failure{
		kind:    errTooManyRequests,
		retry:   valve.RetryAfter(take.Reset, min(max(take.Reset, leastSpread), mostSpread)),
		problem: Problem{Detail: "this client has used up its quota of " + itoa(plan.Burst) + " at once, " + strconv.FormatFloat(plan.Rate, 'f', -1, 64) + " a second"},
	})
}

// Bounds of the time over which refused clients come back.
const (
	leastSpread = 3 * time.Second
	mostSpread  = time.Minute
)

// compute takes a slot for work that grows with the question. Where the request
// was let in as less, the rest of the tokens is not asked for: the slot is
// what bounds it.
func (a *API) compute(c *call) error {
	if err := a.may(c, CostCompute); err != nil {
		return err
	}
	if a.adm.Valves == nil || c.slot != nil {
		return nil
	}
	leave, ok := func() {}, a.adm.Strain.Admit()
	if ok {
		leave, ok = a.adm.Compute.Enter(c.r.Context())
	}
	if !ok {
		return a.noSlot(c, CostCompute, a.opts.RetryMin, a.opts.RetryMax-a.opts.RetryMin)
	}
	c.slot = leave
	return nil
}

// bulk takes a slot for a body of megabytes, after a wait in the queue. The
// longer that is, the later those come back who find no place in it.
func (a *API) bulk(c *call) error {
	if a.adm.Valves == nil || c.slot != nil {
		return nil
	}
	leave, ok := a.adm.Bulk.Enter(c.r.Context())
	if !ok {
		backlog := min(a.adm.Bulk.Backlog(), mostBacklog)
		return a.noSlot(c, CostBulk, max(a.opts.RetryMin, backlog/2), max(a.opts.RetryMax-a.opts.RetryMin, backlog))
	}
	c.slot = leave
	return nil
}

// mostBacklog bounds what a full queue tells those it refuses.
const mostBacklog = 10 * time.Minute

func (a *API) noSlot(c *call, class Cost, least, spread time.Duration) error {
	f := fail(errOverloaded, "")
	f.retry = valve.RetryAfter(least, spread)
	if c.r.Context().Err() != nil { // it went away while it waited, which is no refusal
		c.gone = true
		return f
	}
	return a.refuse(class, byCapacity, f)
}

func (a *API) refuse(class Cost, by reason, f *failure) error {
	a.adm.refused[class][by].Add(1)
	return f
}

// tokens is what a request of the route costs its client.
func (rt *Route) tokens() int { return max(1, rt.Tokens) }
