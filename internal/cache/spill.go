package cache

import (
	"fmt"
	"os"
	"slices"
)

// spillBuffer is how much is held in memory before a file is used, and how
// much goes to the file at once.
const spillBuffer = 1 << 20

// spill keeps the rendered entries of a build out of the heap: in an unlinked
// temporary file, which nobody has to clean up after a kill. What fits in the
// buffer never sees a file. It is read, not mapped: mapped pages would count as
// memory of the process, which may be serving a release meanwhile.
type spill struct {
	dir      string
	inMemory bool // no file, whatever the size
	buf      []byte
	file     *os.File
	written  uint64
}

// append adds b and returns where it starts.
func (s *spill) append(b []byte) (uint64, error) {
	if len(s.buf)+len(b) > spillBuffer && len(s.buf) > 0 && !s.inMemory {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	at := s.written + uint64(len(s.buf))
	s.buf = append(roomy(s.buf, len(b)), b...)
	return at, nil
}

func (s *spill) flush() error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "festd-spill-*")
		if err != nil {
			return fmt.Errorf("cache: spill file: %w", err)
		}
		s.file = f
		if err := os.Remove(f.Name()); err != nil {
			return fmt.Errorf("cache: unlink spill file: %w", err)
		}
	}
	n, err := s.file.Write(s.buf)
	s.written += uint64(n)
	s.buf = s.buf[:0]
	if err != nil {
		return fmt.Errorf("cache: spill file: %w", err)
	}
	return nil
}

// end ends the writing; then read may be called, from many goroutines.
func (s *spill) end() error {
	if s.file == nil {
		return nil
	}
	err := s.flush()
	s.buf = nil
	return err
}

// read returns what stands from one place up to another: in buf, which grows
// as needed, or, where no file was used, as it lies in memory.
func (s *spill) read(buf []byte, from, to uint64) ([]byte, error) {
	if s.file == nil {
		return s.buf[from:to], nil
	}
	buf = slices.Grow(buf[:0], int(to-from))[:to-from]
	if _, err := s.file.ReadAt(buf, int64(from)); err != nil {
		return nil, fmt.Errorf("cache: spill file: %w", err)
	}
	return buf, nil
}

func (s *spill) close() {
	if s.file != nil {
		_ = s.file.Close() // unlinked: nothing can be lost
	}
	*s = spill{dir: s.dir, inMemory: s.inMemory}
}
