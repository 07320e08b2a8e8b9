package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// result is one storm.
type result struct {
	crowd     *crowd
	consumers int
	took      time.Duration // until all were served, or it was given up
	latency   [phases]latency
	quiet     int64 // anonymous memory before
	peak      int64 // and the most during
	loads     float64
	classes   map[string]float64
}

// storm is one restart with everybody coming back.
func storm(ctx context.Context, c config, srv *server, progress io.Writer) (r result, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := srv.start(); err != nil {
		return r, err
	}
	defer srv.kill()
	if err := srv.ready(ctx); err != nil {
		return r, err
	}
	p, err := newProbe(ctx, srv.api)
	if err != nil {
		return r, err
	}
	stopProbe := p.start(ctx, c.rate)
	defer func() { stopProbe() }()
	if err := rest(ctx, c.quiet); err != nil {
		return r, err
	}
	r.consumers, r.quiet = c.consumers, srv.anonymous()
	consumers := connect(ctx, c, srv)

	// The restart. What the probe misses while the server is away is the
	// restart's, not the storm's: it waits, and those who come back do not.
	stopProbe()
	p.client.CloseIdleConnections()
	srv.kill()
	if err := srv.start(); err != nil {
		return r, err
	}
	r.crowd = &crowd{url: "http://" + srv.api, statuses: map[int]int{}}
	stormCtx, stopStorm := context.WithTimeout(ctx, c.limit)
	defer stopStorm()
	came := make(chan struct{})
	go func() { defer close(came); r.crowd.come(stormCtx, consumers) }()
	if err := srv.ready(ctx); err != nil {
		stopStorm()
		<-came
		return r, err
	}
	p.enter(during)
	stopProbe = p.start(ctx, c.rate)
	r.watch(ctx, srv, came, progress)
	r.took = time.Since(r.crowd.began)
	p.enter(after)
	if err := rest(ctx, c.quiet); err != nil {
		return r, err
	}
	stopProbe()
	for ph := range phases {
		r.latency[ph] = p.quantiles(ph)
	}
	loads, err := srv.metrics(ctx, "fest_release_loads_total")
	if err != nil {
		return r, err
	}
	r.loads = loads[`fest_release_loads_total{outcome="swapped"}`]
	r.classes, err = srv.metrics(ctx, "fest_valve_")
	return r, err
}

func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// connect gives each consumer a connection, which the restart will break.
func connect(ctx context.Context, c config, srv *server) []*http.Client {
	consumers := make([]*http.Client, c.consumers)
	for i := range consumers {
		consumers[i] = newConsumer(i)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+srv.api+"/healthz", nil)
		if err != nil {
			continue
		}
		if resp, err := consumers[i].Do(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is kept
			_ = resp.Body.Close()
		}
	}
	return consumers
}

// watch follows memory until all were served.
func (r *result) watch(ctx context.Context, srv *server, came <-chan struct{}, progress io.Writer) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	told := time.Now()
	for {
		select {
		case <-came:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
			r.peak = max(r.peak, srv.anonymous())
			if time.Since(told) > 5*time.Second {
				told = time.Now()
				_, _ = fmt.Fprintf(progress, "storm: %d of %d served after %.0f s\n", r.crowd.done(), r.consumers, time.Since(r.crowd.began).Seconds())
			}
		}
	}
}
