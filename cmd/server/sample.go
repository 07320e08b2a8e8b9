package main

import (
	"fmt"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// sampleCmd writes the sample, or a release that follows it.
type sampleCmd struct {
	Size             sample.Size    `help:"small: realistic, every class and edge case. full: the counts and about the bytes of the real file." enum:"small,full" default:"small"`
	Out              string         `help:"File to write: .xml, .xml.gz or .zip." required:"" type:"path" placeholder:"FILE"`
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
	data, err := c.data()
	if err != nil {
		return err
	}
	if err := data.WriteFile(c.Out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s: %d entries, HentetDato %s, made up, not for clinical use\n", c.Out, data.Len(), data.Document().RetrievalDate)
	return err
}

func (c *sampleCmd) data() (*sample.Data, error) {
	o := sample.Options{Size: c.Size, Seed: c.Seed}
	if c.Retrieved != "" {
		var err error
		if o.Retrieved, err = time.Parse("2006-01-02T15:04:05", c.Retrieved); err != nil {
			return nil, fmt.Errorf("--retrieved %q: want a date and time such as 2026-09-08T03:09:06", c.Retrieved)
		}
	}
	data, err := sample.New(o)
	if err != nil {
		return nil, err
	}
	for range c.Fortnights {
		data = data.Fortnight()
	}
	change := sample.Change{
		Default:          sample.Share{Added: c.Added, Removed: c.Removed, Edited: c.Edited},
		CommodityQuarter: c.CommodityQuarter, Prices: c.Prices, ATCYear: c.AtcYear, Reissue: c.Reissue,
	}
	if change.Default != (sample.Share{}) || c.CommodityQuarter || c.Prices > 0 || c.AtcYear > 0 || c.Reissue > 0 {
		if data, err = data.Next(change); err != nil {
			return nil, err
		}
	}
	for name, n := range c.Without {
		class, err := classNamed(name)
		if err != nil {
			return nil, err
		}
		data = data.Without(class, n)
	}
	return data, nil
}

func classNamed(name string) (fest.Class, error) {
	for _, c := range fest.Classes() {
		if c.String() == name {
			return c, nil
		}
	}
	return 0, fmt.Errorf("--without %s: no such class; the classes are %v", name, fest.Classes())
}
