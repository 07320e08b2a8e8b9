package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/festd/festd/bench/internal/rig"
)

const (
	quota        = 100 // requests a second and client
	quotaBurst   = 200
	quotaClients = 20_000
	greed        = 50     // how often its quota one client asks for
	addresses    = 10_000 // others that come once each
	neighbours   = 20     // clients that keep well within their quota
	neighbourly  = 200.0  // their requests a second, together
	trusted      = "127.6.0.0/16"
	floodMemory  = 64 << 20 // what all of it may add
)

// flood has one client ask for 50 times its quota, saying that it is somebody
// else each time, while 10,000 addresses come once each; then a trusted proxy
// tells of very many clients. Those who keep to their quota must not notice.
func flood(ctx context.Context, s *stage, w io.Writer, p *rig.Promises) ([]row, error) {
	s.say("one client at %d times its quota, %d addresses, %d clients behind a proxy", greed, addresses, s.keys)
	srv, err := s.server(ctx, true, "--quota", fmt.Sprint(quota), "--quota-burst", fmt.Sprint(quotaBurst),
		"--quota-clients", fmt.Sprint(quotaClients), "--trusted-proxies", trusted)
	if err != nil {
		return nil, err
	}
	defer srv.End()
	if err := errors.Join(srv.Start(), srv.Ready(ctx)); err != nil {
		return nil, err
	}
	quiet := srv.Anonymous()
	peak := quiet
	watched, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		for rest(watched, 50*time.Millisecond) == nil {
			peak = max(peak, srv.Anonymous())
		}
	})
	defer watching.Wait()
	defer stop()

	others := newArrivals("http://"+srv.API, neighbours, path)
	asked, granted, met := float64(0), int64(0), 0
	var work sync.WaitGroup
	work.Go(func() { asked, granted = greedy(ctx, srv.API, s.hold) })
	work.Go(func() { met = passers(ctx, srv.API, s.hold) })
	others.step(ctx, neighbourly, s.hold)
	work.Wait()
	told, begun := 0, time.Now()
	work.Go(func() { told, err = proxied(ctx, srv.API, s.keys) })
	ended := make(chan struct{})
	go func() { work.Wait(); close(ended) }()
	for running := true; running; {
		others.step(ctx, neighbourly, time.Second/2)
		select {
		case <-ended:
			running = false
		default:
		}
	}
	others.wait()
	stop()
	watching.Wait()
	if err := errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	all := others.ok.Load() + others.refused.Load() + others.failed.Load()
	success := float64(others.ok.Load()) / float64(all)
	allowed := quotaBurst + quota*s.hold.Seconds()
	_, _ = fmt.Fprintf(w, "flood: one client asked %.0f times in %s and was served %d times, %d of %d addresses were met, a proxy told of %d clients in %.1f s; "+
		"%d neighbours had %d of %d requests served; anonymous memory %.1f MB → %.1f MB\n",
		asked, s.hold, granted, met, addresses, told, time.Since(begun).Seconds(), neighbours, others.ok.Load(), all, mb(quiet), mb(peak))
	p.Keep(success >= .999, "neighbours of a client at %.1f times its quota: %.2f %% of their requests were served, at least 99.9 %%", asked/(quota*s.hold.Seconds()), 100*success)
	p.Keep(float64(granted) <= 1.1*allowed, "the greedy client, another name in each request, was served %d times, its quota is %.0f", granted, allowed)
	p.Keep(peak-quiet <= floodMemory, "anonymous memory rose by %.1f MB for %d clients, at most %.1f MB", mb(peak-quiet), told+met, mb(floodMemory))
	return []row{
		{fmt.Sprintf("neighbours of one client at %.0f times its quota and of %d addresses: served", asked/(quota*s.hold.Seconds()), met), fmt.Sprintf("%.2f %% of %d", 100*success, all), "–"},
		{fmt.Sprintf("anonymous memory for %d clients behind a proxy", told), fmt.Sprintf("%.0f MB → %.0f MB", mb(quiet), mb(peak)), "–"},
	}, nil
}

