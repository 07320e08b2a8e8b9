package crowd

import (
	"slices"
	"time"
)

// Latency is what a probe saw in one phase. Times count from when a lookup was
// due.
type Latency struct {
	Answered      int
	Failed        int         // no answer, or one of 429 or 5xx
	Statuses      map[int]int // of answers
	P50, P99, Max time.Duration
}

func quantiles(l Latency, took []time.Duration) Latency {
	d := slices.Sorted(slices.Values(took))
	if len(d) == 0 {
		return l
	}
	at := func(q float64) time.Duration { return d[min(len(d)-1, int(q*float64(len(d))))] }
	l.P50, l.P99, l.Max = at(.5), at(.99), d[len(d)-1]
	return l
}

// Spread counts instants by second: how many, the most in one, and what each
// second of the span would have were they even.
func Spread(at []time.Duration) (n, most int, even float64) {
	if len(at) == 0 {
		return 0, 0, 0
	}
	count := map[time.Duration]int{}
	for _, d := range at {
		s := d.Truncate(time.Second)
		count[s]++
		most = max(most, count[s])
	}
	span := (slices.Max(at).Truncate(time.Second)-slices.Min(at).Truncate(time.Second))/time.Second + 1
	return len(at), most, float64(len(at)) / float64(span)
}
