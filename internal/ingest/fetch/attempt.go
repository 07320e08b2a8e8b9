package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// errRestart: the answer does not continue the part. The part is empty now,
// and a request for the whole file is due.
var errRestart = errors.New("the file has changed since the download was cut off")

// attempt asks for the file, or the rest of it, and takes the answer in.
// False: the server has what was confirmed.
func (f *Fetcher) attempt(ctx context.Context, p *part, known *record, result *Result) (bool, error) {
	modified, err := f.request(ctx, p, known)
	if errors.Is(err, errRestart) { // a whole request cannot be answered so again
		result.Resumed = 0
		f.o.Log.InfoContext(ctx, "download cannot be resumed; it starts over", "url", f.location)
		return f.request(ctx, p, known)
	}
	if modified && p.begun {
		result.Resumed = 0
	}
	return modified, err
}

func (f *Fetcher) request(ctx context.Context, p *part, known *record) (modified bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	resp, err := f.ask(ctx, f.header(p, known))
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && known != nil:
		return false, nil
	case resp.StatusCode == http.StatusOK:
		return true, f.take(ctx, cancel, resp, p, false)
	case resp.StatusCode == http.StatusPartialContent && p.resumable():
		if err := continues(resp, &p.record); err != nil {
			f.o.Log.DebugContext(ctx, "answer does not continue the download", "url", f.location, "error", err)
			return false, restart(p)
		}
		return true, f.take(ctx, cancel, resp, p, true)
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && p.resumable():
		return false, restart(p)
	}
	return false, refusal(resp)
}

func restart(p *part) error {
	if err := p.reset(record{Total: -1}); err != nil {
		return err
	}
	return errRestart
}

func (f *Fetcher) header(p *part, known *record) http.Header {
	h := http.Header{}
	h.Set("User-Agent", "festd/"+f.o.Version+" (+https://github.com/festd/festd)")
	h.Set("Accept", "application/zip, application/xml;q=0.9, */*;q=0.5")
	h.Set("Accept-Encoding", "identity")
	if known != nil {
		if known.ETag != "" {
			h.Set("If-None-Match", known.ETag)
		}
		if known.LastModified != "" {
			h.Set("If-Modified-Since", known.LastModified)
		}
	}
	if p.resumable() {
		h.Set("Range", fmt.Sprintf("bytes=%d-", p.record.Size))
		h.Set("If-Range", p.record.IfRange)
	}
	return h
}

// refusal makes an error of an answer that brings no file.
func refusal(resp *http.Response) error {
	failed := &failure{kind: ErrStatus, status: resp.StatusCode}
	failed.err = fmt.Errorf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	switch code := resp.StatusCode; {
	case code >= 500 || code == http.StatusTooManyRequests:
		failed.again, failed.wait = true, retryAfter(resp.Header, time.Now())
		if failed.wait > 0 {
			failed.err = fmt.Errorf("%w, to be asked again in %v", failed.err, failed.wait)
		}
	case code == http.StatusNotFound || code == http.StatusGone:
		failed.err = fmt.Errorf("%w; has the file moved? See DMP's page for downloading FEST", failed.err)
	case code == http.StatusUnauthorized || code == http.StatusForbidden || code == http.StatusProxyAuthRequired:
		failed.err = fmt.Errorf("%w; are user and password right?", failed.err)
	case code == http.StatusNotModified || code == http.StatusPartialContent || code == http.StatusRequestedRangeNotSatisfiable:
		failed.err = fmt.Errorf("%w, which was not asked for", failed.err)
	}
	return failed
}
