//go:build !race

package app

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/pgtest"
	"github.com/festd/festd/internal/sample"
)

// What shrinks a little every night stays under the guard that compares with
// yesterday; the anchor, through importer and store, holds it (FAULTS 3).
// Nothing dangles in these files, nothing else is wrong with them.
func TestSlowShrink(t *testing.T) {
	const ingredients = 432
	shrinking := func(share float64) []*sample.Data {
		d, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.05, Retrieved: time.Now().AddDate(0, 0, -10)})
		if err != nil {
			t.Fatal(err)
		}
		nights := []*sample.Data{d}
		for range 3 {
			c := sample.Change{Retrieved: d.Retrieved().AddDate(0, 0, 1), Classes: map[fest.Class]sample.Share{fest.ClassIngredient: {Removed: share}}}
			if d, err = d.Next(c); err != nil {
				t.Fatal(err)
			}
			nights = append(nights, d)
		}
		return nights
	}
	loose := gate.Default()
	removed := loose.Rules[gate.RuleRemoved]
	removed.Share = 0.10
	loose.Rules[gate.RuleRemoved] = removed
	little, much := shrinking(0.019), shrinking(0.09)

	for _, c := range []struct {
		name   string
		nights []*sample.Data
		config gate.Config
		ages   []int // days ago that each is published; the first is whole
		held   int   // which of the files is held; 0 = none
		lost   int   // by then, beside the anchor
	}{
		{"1.9 % a night", little, gate.Default(), []int{3, 2, 1, 0}, 3, 24},
		{"9 % a night, where 10 % may go", much, loose, []int{3, 2, 1, 0}, 1, 39},
		{"the anchor is 59 days old", little, gate.Default(), []int{59, 40, 20, 0}, 3, 24},
		{"the anchor ages past 60 days", little, gate.Default(), []int{61, 40, 20, 0}, 0, 0},
	} {
		for _, kind := range []string{"directory", "postgres"} {
			t.Run(c.name+"/"+kind, func(t *testing.T) {
				s := aged{t: t, dir: filepath.Join(t.TempDir(), "data")}
				if kind == "postgres" {
					s.url = pgtest.Database(t, "", nil)
				}
				for i, d := range c.nights[:len(c.ages)] {
					r, err := s.publish(d, c.ages[i], c.config)
					if i == 0 || i != c.held {
						if err != nil || int(r.Release.Serial) != i+1 {
							t.Fatalf("night %d: release %d, %v; want it published", i, r.Release.Serial, err)
						}
						continue
					}
					var held *ingest.HeldError
					if !errors.As(err, &held) || held.Verdict == nil {
						t.Fatalf("night %d: release %d, %v; want it held", i, r.Release.Serial, err)
					}
					f := held.Verdict.Holding()
					if len(f) != 1 || f[0].Rule != gate.RuleRemovedAnchor || f[0].Class != "ingredients" || f[0].Count != c.lost || len(f[0].Affected) != c.lost {
						t.Errorf("held by %+v; want the anchor's rule alone, and %d ingredients named", f, c.lost)
					}
					if b := held.Verdict.Baseline; b == nil || float64(ingredients-b.Counts["ingredients"]) > 0.05*ingredients {
						t.Errorf("what is served has lost more than 5 %%: %+v", b)
					}
					if a := held.Verdict.Anchor; i > 1 && (a == nil || a.Counts["ingredients"] != ingredients) {
						t.Errorf("the anchor is %+v; want the first release", a)
					}
					return
				}
				if c.held != 0 {
					t.Error("nothing was held")
				}
			})
		}
	}
}

// aged is a store whose releases are as old as a test says.
type aged struct {
	t        *testing.T
	dir, url string
	files    int
}

// publish imports a release as if it were so many days ago.
func (s *aged) publish(d *sample.Data, days int, config gate.Config) (_ ingest.Result, err error) {
	s.t.Helper()
	now := func() time.Time { return time.Now().AddDate(0, 0, -days) }
	log := slog.New(slog.DiscardHandler)
	var st store
	if s.url == "" {
		st, err = festdb.Open(festdb.Options{Dir: s.dir, Logger: log, Now: now})
	} else {
		st, err = postgres.Open(s.t.Context(), postgres.Options{URL: s.url, Dir: s.dir, Logger: log, Migrate: true, Now: now})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	s.files++
	path := filepath.Join(s.t.TempDir(), fmt.Sprintf("%d.xml", s.files))
	if err := d.WriteFile(path); err != nil {
		s.t.Fatal(err)
	}
	l := &loader{store: st, limits: m30.DefaultLimits(), log: log, metrics: newMetrics(nil)}
	return l.importFile(s.t.Context(), ImportOptions{Path: path, Gate: config})
}
