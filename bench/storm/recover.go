package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/festd/festd/bench/internal/crowd"
	"github.com/festd/festd/bench/internal/rig"
)

const (
	firstRate   = 5.0
	lastRate    = 5000.0
	recoverTime = 5 * time.Second // what recovery may take
	rounds      = 5               // of peak and overload that count
)

// recovery is what was seen of one class of work.
type recovery struct {
	class         string
	most          float64 // goodput of the best step of all
	peak, held    float64 // goodput at that rate, and in overload, over all rounds
	refusedShare  float64 // in overload
	failed        int64
	drained       time.Duration // last arrival → last answer
	quiet, later  crowd.Latency // lookups before, and from recoverTime after the end on
	overload      crowd.Latency
	saturatedOnce bool
	inFlight      float64 // at most
	bound         float64
}

// recovers overloads the server with each class of work.
func recovers(ctx context.Context, s *stage, w io.Writer, p *rig.Promises) ([]row, error) {
	var rows []row
	for _, class := range []string{"compute", "bulk"} {
		s.say("recovery from too much of class %s", class)
		r, err := s.recovery(ctx, class)
		if err != nil {
			return nil, err
		}
		_, _ = fmt.Fprintf(w, "recovery, class %s: goodput at most %.1f/s; side by side, %d times: of that %.1f/s were served, of twice that %.1f/s, %.0f %% refused, %d failed\n",
			class, r.most, rounds, r.peak, r.held, 100*r.refusedShare, r.failed)
		_, _ = fmt.Fprintf(w, "  lookups p99: quiet %s, in overload %s (%d failed), %s after its end %s\n", ms(r.quiet.P99), ms(r.overload.P99), r.overload.Failed, recoverTime, ms(r.later.P99))
		_, _ = fmt.Fprintf(w, "  the last who waited was answered %.1f s after the last had come; at most in flight: %.0f\n", r.drained.Seconds(), r.inFlight)
		p.Keep(r.inFlight <= r.bound, "of class %s at most %.0f were in flight, the bound is %.0f", class, r.inFlight, r.bound)
		p.Keep(r.saturatedOnce, "class %s was loaded past saturation", class)
		p.Keep(r.held >= .9*r.peak, "goodput of class %s in overload is %.0f %% of its peak beside it, at least 90 %%", class, 100*r.held/r.peak)
		p.Keep(r.failed == 0, "requests of class %s that were neither served nor refused: %d", class, r.failed)
		p.Keep(r.overload.Failed == 0 && r.later.Failed == 0, "lookups that failed beside it: %d", r.overload.Failed+r.later.Failed)
		p.Keep(r.later.P99 <= 2*r.quiet.P99+time.Millisecond, "lookup p99 is %s from %s after its end on, quiet it was %s", ms(r.later.P99), recoverTime, ms(r.quiet.P99))
		rows = append(rows,
			row{fmt.Sprintf("%s past saturation: goodput held, of its peak", class), fmt.Sprintf("%.0f %% of %.0f/s", 100*r.held/r.peak, r.peak), "–"},
			row{"lookup p99 quiet, in it, 5 s after", fmt.Sprintf("%s / %s / %s", ms(r.quiet.P99), ms(r.overload.P99), ms(r.later.P99)), "–"})
	}
	return rows, nil
}

// recovery goes up past saturation, offers in turn what could just be served
// and twice that, and comes down again. (Far more is beyond what one processor
// can offer and count.) In turn, since what a processor of a shared machine
// does in a second changes by a third within a minute: a peak seen once, on the
// way up, is of another time than the overload that it is compared with.
func (s *stage) recovery(ctx context.Context, class string) (_ *recovery, err error) {
	r := &recovery{class: class}
	srv, err := s.server(ctx, true)
	if err != nil {
		return nil, err
	}
	defer srv.End()
	if err := errors.Join(srv.Start(), srv.Ready(ctx)); err != nil {
		return nil, err
	}
	server := "http://" + srv.API
	paths, err := work(ctx, srv, class)
	if err != nil {
		return nil, err
	}
	probe, err := crowd.StartProbe(ctx, s.rate, server)
	if err != nil {
		return nil, err
	}
	defer probe.Kill()
	if err := errors.Join(s.calm(ctx, probe, before), probe.Enter("up")); err != nil {
		return nil, err
	}
	a, stepTime := newArrivals(server, 500, paths...), s.hold/5
	if class == "bulk" {
		a.pace = line
	}
	rate, short := firstRate, 0
	for ; ctx.Err() == nil && rate < lastRate; rate *= 1.5 {
		goodput := a.step(ctx, rate, stepTime)
		s.say("  %.0f/s offered: %.1f/s served", rate, goodput)
		r.most = max(r.most, goodput)
		if goodput >= .8*rate {
			short = 0
		} else if short++; short == 2 { // once may be an accident
			r.saturatedOnce = true
			break
		}
	}
	if err := s.compare(ctx, r, a, probe); err != nil {
		return nil, err
	}
	if err := probe.Enter("down"); err != nil {
		return nil, err
	}
	for ; rate > firstRate; rate /= 4 {
		a.step(ctx, rate, stepTime/2)
	}
	// Who still waits in the queue is load, too.
	ended := time.Now()
	a.wait()
	r.drained = time.Since(ended)
	if err := errors.Join(rest(ctx, recoverTime), s.calm(ctx, probe, after)); err != nil {
		return nil, err
	}
	r.failed = a.failed.Load()
	if r.inFlight, err = srv.Metric(ctx, `fest_class_in_flight_peak{class="`+class+`"}`); err != nil {
		return nil, err
	}
	processors, err := srv.Metric(ctx, "go_sched_gomaxprocs_threads")
	if err != nil {
		return nil, err
	}
	r.bound = map[string]float64{"compute": 4 * processors, "bulk": float64(bounds().BulkInFlight)}[class]
	seen, err := probe.Stop()
	r.quiet, r.overload, r.later = middling(seen, before), seen[during], middling(seen, after)
	return r, err
}

