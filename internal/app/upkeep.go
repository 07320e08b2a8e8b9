package app

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// sourceRetryEvery is about how often a source file is asked for again that
// could not be had.
const sourceRetryEvery = 30 * time.Second

// sourceFetcher is a store that other machines publish in, too.
type sourceFetcher interface {
	// FetchSource brings the file that a release was made of onto the local
	// disk, if it is not there yet. [festdb.ErrNotKept]: it is nowhere.
	FetchSource(ctx context.Context, src fest.Source) error
}

// keepUp looks after the local disk of a node whose store is elsewhere, beside
// all requests (P5), until ctx ends: the source file of the served release is
// fetched, and what retention no longer keeps is removed. A node that never
// imports would fill its disk otherwise.
func (f *follower) keepUp(ctx context.Context) {
	store, ok := f.loader.store.(sourceFetcher)
	if !ok {
		return
	}
	retry := time.NewTimer(0)
	defer retry.Stop()
	<-retry.C
	told := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.swapped:
		case <-retry.C:
		}
		if err := f.loader.store.Disk().Prune(ctx); err != nil && ctx.Err() == nil {
			f.log.Warn("local copies that nobody keeps were not removed", "error", err)
		}
		err := f.fetchSource(ctx, store)
		if err == nil || ctx.Err() != nil {
			told = ""
			continue
		}
		if text := err.Error(); text != told {
			told = text
			f.log.Warn("the source file of the served release is not here; it cannot be handed on", "error", err)
		}
		if !errors.Is(err, festdb.ErrNotKept) { // nobody will put it there again
			retry.Reset(sourceRetryEvery/2 + rand.N(sourceRetryEvery))
		}
	}
}

func (f *follower) fetchSource(ctx context.Context, store sourceFetcher) error {
	snap := f.served.Acquire()
	if snap == nil {
		return nil
	}
	src := snap.Release().Source
	snap.Close()
	return store.FetchSource(ctx, src)
}
