package crowd

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// File is what most consumers want.
	File = "/fest/fest251.zip"
	// lookup is what the others want, some times.
	lookup  = "/v1/atc/N02BE01"
	lookups = 10
	// slowRate is what a slow reader reads, in bytes a second.
	slowRate = 512 << 10
	// tightWait is how long one in a tight loop waits, defaultWait how long
	// those do who were not told: like most, a fixed while.
	tightWait   = 10 * time.Millisecond
	defaultWait = 500 * time.Millisecond
)

// Consumer is one of the crowd.
type Consumer struct {
	kind   Kind
	url    string // of the server that it asks
	client *http.Client
}

// New makes n consumers, spread over the servers at these URLs.
func New(n int, urls ...string) []*Consumer {
	all := make([]*Consumer, n)
	for i := range all {
		all[i] = &Consumer{kind: KindOf(i), url: urls[i%len(urls)], client: &http.Client{Transport: Transport(i)}}
	}
	return all
}

// Transport connects from an address of its own for each i, from 127.1.0.1 on.
func Transport(i int) *http.Transport {
	i++
	d := &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, byte(1+i>>16), byte(i>>8), byte(i))}}
	return &http.Transport{DialContext: d.DialContext, DisableCompression: true, MaxConnsPerHost: 1, IdleConnTimeout: 5 * time.Minute}
}

// Connect gives each consumer a connection, which a restart will break.
func Connect(ctx context.Context, all []*Consumer) error {
	for _, c := range all {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/healthz", nil)
		if err != nil {
			return err
		}
		resp, err := c.client.Do(req)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is kept
		_ = resp.Body.Close()                 // read to its end
	}
	return nil
}

// consume goes on until the consumer has what it wants, or ctx ends.
func (c *Consumer) consume(ctx context.Context, t *tally) {
	defer c.client.CloseIdleConnections()
	path, times := File, 1
	if c.kind == KeepAlive {
		path, times = lookup, lookups
	}
	first := true
	for times > 0 && ctx.Err() == nil {
		a := c.once(ctx, path)
		t.note(a, first && a.wait > 0)
		first = first && a.wait == 0
		wait := a.wait
		switch {
		case a.status == http.StatusOK:
			times--
			continue
		case c.kind == Tight:
			wait = tightWait
		case c.kind == Polite:
			wait += rand.N(time.Second)
		case wait == 0:
			wait = defaultWait
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
	if times == 0 {
		t.served(c.kind)
	}
}

// answer is what became of one request.
type answer struct {
	status int           // 0 = no connection, or one that broke
	wait   time.Duration // what Retry-After says
	bytes  int64
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 256<<10); return &b }}

// Drain reads to the end, in large pieces.
func Drain(r io.Reader) (int64, error) {
	buf, _ := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	return io.CopyBuffer(discard{}, r, *buf)
}

// discard takes large pieces, unlike io.Discard.
type discard struct{}

// Write implements [io.Writer].
func (discard) Write(b []byte) (int, error) { return len(b), nil }

func (c *Consumer) once(ctx context.Context, path string) (a answer) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+path, nil)
	if err != nil {
		return a
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return a
	}
	defer resp.Body.Close()
	var body io.Reader = resp.Body
	if c.kind == Slow {
		body = &slowly{body, time.Now(), 0}
	}
	if a.bytes, err = Drain(body); err != nil {
		return a
	}
	a.status = resp.StatusCode
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		a.wait = time.Duration(s) * time.Second
	}
	return a
}

// slowly reads no faster than slowRate.
type slowly struct {
	r     io.Reader
	began time.Time
	read  int64
}

// Read implements [io.Reader].
func (s *slowly) Read(b []byte) (int, error) {
	due := s.began.Add(time.Duration(s.read) * time.Second / slowRate)
	time.Sleep(time.Until(due))
	n, err := s.r.Read(b[:min(len(b), 16<<10)])
	s.read += int64(n)
	return n, err
}
