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
	"syscall"
	"time"
)

// config is the command line.
type config struct {
	consumers int
	data      string // data directory with a release in it
	database  string
	valves    bool
	rate      int // probe's requests a second
	quiet     time.Duration
	limit     time.Duration
	runs      int
	check     bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintln(os.Stderr, "storm:", err)
		os.Exit(1) //nolint:gocritic // what is deferred is the signal handler
	}
}

func parse(args []string, stderr io.Writer) (config, error) {
	var c config
	f := flag.NewFlagSet("storm", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.IntVar(&c.consumers, "consumers", 2000, "how many come back at once")
	f.StringVar(&c.data, "data-dir", "", "folder of a store with a release; none: a generated one of full size is imported")
	f.StringVar(&c.database, "database-url", "", "PostgreSQL that the server has; its statements are counted")
	valves := f.String("valves", "on", "on or off")
	f.IntVar(&c.rate, "rate", 200, "lookups a second of the quiet probe")
	f.DurationVar(&c.quiet, "quiet", 5*time.Second, "how long the probe goes on before and after")
	f.DurationVar(&c.limit, "limit", 3*time.Minute, "when to give up on those who were not served")
	f.IntVar(&c.runs, "runs", 1, "how many storms; the medians count")
	f.BoolVar(&c.check, "check", false, "fail where a promise is broken")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	c.valves = *valves != "off"
	if c.consumers < 1 || c.consumers > 60_000 || c.rate < 1 || c.runs < 1 || *valves != "on" && *valves != "off" {
		return c, errors.New("want 1 to 60000 consumers, a rate and runs of at least 1, and -valves on or off")
	}
	return c, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := pin(0, lastCPU()); err != nil {
		_, _ = fmt.Fprintln(stderr, "storm: not pinned:", err)
	}
	runtime.GOMAXPROCS(1)
	work, err := os.MkdirTemp("", "festd-storm-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // of a temporary folder
	srv, err := prepare(ctx, c, work, stderr)
	if err != nil {
		return err
	}
	var results []result
	for n := range c.runs {
		_, _ = fmt.Fprintf(stderr, "storm %d of %d: %d consumers, valves %s\n", n+1, c.runs, c.consumers, onOff(c.valves))
		r, err := storm(ctx, c, srv, stderr)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	broken := report(stdout, c, results)
	if c.check && len(broken) > 0 {
		return fmt.Errorf("broken promises: %d: %v", len(broken), broken)
	}
	return nil
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
