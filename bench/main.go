package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == bareCommand {
		os.Exit(runBare(os.Args[2:], os.Stderr))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program without the process. It returns 0 when everything asked
// for was measured, or could not be because a tool is not installed, whether
// targets were reached or not; 1 when something failed; 2 for wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, err := parse(args, stderr)
	if err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		_, _ = fmt.Fprintln(stderr, "bench:", err)
		return 2
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	rep, err := measure(ctx, c, args, stderr)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	rep.table(stdout)
	if c.out != "" {
		if err := rep.write(c.out); err != nil {
			_, _ = fmt.Fprintln(stderr, "bench:", err)
			return 1
		}
	}
	if rep.failed() {
		return 1
	}
	return 0
}

// measure runs the measurements asked for, one after the other.
func measure(ctx context.Context, c config, args []string, progress io.Writer) (_ *report, err error) {
	b, err := newBench(ctx, c, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.easeGate(); err != nil {
		return nil, err
	}
	rep := &report{machine: b.machine, args: args, files: b.files, runs: c.runs, quick: c.quick}
	if rep.notes, err = readNotes(b.path("bench", "notes.md")); err != nil {
		return nil, err
	}
	for _, m := range measurements() {
		res := newResult(m)
		if c.wants(m.name) {
			b.say("%s", m.title)
			res.fill(m.run(ctx, b, res))
			b.killAll() // what a failed measurement left would disturb the next
			if ctx.Err() != nil {
				return nil, fmt.Errorf("stopped while measuring %s: %w", m.name, context.Cause(ctx))
			}
		} else {
			res.fill(errNotAsked)
		}
		rep.results = append(rep.results, res)
	}
	return rep, nil
}
