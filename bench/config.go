package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/festd/festd/bench/internal/rig"
)

// config is the command line.
type config struct {
	quick    bool
	keep     bool
	runs     int
	out, dir string
	only     []string
	resource string
	profiles string
	timeout  time.Duration

	// What quick changes.
	size        string        // of the sample
	wrkTime     time.Duration // of one turn
	warmTime    time.Duration // of each server, before the first turn
	connections int
	ids         int // looked up at random
}

func parse(args []string, stderr io.Writer) (config, error) {
	var c config
	var only string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.BoolVar(&c.quick, "quick", false, "small sample, one short run each: says whether the harness works, not how fast festd is")
	f.IntVar(&c.runs, "runs", 0, "rounds of each measurement; 0 = 5, quick 1")
	f.BoolVar(&c.keep, "keep", false, "keep the run's folder: logs, configurations, data directories")
	f.StringVar(&c.out, "out", "", "report to write; default docs/PERFORMANCE.md, with --quick or --only none")
	f.StringVar(&c.dir, "dir", filepath.Join(os.TempDir(), "festd-bench"), "folder for generated files, which are kept for the next run, and for the run's own")
	f.StringVar(&only, "only", "", "measurements to run, comma-separated; default all")
	f.StringVar(&c.resource, "resource", "drugs", "resource whose items are looked up")
	f.StringVar(&c.profiles, "profile", "", "folder for CPU profiles, taken in extra turns that are not measured")
	f.DurationVar(&c.timeout, "timeout", 30*time.Minute, "longest time that everything may take")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	if f.NArg() > 0 {
		return c, fmt.Errorf("argument %q: only flags are taken", f.Arg(0))
	}
	if c.runs < 0 {
		return c, fmt.Errorf("--runs %d: want at least 1", c.runs)
	}
	if only != "" {
		c.only = strings.Split(only, ",")
		for _, name := range c.only {
			if !slices.ContainsFunc(measurements(), func(m measurement) bool { return m.name == name }) {
				return c, fmt.Errorf("--only %q: there is no such measurement; there are %s", name, strings.Join(names(measurements()), ", "))
			}
		}
	}
	c.size, c.wrkTime, c.warmTime, c.connections, c.ids = "full", 5*time.Second, 2*time.Second, 32, 4000
	runs := 5
	if c.quick {
		c.size, c.wrkTime, c.warmTime, c.connections, c.ids = "small", time.Second, 0, 4, 50
		runs = 1
	}
	if c.runs == 0 {
		c.runs = runs
	}
	// Figures of a part, or of the small sample, are not the report.
	if c.out == "" && !c.quick && only == "" {
		root, err := rig.Root()
		if err != nil {
			return c, err
		}
		c.out = filepath.Join(root, "docs", "PERFORMANCE.md")
	}
	return c, nil
}

// wants says whether a measurement was asked for.
func (c *config) wants(name string) bool { return len(c.only) == 0 || slices.Contains(c.only, name) }
