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
	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/sample"
)

// What a bound is worth in memory, in bytes.
const (
	bulkBuffer = 256 << 10 // one answer of class bulk
	connection = 64 << 10  // one connection
)

// bounds are the server's defaults.
func bounds() app.Valves { return app.DefaultValves() }

// stage is where storms are played: a store with two releases.
type stage struct {
	config
	dir, binary string
	store       rig.Store
	cluster     *rig.Cluster // nil = there is no PostgreSQL
	progress    io.Writer
	began       time.Time
	cpu         int // of the server
	started     int
}

// prepare builds the binary and imports a release and the one that follows.
func prepare(ctx context.Context, c config, progress io.Writer) (_ *stage, err error) {
	s := &stage{config: c, progress: progress, began: time.Now(), cpu: -1}
	if cpus := rig.CPUs(); len(cpus) > 1 {
		s.cpu = cpus[0]
	}
	if s.dir, err = os.MkdirTemp("", "festd-storm-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	s.say("building the server")
	if s.binary, err = rig.Build(ctx, s.dir, progress); err != nil {
		return nil, err
	}
	s.store.Dir = filepath.Join(s.dir, "data")
	switch s.cluster, err = rig.NewCluster(ctx, true); {
	case errors.Is(err, rig.ErrNoPostgres):
		s.say("%v: the store is a directory", err)
	case err != nil:
		return nil, err
	default:
		if s.store.Database, err = s.cluster.Database(ctx); err != nil {
			return nil, err
		}
	}
	s.say("making and importing two releases")
	first, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: c.scale})
	if err != nil {
		return nil, err
	}
	for _, data := range []*sample.Data{first, first.Fortnight()} {
		file := filepath.Join(s.dir, "fest251.zip")
		if err := data.WriteFile(file); err != nil {
			return nil, err
		}
		args := append([]string{"import", "--approve-by", "storm", "--approve-reason", "made up"}, s.store.Args()...)
		if code, out, said, err := rig.Run(ctx, s.binary, append(args, file)...); err != nil || code != 0 {
			return nil, fmt.Errorf("importing ended with %d: %w\n%s%s", code, err, out, said)
		}
	}
	return s, nil
}

// server describes a server of the store, with or without valves.
func (s *stage) server(ctx context.Context, valves bool, args ...string) (*rig.Server, error) {
	s.started++
	if !valves {
		args = append([]string{"--no-valves"}, args...)
	}
	return rig.NewServer(ctx, s.binary, s.store, s.cpu, filepath.Join(s.dir, fmt.Sprintf("server-%d.log", s.started)), args...)
}

// say tells of progress.
func (s *stage) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.progress, "%6.1fs  %s\n", time.Since(s.began).Seconds(), fmt.Sprintf(format, args...))
}

func (s *stage) close() {
	if s.cluster != nil {
		s.cluster.Close()
	}
	_ = os.RemoveAll(s.dir) // in the folder for what may go
}

// rest lets time pass.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
