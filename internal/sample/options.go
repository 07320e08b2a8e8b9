package sample

import (
	"fmt"
	"time"
)

// Size is which of the two samples to make.
type Size string

// The sizes.
const (
	// SizeSmall is realistic: true substances, every class, every edge case.
	SizeSmall Size = "small"
	// SizeFull has the counts and about the bytes of the published file
	// (HentetDato 2026-09-08).
	SizeFull Size = "full"
)

// DefaultRetrieved is the HentetDato of a sample that names none. It is fixed,
// so that two runs agree; the hour is the one DMP's own extracts bear.
func DefaultRetrieved() time.Time { return time.Date(2026, time.September, 8, 3, 9, 6, 0, time.UTC) }

// Options say which file to make.
type Options struct {
	// Size. Mandatory.
	Size Size
	// Seed of everything that is drawn. The objects of the small sample and
	// their ids are the same for every seed (docs and tests name them); its
	// entry ids and registration times are not.
	Seed uint64
	// Retrieved is HentetDato, as the clock on the wall in Oslo; zero is
	// DefaultRetrieved. What depends on a date (selling out, coming prices) is
	// placed around it.
	Retrieved time.Time
	// Scale of the full sample's counts, for tests that need a plausible file
	// of less size; zero means 1.
	Scale float64
}

// MinimumScale is the smallest scale at which every class of the full sample
// still has entries.
const MinimumScale = 0.005

func (o *Options) validate() error {
	switch o.Size {
	case SizeSmall, SizeFull:
	default:
		return fmt.Errorf("sample: size %q is unknown; it must be %q or %q", o.Size, SizeSmall, SizeFull)
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	if o.Scale < MinimumScale || o.Scale > 4 {
		return fmt.Errorf("sample: scale %g is out of range; it must be from %g to 4", o.Scale, MinimumScale)
	}
	if o.Retrieved.IsZero() {
		o.Retrieved = DefaultRetrieved()
	}
	y := o.Retrieved.Year()
	if y < 2015 || y > 9000 {
		return fmt.Errorf("sample: retrieved year %d is out of range; it must be from 2015 to 9000", y)
	}
	o.Retrieved = time.Date(y, o.Retrieved.Month(), o.Retrieved.Day(), o.Retrieved.Hour(), o.Retrieved.Minute(), o.Retrieved.Second(), 0, time.UTC)
	return nil
}
