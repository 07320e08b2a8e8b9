package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// wrkScript asks for a random path each time and prints the summary as JSON.
//
//go:embed wrk.lua
var wrkScript string

// load is what wrk says of one turn. Latencies in microseconds.
type load struct {
	Requests float64 `json:"requests"`
	Micros   float64 `json:"micros"`
	P50      float64 `json:"p50"`
	P99      float64 `json:"p99"`
	Failed   float64 `json:"failed"` // not answered, or not with 2xx
}

// takeTurns lets wrk load each contender in turn.
func (b *bench) takeTurns(ctx context.Context, c corpus, all []*contender) error {
	if b.warmTime > 0 {
		for _, it := range all {
			if _, err := b.wrk(ctx, c, it.url, b.warmTime); err != nil {
				return fmt.Errorf("%s: %w", it.name, err)
			}
		}
	}
	var turns []func(int) error
	for _, it := range all {
		turns = append(turns, func(round int) error {
			before, err := readCPU(it.pid)
			if err != nil {
				return err
			}
			l, err := b.wrk(ctx, c, it.url, b.wrkTime)
			if err != nil {
				return fmt.Errorf("%s: %w", it.name, err)
			}
			after, err := readCPU(it.pid)
			if err != nil {
				return err
			}
			rate := l.Requests / l.Micros * 1e6
			it.rate = append(it.rate, rate)
			it.p50, it.p99 = append(it.p50, l.P50), append(it.p99, l.P99)
			it.cpu = append(it.cpu, (after-before)/l.Requests*1e6)
			it.busy = append(it.busy, (after-before)/l.Micros*1e8)
			b.say("  round %d: %-28s %s", round+1, it.name, perSecond.format(rate))
			return nil
		})
	}
	return b.rounds(b.runs, turns...)
}

// wrk loads a server for a while. Any request that failed is an error: the
// figures would be of something else.
func (b *bench) wrk(ctx context.Context, c corpus, url string, d time.Duration) (load, error) {
	path, err := tool("wrk")
	if err != nil {
		return load{}, err
	}
	var out bytes.Buffer
	_, err = b.complete(ctx, command{
		name: "wrk", cpu: b.loadCPU, stdout: &out,
		args: []string{
			path, "-t", "1", "-c", strconv.Itoa(b.connections), "-d", strconv.Itoa(int(d.Seconds())) + "s",
			"--latency", "-s", c.script, url, "--", c.paths,
		},
	})
	if err != nil {
		return load{}, err
	}
	_, line, ok := strings.Cut(out.String(), "\nsummary ")
	if !ok {
		return load{}, fmt.Errorf("wrk printed no summary: %.500s", out.String())
	}
	var l load
	if err := json.Unmarshal([]byte(line), &l); err != nil {
		return load{}, fmt.Errorf("wrk's summary %q: %w", line, err)
	}
	if l.Failed > 0 || l.Requests == 0 {
		return load{}, fmt.Errorf("%.0f of %.0f requests failed", l.Failed, l.Requests)
	}
	return l, nil
}
