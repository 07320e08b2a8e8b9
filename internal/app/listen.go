package app

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/festd/festd/internal/api"
)

// listen opens both listeners: the probes answer from the first moment, and
// lookups with 503 and a Retry-After until something is served.
func (a *App) listen(ctx context.Context, admin *Admin) error {
	a.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	faces, err := api.New(api.Options{
		Served: a.served, Registry: a.registry, State: a.state, Log: a.opts.Log, AccessLog: a.opts.AccessLog,
		Version: a.opts.Version, KnownSince: a.memory.knownSince, Archive: a.archive, Advisory: a.memory.advisory,
		Admin: admin, AdminToken: a.token.current,
	})
	if err != nil {
		return err
	}
	if a.ops, err = listen(ctx, "ops", a.opts.OpsListen, faces.Ops(), a.opts.Log); err != nil {
		return err
	}
	a.onStop("ops listener", a.ops.stop)
	if a.public, err = listen(ctx, "public", a.opts.Listen, faces.Public(), a.opts.Log); err != nil {
		return err
	}
	a.onStop("public listener", a.drain)
	a.opts.Log.Info("listening", "public", "http://"+a.Addr()+"/", "ops", "http://"+a.OpsAddr()+"/")
	return nil
}

// drain is the order of leaving: not ready, a grace for load balancers to
// notice, no keep-alives, no new connections, requests under way finish.
func (a *App) drain(ctx context.Context) error {
	a.state.Drain()
	select {
	case <-time.After(a.opts.DrainGrace):
	case <-ctx.Done():
	}
	a.public.srv.SetKeepAlivesEnabled(false)
	ctx, cancel := context.WithTimeoutCause(ctx, a.opts.DrainTimeout, errors.New("the drain timeout is over"))
	defer cancel()
	return a.public.stop(ctx)
}
