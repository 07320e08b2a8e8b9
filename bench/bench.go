package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/festd/festd/bench/internal/rig"
)

// bench is one run: the binary under test, the files it is fed with, and the
// children to end.
type bench struct {
	config
	root    string // of the module
	work    string // the run's folder, removed at its end
	binary  string
	machine machine
	files   files

	serverCPU, loadCPU int // where under load server and client are pinned; -1 = nowhere

	env []string // of the server, besides the bench's own

	progress io.Writer
	began    time.Time
	unlock   func() error
	started  int // processes so far
	children []*process
}

func newBench(ctx context.Context, c config, progress io.Writer) (_ *bench, err error) {
	b := &bench{config: c, progress: progress, began: time.Now(), serverCPU: -1, loadCPU: -1}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if b.root, err = rig.Root(); err != nil {
		return nil, err
	}
	if b.dir, err = filepath.Abs(b.dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return nil, err
	}
	if b.unlock, err = lock(filepath.Join(b.dir, "lock")); err != nil {
		return nil, err
	}
	if b.work, err = os.MkdirTemp(b.dir, "run-"); err != nil {
		return nil, err
	}
	b.machine = describe(ctx, b.root)
	if list := rig.CPUs(); len(list) > 1 {
		b.serverCPU, b.loadCPU = list[0], list[1]
	}
	if err := b.build(ctx); err != nil {
		return nil, err
	}
	return b, b.generate(ctx)
}

// close ends what is still running and removes the run's folder.
func (b *bench) close() error {
	b.killAll()
	var errs []error
	if b.work != "" {
		if b.keep {
			b.say("kept: %s", b.work)
		} else {
			errs = append(errs, os.RemoveAll(b.work))
		}
	}
	if b.unlock != nil {
		errs = append(errs, b.unlock())
	}
	return errors.Join(errs...)
}

// say tells of progress.
func (b *bench) say(format string, args ...any) {
	_, _ = fmt.Fprintf(b.progress, "%6.1fs  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}

// path is a path in the module.
func (b *bench) path(parts ...string) string {
	return filepath.Join(append([]string{b.root}, parts...)...)
}

// folder makes a new folder of the run.
func (b *bench) folder(name string) (string, error) { return os.MkdirTemp(b.work, name+"-") }

// rounds runs turns one after the other, all of them in each round, and each
// round beginning with another one: whatever favours the first or the last
// favours all alike.
func (b *bench) rounds(n int, turns ...func(round int) error) error {
	for round := range n {
		for i := range turns {
			if err := turns[(round+i)%len(turns)](round); err != nil {
				return err
			}
		}
	}
	return nil
}
