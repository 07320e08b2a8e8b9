package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
)

// App is a server. Its methods are for one goroutine: New, Start, Stop.
type App struct {
	opts     Options
	registry *prometheus.Registry
	metrics  *metrics
	served   *cache.Served
	state    *api.State
	memory   *known
	archive  *archive
	access   *access
	faces    *api.API

	public, ops *listener
	cleanups    []cleanup // run last in, first out
	stop        context.CancelFunc
	work        sync.WaitGroup // background goroutines
}

type cleanup struct {
	name string
	run  func(context.Context) error
}

// New checks the options. It opens and starts nothing.
func New(o Options) (*App, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	return &App{
		opts: o, registry: registry, metrics: newMetrics(registry),
		served: new(cache.Served), state: new(api.State),
	}, nil
}

// Addr is the address that the public listener has, after Start.
func (a *App) Addr() string { return a.public.addr() }

// OpsAddr is the address that the ops listener has, after Start.
func (a *App) OpsAddr() string { return a.ops.addr() }

// openPatience is how long a start waits for a database before it serves what
// is on its own disk; the database is asked on, beside.
const openPatience = 300 * time.Millisecond

// Start opens the store, the listeners, and begins to serve: whatever is
// whole on disk at once, a newer source as soon as it is imported. It returns
// when the listeners answer; readiness is /readyz. What Start took it gives
// back if it fails.
func (a *App) Start(ctx context.Context) (err error) {
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Stop(ctx))
			a.stop()
		}
	}()

	store, err := openStore(ctx, storeOptions{
		dataDir: a.opts.DataDir, databaseURL: a.opts.DatabaseURL, keepDays: a.opts.KeepDays, keepReleases: a.opts.KeepReleases,
		patience: openPatience, log: a.opts.Log, loaded: a.metrics.fetched,
	})
	if err != nil {
		return err
	}
	a.onStop("store", func(context.Context) error { return store.Close() })
	a.onStop("snapshot", func(context.Context) error { a.served.Swap(nil); return nil })
	a.onStop("background work", func(context.Context) error { a.stop(); a.work.Wait(); return nil })
	l := &loader{store: store, limits: a.opts.Limits, log: a.opts.Log, metrics: a.metrics}

	a.memory = newKnown(store, a.opts.Log)
	a.archive = newArchive(l, a.memory, a.served, a.opts.LoadTimeout)
	a.onStop("archive", func(context.Context) error { a.archive.close(); return nil })
	if a.access, err = newAccess(&a.opts); err != nil {
		return err
	}
	a.registry.MustRegister(a.access, a.access.audit.failures)
	a.metrics.watch(a.registry, store, a.memory, a.archive)
	if err := a.listen(ctx, store, newAdmin(l, adminOptions{gate: a.opts.Gate, served: a.served})); err != nil {
		return err
	}
	f, err := newFollower(a, l)
	if err != nil {
		return err
	}
	f.first(ctx)
	a.work.Go(func() { f.follow(ctx) })
	a.work.Go(func() { f.keepUp(ctx) })
	if a.opts.Source != "" {
		a.work.Go(func() { f.importSource(ctx) })
	}
	return nil
}

// Stop drains: it says "not ready", waits the grace so that load balancers
// notice, takes no new connections, lets requests under way finish, and then
// gives everything back. Bounded by the options' times.
func (a *App) Stop(ctx context.Context) error {
	var errs []error
	for len(a.cleanups) > 0 {
		c := a.cleanups[len(a.cleanups)-1]
		a.cleanups = a.cleanups[:len(a.cleanups)-1]
		if err := c.run(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stopping %s: %w", c.name, err))
		}
	}
	return errors.Join(errs...)
}

func (a *App) onStop(name string, run func(context.Context) error) {
	a.cleanups = append(a.cleanups, cleanup{name, run})
}
