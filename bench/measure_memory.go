package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/festd/festd/internal/fest"
)

func memoryMeasurement() measurement {
	return measurement{
		name:  "memory",
		title: "Memory: serving a full FEST",
		how: "A server is started on a data directory that holds the release, and every page of every resource's list is fetched, so that each item " +
			"was sent once; then `/proc/PID/smaps_rollup` is read (anonymous; resident; file-backed is the rest, clean pages of the mapped files that " +
			"the kernel may take back). Then the next fortnight is imported, by a second process or by the server itself (`--source`), while readers " +
			"go on fetching lists, through the swap and over the whole new release; the peak is the kernel's high-water mark (VmHWM) of the serving " +
			"process, its parts are sampled every 10 ms.",
		rows: []row{
			{id: "memory-anonymous", what: "memory, anonymous, all items touched ÷ XML", target: atMost(ratio, 0.3, 0)},
			{id: "memory-resident", what: "memory, resident, all items touched ÷ XML", target: atMost(ratio, 1, 0)},
			{id: "memory-swap", what: "memory, peak resident in a swap, imported by a second process ÷ XML", target: atMost(ratio, 1.6, 0)},
			{id: "memory-swap-source", what: "memory, peak resident in a swap, imported by the server itself ÷ XML", target: atMost(ratio, 1.6, 0)},
		},
		run: measureMemory,
	}
}

func measureMemory(ctx context.Context, b *bench, res *result) error {
	var idle, touched, besides, inside series
	var anonymous, both, insideAnonymous series
	var idleAnonymous series
	for range max(1, (b.runs+1)/2) {
		if err := ctx.Err(); err != nil {
			return err
		}
		sw, err := b.swapBeside(ctx)
		if err != nil {
			return err
		}
		idle, idleAnonymous = append(idle, sw.idle.resident), append(idleAnonymous, sw.idle.anonymous)
		touched, anonymous = append(touched, sw.touched.resident), append(anonymous, sw.touched.anonymous)
		besides, both = append(besides, sw.peak.resident), append(both, sw.both)
		in, err := b.swapInside(ctx)
		if err != nil {
			return err
		}
		inside, insideAnonymous = append(inside, in.resident), append(insideAnonymous, in.anonymous)
	}
	mb := func(s series) string { return megabytes.spread(s.over(1e6)) }
	of := func(s series) string {
		return fmt.Sprintf("%s / %s", megabytes.format(s.median()/1e6), megabytes.format(b.files.xmlSize/1e6))
	}
	xml := b.files.xmlSize
	res.set("memory-anonymous", anonymous.over(xml), of(anonymous))
	res.set("memory-resident", touched.over(xml), of(touched))
	res.set("memory-swap", besides.over(xml), of(besides))
	res.set("memory-swap-source", inside.over(xml), of(inside))
	res.columns = []string{"resident", "of it anonymous"}
	res.detail("just started", mb(idle), mb(idleAnonymous))
	res.detail("all items touched", mb(touched), mb(anonymous))
	res.detail("peak in a swap, imported by a second process", mb(besides), "")
	res.detail("the same, with the second process (pages of files that both map counted twice)", mb(both), "")
	res.detail("peak in a swap, imported by the server itself", mb(inside), mb(insideAnonymous))
	return nil
}

// swap is what a server held before and while it swapped.
type swap struct {
	idle, touched memory
	peak          memory
	both          float64 // greatest sum with the importing process
}

