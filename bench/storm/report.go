package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/festd/festd/bench/internal/crowd"
	"github.com/festd/festd/bench/internal/rig"
)

// tell prints what was seen of one restart.
func (r *restart) tell(w io.Writer) {
	say := func(format string, a ...any) { _, _ = fmt.Fprintf(w, format+"\n", a...) }
	o := &r.crowd
	say("restart, valves %s: %d of %d consumers served in %.1f s; %d requests, %.0f MB", onOff(r.valves), o.Done(), o.Consumers, o.Took.Seconds(), o.Requests, mb(o.Bytes))
	for k := range crowd.Kinds {
		say("  %-17s %5d served, the last after %6.1f s", k, o.Served[k], o.Last[k].Seconds())
	}
	for _, status := range slices.Sorted(maps.Keys(o.Statuses)) {
		say("  answered %d: %d", status, o.Statuses[status])
	}
	say("  no connection, or one that broke: %d; turned away above the cap: %.0f", o.Broken, r.turned)
	for _, labels := range slices.Sorted(maps.Keys(r.refused)) {
		say("  refused %s: %.0f", labels, r.refused[labels])
	}
	if n, most, even := crowd.Spread(o.Wave); n > 0 {
		say("  refused in the first second: %d, told to come back at instants of which the fullest second has %d, an even share is %.1f", n, most, even)
	}
	for _, phase := range []string{before, during, after} {
		l := r.lookups[phase]
		say("  lookups %-6s  %6d answered, %d failed  p50 %s  p99 %s  max %s", phase, l.Answered, l.Failed, ms(l.P50), ms(l.P99), ms(l.Max))
	}
	say("  anonymous memory: quiet %.1f MB, peak %.1f MB", mb(r.quiet), mb(r.peak))
	for _, class := range slices.Sorted(maps.Keys(r.peaks)) {
		say("  most in flight of class %s: %.0f", class, r.peaks[class])
	}
	say("  releases loaded: %.0f", r.loads)
	if r.sql != nil {
		say("  SQL statements: %d in %.1f s alone, %d in %.1f s with the crowd", r.sql.alone, r.sql.quiet.Seconds(), r.sql.crowded, r.sql.storm.Seconds())
	}
}

// judge compares restarts with what is promised of them.
func judge(p *rig.Promises, on, off []*restart) {
	for _, r := range on {
		o := &r.crowd
		p.Keep(o.Done() == o.Consumers, "%d of %d consumers were served", o.Done(), o.Consumers)
		p.Keep(r.loads == 1, "the restarted server loaded %.0f releases: one", r.loads)
		if r.sql != nil {
			p.Keep(len(r.sql.foreign) == 0, "SQL statements caused by %d requests: 0 %s", o.Requests, strings.Join(r.sql.foreign, "; "))
		} else {
			p.Unknown("SQL statements: PostgreSQL is not installed")
		}
		bulk := bounds().BulkInFlight
		bound := r.quiet + int64(bounds().MaxConnections)*connection + int64(bulk)*bulkBuffer
		p.Keep(r.peak <= bound, "anonymous memory rose to %.1f MB, at most %.1f MB", mb(r.peak), mb(bound))
		p.Keep(r.peaks["bulk"] <= float64(bulk), "of class bulk at most %.0f were in flight, the bound is %d", r.peaks["bulk"], bulk)
		p.Keep(r.lookups[during].Failed == 0, "lookups that failed during the storm: %d of %d", r.lookups[during].Failed, r.lookups[during].Failed+r.lookups[during].Answered)
	}
	if len(on) > 0 {
		p.Keep(median(on, (*restart).ratio) <= 10, "lookup p99 during the storm is %.1f× its quiet value, at most 10× (median of %d)", median(on, (*restart).ratio), len(on))
	}
	if len(on) > 0 && len(off) > 0 {
		with, without := median(on, (*restart).p99), median(off, (*restart).p99)
		p.Keep(without > with, "lookup p99 during the storm: %s with valves, %s without", ms(with), ms(without))
	}
}

