package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// phase is when a lookup of the probe fell.
type phase int

const (
	before phase = iota
	during
	after
	phases
)

var phaseNames = [phases]string{"before", "during", "after"}

// probe looks things up at a fixed rate.
type probe struct {
	client *http.Client
	url    string
	ids    []string

	mu     sync.Mutex
	phase  phase
	took   [phases][]time.Duration
	failed [phases]int
}

func newProbe(ctx context.Context, api string) (*probe, error) {
	p := &probe{url: "http://" + api, client: &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64},
	}}
	body, err := p.get(ctx, p.url+"/v1/drugs?limit=500")
	if err != nil {
		return nil, err
	}
	var page struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &page); err != nil || len(page.Items) == 0 {
		return nil, fmt.Errorf("no drugs to look up: %w", err)
	}
	for _, it := range page.Items {
		p.ids = append(p.ids, it.ID)
	}
	return p, nil
}

func (p *probe) get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, resp.Status)
	}
	return b, err
}

// start runs the probe until stop, which waits for what is under way.
func (p *probe) start(ctx context.Context, rate int) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { p.run(ctx, rate) })
	return func() { cancel(); running.Wait() }
}

// run looks up until ctx ends. Each lookup counts from when it was due.
func (p *probe) run(ctx context.Context, rate int) {
	var all sync.WaitGroup
	defer all.Wait()
	every := time.Second / time.Duration(rate)
	due := time.Now()
	for i := 0; ; i++ {
		due = due.Add(every)
		if d := time.Until(due); d > 0 {
			select {
			case <-time.After(d):
			case <-ctx.Done():
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		at, ph, id := due, p.now(), p.ids[i%len(p.ids)]
		all.Go(func() {
			_, err := p.get(context.WithoutCancel(ctx), p.url+"/v1/drugs/"+id)
			p.note(ph, time.Since(at), err)
		})
	}
}

func (p *probe) now() phase {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.phase
}

func (p *probe) enter(ph phase) {
	p.mu.Lock()
	p.phase = ph
	p.mu.Unlock()
}

func (p *probe) note(ph phase, took time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failed[ph]++
		return
	}
	p.took[ph] = append(p.took[ph], took)
}

// quantiles of a phase.
func (p *probe) quantiles(ph phase) latency {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := slices.Sorted(slices.Values(p.took[ph]))
	if len(d) == 0 {
		return latency{failed: p.failed[ph]}
	}
	at := func(q float64) time.Duration { return d[min(len(d)-1, int(q*float64(len(d))))] }
	return latency{n: len(d), failed: p.failed[ph], p50: at(.5), p99: at(.99), max: d[len(d)-1]}
}

// latency of a phase's lookups.
type latency struct {
	n, failed     int
	p50, p99, max time.Duration
}
