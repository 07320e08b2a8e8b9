package sample

import (
	"fmt"
	"math"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Share is how much of a class a change adds, removes and edits, each as a
// share of the entries the class had.
type Share struct{ Added, Removed, Edited float64 }

// Fill is a field that a change fills, as DMP does without other warning than
// a notice (R144).
type Fill uint8

// The fields that can be filled.
const (
	// FillValidity puts P10D on every systemic antibiotic (J01) that has none.
	FillValidity Fill = iota + 1
	// FillGenericConditions puts a condition on generics that have none.
	FillGenericConditions
	// FillTerms adds a second term to elements of code systems that have one.
	FillTerms
	// FillSubstitutionUntil dates the end of one in ten substitution groups.
	FillSubstitutionUntil
)

// Change says what the next release brings. The zero Change is a release with
// the same content.
type Change struct {
	// Retrieved is the next HentetDato; zero means a fortnight on. It must be
	// later than the one before.
	Retrieved time.Time
	// Default is the share for every class that Classes does not name; code
	// systems are neither added nor removed.
	Default Share
	Classes map[fest.Class]Share
	// CommodityQuarter replaces the entries of all commodities with those of
	// the quarter that follows (R133): new prices, new dates, the same items.
	// Default and Classes say how many come and go.
	CommodityQuarter bool
	// Prices is the share of packages that get new prices, valid from the
	// first of the month: 0.6 on a first of January (R141).
	Prices float64
	// ATCYear is the share of level-5 codes in use that are moved.
	ATCYear float64
	// Reissue is the share of entries that get a new entry id and time and no
	// new content (R142).
	Reissue float64
	// Fill are the fields that are filled from now on.
	Fill []Fill
}

// Outcome is what a change came to, per class: removing a drug also removes
// its packages.
type Outcome struct {
	Added, Removed, Edited map[fest.Class]int
	// Reissued had no change of content.
	Reissued int
	// Repriced are the packages and commodities with the prices of a revision
	// or of a quarter, Filled the entries with a field filled.
	Repriced, Filled int
	// ATC is which codes became which.
	ATC map[string]string
}

// Outcome is what the change that led to this release came to; empty for the
// first.
func (d *Data) Outcome() Outcome { return d.outcome }

// Ordinary is what a common fortnight brings.
func Ordinary() Change {
	return Change{
		Default: Share{Added: 0.004, Removed: 0.003, Edited: 0.02},
		Classes: map[fest.Class]Share{
			fest.ClassIngredient:         {Added: 0.001, Removed: 0.0005, Edited: 0.002},
			fest.ClassIngredientStrength: {Added: 0.002, Removed: 0.001},
			fest.ClassPackage:            {Added: 0.006, Removed: 0.005, Edited: 0.06},
			fest.ClassInteraction:        {Added: 0.003, Removed: 0.001, Edited: 0.005},
			fest.ClassNotification:       {Added: 0.08, Removed: 0.08, Edited: 0.05},
			fest.ClassCodeSystem:         {},
			fest.ClassShortDose:          {},
			fest.ClassBreastProsthesis:   {},
			fest.ClassMedicalConsumable:  {},
			fest.ClassNutrient:           {},
		},
	}
}

// Calendar is the ordinary change for the release after one of the date from,
// with what that time of year brings: commodities with each quarter, prices
// and ATC codes in January (R141, R143).
func Calendar(from time.Time) Change {
	c := Ordinary()
	c.Retrieved = from.AddDate(0, 0, 14)
	if quarter(c.Retrieved) != quarter(from) {
		c.CommodityQuarter = true
		for _, k := range commodityClasses {
			c.Classes[k] = Share{Added: 0.03, Removed: 0.03}
		}
	}
	if c.Retrieved.Year() != from.Year() {
		c.Prices, c.ATCYear = 0.6, 0.01
	}
	return c
}

// quarter numbers the quarters of all years.
func quarter(t time.Time) int { return t.Year()*4 + (int(t.Month())-1)/3 }

var commodityClasses = [...]fest.Class{fest.ClassBreastProsthesis, fest.ClassMedicalConsumable, fest.ClassNutrient}

func (c *Change) share(k fest.Class) Share {
	if s, ok := c.Classes[k]; ok {
		return s
	}
	return c.Default
}

func (c *Change) validate(from time.Time) error {
	if c.Retrieved.IsZero() {
		c.Retrieved = from.AddDate(0, 0, 14)
	}
	if !c.Retrieved.After(from) {
		return fmt.Errorf("sample: HentetDato %s is not after %s", dateTime(c.Retrieved), dateTime(from))
	}
	check := func(name string, v float64) error {
		if math.IsNaN(v) || v < 0 || v > 1 {
			return fmt.Errorf("sample: %s is %g; a share must be from 0 to 1", name, v)
		}
		return nil
	}
	shares := map[string]Share{"default": c.Default}
	for k, s := range c.Classes {
		if !k.Valid() {
			return fmt.Errorf("sample: class %d is unknown", k)
		}
		shares[k.String()] = s
	}
	for name, s := range shares {
		for part, v := range map[string]float64{"added": s.Added, "removed": s.Removed, "edited": s.Edited} {
			if err := check(part+" of "+name, v); err != nil {
				return err
			}
		}
	}
	for name, v := range map[string]float64{"prices": c.Prices, "ATC year": c.ATCYear, "reissue": c.Reissue} {
		if err := check(name, v); err != nil {
			return err
		}
	}
	for _, f := range c.Fill {
		if f < FillValidity || f > FillSubstitutionUntil {
			return fmt.Errorf("sample: field %d cannot be filled", f)
		}
	}
	return nil
}
