package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// report prints what was seen and returns what was promised and not kept.
func report(w io.Writer, c config, results []result) (broken []string) {
	say := func(format string, a ...any) { _, _ = fmt.Fprintf(w, format+"\n", a...) }
	promise := func(kept bool, format string, a ...any) {
		text := fmt.Sprintf(format, a...)
		mark := "kept  "
		if !kept {
			mark = "BROKEN"
			broken = append(broken, text)
		}
		say("  %s  %s", mark, text)
	}
	for i, r := range results {
		say("storm %d: %d consumers, valves %s: %d served in %.1f s, %d requests, %.0f MB", i+1, r.consumers, onOff(c.valves),
			r.crowd.done(), r.took.Seconds(), r.crowd.asked, float64(r.crowd.bytes)/1e6)
		for k := range kinds {
			say("  %-17s %5d served, the last after %6.1f s", kindNames[k], r.crowd.served[k], r.crowd.lastAt[k].Seconds())
		}
		for _, s := range slices.Sorted(maps.Keys(r.crowd.statuses)) {
			say("  answers %d: %d", s, r.crowd.statuses[s])
		}
		say("  no connection, or one that broke: %d", r.crowd.noConn)
		for ph := range phases {
			l := r.latency[ph]
			say("  lookups %-6s  %6d  failed %d  p50 %s  p99 %s  max %s", phaseNames[ph], l.n, l.failed, ms(l.p50), ms(l.p99), ms(l.max))
		}
		say("  anonymous memory: quiet %.0f MB, peak %.0f MB", float64(r.quiet)/1e6, float64(r.peak)/1e6)
		for _, name := range slices.Sorted(maps.Keys(r.classes)) {
			say("  %s %g", name, r.classes[name])
		}
		if n, most, even := spread(r.crowd.retryAt); n > 0 {
			say("  Retry-After: %d instants, the fullest second has %d, an even share is %.1f", n, most, even)
		}
	}
	say("promises")
	all, loads := true, 0.0
	var ratios []float64
	fullest := 0.0
	for _, r := range results {
		all = all && r.crowd.done() == r.consumers
		loads = max(loads, r.loads)
		if q := r.latency[before].p99; q > 0 {
			ratios = append(ratios, float64(r.latency[during].p99)/float64(q))
		}
		if n, most, even := spread(r.crowd.retryAt); n >= 100 {
			fullest = max(fullest, float64(most)/even)
		}
	}
	promise(all, "all consumers were served")
	promise(loads <= 1, "releases loaded by the restarted server: %g, at most 1", loads)
	if len(ratios) > 0 {
		m := median(ratios)
		promise(m <= 10, "lookup p99 during the storm is %.1f× its quiet value, at most 10× (median of %d)", m, len(ratios))
	}
	promise(fullest <= 2, "the fullest second has %.1f× its even share of Retry-After instants, at most 2×", fullest)
	return broken
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }

func median[T cmp.Ordered](v []T) T {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// spread counts instants by second: how many, the most in one, and what each
// would have were they even.
func spread(at []time.Duration) (n, most int, even float64) {
	if len(at) == 0 {
		return 0, 0, 0
	}
	count := map[int]int{}
	for _, d := range at {
		s := int(d / time.Second)
		count[s]++
		most = max(most, count[s])
	}
	keys := slices.Collect(maps.Keys(count))
	span := slices.Max(keys) - slices.Min(keys) + 1
	return len(at), most, float64(len(at)) / float64(span)
}
