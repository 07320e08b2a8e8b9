package fetch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Fetcher downloads one URL into one directory. It has no goroutines and
// holds nothing open between fetches but files not yet confirmed or discarded.
type Fetcher struct {
	o         Options
	url       *url.URL
	location  string // url without its secrets
	files     files
	transport http.RoundTripper
}

// New returns a fetcher. Nothing is asked and nothing written before the
// first Fetch.
func New(o Options) (*Fetcher, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	u, err := parseURL(o.URL)
	if err != nil {
		return nil, fmt.Errorf("fetch: the URL %w", err)
	}
	f := &Fetcher{o: o, url: u, location: redact(u), transport: o.transport}
	f.files = files{dir: o.Dir, key: keyOf(u), ext: extension(u), location: f.location, fault: o.fault}
	if f.transport == nil {
		if f.transport, err = newTransport(&o); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Location is the URL without its secrets.
func (f *Fetcher) Location() string { return f.location }

// Result is what a fetch brought.
type Result struct {
	// NotModified: the server has what was confirmed last; there is no file.
	// Source describes what was confirmed.
	NotModified bool
	// Path of the file. It is the caller's until Confirm or Discard.
	Path string
	// Source has the URL without its secrets, digest and size.
	Source fest.Source
	// Resumed is how many bytes of the file an earlier fetch had left.
	Resumed int64
	// Attempts that were made, from 1.
	Attempts int
	// Duration of the fetch, pauses included.
	Duration time.Duration

	held *held
}

// held is a download that is not yet confirmed or discarded.
type held struct {
	record record
	mu     sync.Mutex
	file   *os.File // locked; nil: let go
}

// Fetch brings the file, or says that it is not modified since the one that
// was confirmed. On success the file is whole, synced to disk, and locked
// against other fetches until Confirm or Discard. Errors are *Error, whose
// Kind says what failed. What can be resumed later stays in the directory,
// all else is removed.
func (f *Fetcher) Fetch(ctx context.Context) (Result, error) {
	start := time.Now()
	whole, cancel := context.WithTimeout(ctx, f.o.Timeout)
	defer cancel()
	if t, ok := f.transport.(*http.Transport); ok {
		defer t.CloseIdleConnections()
	}
	result := Result{Source: fest.Source{Location: f.location}}
	if err := f.run(whole, &result); err != nil {
		return Result{}, f.explain(ctx, whole, result.Attempts, err)
	}
	result.Duration = time.Since(start)
	return result, nil
}

func (f *Fetcher) run(ctx context.Context, result *Result) (err error) {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := f.files.mkdir(); err != nil {
		return disk(err)
	}
	p, err := openPart(f.files, f.o.MaxSize)
	if err != nil {
		return err
	}
	keep := false
	defer func() { err = errors.Join(err, p.close(keep)) }()
	if err := f.files.sweep(time.Now()); err != nil {
		f.o.Log.WarnContext(ctx, "leftovers of earlier fetches could not be removed", "dir", f.o.Dir, "error", err)
	}
	known := f.confirmed(ctx)
	result.Resumed = p.record.Size
	modified, err := f.try(ctx, p, known, result)
	switch {
	case err != nil:
		keep = !errors.Is(err, ErrDisk) && !errors.Is(err, ErrTooLarge)
		return err
	case !modified:
		result.NotModified, result.Resumed = true, 0
		result.Source.Digest, result.Source.Size = known.Digest, known.Size
		return nil
	}
	result.Source.Digest, result.Source.Size = p.digest(), p.record.Size
	h := &held{record: p.record}
	h.record.Total, h.record.Digest = p.record.Size, result.Source.Digest
	result.Path, h.file, err = p.finish()
	result.held = h
	return err
}

// try makes attempts until one succeeds or no more are due.
func (f *Fetcher) try(ctx context.Context, p *part, known *record, result *Result) (modified bool, err error) {
	for {
		result.Attempts++
		modified, err := f.attempt(ctx, p, known, result)
		if err == nil {
			return modified, nil
		}
		var failed *failure
		if ctx.Err() != nil || !errors.As(err, &failed) {
			return false, err
		}
		deadline, _ := ctx.Deadline() // Fetch sets one
		wait, again := f.o.pause(result.Attempts, failed, time.Until(deadline))
		if !again {
			return false, err
		}
		f.o.Log.WarnContext(ctx, "fetching failed; trying again", "url", f.location, "attempt", result.Attempts,
			"attempts", f.o.Attempts, "wait", wait, "have_bytes", p.record.Size, "error", err)
		if !sleep(ctx, wait) {
			return false, err
		}
	}
}

// confirmed is the record that makes the request conditional; nil: none. A
// record that is damaged costs a download.
func (f *Fetcher) confirmed(ctx context.Context) *record {
	r, err := f.files.load(stateSuffix)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		f.o.Log.WarnContext(ctx, "what is remembered of the last file is unusable; it is fetched whole", "url", f.location, "error", err)
		return nil
	case !r.conditional() || !f.o.Known(r.Digest):
		return nil
	}
	return &r
}

// Confirm says that the file of a result was imported: the next fetch asks
// for it only if it has changed. That is durable when Confirm returns. The
// file is removed. For a result that is not modified nothing is to be done.
// An error costs no more than a download.
func (f *Fetcher) Confirm(r Result) error {
	if r.NotModified {
		return nil
	}
	if r.held == nil {
		return errors.New("fetch: confirming a result that holds no file")
	}
	r.held.mu.Lock()
	gone := r.held.file == nil
	r.held.mu.Unlock()
	if gone {
		return errors.New("fetch: confirming a file that was confirmed or discarded")
	}
	var err error
	if r.held.record.conditional() {
		err = f.files.save(stateSuffix, r.held.record, true)
	} else {
		// The older file's validators must not speak for this one.
		err = f.files.remove(f.files.path(stateSuffix))
	}
	if err != nil {
		err = fmt.Errorf("remembering what was fetched from %s: %w", f.location, err)
	}
	return errors.Join(err, f.Discard(r))
}

// Discard removes the file of a result, if that was not done yet.
func (f *Fetcher) Discard(r Result) error {
	if r.held == nil {
		return nil
	}
	r.held.mu.Lock()
	defer r.held.mu.Unlock()
	if r.held.file == nil {
		return nil
	}
	err := f.files.remove(r.Path) // before the lock goes, so that only one removes it
	_ = r.held.file.Close()       // was synced
	r.held.file = nil
	return err
}
