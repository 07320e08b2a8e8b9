package main

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSeries(t *testing.T) {
	for _, tt := range []struct {
		name   string
		in     series
		median float64
		text   string // as seconds
	}{
		{"one", series{2}, 2, "2.00 s"},
		{"odd, unsorted", series{9, 1, 3}, 3, "3.00 s (1.00 s–9.00 s)"},
		{"even", series{4, 1, 2, 9}, 3, "3.00 s (1.00 s–9.00 s)"},
		{"none", nil, math.NaN(), "–"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.in.median(); got != tt.median && !(math.IsNaN(got) && math.IsNaN(tt.median)) {
				t.Errorf("median %v, want %v", got, tt.median)
			}
			if got := seconds.spread(tt.in); got != tt.text {
				t.Errorf("spread %q, want %q", got, tt.text)
			}
		})
	}
}

// A disturbance that slows both sides of one round leaves the ratio alone.
func TestRatiosGoByRound(t *testing.T) {
	ours, theirs := series{2, 20, 2}, series{1, 10, 1}
	if diff := cmp.Diff(series{2, 2, 2}, ours.ratios(theirs), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTargets(t *testing.T) {
	for _, tt := range []struct {
		name   string
		target target
		values series
		want   verdict
		text   string
	}{
		{"below both", atMost(ratio, 2, 1), series{0.9}, reached, "≤ 2.00×, then ≤ 1.00×"},
		{"on the second", atMost(ratio, 2, 1), series{1}, reached, "≤ 2.00×, then ≤ 1.00×"},
		{"between", atMost(ratio, 2, 1), series{1.5}, partly, "≤ 2.00×, then ≤ 1.00×"},
		{"above both", atMost(ratio, 2, 1), series{2.1}, missed, "≤ 2.00×, then ≤ 1.00×"},
		{"the median decides", atMost(milliseconds, 300, 100), series{90, 80, 900}, reached, "≤ 300 ms, then ≤ 100 ms"},
		{"at least", target{first: 0.9, atLeast: true}, series{0.95}, reached, "≥ 0.90×"},
		{"too little", target{first: 0.9, atLeast: true}, series{0.89}, missed, "≥ 0.90×"},
		{"no target", target{}, series{7}, none, "–"},
		{"not measured", target{first: 0.9, atLeast: true}, nil, unknown, "≥ 0.90×"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.target.judge(tt.values); got != tt.want {
				t.Errorf("judged %q, want %q", got, tt.want)
			}
			if got := tt.target.String(); got != tt.text {
				t.Errorf("written %q, want %q", got, tt.text)
			}
		})
	}
}
