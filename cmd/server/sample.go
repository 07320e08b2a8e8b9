package main

import (
	"fmt"
	"os"

	"github.com/festd/festd/internal/app"
)

// sampleCmd writes the sample, or a release that follows it.
type sampleCmd struct {
	Size             string         `help:"small: realistic, every class and edge case. full: the counts and about the bytes of the real file." enum:"small,full" default:"small"`
	Out              string         `help:"File to write: .xml, .xml.gz or .zip." required:"" type:"path" placeholder:"FILE"`
	Force            bool           `help:"Write over a file that is there." env:"-"`
	Seed             uint64         `help:"Seed of everything that is drawn: the same seed gives the same bytes." default:"1" placeholder:"N"`
	Retrieved        string         `help:"HentetDato of the first release, such as 2026-09-08T03:09:06." placeholder:"DATETIME"`
	Fortnights       int            `help:"Go this many ordinary fortnights on, with what the calendar brings." default:"0" placeholder:"N"`
	Added            float64        `help:"Then one release more: share of each class that is added." default:"0" placeholder:"SHARE"`
	Removed          float64        `help:"…share of each class that is removed." default:"0" placeholder:"SHARE"`
	Edited           float64        `help:"…share of each class that is edited." default:"0" placeholder:"SHARE"`
	CommodityQuarter bool           `help:"…commodities of the next quarter."`
	Prices           float64        `help:"…share of packages with new prices; 0.6 is a first of January." default:"0" placeholder:"SHARE"`
	AtcYear          float64        `name:"atc-year" help:"…share of ATC codes in use that are moved." default:"0" placeholder:"SHARE"`
	Reissue          float64        `help:"…share of entries issued anew without a change." default:"0" placeholder:"SHARE"`
	Without          map[string]int `help:"Leave out the last N entries of a class, as a damaged file does: ingredients=8000." placeholder:"CLASS=N"`
}

func (c *sampleCmd) Run(env *environment) error {
	if _, err := os.Lstat(c.Out); err == nil && !c.Force {
		return fmt.Errorf("%s is there already: choose another name, or --force to write over it", c.Out)
	}
	f := app.SampleFile{
		Path: c.Out, Size: c.Size, Seed: c.Seed, Retrieved: c.Retrieved, Fortnights: c.Fortnights,
		Added: c.Added, Removed: c.Removed, Edited: c.Edited, CommodityQuarter: c.CommodityQuarter,
		Prices: c.Prices, AtcYear: c.AtcYear, Reissue: c.Reissue, Without: c.Without,
	}
	entries, retrieved, err := f.Write()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s: %d entries, HentetDato %s, made up, not for clinical use\n", c.Out, entries, retrieved)
	return err
}
