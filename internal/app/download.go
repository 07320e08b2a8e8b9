package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/ingest/fetch"
)

// fetchDir holds downloads, below the data directory.
const fetchDir = "fetch"

// download imports what a URL has: fetched, judged, published. A file that
// the gate holds is kept in mind, so that it is not fetched again; one that
// is refused, or failed, is.
type download struct {
	loader  *loader
	fetcher *fetch.Fetcher
	opts    ImportOptions
	held    heldFile // the last one that the gate held
	log     *slog.Logger
}

// newDownload checks the URL. remember makes requests conditional on what was
// imported before.
func newDownload(l *loader, url, version string, remember bool, o ImportOptions) (*download, error) {
	d := &download{loader: l, opts: o, log: l.log.With("source", fetch.Location(url))}
	var err error
	d.fetcher, err = fetch.New(fetch.Options{
		URL: url, Dir: filepath.Join(l.store.Disk().Dir(), fetchDir), Version: version, MaxSize: l.limits.FileBytes, Log: d.log,
		Known: func(digest fest.Digest) bool { return remember && d.known(digest) },
	})
	return d, err
}

// heldFile is a file that need not be fetched again while what it was judged
// by stands.
type heldFile struct {
	file     fest.Digest
	baseline fest.Serial
	at       time.Time
	frozen   bool
}

// known says whether a source file need not be fetched again: it is what is
// served, or was rejected, or is held as it was and would be again.
func (d *download) known(file fest.Digest) bool {
	ctx := context.Background() // bounded by the store
	l, err := d.loader.ledger(ctx, time.Now())
	if err != nil {
		return file == d.held.file
	}
	if l.current.Serial != 0 && l.current.Source.Digest == file {
		return true
	}
	if d.held.file == file && d.held.baseline == l.current.Serial && d.held.frozen == (l.docket.Frozen != nil) {
		waived := slices.ContainsFunc(l.docket.Waivers, func(a fest.Act) bool { return a.At.After(d.held.at) })
		return !waived
	}
	return l.rejects(file)
}

// rejects says whether a source file has a content that was rejected.
func (l *ledger) rejects(file fest.Digest) bool {
	for digest := range l.docket.Rejected {
		if c, ok := l.docket.Candidate(digest); ok && c.Source.Digest == file {
			return true
		}
		for i := range l.records {
			if r := &l.records[i]; r.Content.Digest == digest && r.Source.Digest == file {
				return true
			}
		}
	}
	return false
}

// errNotModified: the URL has what was imported from it before.
var errNotModified = errors.New("not modified")

// run fetches and imports once.
func (d *download) run(ctx context.Context) (ingest.Result, error) {
	got, err := d.fetcher.Fetch(ctx)
	if errors.Is(err, fetch.ErrContent) || errors.Is(err, fetch.ErrTooLarge) {
		return ingest.Result{}, &ingest.RefusedError{Err: err}
	}
	if err != nil {
		return ingest.Result{}, err
	}
	if got.NotModified {
		return ingest.Result{}, errNotModified
	}
	o := d.opts
	o.Path, o.Source = got.Path, &got.Source
	result, err := d.loader.importFile(ctx, o)
	var held *ingest.HeldError
	if errors.As(err, &held) {
		d.held = heldFile{file: got.Source.Digest, baseline: result.Release.Serial, at: time.Now(), frozen: held.Frozen()}
	}
	if err == nil || held != nil {
		return result, errors.Join(err, d.fetcher.Confirm(got))
	}
	return result, errors.Join(err, d.fetcher.Discard(got))
}

// poll runs at once and then as the schedule says, until ctx ends.
func (f *follower) poll(ctx context.Context) {
	log := f.log.With("source", fetch.Location(f.opts.Source))
	schedule, err := f.opts.schedule()
	var d *download
	if err == nil {
		d, err = newDownload(f.loader, f.opts.Source, f.opts.Version, true, ImportOptions{Filter: f.opts.Filter, Gate: f.opts.Gate})
	}
	if err != nil {
		log.Error("the source cannot be polled", "error", err)
		return
	}
	for {
		f.state.Waiting("fetching " + fetch.Location(f.opts.Source))
		f.imported(ctx, log, d.run)
		log.Info("next look at the source", "at", schedule.Next(time.Now()))
		if _, err := schedule.Wait(ctx); err != nil {
			return
		}
	}
}
