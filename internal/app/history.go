package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/ingest"
)

// HistoryResult says what an older file told.
type HistoryResult struct {
	Path          string        `json:"path"`
	Content       fest.Digest   `json:"content"`
	RetrievalDate fest.DateTime `json:"retrievalDate"`
	// Removed: it had something that is gone now. Else it told nothing new, and
	// nothing was kept of it.
	Removed bool `json:"removed"`
}

// ImportHistory reads files that are older than the release served, in any
// order, and keeps what they had and the served release has not (P10): ids,
// item numbers, GTINs and LMR numbers are then answered as removed. Nothing of
// them is published or judged. It ends at the first file that is of no use;
// what the files before it told is kept. Of o the path, approval and rehearsal
// are not heeded.
func ImportHistory(ctx context.Context, o ImportOptions, paths []string) (_ []HistoryResult, err error) {
	o.defaults()
	leftover := newLeftover(o.DataDir)
	s, err := openStore(ctx, storeOptions{
		dataDir: o.DataDir, databaseURL: o.DatabaseURL, keepDays: o.KeepDays, keepReleases: o.KeepReleases, log: o.Log,
	})
	if err != nil {
		return nil, err
	}
	defer func() {
		err = errors.Join(err, s.Close())
		if err != nil {
			leftover.remove()
		}
	}()
	h := history{loader: &loader{store: s, limits: o.Limits, log: o.Log, metrics: newMetrics(nil)}, opts: o}
	if h.current, err = s.Current(ctx); err != nil {
		if errors.Is(err, festdb.ErrNoRelease) {
			err = fmt.Errorf("a history is told beside the release that is served: import the newest file first (%w)", err)
		}
		return nil, err
	}
	var done []HistoryResult
	for _, path := range paths {
		r, err := h.read(ctx, path)
		if err != nil {
			return done, fmt.Errorf("%s: %w", path, err)
		}
		done = append(done, r)
	}
	return done, nil
}

// history is a run over older files.
type history struct {
	loader  *loader
	opts    ImportOptions
	current fest.Release
}

// read imports a file into a store that is thrown away, and compares.
func (h *history) read(ctx context.Context, path string) (_ HistoryResult, err error) {
	dir, err := os.MkdirTemp("", "festd-history-")
	if err != nil {
		return HistoryResult{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	scratch, err := festdb.Open(festdb.Options{Dir: filepath.Join(dir, "store")})
	if err != nil {
		return HistoryResult{}, err
	}
	defer func() { err = errors.Join(err, scratch.Close()) }()
	l := &loader{store: scratch, limits: h.opts.Limits, log: h.opts.Log, metrics: newMetrics(nil)}
	o := l.ingestOptions(h.opts)
	o.Path, o.Source, o.Gate, o.Leaving, o.Unchanged, o.Rehearse = path, nil, nil, nil, nil, false
	got, err := ingest.Run(ctx, o)
	if err != nil {
		return HistoryResult{}, err
	}
	out := HistoryResult{Path: path, Content: got.Release.Content.Digest, RetrievalDate: got.Release.Content.RetrievalDate}
	if err := h.usable(got.Release.Content); err != nil {
		return out, &ingest.RefusedError{Err: err}
	}
	older, err := l.snapshot(ctx, got.Release)
	if err != nil {
		return out, err
	}
	defer older.Close()
	data, err := h.compare(ctx, older)
	if err != nil || data == nil {
		return out, err
	}
	out.Removed = true
	return out, h.keep(ctx, path, festdb.Removal{Content: out.Content, RetrievalDate: out.RetrievalDate, Data: data})
}

// usable says why a file tells nothing about what was removed.
func (h *history) usable(c fest.Content) error {
	now := h.current.Content
	switch {
	case c.Digest == now.Digest:
		return nil // everything in it is served
	case c.Sample != now.Sample:
		return errors.New("made-up data and real data tell nothing of each other")
	case !older(c.RetrievalDate, now.RetrievalDate):
		return fmt.Errorf("its HentetDato, %s, is not before that of the served release %d, %s: import it without --history",
			c.RetrievalDate, h.current.Serial, now.RetrievalDate)
	case c.Filter != now.Filter:
		return fmt.Errorf("it is said to be the extract %s, release %d is %s: what one has and the other has not was not removed",
			c.Filter, h.current.Serial, now.Filter)
	}
	return nil
}

// older compares HentetDato as text, whose zone means nothing (R9).
func older(a, b fest.DateTime) bool { return strings.Compare(string(a), string(b)) < 0 }

// compare gives what the older content has that neither the served release nor
// anything that left since has. What histories before it told does not count:
// files may come in any order.
func (h *history) compare(ctx context.Context, snap *cache.Snapshot) ([]byte, error) {
	served, err := h.loader.snapshot(ctx, h.current)
	if err != nil {
		return nil, fmt.Errorf("reading release %d: %w", h.current.Serial, err)
	}
	defer served.Close()
	removed, err := h.loader.store.Removed(ctx)
	if err != nil {
		return nil, err
	}
	var sets []cache.RemovedSet
	for _, r := range removed {
		if r.Serial != 0 || older(snap.Release().Content.RetrievalDate, r.RetrievalDate) {
			sets = append(sets, cache.RemovedSet{Serial: r.Serial, RetrievalDate: r.RetrievalDate, Data: r.Data})
		}
	}
	graveyard, err := cache.OpenGraveyard(sets)
	if err != nil {
		return nil, err
	}
	served.SetRemoved(graveyard)
	return cache.LeavingHistory(ctx, snap, served)
}

func (h *history) keep(ctx context.Context, path string, r festdb.Removal) error {
	if err := h.loader.store.AddHistory(ctx, r); err != nil {
		return err
	}
	_, err := h.loader.store.Record(ctx, fest.Act{
		Kind: fest.ActHistory, By: festd, Reason: fmt.Sprintf("%s, HentetDato %s", filepath.Base(path), r.RetrievalDate), Content: r.Content,
	})
	return err
}
