package app

import (
	"context"
	"fmt"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// festd is who acts where no person does.
const festd = "festd"

// docket adds up what the store's releases and acts say.
func (l *loader) docket(ctx context.Context) (*fest.Docket, error) {
	all, err := l.ledger(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	return all.docket, nil
}

// hold notes a candidate that the gate held. The importer's error is what is
// logged of it.
func (l *loader) hold(ctx context.Context, c fest.Candidate) error {
	_, err := l.store.Record(ctx, fest.Act{
		Kind: fest.ActHold, By: festd, Reason: "held by the gate", Content: c.Content.Digest, Candidate: &c,
	})
	return err
}

// unchanged notes that a file says what is served: once for each file beside
// each release, so that looking at a source every night does not fill the log.
func (l *loader) unchanged(ctx context.Context, served fest.Release, src fest.Source) error {
	acts, err := l.store.Acts(ctx)
	if err != nil {
		return err
	}
	for _, a := range acts {
		if s := a.Source; a.Kind == fest.ActUnchanged && a.After == served.Serial && s != nil && s.Location == src.Location && s.Digest == src.Digest {
			return nil
		}
	}
	_, err = l.store.Record(ctx, fest.Act{
		Kind: fest.ActUnchanged, By: festd, Reason: "the file says what is served", Content: served.Content.Digest, Source: &src,
	})
	return err
}

// leaving is what leaves the register when next takes the place of served.
func (l *loader) leaving(ctx context.Context, served fest.Release, next *cache.Snapshot) ([]byte, error) {
	if !leaves(served, next) {
		return cache.NothingLeaves()
	}
	old, err := l.snapshot(ctx, served)
	if err != nil {
		return nil, fmt.Errorf("reading release %d: %w", served.Serial, err)
	}
	defer old.Close()
	return compareLeaving(ctx, old, next)
}

// leaves says whether anything can leave with next: made-up data leaves
// nothing behind for real data to answer.
func leaves(served fest.Release, next *cache.Snapshot) bool {
	return served.Serial != 0 && served.Content.Sample == next.Release().Content.Sample
}

// snapshot opens a content that is kept, as that of rel. The caller closes it.
func (l *loader) snapshot(ctx context.Context, rel fest.Release) (*cache.Snapshot, error) {
	content, err := l.store.Content(ctx, rel.Content.Digest)
	if err != nil {
		return nil, err
	}
	snap, _, _, err := l.anyhow(ctx, rel, content)
	return snap, err
}
