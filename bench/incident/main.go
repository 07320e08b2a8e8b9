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

// config is the command line.
type config struct {
	consumers int
	rate      int // the probe's lookups a second
	scale     float64
	limit     time.Duration
	calm      time.Duration // how long quiet parts of the day are looked at
	readme    string
}

func parse(args []string, stderr io.Writer) (config, error) {
	var c config
	f := flag.NewFlagSet("incident", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.IntVar(&c.consumers, "consumers", 2000, "how many come back at once")
	f.IntVar(&c.rate, "rate", 300, "lookups a second of the probe, on all replicas together")
	f.Float64Var(&c.scale, "scale", 1, "size of the file, of the full one")
	f.DurationVar(&c.limit, "limit", time.Minute, "when consumers who were not served are given up")
	f.DurationVar(&c.calm, "calm", 3*time.Second, "how long quiet parts of the day are looked at")
	f.StringVar(&c.readme, "readme", "", "page whose section \"incident\" gets the table, such as README.md")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	switch {
	case f.NArg() > 0:
		return c, fmt.Errorf("argument %q: only flags are taken", f.Arg(0))
	case c.consumers < 1 || c.consumers > 60_000 || c.rate < 1:
		return c, errors.New("want 1 to 60000 consumers, and a rate of at least 1")
	}
	return c, nil
}

// run is the program without the process: 0, 1 when something failed or a
// promise was broken, 2 for wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "incident:", err)
		return 2
	}
	if err := play(ctx, c, stdout); err != nil {
		_, _ = fmt.Fprintln(stderr, "incident:", err)
		return 1
	}
	return 0
}

func play(ctx context.Context, c config, w io.Writer) error {
	d, err := prepare(ctx, c, w)
	if err != nil {
		return err
	}
	defer d.close()
	// The replicas may have what the generator leaves them: at least all
	// processors but one.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, scene := range []func(context.Context) error{d.evening, d.night, d.mistake, d.back, d.restart, d.end} {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(w, "\n%s\n", d.table(plain))
	_, _ = fmt.Fprintln(w, "promises")
	d.judge(rig.NewPromises(w))
	if c.readme != "" {
		if err := rig.WriteSection(c.readme, "incident", d.table(markdown)); err != nil {
			return err
		}
	}
	return d.promises.Err()
}