// judgeRefused looks at a restart in which most were refused at first.
func judgeRefused(p *rig.Promises, r *restart) {
	o := &r.crowd
	p.Keep(o.Done() == o.Consumers, "with a queue of %d, %d of %d consumers were served", r.queue, o.Done(), o.Consumers)
	p.Keep(r.lookups[during].Failed == 0, "lookups that failed beside those refused: %d", r.lookups[during].Failed)
	switch n, most, even := crowd.Spread(o.Wave); {
	case even >= leastShare:
		p.Keep(float64(most) <= 2*even, "%d refused together: the fullest second has %.2f× its even share of those who come back, at most 2×", n, float64(most)/even)
	default:
		p.Unknown("spread of those refused together: %d are too few to tell an even one from another", n)
	}
}

// row tells of it in the docs.
func (r *restart) row() row {
	n, most, even := crowd.Spread(r.crowd.Wave)
	text := "none refused"
	if n > 0 {
		text = fmt.Sprintf("%d refused; fullest second %.2f× its even share; all %d served after %.1f s; lookup p99 %s",
			n, float64(most)/even, r.crowd.Done(), r.crowd.Took.Seconds(), ms(r.lookups[during].P99))
	}
	return row{fmt.Sprintf("the same with a queue of %d", r.queue), text, "–"}
}

// leastShare is how many of a wave must come back each second for chance not
// to double a share.
const leastShare = 20

func (r *restart) p99() time.Duration { return r.lookups[during].P99 }

func (r *restart) ratio() float64 {
	if q := r.lookups[before].P99; q > 0 {
		return float64(r.p99()) / float64(q)
	}
	return 0
}

// row is a line of the table in the docs.
type row struct{ what, with, without string }

func restartRows(on, off []*restart) []row {
	cell := func(all []*restart, f func(r *restart) string) string {
		if len(all) == 0 {
			return "–"
		}
		byTime := slices.Clone(all)
		slices.SortFunc(byTime, func(a, b *restart) int { return cmp.Compare(a.ratio(), b.ratio()) })
		return f(byTime[len(byTime)/2])
	}
	line := func(what string, f func(r *restart) string) row { return row{what, cell(on, f), cell(off, f)} }
	latency := func(phase string) func(*restart) string {
		return func(r *restart) string {
			l := r.lookups[phase]
			return fmt.Sprintf("%s / %s / %s", ms(l.P50), ms(l.P99), ms(l.Max))
		}
	}
	return []row{
		line("consumers served", func(r *restart) string { return fmt.Sprintf("%d of %d", r.crowd.Done(), r.crowd.Consumers) }),
		line("until all were served", func(r *restart) string { return fmt.Sprintf("%.1f s", r.crowd.Took.Seconds()) }),
		line("requests; refused; broken", func(r *restart) string {
			return fmt.Sprintf("%d; %d; %d", r.crowd.Requests, r.crowd.Refused(), r.crowd.Broken)
		}),
		line("lookups before, p50 / p99 / max", latency(before)),
		line("lookups during", latency(during)),
		line("lookups after", latency(after)),
		line("lookups that failed", func(r *restart) string { return fmt.Sprint(r.lookups[during].Failed) }),
		line("anonymous memory, quiet → peak", func(r *restart) string { return fmt.Sprintf("%.0f MB → %.0f MB", mb(r.quiet), mb(r.peak)) }),
		line("bulk answers in flight at most", func(r *restart) string {
			if v, ok := r.peaks["bulk"]; ok {
				return fmt.Sprintf("%.0f", v)
			}
			return "unbounded"
		}),
		line("SQL statements by requests; releases loaded", func(r *restart) string {
			if r.sql == nil {
				return fmt.Sprintf("not counted; %.0f", r.loads)
			}
			return fmt.Sprintf("%d; %.0f", len(r.sql.foreign), r.loads)
		}),
	}
}

// section is what goes into the docs.
func section(s *stage, rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Written on %s by `go run ./bench/storm -mode %s -consumers %d -runs %d`, server and generator on a processor each; of the runs with valves the one\nwith the median ratio of lookup p99.\n\n",
		time.Now().UTC().Format(time.DateOnly), s.mode, s.consumers, s.runs)
	b.WriteString("| | with valves | without |\n| --- | ---: | ---: |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.what, r.with, r.without)
	}
	return b.String()
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func mb(n int64) float64 { return float64(n) / 1e6 }

func median[T cmp.Ordered](all []*restart, f func(*restart) T) T {
	var v []T
	for _, r := range all {
		v = append(v, f(r))
	}
	slices.Sort(v)
	return v[len(v)/2]
}
