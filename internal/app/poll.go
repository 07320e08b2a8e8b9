package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/festd/festd/internal/ingest/fetch"
)

// poller looks at a URL again and again, as the schedule says. It outlives
// losing the lead, so that what it fetched is not fetched again; it is used
// while leading, by one goroutine at a time.
type poller struct {
	follower *follower
	schedule fetch.Schedule
	download *download
	log      *slog.Logger
}

func (f *follower) newPoller() (*poller, error) {
	schedule, err := f.opts.schedule()
	if err != nil {
		return nil, err
	}
	d, err := newDownload(f.loader, f.opts.Source, true, ImportOptions{
		SourceOptions: f.opts.SourceOptions, Version: f.opts.Version, Filter: f.opts.Filter, Gate: f.opts.Gate, Ready: func() bool { return schedule.Open(time.Now()) },
	})
	if err != nil {
		return nil, err
	}
	f.metrics.polls.Set(1)
	return &poller{f, schedule, d, f.log.With("source", fetch.Location(f.opts.Source))}, nil
}

// run looks at once, where the publish window is open or nothing was ever
// published, and then as the schedule says, until ctx ends.
func (p *poller) run(ctx context.Context) {
	// A store that cannot be asked is taken to have releases.
	_, published, err := p.download.serial(ctx)
	if (published || err != nil) && !p.schedule.Open(time.Now()) && !p.wait(ctx) {
		return
	}
	for {
		late := p.download.late
		p.follower.state.Waiting("fetching " + fetch.Location(p.follower.opts.Source))
		p.follower.imported(ctx, p.log, p.download.run)
		if late != nil && p.download.late == nil && ctx.Err() == nil {
			continue // what waited is done with; see what came since
		}
		if !p.wait(ctx) {
			return
		}
	}
}

// wait waits until a look is due; false: ctx ended.
func (p *poller) wait(ctx context.Context) bool {
	p.log.Info("next look at the source", "at", p.schedule.Next(time.Now()))
	_, err := p.schedule.Wait(ctx)
	return err == nil
}

// close gives up what waits for the window.
func (p *poller) close() {
	if err := p.download.discard(); err != nil {
		p.log.Warn("a download could not be removed", "error", err)
	}
}
