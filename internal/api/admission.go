package api

import (
	"strconv"
	"strings"
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
}

// charge takes tokens from the client's bucket for a request of a class, and
// tells it what is left. A handler that finds out what a posted question costs
// charges the rest.
func (a *API) charge(c *call, class Cost, tokens int) error {
	v := a.adm.Valves
	if v == nil {
		return nil
	}
	who, plan, known := v.client(c)
	c.who = who
	if plan.Unlimited() {
		if !known {
			return a.unknownKey(class)
		}
		return nil
	}
	take := v.Clients.Take(who, plan.Quota, tokens, c.start)
	if !v.HideLimits {
		h := c.Header()
		h[headerLimit] = plan.Limit(take.Remaining)
		h[headerPolicy] = plan.Policy()
	}
	if !take.OK {
		// Nobody comes back before the bucket is full: one token would be gone
		// at once. Those who were refused together come back over that time again.
		return a.refuse(class, byQuota, &failure{
			kind:    errTooManyRequests,
			retry:   valve.RetryAfter(take.Reset, min(max(take.Reset, leastSpread), mostSpread)),
			problem: Problem{Detail: "this client has used up its quota of " + itoa(plan.Burst) + " at once, " + strconv.FormatFloat(plan.Rate, 'f', -1, 64) + " a second"},
		})
	}
	if !known {
		return a.unknownKey(class)
	}
	return nil
}

// Bounds of the time over which refused clients come back.
const (
	leastSpread = 3 * time.Second
	mostSpread  = time.Minute
)

// unknownKey refuses a key that is none. The attempt was counted for the address.
func (a *API) unknownKey(class Cost) error {
	return a.refuse(class, byKey, &failure{
		kind: errUnknownKey, challenge: `Bearer realm="festd"`,
		problem: Problem{Detail: "no client has this key; without one, requests count for the address that they come from"},
	})
}

// client is who sent the request, and its quota. known is false for a key that
// is none: then it is the address.
func (v *Valves) client(c *call) (who valve.Client, plan *valve.Plan, known bool) {
	if v.Keys == nil {
		return v.Identifier.Client(c.r), v.Anyone, true
	}
	key := keyOf(c)
	if key != "" {
		if k := v.Keys(key); k != nil {
			return k.Client, k.Plan, true
		}
	}
	return v.Identifier.Client(c.r), v.Anyone, key == ""
}

// keyOf is the key that the request shows: X-Api-Key, or a bearer token. Other
// schemes are not ours.
func keyOf(c *call) string {
	if key := c.r.Header.Get("X-Api-Key"); key != "" {
		return key
	}
	const scheme = "Bearer "
	auth := c.r.Header.Get("Authorization")
	if len(auth) > len(scheme) && strings.EqualFold(auth[:len(scheme)], scheme) {
		return strings.TrimSpace(auth[len(scheme):])
	}
	return ""
}

// compute takes a slot for work that grows with the question. Where the request
// was let in as less, the rest of the tokens is not asked for: the slot is
// what bounds it.
func (a *API) compute(c *call) error {
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