// calms is in how many parts lookups are watched while nothing else goes on:
// the median of their p99 counts, since a thousand lookups have ten that are
// slower, and one pause of the machine makes them all.
const calms = 3

// calm watches lookups beside nothing.
func (s *stage) calm(ctx context.Context, probe *crowd.Probe, phase string) error {
	for i := range calms {
		if err := errors.Join(probe.Enter(fmt.Sprint(phase, i)), rest(ctx, s.quiet)); err != nil {
			return err
		}
	}
	return nil
}

// middling is the part of [stage.calm] with the median p99; all that failed
// in any part failed.
func middling(seen map[string]crowd.Latency, phase string) crowd.Latency {
	var parts []crowd.Latency
	var failed int
	for i := range calms {
		l := seen[fmt.Sprint(phase, i)]
		failed += l.Failed
		parts = append(parts, l)
	}
	slices.SortFunc(parts, func(a, b crowd.Latency) int { return cmp.Compare(a.P99, b.P99) })
	l := parts[calms/2]
	l.Failed = failed
	return l
}

// compare offers in turn what was served at most so far, and twice that. Where
// more is served than ever before, that is the rate from then on; the first
// round only looks for it.
func (s *stage) compare(ctx context.Context, r *recovery, a *arrivals, probe *crowd.Probe) error {
	each := s.hold / 3
	var refused, answered int64
	for round := range rounds + 1 {
		if err := probe.Enter("peak"); err != nil {
			return err
		}
		offered := 2 * r.most
		peak := a.step(ctx, r.most, each)
		if err := probe.Enter(during); err != nil {
			return err
		}
		ok, no := a.ok.Load(), a.refused.Load()
		held := a.step(ctx, offered, each)
		s.say("  %.0f/s offered: %.1f/s served; %.0f/s offered: %.1f/s served", r.most, peak, offered, held)
		r.most = max(r.most, peak, held)
		if round == 0 {
			continue
		}
		refused += a.refused.Load() - no
		answered += a.ok.Load() - ok + a.refused.Load() - no
		r.peak += peak / rounds
		r.held += held / rounds
	}
	r.refusedShare = float64(refused) / max(1, float64(answered))
	return nil
}

// work is what requests of a class ask for: of class compute, what costs the
// server much more than it costs the generator to receive.
func work(ctx context.Context, srv *rig.Server, class string) ([]string, error) {
	if class == "bulk" {
		return []string{crowd.File}, nil
	}
	var page struct {
		Items []struct {
			ID   string `json:"id"`
			Name string `json:"brandName"`
		} `json:"items"`
	}
	if err := srv.JSON(ctx, "/v1/drugs?limit=100", &page); err != nil {
		return nil, err
	}
	now := srv.Serial(ctx)
	var paths []string
	for _, it := range page.Items {
		letters := strings.Split(it.Name, "")
		paths = append(paths,
			"/v1/search?limit=2&q="+url.QueryEscape(strings.Join(letters[:min(5, len(letters))], " ")),
			"/v1/search?limit=2&q="+url.QueryEscape(strings.Join(letters[len(letters)-min(4, len(letters)):], " ")),
			"/v1/search?limit=2&q="+url.QueryEscape(strings.Join(letters[:min(3, len(letters))], " ")+" "+letters[len(letters)-1]))
	}
	for _, it := range page.Items[:min(30, len(page.Items))] {
		paths = append(paths,
			fmt.Sprintf("/v1/releases/%d/changes?from=%d&limit=20", now, now-1),
			fmt.Sprintf("/v1/drugs/%s?release=%d", it.ID, now-1))
	}
	return paths, nil
}
