package main

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/festd/festd/bench/internal/crowd"
)

// arrivals sends requests when they are due, whatever became of those before:
// an open model. Each is tried once.
type arrivals struct {
	url     string
	paths   []string
	clients []*http.Client
	next    int
	pace    int // bytes a second that each reads at most; 0: as fast as it can
	all     sync.WaitGroup

	ok, refused, failed atomic.Int64
}

// patience is how long a client waits for its answer: longer than the queue
// lets anybody wait.
const patience = 90 * time.Second

func newArrivals(url string, clients int, paths ...string) *arrivals {
	a := &arrivals{url: url, paths: paths, clients: make([]*http.Client, clients)}
	for i := range a.clients {
		t := crowd.Transport(i)
		t.MaxConnsPerHost, t.MaxIdleConnsPerHost = 0, 4
		a.clients[i] = &http.Client{Transport: t, Timeout: patience}
	}
	return a
}

// step sends so many a second for a while, and returns how many were served in
// that time, by the second.
func (a *arrivals) step(ctx context.Context, rate float64, d time.Duration) (goodput float64) {
	begun, served := time.Now(), a.ok.Load()
	for n := 0; ; n++ {
		due := begun.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		if due.Sub(begun) >= d || ctx.Err() != nil {
			break
		}
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		} else if time.Since(begun) > d { // the generator cannot follow
			break
		}
		client, path := a.clients[a.next%len(a.clients)], a.paths[a.next%len(a.paths)]
		a.next++
		a.all.Go(func() { a.send(ctx, client, path) })
	}
	_ = rest(ctx, time.Until(begun.Add(d))) // the caller looks at ctx
	return float64(a.ok.Load()-served) / time.Since(begun).Seconds()
}

func (a *arrivals) send(ctx context.Context, client *http.Client, path string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+path, nil)
	if err != nil {
		a.failed.Add(1)
		return
	}
	resp, err := client.Do(req)
	if err != nil {
		a.failed.Add(1)
		return
	}
	defer resp.Body.Close()
	_, err = crowd.Drain(paced(resp.Body, a.pace))
	switch {
	case err != nil:
		a.failed.Add(1)
	case resp.StatusCode == http.StatusOK:
		a.ok.Add(1)
	case resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusTooManyRequests:
		a.refused.Add(1)
	default:
		a.failed.Add(1)
	}
}

// wait waits for what is under way.
func (a *arrivals) wait() {
	a.all.Wait()
	for _, c := range a.clients {
		c.CloseIdleConnections()
	}
}

// line is what a consumer's line carries: so that what is short is places in
// the class, not processors that can be read from as fast as memory.
const line = 40 << 20

// paced reads at most so many bytes a second; 0: as many as there are.
func paced(r io.Reader, rate int) io.Reader {
	if rate == 0 {
		return r
	}
	return &pacedReader{r: r, rate: rate, begun: time.Now()}
}

type pacedReader struct {
	r     io.Reader
	rate  int
	begun time.Time
	read  int
}

// Read implements [io.Reader].
func (p *pacedReader) Read(b []byte) (int, error) {
	due := p.begun.Add(time.Duration(float64(p.read) / float64(p.rate) * float64(time.Second)))
	if wait := time.Until(due); wait > time.Millisecond {
		time.Sleep(wait)
	}
	n, err := p.r.Read(b)
	p.read += n
	return n, err
}
