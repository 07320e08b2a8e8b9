package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// forget drops a file from the page cache, as far as the kernel obeys: its
// pages must be written and mapped by nobody.
func forget(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}

// settle writes what the turn before left behind, so that the next one does
// not pay for it.
func settle() { unix.Sync() }

// diskRead is how many bytes a process that ended had read from the disk
// itself.
func diskRead(s *os.ProcessState) float64 {
	if u, ok := s.SysUsage().(*syscall.Rusage); ok {
		return float64(u.Inblock) * 512
	}
	return 0
}

// threadCPU is how long the processor has worked for this thread.
func threadCPU() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// lock takes a lock that ends with the process: two runs at a time would
// measure each other.
func lock(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another bench runs with the folder of %s: %w", path, err), f.Close())
	}
	return f.Close, nil
}
