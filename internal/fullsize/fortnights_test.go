//go:build !race

package fullsize_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/sample"
)

// The events of DMP's year that are no ordinary change and no fault either.
const (
	eventQuarter  = "a commodity quarter (R133)"
	eventPrices   = "a price revision (R141)"
	eventATCYear  = "an ATC year (R143)"
	eventReissue  = "a bulk re-issue (R142)"
	eventValidity = "validity filled on antibiotics (R144)"
	eventGenerics = "conditions filled on generics (R144)"
	eventTerms    = "second terms filled on codes (R144)"
	eventUntil    = "until-dates filled on substitution groups (R144)"
)

// fortnight is a release of thirty, as an import sees it.
type fortnight struct {
	data  *sample.Data
	facts *gate.Facts
	day   string
	now   time.Time // of the import
	err   error
}

// Thirty fortnights of full size, with everything that DMP's year brings, pass
// the gate of a service that people prescribe by, each beside the release
// before and the oldest of sixty days.
func TestThirtyFortnights(t *testing.T) {
	const anchorAge = 60 * 24 * time.Hour
	first, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	releases, seen := thirty(ctx, first)
	var history []fortnight
	for r := range releases {
		if r.err == nil {
			r.facts, r.err = facts(ctx, r.data)
		}
		if r.err != nil {
			t.Fatal(r.err)
		}
		r.data = nil // the next one is on its way
		if n := len(history); n > 0 {
			oldest := slices.IndexFunc(history, func(h fortnight) bool { return r.now.Sub(h.now) <= anchorAge })
			if n > 5 && (oldest <= 0 || oldest >= n-1) {
				t.Fatalf("release %d is compared with anchor %d; want one that has aged, and another than the one before", n, oldest)
			}
			v := gate.Judge(r.facts, history[n-1].facts, history[oldest].facts, gate.Production(), r.now, nil)
			for _, f := range v.Holding() {
				t.Errorf("fortnight %d (%s) is held by %s %s: %s", n, r.day, f.Rule, f.Class, f.Text)
			}
			if oldest > 0 {
				history[oldest-1].facts = nil
			}
		}
		history = append(history, r)
	}
	if len(history) != 31 {
		t.Fatalf("%d releases were judged, want the first and thirty", len(history))
	}
	want := map[string]int{
		eventQuarter: 5, eventPrices: 1, eventATCYear: 1, eventReissue: 4, eventValidity: 1, eventGenerics: 1, eventTerms: 1, eventUntil: 1,
	}
	for event, n := range want {
		if seen[event] != n {
			t.Errorf("%d times %s, want %d", seen[event], event, n)
		}
	}
}

// antibiotics is the first release in which they have a validity; the sample
// has it from the start, as DMP's files do since 2022.
const antibiotics = 6

// thirty makes the first release and the thirty that follow, while those
// before are judged, and notes which events really changed something. The
// counts are complete when the channel is closed.
func thirty(ctx context.Context, d *sample.Data) (<-chan fortnight, map[string]int) {
	out, seen := make(chan fortnight), map[string]int{}
	fills := map[int]struct {
		field sample.Fill
		event string
		least int // entries
	}{
		9:  {sample.FillGenericConditions, eventGenerics, 1000},
		12: {sample.FillTerms, eventTerms, 5}, 15: {sample.FillSubstitutionUntil, eventUntil, 100},
	}
	var without atomic.Int64
	go func() {
		defer close(out)
		for i := 0; ; i++ {
			// DMP publishes on the first and the fifteenth what it retrieved days before.
			f := fortnight{data: d, day: d.Retrieved().Format(time.DateOnly), now: d.Retrieved().AddDate(0, 0, 3)}
			if i < antibiotics {
				f.data = d.Damaged(func(e *fest.Entry) []*fest.Entry {
					if o, ok := e.Object.(*fest.Drug); ok && o.Atc != nil && strings.HasPrefix(o.Atc.Code, "J01") && len(o.PrescriptionValidities) > 0 {
						o.PrescriptionValidities = nil
						without.Add(1)
					}
					return []*fest.Entry{e}
				})
			}
			select {
			case out <- f:
			case <-ctx.Done():
				return
			}
			if i == 30 {
				return
			}
			c := sample.Calendar(d.Retrieved())
			if i%7 == 3 {
				c.Reissue = 0.58
			}
			fill, filling := fills[i]
			if filling {
				c.Fill = []sample.Fill{fill.field}
			}
			next, err := d.Next(c)
			if err != nil {
				out <- fortnight{err: err}
				return
			}
			o := next.Outcome()
			note := func(event string, happened bool) {
				if happened {
					seen[event]++
				}
			}
			note(eventQuarter, c.CommodityQuarter && o.Repriced > 6000) // of 6309 commodities
			note(eventPrices, c.Prices > 0 && o.Edited[fest.ClassPackage] > 5000)
			note(eventATCYear, len(o.ATC) > 10)
			note(eventReissue, o.Reissued > d.Len()/2)
			note(eventValidity, i+1 == antibiotics && without.Load() >= 20*(antibiotics-1)) // the last may not be read yet
			note(fill.event, filling && o.Filled >= fill.least)
			d = next
		}
	}()
	return out, seen
}

// facts are those of a release as an import makes them, from its document.
func facts(ctx context.Context, d *sample.Data) (*gate.Facts, error) {
	r, w := io.Pipe()
	defer r.Close()
	go func() { w.CloseWithError(d.WriteXML(w)) }()
	reader := m30.NewReader(r, m30.DefaultLimits())
	doc, err := reader.Head()
	if err != nil {
		return nil, err
	}
	return ingest.Facts(ctx, fest.Content{Document: doc, Filter: fest.FilterPrescriber}, reader.Slices(), m30.DefaultLimits())
}
