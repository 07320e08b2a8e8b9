package main

import "fmt"

// target is what a row must reach. The zero target asks for nothing.
type target struct {
	unit        unit
	atLeast     bool    // else at most
	first, then float64 // then is the further aim; 0 = there is none
}

func atMost(u unit, first, then float64) target { return target{unit: u, first: first, then: then} }

func (t target) String() string {
	sign := "≤"
	if t.atLeast {
		sign = "≥"
	}
	switch {
	case t.first == 0:
		return "–"
	case t.then == 0:
		return fmt.Sprintf("%s %s", sign, t.unit.format(t.first))
	default:
		return fmt.Sprintf("%s %s, then %s %s", sign, t.unit.format(t.first), sign, t.unit.format(t.then))
	}
}

// verdict says how far a row came.
type verdict string

const (
	none    verdict = "–"       // there is no target
	reached verdict = "yes"     // the last target there is
	partly  verdict = "first"   // the first of two
	missed  verdict = "no"      // not even that
	unknown verdict = "unknown" // not measured
)

func (t target) judge(s series) verdict {
	if t.first == 0 {
		return none
	}
	if len(s) == 0 {
		return unknown
	}
	v := s.median()
	ok := func(limit float64) bool {
		if t.atLeast {
			return v >= limit
		}
		return v <= limit
	}
	switch {
	case !ok(t.first):
		return missed
	case t.then != 0 && !ok(t.then):
		return partly
	default:
		return reached
	}
}
