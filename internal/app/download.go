package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
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
	fetcher fetcher
	opts    ImportOptions
	held    heldFile  // the last one that the gate held
	late    *lateFile // waits for the publish window; nil: none does
	log     *slog.Logger
}

// fetcher brings files; fetch.Fetcher is one.
type fetcher interface {
	Fetch(ctx context.Context) (fetch.Result, error)
	Confirm(r fetch.Result) error
	Discard(r fetch.Result) error
}

// SourceOptions say how a URL may be reached. The zero value is the proxy of
// the environment, and redirects to the URL's own host and those below it.
type SourceOptions struct {
	// RedirectHosts are hosts that redirects may lead to besides: a name, or
	// *.example.org for all below it.
	RedirectHosts []string
	// Proxy: "" = as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say; none; or the URL
	// of one (http, https, socks5).
	Proxy string
}

// fetch are the options of a fetcher, as far as the URL says.
func (o SourceOptions) fetch(url string) fetch.Options {
	return fetch.Options{URL: url, Dir: fetchDir, RedirectHosts: o.RedirectHosts, Proxy: o.Proxy}
}

// newDownload checks the URL. remember makes requests conditional on what was
// imported before.
func newDownload(l *loader, url string, remember bool, o ImportOptions) (*download, error) {
	d := &download{loader: l, opts: o, log: l.log.With("source", fetch.Location(url))}
	options := o.SourceOptions.fetch(url)
	options.Dir, options.Version, options.MaxSize, options.Log = filepath.Join(l.store.Disk().Dir(), fetchDir), o.Version, l.limits.FileBytes, d.log
	options.Known = func(digest fest.Digest) bool { return remember && d.known(digest) }
	var err error
	d.fetcher, err = fetch.New(options)
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

// run fetches and imports once. A file that came too late to be published
// waits for the next run, which does not fetch it again: ingest.ErrPostponed.
func (d *download) run(ctx context.Context) (ingest.Result, error) {
	asked := time.Now()
	got, err := d.next(ctx)
	d.loader.step(ctx, "fetch", asked, time.Now(), err)
	if errors.Is(err, fetch.ErrContent) || errors.Is(err, fetch.ErrTooLarge) {
		return ingest.Result{}, &ingest.RefusedError{Err: err}
	}
	if err != nil {
		return ingest.Result{}, err
	}
	if got.NotModified {
		return ingest.Result{}, errNotModified
	}
	serial, published, err := d.serial(ctx)
	if err != nil {
		return ingest.Result{}, errors.Join(err, d.fetcher.Discard(got))
	}
	if published && d.opts.Ready != nil && !d.opts.Ready() {
		d.late = &lateFile{got, serial}
		return ingest.Result{}, ingest.ErrPostponed
	}
	o := d.opts
	o.Path, o.Source = got.Path, &got.Source
	result, err := d.loader.importFile(ctx, o)
	if errors.Is(err, ingest.ErrPostponed) {
		d.late = &lateFile{got, serial}
		return result, err
	}
	var held *ingest.HeldError
	if errors.As(err, &held) {
		d.held = heldFile{file: got.Source.Digest, baseline: result.Release.Serial, at: time.Now(), frozen: held.Frozen()}
	}
	if err == nil || held != nil {
		return result, errors.Join(err, d.fetcher.Confirm(got))
	}
	return result, errors.Join(err, d.fetcher.Discard(got))
}

// lateFile is what was fetched, and may not be published yet.
type lateFile struct {
	got    fetch.Result
	serial fest.Serial // served when it came
}

// next is the file that waits, or what the URL has. Where another release is
// served by now than when the file came, it may be older than that: the URL is
// asked.
func (d *download) next(ctx context.Context) (fetch.Result, error) {
	if late := d.late; late != nil {
		serial, _, err := d.serial(ctx)
		if err != nil {
			return fetch.Result{}, err
		}
		if serial == late.serial {
			d.late = nil
			return late.got, nil
		}
		if err := d.discard(); err != nil {
			return fetch.Result{}, err
		}
	}
	return d.fetcher.Fetch(ctx)
}

// serial is that of the release in the store.
func (d *download) serial(ctx context.Context) (_ fest.Serial, published bool, err error) {
	rel, err := d.loader.store.Current(ctx)
	if errors.Is(err, festdb.ErrNoRelease) {
		return 0, false, nil
	}
	return rel.Serial, err == nil, err
}

// discard gives up the file that waits, if one does.
func (d *download) discard() error {
	if d.late == nil {
		return nil
	}
	got := d.late.got
	d.late = nil
	return d.fetcher.Discard(got)
}
