package valve

import (
	"strconv"
	"sync/atomic"
)

// mostLimits is up to how many tokens the values of RateLimit are kept; the
// values of larger buckets are made anew for each answer.
const mostLimits = 1 << 16

// Plan is a quota with the header values that tell clients of it
// (draft-ietf-httpapi-ratelimit-headers). Values are made once: the remaining
// tokens of a quota tell the reset, too.
type Plan struct {
	Quota
	policy []string
	limits []atomic.Pointer[[]string] // by remaining tokens
}

// NewPlan makes a plan. Of an unlimited quota there is nothing to tell.
func NewPlan(q Quota) *Plan {
	p := &Plan{Quota: q}
	if q.Unlimited() {
		return p
	}
	p.policy = []string{`"default";q=` + strconv.Itoa(q.Burst) + ";w=" + wholeSeconds(q.Window())}
	if q.Burst < mostLimits {
		p.limits = make([]atomic.Pointer[[]string], q.Burst+1)
	}
	return p
}

// Policy is the value of RateLimit-Policy; it must not be changed.
func (p *Plan) Policy() []string { return p.policy }

// Limit is the value of RateLimit, by the tokens that remain; it must not be
// changed.
func (p *Plan) Limit(remaining int) []string {
	if remaining < 0 || remaining >= len(p.limits) {
		return p.limit(remaining)
	}
	slot := &p.limits[remaining]
	if v := slot.Load(); v != nil {
		return *v
	}
	v := p.limit(remaining)
	slot.Store(&v)
	return v
}

func (p *Plan) limit(remaining int) []string {
	return []string{`"default";r=` + strconv.Itoa(remaining) + ";t=" + wholeSeconds(p.reset(remaining))}
}
