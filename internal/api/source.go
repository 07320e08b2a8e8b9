package api

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/festd/festd/internal/api/valve"
	"github.com/festd/festd/internal/fest"
)

// Sources gives the files that releases were made of.
type Sources interface {
	// Source opens the zip file that a release was made of, as it came and
	// verified. It asks no backend. An error that wraps [ErrNoSource] says why
	// there is none. The caller closes the file.
	Source(ctx context.Context, rel *fest.Release) (*os.File, error)
}

// ErrNoSource means that the file that a release was made of cannot be sent. The
// text of an error that wraps it is for clients.
var ErrNoSource = errors.New("no source file")

// source answers /fest/fest251.zip: the file that the served release was made
// of, byte for byte as DMP published it, at the name that DMP gives it.
func (a *API) source(c *call, v *view) error {
	if _, err := a.parameters(c.r.URL.RawQuery, nil); err != nil {
		return err
	}
	if a.opts.Sources == nil {
		return fail(ErrNoSource, "this server keeps no files")
	}
	if c.r.Method == http.MethodHead || sourceKnown(c.r, v) {
		return a.sendSource(c, v) // no body, so no slot
	}
	// The queue and a slow reader hold no snapshot, and whoever waited gets what
	// is served then.
	c.release()
	if err := a.bulk(c); err != nil {
		return err
	}
	if c.snap = a.opts.Served.Acquire(); c.snap == nil {
		return errNotReady
	}
	v = a.view(c.snap, a.advisory(c.start))
	delete(c.Header(), headerSample)
	v.name(c.Header())
	return a.sendSource(c, v)
}

// sourceTag is the strong ETag of the source file: its digest.
func sourceTag(v *view) string {
	d := v.rel.Source.Digest
	return `"` + string(d[:min(32, len(d))]) + `"`
}

// sourceKnown says that the client has the file already.
func sourceKnown(r *http.Request, v *view) bool {
	if inm := r.Header["If-None-Match"]; inm != nil {
		return matches(inm, sourceTag(v))
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !v.rel.PublishedAt.Truncate(time.Second).After(since)
}

// sendSource sends the file, or the part of it that is asked for. It was
// modified when it was published here: so it never seems older than what a
// client has, also after going back.
func (a *API) sendSource(c *call, v *view) error {
	rel := v.rel
	f, err := a.opts.Sources.Source(c.r.Context(), &rel)
	if err != nil {
		if errors.Is(err, ErrNoSource) {
			return fail(ErrNoSource, err.Error())
		}
		return internal(err)
	}
	defer f.Close()
	tag := sourceTag(v)
	c.release()
	h := c.Header()
	h["Etag"] = []string{tag}
	h["Cache-Control"] = noCache
	h["Content-Type"] = typeZip
	if r := c.r.Header.Get("Range"); r != "" && !strings.HasPrefix(r, "bytes=") {
		c.r.Header.Del("Range") // of another unit it says nothing (RFC 9110 §14.2), which net/http refuses
	}
	slow := valve.NewSlowWriter(c, a.opts.Slow.Rate, a.opts.Slow.Grace)
	defer slow.Done()
	if c.slot != nil {
		p := &place{pool: a.adm.Bulk, leave: c.slot}
		c.slot = p.end
		slow.Watch(slowStep, p.stepAside)
	}
	w := &partWriter{SlowWriter: slow}
	http.ServeContent(w, c.r, "", rel.PublishedAt, f)
	if c.cut = c.cut || slow.Cut(); c.cut {
		a.adm.refused[CostBulk][bySlowness].Add(1)
	}
	switch w.refused {
	case 0:
		return nil
	case http.StatusPreconditionFailed:
		return fail(errPrecondition, "the file is another one by now")
	case http.StatusRequestedRangeNotSatisfiable:
		return fail(errRange, "the file has "+strconv.FormatInt(rel.Source.Size, 10)+" bytes")
	default:
		return internal(errors.New("net/http refused the file with " + strconv.Itoa(w.refused)))
	}
}

// slowStep is how long a step takes with a slow reader: of a file, which is
// sent in steps of 256 KiB, 1 MiB a second.
const slowStep = 250 * time.Millisecond

// place is what an answer of class bulk holds while it is sent.
type place struct {
	pool *valve.Pool

	mu    sync.Mutex
	leave func()
	over  bool
}

// stepAside has a slow reader give its slot to those who wait: some dozens of
// them would else hold up everybody for as long as they like.
func (p *place) stepAside() (aside bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return true
	}
	p.leave, aside = p.pool.StepAside(p.leave)
	return aside
}

func (p *place) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.leave()
}

// partWriter keeps what net/http says of preconditions and ranges, so that it
// can be said as a problem.
type partWriter struct {
	*valve.SlowWriter
	refused int
}

// WriteHeader implements [http.ResponseWriter].
func (w *partWriter) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		w.refused = status
		return
	}
	w.SlowWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *partWriter) Write(b []byte) (int, error) {
	if w.refused != 0 {
		return len(b), nil
	}
	return w.SlowWriter.Write(b)
}
