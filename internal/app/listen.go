package app

import (
	"context"
	"errors"
	"math"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/api/valve"
	"github.com/festd/festd/internal/rules"
)

// listen opens both listeners: the probes answer from the first moment, and
// lookups with 503 and a Retry-After until something is served.
func (a *App) listen(ctx context.Context, store store, admin *Admin) error {
	a.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	valves, err := a.opts.Valves.build(a.opts.Log)
	if err != nil {
		return err
	}
	if valves != nil {
		a.work.Go(func() { valves.Strain.Run(ctx) })
	}
	rulesOff, err := rules.ParseSet(a.opts.RulesOff...)
	if err != nil {
		return err
	}
	noAnonymous, classes, err := a.opts.anonymous()
	if err != nil {
		return err
	}
	faces, err := api.New(api.Options{
		Served: a.served, Registry: a.registry, State: a.state, Log: a.opts.Log, AccessLog: a.opts.AccessLog,
		Version: a.opts.Version, KnownSince: a.memory.knownSince, Archive: a.archive, Advisory: a.memory.advisory, Register: a.memory.register,
		Admin: admin, Ops: a.access.ops.access(a.opts.OpsListen), Audit: a.access.audit.add,
		Credentials: a.access.credentials(), NoAnonymous: noAnonymous, AnonymousClasses: classes, Valves: valves, Slow: api.Slow{Rate: a.opts.Valves.BulkMinRate},
		Sources: &sources{disk: store.Disk}, RulesOff: rulesOff,
		LogRemote: a.opts.LogRemote, LogLevel: a.opts.LogLevel, Recorder: newRecorder(a.tracer),
	})
	if err != nil {
		return err
	}
	a.faces = faces
	if a.ops, err = listen(ctx, "ops", a.opts.OpsListen, faces.Ops(), a.access.opsTLS, nil, a.opts.Log); err != nil {
		return err
	}
	a.onStop("ops listener", a.leaveOps)
	limit := a.limiter(faces)
	if a.public, err = listen(ctx, "public", a.opts.Listen, faces.Public(), a.access.publicTLS, limit, a.opts.Log); err != nil {
		return err
	}
	a.onStop("public listener", a.drain)
	a.opts.Log.Info("listening", "public", a.public.url(), "ops", a.ops.url())
	return nil
}

// limiter caps the connections of the public listener, and counts them.
func (a *App) limiter(faces *api.API) func(net.Listener) net.Listener {
	most := a.opts.Valves.MaxConnections
	if a.opts.Valves.Off {
		most = math.MaxInt32
	}
	return func(ln net.Listener) net.Listener {
		capped := valve.NewListener(ln, most, faces.Refuse)
		if t := a.access.publicTLS; t != nil {
			capped.TLS = t.refusal
		}
		a.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "fest_connections_open", Help: "Connections of the public listener.",
		}, func() float64 { return float64(capped.Open()) }), prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "fest_connections_refused_total", Help: "Connections above the cap, which got one answer and were closed.",
		}, func() float64 { return float64(capped.Refused()) }))
		return capped
	}
}

// farewell is how long answers ask clients to close their connections, before
// the listener closes those that are idle: one that is closed under a client
// may meet its next request.
const farewell = time.Second

// drain is the order of leaving: not ready, a grace in which all is answered
// and load balancers notice, at its end without keep-alives, no new
// connections, requests under way finish, what is left is closed.
func (a *App) drain(ctx context.Context) error {
	a.state.Drain()
	last := min(farewell, a.opts.DrainGrace/2)
	pause(ctx, a.opts.DrainGrace-last)
	a.state.Leave()
	pause(ctx, last)
	a.public.srv.SetKeepAlivesEnabled(false)
	ctx, cancel := context.WithTimeoutCause(ctx, a.opts.DrainTimeout, errors.New("the drain timeout is over"))
	defer cancel()
	return a.public.stop(ctx)
}

// opsPatience is what is left to requests of the ops listener once the public
// one has closed: an act ends by itself, a profile may be of an hour.
const opsPatience = 5 * time.Second

// leaveOps is the end of the ops listener, which answered all the while.
func (a *App) leaveOps(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, min(opsPatience, a.opts.DrainTimeout), errors.New("a stopping server waits for them no longer"))
	defer cancel()
	return a.ops.stop(ctx)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
