package main

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

// kind is how a consumer behaves.
type kind int

const (
	whole     kind = iota // wants the whole file; waits as long as it is told to
	polite                // the same, with a jitter of its own
	tight                 // wants the whole file and tries again at once, whatever it is told
	slow                  // reads the whole file slowly
	keepAlive             // holds a connection that the restart has broken, and wants some lookups
	kinds
)

var kindNames = [kinds]string{"whole file", "polite", "tight loop", "slow reader", "stale keep-alive"}

// mix is how many in a hundred are of each kind.
var mix = [kinds]int{60, 15, 8, 2, 15}

// slowRate is what a slow reader reads, in bytes a second.
const slowRate = 512 << 10

func kindOf(i int) kind {
	at := i * 37 % 100 // spread evenly
	for k, share := range mix {
		if at -= share; at < 0 {
			return kind(k)
		}
	}
	return whole
}

// crowd is what the consumers meet.
type crowd struct {
	url   string
	began time.Time

	mu       sync.Mutex
	served   [kinds]int
	lastAt   [kinds]time.Duration
	statuses map[int]int
	noConn   int
	retryAt  []time.Duration // when those who were refused should come back
	asked    int
	bytes    int64
}

// come brings all consumers back at one instant, and returns when all were
// served or ctx ended.
func (c *crowd) come(ctx context.Context, consumers []*http.Client) {
	c.began = time.Now()
	var all sync.WaitGroup
	for i, client := range consumers {
		all.Go(func() { c.consume(ctx, kindOf(i), client) })
	}
	all.Wait()
}

// newConsumer has an address of its own, from 127.1.0.1 on.
func newConsumer(i int) *http.Client {
	i++
	d := &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, byte(1+i>>16), byte(i>>8), byte(i))}}
	return &http.Client{Transport: &http.Transport{DialContext: d.DialContext, DisableCompression: true, MaxConnsPerHost: 1, IdleConnTimeout: 5 * time.Minute, ReadBufferSize: 32 << 10}}
}

func (c *crowd) consume(ctx context.Context, k kind, client *http.Client) {
	defer client.CloseIdleConnections()
	path, times := "/fest/fest251.zip", 1
	if k == keepAlive {
		path, times = "/v1/atc/N02BE01", 10
	}
	for times > 0 && ctx.Err() == nil {
		ok, wait := c.once(ctx, k, client, path)
		switch {
		case ok:
			times--
			continue
		case k == tight:
			wait = 10 * time.Millisecond
		case k == polite:
			wait += rand.N(time.Second)
		case wait == 0: // nobody said when: like most, after a fixed while
			wait = 500 * time.Millisecond
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
	if times > 0 {
		return
	}
	c.mu.Lock()
	c.served[k]++
	c.lastAt[k] = time.Since(c.began)
	c.mu.Unlock()
}

// once asks once, and returns whether it was served, and else when to come
// back.
func (c *crowd) once(ctx context.Context, k kind, client *http.Client, path string) (ok bool, wait time.Duration) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+path, nil)
	if err != nil {
		return false, 0
	}
	resp, err := client.Do(req)
	if err != nil {
		c.note(0, 0, 0)
		return false, 0
	}
	defer resp.Body.Close()
	body := io.Reader(resp.Body)
	if k == slow {
		body = &slowly{body, time.Now(), 0}
	}
	n, err := io.Copy(io.Discard, body)
	if s, bad := strconv.Atoi(resp.Header.Get("Retry-After")); bad == nil {
		wait = time.Duration(s) * time.Second
	}
	status := resp.StatusCode
	if err != nil {
		status = 0
	}
	c.note(status, wait, n)
	return status == http.StatusOK, wait
}

func (c *crowd) note(status int, wait time.Duration, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	c.bytes += n
	if status == 0 {
		c.noConn++
		return
	}
	c.statuses[status]++
	if wait > 0 {
		c.retryAt = append(c.retryAt, time.Since(c.began)+wait)
	}
}

// done counts those who were served.
func (c *crowd) done() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, k := range c.served {
		n += k
	}
	return n
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
