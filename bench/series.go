package main

import (
	"fmt"
	"math"
	"slices"
)

// series is one figure as it came in each round, in order.
type series []float64

func (s series) median() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	v := slices.Sorted(slices.Values(s))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// ratios divides round by round: what disturbed a round disturbed both.
func (s series) ratios(by series) series {
	n := min(len(s), len(by))
	r := make(series, n)
	for i := range n {
		r[i] = s[i] / by[i]
	}
	return r
}

// over divides each by the same.
func (s series) over(by float64) series {
	r := make(series, len(s))
	for i, v := range s {
		r[i] = v / by
	}
	return r
}

// unit is what a figure is in, and how it is written.
type unit int

const (
	ratio unit = iota // 1.62×
	seconds
	milliseconds
	megabytes
	perSecond
	microseconds
	percent
)

func (u unit) format(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case u == ratio:
		return fmt.Sprintf("%.2f×", v)
	case u == seconds:
		return fmt.Sprintf("%.2f s", v)
	case u == milliseconds && v < 10:
		return fmt.Sprintf("%.2f ms", v)
	case u == milliseconds:
		return fmt.Sprintf("%.0f ms", v)
	case u == megabytes:
		return fmt.Sprintf("%.1f MB", v)
	case u == perSecond:
		return fmt.Sprintf("%.0f/s", v)
	case u == microseconds:
		return fmt.Sprintf("%.1f µs", v)
	case u == percent:
		return fmt.Sprintf("%.0f %%", v)
	default:
		return fmt.Sprint(v)
	}
}

// spread is the median with, where there were several rounds, the least and
// the greatest.
func (u unit) spread(s series) string {
	if len(s) < 2 {
		return u.format(s.median())
	}
	return fmt.Sprintf("%s (%s–%s)", u.format(s.median()), u.format(slices.Min(s)), u.format(slices.Max(s)))
}
