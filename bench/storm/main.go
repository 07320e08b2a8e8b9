package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/festd/festd/bench/internal/crowd"
	"github.com/festd/festd/bench/internal/rig"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == crowd.ProbeCommand {
		os.Exit(crowd.RunProbe(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

var modes = []string{"all", "restart", "recover", "flood"}

// config is the command line.
type config struct {
	mode      string
	consumers int
	valves    string // on, off or both, of a restart
	runs      int
	rate      int           // the probe's lookups a second
	quiet     time.Duration // how long it goes on before and after
	limit     time.Duration // when those who were not served are given up
	hold      time.Duration // of overload
	keys      int           // distinct addresses that a trusted proxy tells
	scale     float64       // of the file
	check     bool
	section   string // page whose section is written
}

func parse(args []string, stderr io.Writer) (config, error) {
	var c config
	f := flag.NewFlagSet("storm", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.mode, "mode", "all", "restart, recover, flood or all")
	f.IntVar(&c.consumers, "consumers", 2000, "how many come back at once")
	f.StringVar(&c.valves, "valves", "both", "restarts with the valves on, off or both")
	f.IntVar(&c.runs, "runs", 3, "restarts with the valves on; their median counts")
	f.IntVar(&c.rate, "rate", 200, "lookups a second of the quiet probe")
	f.DurationVar(&c.quiet, "quiet", 5*time.Second, "how long the probe goes on before and after")
	f.DurationVar(&c.limit, "limit", 3*time.Minute, "when those who were not served are given up")
	f.DurationVar(&c.hold, "hold", 10*time.Second, "how long overload is held in mode flood; in mode recover six times a third of it")
	f.IntVar(&c.keys, "keys", 1_000_000, "clients that a trusted proxy tells of, in mode flood")
	f.Float64Var(&c.scale, "scale", 1, "size of the file, of the full one")
	f.BoolVar(&c.check, "check", false, "exit code 1 where a promise is broken")
	f.StringVar(&c.section, "section", "", "page whose section \"storm\" gets the figures, such as docs/PERFORMANCE.md")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	switch {
	case f.NArg() > 0:
		return c, fmt.Errorf("argument %q: only flags are taken", f.Arg(0))
	case !slices.Contains(modes, c.mode):
		return c, fmt.Errorf("-mode %q: want one of %v", c.mode, modes)
	case !slices.Contains([]string{"on", "off", "both"}, c.valves):
		return c, fmt.Errorf("-valves %q: want on, off or both", c.valves)
	case c.consumers < 1 || c.consumers > 60_000:
		return c, fmt.Errorf("-consumers %d: want 1 to 60000", c.consumers)
	case c.rate < 1 || c.runs < 1 || c.keys < 1:
		return c, errors.New("-rate, -runs and -keys: want at least 1")
	case c.quiet < time.Second || c.hold < time.Second:
		return c, errors.New("-quiet and -hold: want at least 1s")
	}
	return c, nil
}

// run is the program without the process: 0, 1 when something failed or, with
// -check, a promise was broken, 2 for wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "storm:", err)
		return 2
	}
	if err := play(ctx, c, stdout, stderr); err != nil {
		_, _ = fmt.Fprintln(stderr, "storm:", err)
		return 1
	}
	return 0
}

func play(ctx context.Context, c config, stdout, stderr io.Writer) error {
	s, err := prepare(ctx, c, stderr)
	if err != nil {
		return err
	}
	defer s.close()
	if cpus := rig.CPUs(); len(cpus) > 1 { // after the children of the preparation
		if err := rig.PinSelf(cpus[1]); err != nil {
			return err
		}
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	}
	promises := rig.NewPromises(stdout)
	var lines []row
	for _, m := range []struct {
		name string
		play func(context.Context, *stage, io.Writer, *rig.Promises) ([]row, error)
	}{{"restart", restarts}, {"recover", recovers}, {"flood", flood}} {
		if c.mode != "all" && c.mode != m.name {
			continue
		}
		more, err := m.play(ctx, s, stdout, promises)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		lines = append(lines, more...)
	}
	if c.section != "" {
		if err := rig.WriteSection(c.section, "storm", section(s, lines)); err != nil {
			return err
		}
	}
	if c.check {
		return promises.Err()
	}
	return nil
}