// swapBeside serves a release, touches everything, and imports the next one
// with a second process while it is read.
func (b *bench) swapBeside(ctx context.Context) (sw swap, err error) {
	data, err := b.imported(ctx)
	if err != nil {
		return sw, err
	}
	defer os.RemoveAll(data) //nolint:errcheck // the run's folder goes as a whole
	s, err := b.serve(ctx, serving{data: data, cpu: -1})
	if err != nil {
		return sw, err
	}
	if _, err := s.ready(ctx, time.Minute); err != nil {
		return sw, err
	}
	if sw.idle, err = readRollup(s.pid()); err != nil {
		return sw, err
	}
	if err := s.touch(ctx); err != nil {
		return sw, err
	}
	if sw.touched, err = readRollup(s.pid()); err != nil {
		return sw, err
	}
	before, err := s.release(ctx)
	if err != nil {
		return sw, err
	}
	err = s.readWhile(ctx, func() error {
		imp, err := b.start(ctx, command{name: "import", args: []string{b.binary, "import", "--data-dir", data, b.files.next}, cpu: -1})
		if err != nil {
			return err
		}
		if _, err := imp.complete(func() {
			mine, err1 := readStatus(s.pid())
			its, err2 := readStatus(imp.pid())
			if err1 == nil && err2 == nil {
				sw.both = max(sw.both, mine.resident+its.resident)
			}
		}); err != nil {
			return err
		}
		return s.swapped(ctx, before)
	})
	if err != nil {
		return sw, err
	}
	if sw.peak, err = readStatus(s.pid()); err != nil {
		return sw, err
	}
	sw.peak.resident = sw.peak.peak
	return sw, s.end()
}

// swapInside starts a server that has a release with the next one as its
// source and reads it until it has swapped. It returns the greatest resident
// and, sampled, the greatest anonymous memory.
func (b *bench) swapInside(ctx context.Context) (peak memory, err error) {
	data, err := b.imported(ctx)
	if err != nil {
		return peak, err
	}
	defer os.RemoveAll(data) //nolint:errcheck // as above
	s, err := b.serve(ctx, serving{data: data, source: b.files.next, cpu: -1})
	if err != nil {
		return peak, err
	}
	if _, err := s.ready(ctx, time.Minute); err != nil {
		return peak, err
	}
	before, err := s.release(ctx)
	if err != nil {
		return peak, err
	}
	err = s.readWhile(ctx, func() error {
		done := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-done:
					return
				case <-tick.C:
					if m, err := readStatus(s.pid()); err == nil {
						peak.anonymous = max(peak.anonymous, m.anonymous)
					}
				}
			}
		})
		err := s.swapped(ctx, before)
		close(done)
		wg.Wait()
		return err
	})
	if err != nil {
		return peak, err
	}
	m, err := readStatus(s.pid())
	if err != nil {
		return peak, err
	}
	peak.resident = m.peak
	return peak, s.end()
}

// touch fetches every page of every list.
func (s *server) touch(ctx context.Context) error {
	for _, r := range fest.Resources() {
		if err := s.walk(ctx, string(r), func(string) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// release is what the server says that it serves.
func (s *server) release(ctx context.Context) (string, error) {
	a, err := s.get(ctx, "/v1/releases/current")
	return a.header.Get("FEST-Release"), err
}

// swapped waits until another release is served.
func (s *server) swapped(ctx context.Context, before string) error {
	deadline := time.Now().Add(readyTimeout)
	for {
		now, err := s.release(ctx)
		if err != nil {
			return err
		}
		if now != before {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("release %s was still served after %s\n%s", before, readyTimeout, s.tail())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// readWhile reads lists all the time that f takes, and then everything once
// more, so that what was swapped in has been touched.
func (s *server) readWhile(ctx context.Context, f func() error) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	var readErr error
	wg.Go(func() {
		for reading.Err() == nil {
			if err := s.touch(reading); err != nil && reading.Err() == nil && !gone(err) {
				readErr = fmt.Errorf("reading during the swap: %w", err)
				return
			}
		}
	})
	err := f()
	stop()
	wg.Wait()
	if err := errors.Join(err, readErr); err != nil {
		return err
	}
	return s.touch(ctx)
}

// gone says whether a cursor's release was swapped away in the middle of a
// list, which is the right answer then.
func gone(err error) bool { return strings.Contains(err.Error(), ": 410 ") }
