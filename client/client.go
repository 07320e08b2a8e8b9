package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Client asks one service.
type Client struct {
	opts   Options
	base   *url.URL
	budget *budget
	copies *copies
	start  sync.Once

	mu       sync.Mutex
	notUntil time.Time // the service said so
}

// New checks the options. It asks nothing yet.
func New(o Options) (*Client, error) {
	base, err := o.validate()
	if err != nil {
		return nil, err
	}
	c := &Client{opts: o, base: base, budget: newBudget(o.RetryShare)}
	c.copies, err = newCopies(o.Copies, o.Dir)
	return c, err
}

// Answer is what a call got.
type Answer[T any] struct {
	Value T
	// Release is the serial of the release that the answer is drawn from, and
	// Retrieved its HentetDato: DMP's version of the data.
	Release   uint64
	Retrieved string
	// Advisory is what the operators of the service want to be known; "" if
	// nothing.
	Advisory string
	// Stale: the service could not be asked, for the reason Cause; this is the
	// last good copy, fetched At.
	Stale bool
	Cause error
	At    time.Time
}

// ErrUnavailable says that the service could not be asked, and there is no copy that is
// young enough.
var ErrUnavailable = errors.New("the FEST service is not available")

// raw is an answer before it is decoded.
type raw = Answer[[]byte]

// Get asks for a path with its query, such as "/v1/packages?itemNumber=012387",
// and returns the body. Errors: *Problem for what the service refused for good,
// [ErrUnavailable], or that of ctx.
func (c *Client) Get(ctx context.Context, pathAndQuery string) (Answer[[]byte], error) {
	u, err := c.base.Parse(pathAndQuery)
	if err != nil {
		return raw{}, fmt.Errorf("client: path %q: %w", pathAndQuery, err)
	}
	if err := c.begin(ctx); err != nil {
		return raw{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Patience)
	defer cancel()
	have, known := c.copies.get(u.RequestURI())
	for attempt := 0; ; attempt++ {
		got, wait, err := c.once(ctx, u, have)
		var problem *Problem
		if err == nil {
			c.budget.earn()
			c.copies.put(u.RequestURI(), got)
			return got.answer(), nil
		}
		if errors.As(err, &problem) && !problem.temporary() {
			c.budget.earn()
			return raw{}, err // a sound answer: nothing stands in for it
		}
		if attempt+1 < c.opts.Attempts && c.budget.spend() && c.pause(ctx, attempt, wait) {
			continue
		}
		if known && time.Since(have.At) <= c.opts.MaxStale {
			stale := have.answer()
			stale.Stale, stale.Cause = true, err
			return stale, nil
		}
		return raw{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
}

// begin spreads the first requests of many processes.
func (c *Client) begin(ctx context.Context) error {
	c.start.Do(func() {
		if c.opts.StartJitter > 0 {
			sleep(ctx, rand.N(c.opts.StartJitter))
		}
	})
	return ctx.Err()
}

// pause waits before the next attempt: what the service asked for, and a
// jitter; false where that would take longer than the call has.
func (c *Client) pause(ctx context.Context, attempt int, asked time.Duration) bool {
	bound := c.opts.Backoff
	for range attempt {
		bound = min(2*bound, c.opts.MaxBackoff)
	}
	d := asked + rand.N(bound+1)
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return false
	}
	return sleep(ctx, d)
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once asks once. have is what is known already, for a conditional request.
func (c *Client) once(ctx context.Context, u *url.URL, have stored) (got stored, wait time.Duration, err error) {
	if d := c.holdOff(); d > 0 {
		return stored{}, d, fmt.Errorf("client: the service asked not to be asked for another %v", d.Round(time.Millisecond))
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return stored{}, 0, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.opts.UserAgent)
	if c.opts.APIKey != "" {
		req.Header.Set("Authorization", "Bearer "+c.opts.APIKey)
	}
	if have.ETag != "" {
		req.Header.Set("If-None-Match", have.ETag)
	}
	traceOf(ctx).set(req.Header)
	resp, err := c.opts.HTTPClient.Do(req)
	if err != nil {
		return stored{}, 0, err
	}
	defer resp.Body.Close()
	wait = c.heed(resp)
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.opts.MaxBytes+1))
	switch {
	case err != nil:
		return stored{}, wait, err
	case int64(len(body)) > c.opts.MaxBytes:
		return stored{}, 0, fmt.Errorf("client: the answer is larger than %d bytes", c.opts.MaxBytes)
	case resp.StatusCode == http.StatusNotModified && have.ETag != "":
		have.meta(resp)
		return have, 0, nil
	case resp.StatusCode != http.StatusOK:
		return stored{}, wait, newProblem(resp.StatusCode, body)
	}
	got = stored{Body: body, ETag: resp.Header.Get("ETag")}
	got.meta(resp)
	return got, 0, nil
}

// heed notes when the service wants to be asked again: nobody asks before.
func (c *Client) heed(resp *http.Response) time.Duration {
	wait := retryAfter(resp.Header)
	if wait == 0 {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := time.Now().Add(wait); until.After(c.notUntil) {
		c.notUntil = until
	}
	return wait
}

func (c *Client) holdOff() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Until(c.notUntil)
}

// retryAfter reads Retry-After (RFC 9110 §10.2.3), or, where a quota is used up, the reset of RateLimit.
func retryAfter(h http.Header) time.Duration {
	if v := h.Get("Retry-After"); v != "" {
		if s, err := strconv.Atoi(v); err == nil && s >= 0 {
			return time.Duration(min(s, 3600)) * time.Second
		}
		if t, err := http.ParseTime(v); err == nil {
			return min(max(0, time.Until(t)), time.Hour)
		}
	}
	return exhausted(h.Get("RateLimit"))
}

// decode makes a value of a raw answer.
func decode[T any](r raw, err error) (Answer[T], error) {
	a := Answer[T]{Release: r.Release, Retrieved: r.Retrieved, Advisory: r.Advisory, Stale: r.Stale, Cause: r.Cause, At: r.At}
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(r.Value, &a.Value); err != nil {
		return a, fmt.Errorf("client: the answer is not as it should be: %w", err)
	}
	return a, nil
}
