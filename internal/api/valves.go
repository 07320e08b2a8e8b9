package api

import (
	"errors"
	"time"

	"github.com/festd/festd/internal/api/valve"
)

// Valves bound what clients can ask (DESIGN §8). They stand at the head of
// every request of the public listener but its probe. Fields are mandatory
// unless they say otherwise.
type Valves struct {
	// Anyone is the quota of clients without a credential, each by its address.
	Anyone *valve.Plan
	// Clients has their buckets.
	Clients *valve.Clients
	// Identifier tells addresses apart.
	Identifier *valve.Identifier
	// HideLimits leaves out the headers RateLimit and RateLimit-Policy.
	HideLimits bool
	// LookupInFlight is a safety net: lookups are over before there are many.
	LookupInFlight int
	// Compute and Bulk bound those classes.
	Compute, Bulk *valve.Pool
	// Strain refuses work of class compute while processors are short.
	Strain *valve.Strain
}

func (v *Valves) validate() error {
	if v.Anyone == nil || v.Clients == nil || v.Identifier == nil || v.Compute == nil || v.Bulk == nil || v.Strain == nil {
		return errors.New("api: Valves wants Anyone, Clients, Identifier, Compute, Bulk and Strain")
	}
	if v.LookupInFlight < 1 {
		return errors.New("api: Valves.LookupInFlight: want 1 or more")
	}
	return nil
}

// Slow bounds those who read bulk bodies: Rate is the least bytes a second that
// a reader must take, Grace what each step has on top, for the buffers between
// here and the reader. Zero means 32768 and 10 s.
type Slow struct {
	Rate  int
	Grace time.Duration
}
