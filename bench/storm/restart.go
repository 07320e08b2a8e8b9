package main

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/festd/festd/bench/internal/crowd"
	"github.com/festd/festd/bench/internal/rig"
)

// Phases of the probe.
const (
	before = "before"
	during = "during"
	after  = "after"
)

// narrow is a queue that most of a crowd find full, so that refusals, and when
// those who were refused come back, can be seen too.
const narrow = 64

// restart is what was seen of one.
type restart struct {
	valves  bool
	queue   int // of class bulk; 0: the server's own
	crowd   crowd.Outcome
	lookups map[string]crowd.Latency
	quiet   int64 // anonymous memory before
	peak    int64 // and the most during
	loads   float64
	refused map[string]float64 // by class and reason
	peaks   map[string]float64 // in flight, by class
	turned  float64            // connections turned away
	sql     *sql               // nil = not counted
}

// restarts plays them and compares.
func restarts(ctx context.Context, s *stage, w io.Writer, p *rig.Promises) ([]row, error) {
	var on, off []*restart
	for n := range s.runs {
		if s.valves == "off" {
			break
		}
		s.say("restart %d of %d: %d consumers", n+1, s.runs, s.consumers)
		r, err := s.restart(ctx, true, 0)
		if err != nil {
			return nil, err
		}
		on = append(on, r)
		r.tell(w)
	}
	var refused *restart
	if s.valves != "off" {
		s.say("restart with a queue of %d: %d consumers", narrow, s.consumers)
		var err error
		if refused, err = s.restart(ctx, true, narrow); err != nil {
			return nil, err
		}
		refused.tell(w)
	}
	if s.valves != "on" {
		s.say("restart without valves: %d consumers", s.consumers)
		r, err := s.restart(ctx, false, 0)
		if err != nil {
			return nil, err
		}
		off = append(off, r)
		r.tell(w)
	}
	judge(p, on, off)
	rows := restartRows(on, off)
	if refused != nil {
		judgeRefused(p, refused)
		rows = append(rows, refused.row())
	}
	return rows, nil
}

// restart is one: everybody comes back at once.
func (s *stage) restart(ctx context.Context, valves bool, queue int) (_ *restart, err error) {
	r := &restart{valves: valves, queue: queue}
	var args []string
	if queue > 0 {
		args = []string{"--bulk-queue", strconv.Itoa(queue)}
	}
	srv, err := s.server(ctx, valves, args...)
	if err != nil {
		return nil, err
	}
	defer srv.End()
	if err := srv.Start(); err != nil {
		return nil, err
	}
	if err := srv.Ready(ctx); err != nil {
		return nil, err
	}
	count := s.count()
	url := "http://" + srv.API
	probe, err := crowd.StartProbe(ctx, s.rate, url)
	if err != nil {
		return nil, err
	}
	defer probe.Kill()
	consumers := crowd.New(s.consumers, url)
	if err := errors.Join(crowd.Connect(ctx, consumers), probe.Enter(before), rest(ctx, s.quiet)); err != nil {
		return nil, err
	}
	if err := count.quietEnds(); err != nil {
		return nil, err
	}
	r.quiet = srv.Anonymous()

	// What the probe would miss while the server is away is the restart's, not
	// the storm's: it waits. Those who come back do not.
	if err := errors.Join(probe.Pause(), rest(ctx, 100*time.Millisecond)); err != nil {
		return nil, err
	}
	srv.End()
	if err := srv.Start(); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	storm := crowd.Come(limited, consumers)
	if err := srv.Ready(ctx); err != nil {
		cancel()
		<-storm.Done()
		return nil, err
	}
	count.stormBegins()
	if err := probe.Enter(during); err != nil {
		return nil, err
	}
	s.watch(srv, storm, r)
	r.crowd = storm.Outcome()
	if err := errors.Join(ctx.Err(), probe.Enter(after), rest(ctx, s.quiet)); err != nil {
		return nil, err
	}
	if r.sql, err = count.stormEnds(); err != nil {
		return nil, err
	}
	if r.lookups, err = probe.Stop(); err != nil {
		return nil, err
	}
	return r, r.read(ctx, srv)
}

// watch follows memory until the crowd has gone.
func (s *stage) watch(srv *rig.Server, storm *crowd.Storm, r *restart) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	told := time.Now()
	for {
		select {
		case <-storm.Done():
			return
		case <-tick.C:
			r.peak = max(r.peak, srv.Anonymous())
			if time.Since(told) > 5*time.Second {
				told = time.Now()
				o := storm.Outcome()
				s.say("  %d of %d served after %.0f s", o.Done(), o.Consumers, o.Took.Seconds())
			}
		}
	}
}

// read reads what the server counted.
func (r *restart) read(ctx context.Context, srv *rig.Server) error {
	m, err := srv.Metrics(ctx, "fest_")
	if err != nil {
		return err
	}
	r.loads = m[`fest_release_loads_total{outcome="swapped"}`]
	r.turned = m["fest_connections_refused_total"]
	r.refused, r.peaks = map[string]float64{}, map[string]float64{}
	for name, v := range m {
		switch labels, ok := strings.CutPrefix(name, "fest_admission_refused_total"); {
		case ok && v > 0:
			r.refused[labels] = v
		case strings.HasPrefix(name, "fest_class_in_flight_peak{"):
			r.peaks[strings.TrimSuffix(strings.TrimPrefix(name, `fest_class_in_flight_peak{class="`), `"}`)] = v
		}
	}
	return nil
}
