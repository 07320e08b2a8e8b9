package cache

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// RefresherOptions configure a Refresher.
type RefresherOptions struct {
	// Load returns the snapshot to serve next, or nil if what is served is the
	// newest. Mandatory. Its context is the refresher's own, not a waiter's.
	Load func(ctx context.Context) (*Snapshot, error)
	// Served gets what Load returned. Mandatory.
	Served *Served
	// Timeout bounds one load; zero means one minute.
	Timeout time.Duration
	// Rate and Burst pace loads; zero means two a second and 2.
	Rate  rate.Limit
	Burst int
	// MinBackoff and MaxBackoff bound the pause after failures, which doubles
	// from the one to the other and is jittered; zero means 1 s and 1 min.
	MinBackoff, MaxBackoff time.Duration
	// Observe is told of every load; nil means nobody is. It must not block.
	Observe func(Refresh)
}

// Refresh is what became of one load.
type Refresh struct {
	Duration time.Duration
	Swapped  bool  // another snapshot is served now
	Err      error // of the load
	Failures int   // in a row, this one included
}

// Refresher keeps Served at the newest release.
type Refresher struct{}

// NewRefresher returns a refresher.
func NewRefresher(o RefresherOptions) (*Refresher, error) { return nil, errStub }

// Trigger says that a newer release may be there. It never blocks; triggers
// that come together are one load.
func (r *Refresher) Trigger() {}

// Refresh loads once and waits for it, or joins the load in flight. When ctx
// ends first, the load goes on.
func (r *Refresher) Refresh(ctx context.Context) error { return errStub }

// Run serves triggers until ctx ends.
func (r *Refresher) Run(ctx context.Context) error { return errStub }

// Close ends a load in flight and waits for it.
func (r *Refresher) Close() {}
