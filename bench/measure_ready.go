package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
)

// loadMetric is how long the server itself says that its loads took.
const loadMetric = "fest_release_load_duration_seconds_sum"

func readyMeasurement() measurement {
	return measurement{
		name:  "ready",
		title: "Start: disk to ready",
		how: "A server is started on a data directory that holds the release, and asked for `/readyz` every millisecond; the time is from just before " +
			"the process is made to the first 200. Warm: the files are in the page cache. Cold: they are dropped from it first (posix_fadvise), and " +
			"the process's own count of blocks read shows that it did read the disk. Beside it: `server version`, the least that starting the " +
			"program takes, and SHA-256 of all bytes of content and snapshot on all processors, which is what checking them all would take.",
		rows: []row{
			{id: "ready-warm", what: "start, disk → ready, page cache warm", unit: milliseconds, target: atMost(milliseconds, 300, 100)},
			{id: "ready-cold", what: "start, disk → ready, page cache cold", unit: milliseconds, target: atMost(milliseconds, 300, 100)},
			{id: "ready-hash", what: "start, disk → ready, warm ÷ SHA-256 of the files"},
		},
		run: measureReady,
	}
}

func measureReady(ctx context.Context, b *bench, res *result) error {
	data, err := b.imported(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(data) //nolint:errcheck // the run's folder goes as a whole
	var warm, cold, inside, floor, hash, read series
	n := b.runs
	if !b.quick {
		n *= 2 // they are short
	}
	start := func(drop bool) (time.Duration, error) {
		if err := eachFile(data, func(path string) error {
			if drop {
				return forget(path)
			}
			_, err := readThrough(path)
			return err
		}); err != nil {
			return 0, err
		}
		s, err := b.serve(ctx, serving{data: data, cpu: -1})
		if err != nil {
			return 0, err
		}
		took, err := s.ready(ctx, time.Minute)
		if err != nil {
			return 0, err
		}
		if v, ok := s.metric(ctx, loadMetric); ok && !drop {
			inside = append(inside, v*1000)
		}
		if err := s.end(); err != nil {
			return 0, err
		}
		if drop {
			read = append(read, diskRead(s.cmd.ProcessState))
		}
		return took, nil
	}
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	err = b.rounds(n,
		func(int) error {
			took, err := start(false)
			warm = append(warm, ms(took))
			return err
		},
		func(int) error {
			took, err := start(true)
			cold = append(cold, ms(took))
			return err
		},
		func(int) error {
			u, err := b.complete(ctx, command{name: "version", args: []string{b.binary, "version"}, cpu: -1})
			floor = append(floor, ms(u.wall))
			return err
		},
		func(int) error {
			took, err := hashAll(ctx, data)
			hash = append(hash, ms(took))
			return err
		})
	if err != nil {
		return err
	}
	res.set("ready-warm", warm, fmt.Sprintf("%s the program's start", milliseconds.format(floor.median())))
	if read.median() == 0 && !b.quick {
		res.cannot(errors.New("the files could not be dropped from the page cache: nothing was read from the disk"), "ready-cold")
	} else {
		res.set("ready-cold", cold, megabytes.format(read.median()/1e6)+" read")
	}
	res.set("ready-hash", warm.ratios(hash), fmt.Sprintf("%s / %s", milliseconds.format(warm.median()), milliseconds.format(hash.median())))
	res.columns = []string{"time"}
	res.detail("disk → ready, warm", milliseconds.spread(warm))
	if len(inside) > 0 {
		res.detail("of it loading the release (the server's metric)", milliseconds.spread(inside))
	}
	res.detail("disk → ready, cold", milliseconds.spread(cold))
	res.detail("server version", milliseconds.spread(floor))
	res.detail("SHA-256 of content and snapshot, all processors, warm", milliseconds.spread(hash))
	return b.remarkSizes(res, data)
}

// eachFile calls f for each file of a data directory.
func eachFile(data string, f func(path string) error) error {
	return filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		return f(path)
	})
}

// remarkSizes says how large the files on disk are.
func (b *bench) remarkSizes(res *result, data string) error {
	for _, dir := range []string{"content", "source", "snapshot"} {
		var sum float64
		err := eachFile(filepath.Join(data, dir), func(path string) error {
			st, err := os.Stat(path)
			if err == nil {
				sum += float64(st.Size())
			}
			return err
		})
		if err != nil {
			return err
		}
		res.remark("On disk, `%s/`: %s, %s of the XML.", dir, megabytes.format(sum/1e6), ratio.format(sum/b.files.xmlSize))
	}
	return nil
}

// hashAll is the time that SHA-256 of all chunks of content and snapshot
// takes, read from the page cache on all processors.
func hashAll(ctx context.Context, data string) (time.Duration, error) {
	start := time.Now()
	for _, dir := range []string{"content", "snapshot"} {
		if err := eachFile(filepath.Join(data, dir), func(path string) error { return hashFile(ctx, path) }); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

func hashFile(ctx context.Context, path string) error {
	const chunk = 4 << 20
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.NumCPU())
	for at := int64(0); at < st.Size() && ctx.Err() == nil; at += chunk {
		g.Go(func() error {
			_, err := io.Copy(sha256.New(), io.NewSectionReader(f, at, chunk))
			return err
		})
	}
	return g.Wait()
}
