package app

import (
	"fmt"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// SampleFile says which made-up file to write.
type SampleFile struct {
	Path       string // .xml, .xml.gz or .zip
	Size       string // small or full
	Seed       uint64
	Retrieved  string // HentetDato of the first release; "" = sample.DefaultRetrieved
	Fortnights int    // ordinary releases to go on

	// One release more, if any of these is set: shares of each class.
	Added, Removed, Edited   float64
	CommodityQuarter         bool
	Prices, AtcYear, Reissue float64

	// Without leaves out the last n entries of a class, as a damaged file does.
	Without map[string]int
}

// Write makes the file and returns its number of entries and its HentetDato.
func (o *SampleFile) Write() (entries int, retrieved string, err error) {
	data, err := o.data()
	if err != nil {
		return 0, "", err
	}
	return data.Len(), string(data.Document().RetrievalDate), data.WriteFile(o.Path)
}

func (o *SampleFile) data() (*sample.Data, error) {
	from := sample.Options{Size: sample.Size(o.Size), Seed: o.Seed}
	if o.Retrieved != "" {
		var err error
		if from.Retrieved, err = time.Parse("2006-01-02T15:04:05", o.Retrieved); err != nil {
			return nil, fmt.Errorf("retrieved %q: want a date and time such as 2026-09-08T03:09:06", o.Retrieved)
		}
	}
	data, err := sample.New(from)
	if err != nil {
		return nil, err
	}
	for range o.Fortnights {
		data = data.Fortnight()
	}
	change := sample.Change{
		Default:          sample.Share{Added: o.Added, Removed: o.Removed, Edited: o.Edited},
		CommodityQuarter: o.CommodityQuarter, Prices: o.Prices, ATCYear: o.AtcYear, Reissue: o.Reissue,
	}
	if change.Default != (sample.Share{}) || o.CommodityQuarter || o.Prices > 0 || o.AtcYear > 0 || o.Reissue > 0 {
		if data, err = data.Next(change); err != nil {
			return nil, err
		}
	}
	for name, n := range o.Without {
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
	return 0, fmt.Errorf("without %s: no such class; the classes are %v", name, fest.Classes())
}
