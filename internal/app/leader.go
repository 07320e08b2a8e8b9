package app

import (
	"context"
	"time"
)

// leadRetry is the pause after a store could not be asked who leads.
const leadRetry = time.Second

// whileLeading runs work for as long as this process alone leads among those
// that use the store, again and again until ctx ends or work is done. Losing
// the lead ends the context of work.
func (f *follower) whileLeading(ctx context.Context, work func(context.Context)) {
	told := time.AfterFunc(2*time.Second, func() { f.log.Info("another process leads and looks at the source; this one follows") })
	defer told.Stop()
	for ctx.Err() == nil {
		leading, release, err := f.loader.store.Lead(ctx)
		if err != nil {
			if ctx.Err() == nil {
				f.log.Warn("cannot lead", "error", err)
				select {
				case <-ctx.Done():
				case <-time.After(leadRetry):
				}
			}
			continue
		}
		told.Stop()
		f.metrics.leads(true)
		f.log.Info("leading: this process looks at the source")
		f.loader.mendTombstones(leading)
		work(leading)
		lost := leading.Err() != nil
		release()
		f.metrics.leads(false)
		if !lost {
			return
		}
		if ctx.Err() == nil {
			f.log.Warn("no longer leading")
		}
	}
}
