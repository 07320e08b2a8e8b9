package fetch

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// backoff is the pause after the n-th attempt, n from 1: full jitter, so that
// many replicas that failed together do not come back together.
func (o *Options) backoff(n int) time.Duration {
	bound := o.MinBackoff
	for range n - 1 {
		if bound >= o.MaxBackoff/2 {
			bound = o.MaxBackoff
			break
		}
		bound *= 2
	}
	return time.Duration(o.random() * float64(bound))
}

// pause says how long to wait before another attempt; false: there will be
// none. What the server asks for is a minimum, and jittered upwards only.
func (o *Options) pause(n int, failed *failure, left time.Duration) (time.Duration, bool) {
	if !failed.again || n >= o.Attempts || failed.wait > o.MaxRetryAfter {
		return 0, false
	}
	wait := failed.wait + o.backoff(n)
	return wait, wait < left
}

// retryAfter reads the header (RFC 9110 §10.2.3): seconds or a date. Zero:
// absent, past or malformed.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const most = 365 * 24 * time.Hour // bounds what may overflow
	text := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseUint(text, 10, 63); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(n, uint64(most/time.Second))) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent // the server's clock, by which it reckons
	}
	return min(max(at.Sub(now), 0), most)
}

// sleep waits; false: the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
