package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/festd/festd/bench/internal/crowd"
	"github.com/festd/festd/bench/internal/rig"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// That night 8000 ingredients were missing, of the 8639 that there are.
const (
	missing = 8000
	of      = 8639
	// replicas share one database.
	replicas = 3
)

// day is the whole of it: who plays, and what was seen.
type day struct {
	config
	w           io.Writer
	began       time.Time
	dir, binary string
	cluster     *rig.Cluster
	operator    rig.Store // where commands are given
	servers     []*rig.Server
	stores      []rig.Store // theirs
	probe       *crowd.Probe
	good, bad   string // files
	lacking     int    // ingredients in bad
	promises    *rig.Promises

	// What was seen.
	heldIn      time.Duration // import begun → held
	alarmed     time.Duration // import ended → all replicas tell
	digest      string
	lost        []string // ingredients that the findings name
	mistaken    time.Duration
	gone        int // of those, answered as removed afterwards
	backIn      time.Duration
	returned    int
	ready       time.Duration // kill → the last replica is ready
	loads       []float64
	crowd       crowd.Outcome
	lookups     map[string]crowd.Latency
	reconnected time.Duration // PostgreSQL is back → all replicas know
}

// prepare makes the files, the database and the replicas.
func prepare(ctx context.Context, c config, w io.Writer) (_ *day, err error) {
	d := &day{config: c, w: w, began: time.Now()}
	if d.dir, err = os.MkdirTemp("", "festd-incident-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	d.say("building the server, making the files, starting PostgreSQL")
	if d.binary, err = rig.Build(ctx, d.dir, w); err != nil {
		return nil, err
	}
	if err := d.files(); err != nil {
		return nil, err
	}
	if d.cluster, err = rig.NewCluster(ctx, true); err != nil {
		return nil, err
	}
	database, err := d.cluster.Database(ctx)
	if err != nil {
		return nil, err
	}
	d.operator = rig.Store{Dir: filepath.Join(d.dir, "operator"), Database: database}
	for i := range replicas {
		store := rig.Store{Dir: filepath.Join(d.dir, fmt.Sprint("replica", i)), Database: database}
		d.stores = append(d.stores, store)
		s, err := rig.NewServer(ctx, d.binary, store, -1, filepath.Join(d.dir, fmt.Sprintf("replica%d.log", i)))
		if err != nil {
			return nil, err
		}
		d.servers = append(d.servers, s)
	}
	return d, nil
}

// files are yesterday's, and tonight's as it came.
func (d *day) files() error {
	first, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: d.scale})
	if err != nil {
		return err
	}
	next, err := first.Next(sample.Change{Default: sample.Share{Edited: .02}})
	if err != nil {
		return err
	}
	d.lacking = int(math.Round(float64(first.Counts()[fest.ClassIngredient.String()]) * missing / of))
	d.good, d.bad = filepath.Join(d.dir, "yesterday", "fest251.zip"), filepath.Join(d.dir, "tonight", "fest251.zip")
	for path, data := range map[string]*sample.Data{d.good: first, d.bad: next.Without(fest.ClassIngredient, d.lacking)} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), data.WriteFile(path)); err != nil {
			return err
		}
	}
	return nil
}

// say prints a line with the clock.
func (d *day) say(format string, args ...any) {
	_, _ = fmt.Fprintf(d.w, "%7.1fs  %s\n", time.Since(d.began).Seconds(), fmt.Sprintf(format, args...))
}

// scene begins a part of the day, and of the probe's figures.
func (d *day) scene(phase, format string, args ...any) error {
	_, _ = fmt.Fprintln(d.w)
	d.say("── "+format, args...)
	if d.probe == nil {
		return nil
	}
	return d.probe.Enter(phase)
}

func (d *day) close() {
	if d.probe != nil {
		d.probe.Kill()
	}
	for _, s := range d.servers {
		s.End()
	}
	if d.cluster != nil {
		d.cluster.Close()
	}
	_ = os.RemoveAll(d.dir) // in the folder for what may go
}

// command runs a command of the operator's, which must end with want.
func (d *day) command(ctx context.Context, want int, args ...string) ([]byte, error) {
	code, out, said, err := rig.Run(ctx, d.binary, append(args, d.operator.Args()...)...)
	if err != nil {
		return nil, err
	}
	if code != want {
		return nil, fmt.Errorf("%v ended with %d, want %d\n%.2000s\n%.2000s", args, code, want, out, said)
	}
	return out, nil
}

// each does something with all replicas at once.
func (d *day) each(f func(i int, s *rig.Server) error) error {
	errs := make([]error, len(d.servers))
	var all sync.WaitGroup
	for i, s := range d.servers {
		all.Go(func() { errs[i] = f(i, s) })
	}
	all.Wait()
	return errors.Join(errs...)
}

func (d *day) urls() []string {
	var urls []string
	for _, s := range d.servers {
		urls = append(urls, "http://"+s.API)
	}
	return urls
}

// count asks for each of the ingredients that were named, spread over the
// replicas, and counts the answers with a status.
func (d *day) count(ctx context.Context, status int) (int, error) {
	counts := make([]int, len(d.servers))
	err := d.each(func(i int, s *rig.Server) error {
		for k := i; k < len(d.lost); k += len(d.servers) {
			got, err := s.Status(ctx, "/v1/ingredients/"+d.lost[k])
			if err != nil {
				return err
			}
			if got == status {
				counts[i]++
			}
		}
		return nil
	})
	n := 0
	for _, c := range counts {
		n += c
	}
	return n, err
}