const path = "/v1/atc/N02BE01"

// greedy is one address that asks for greed times its quota and says each time
// that it is somebody else.
func greedy(ctx context.Context, api string, d time.Duration) (asked float64, granted int64) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var ok, sent atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range 16 {
		all.Go(func() {
			c, err := dial(ctx, api, net.IPv4(127, 4, 0, 1))
			if err != nil {
				return
			}
			defer c.Close() //nolint:errcheck // of the client's end
			for ctx.Err() == nil {
				due := begun.Add(time.Duration(sent.Load()) * time.Second / (greed * quota))
				if rest(ctx, time.Until(due)) != nil {
					return
				}
				n := sent.Add(batch)
				statuses, err := c.pipeline(func(w *strings.Builder, i int) {
					fmt.Fprintf(w, "X-Forwarded-For: 10.%d.%d.%d\r\n", (n+int64(i))>>16&255, (n+int64(i))>>8&255, (n+int64(i))&255)
				})
				ok.Add(int64(statuses[http.StatusOK]))
				if err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	return float64(sent.Load()), ok.Load()
}

// passers are addresses that come once each. It returns how many were answered.
func passers(ctx context.Context, api string, d time.Duration) int {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var next, met atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for n := next.Add(1); n <= addresses && ctx.Err() == nil; n = next.Add(1) {
				c, err := dial(ctx, api, net.IPv4(127, 5, byte(n>>8), byte(n)))
				if err != nil {
					continue
				}
				if status, err := c.once(); err == nil && status > 0 {
					met.Add(1)
				}
				_ = c.Close() // it was answered
			}
		})
	}
	all.Wait()
	return int(met.Load())
}

// proxied is a trusted proxy that tells of so many clients, a network each.
func proxied(ctx context.Context, api string, clients int) (told int, err error) {
	c, err := dial(ctx, api, net.IPv4(127, 6, 0, 1))
	if err != nil {
		return 0, err
	}
	defer c.Close() //nolint:errcheck // of the client's end
	for told < clients && ctx.Err() == nil {
		first := told
		statuses, err := c.pipeline(func(w *strings.Builder, i int) {
			n := first + i
			addr := netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
			fmt.Fprintf(w, "X-Forwarded-For: %s\r\n", addr)
		})
		for _, n := range statuses {
			told += n
		}
		if err != nil {
			return told, err
		}
	}
	return told, nil
}

// batch is how many requests are sent before their answers are read.
const batch = 32

// conn is a connection on which requests are sent in batches.
type conn struct {
	net.Conn
	r *bufio.Reader
}

func dial(ctx context.Context, api string, from net.IP) (*conn, error) {
	d := &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: from}}
	c, err := d.DialContext(ctx, "tcp", api)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReaderSize(c, 64<<10)}, nil
}

// pipeline sends a batch and counts the answers by status.
func (c *conn) pipeline(header func(w *strings.Builder, i int)) (map[int]int, error) {
	var w strings.Builder
	for i := range batch {
		w.WriteString("HEAD " + path + " HTTP/1.1\r\nHost: storm\r\n")
		header(&w, i)
		w.WriteString("\r\n")
	}
	statuses := map[int]int{}
	_ = c.SetDeadline(time.Now().Add(patience)) // a closed one fails below
	if _, err := io.WriteString(c, w.String()); err != nil {
		return statuses, err
	}
	for range batch {
		resp, err := http.ReadResponse(c.r, &http.Request{Method: http.MethodHead})
		if err != nil {
			return statuses, err
		}
		_ = resp.Body.Close() // a HEAD has none
		statuses[resp.StatusCode]++
	}
	return statuses, nil
}

func (c *conn) once() (int, error) {
	_ = c.SetDeadline(time.Now().Add(patience)) // a closed one fails below
	if _, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: storm\r\nConnection: close\r\n\r\n"); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}
