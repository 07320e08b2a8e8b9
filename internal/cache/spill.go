package cache

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// spillBuffer is how much is held in memory before a file is used, and how
// much goes to the file at once.
const spillBuffer = 4 << 20

// spill keeps the rendered entries of a build out of the heap: in an unlinked
// temporary file, which nobody has to clean up after a kill. What fits in the
// buffer never sees a file.
type spill struct {
	dir     string
	buf     []byte
	file    *os.File
	written uint64
	mapped  []byte
}

// append adds b and returns where it starts.
func (s *spill) append(b []byte) (uint64, error) {
	if len(s.buf)+len(b) > spillBuffer && len(s.buf) > 0 {
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

// bytes ends the writing and returns everything; it is valid until close.
func (s *spill) bytes() ([]byte, error) {
	if s.file == nil {
		return s.buf, nil
	}
	if err := s.flush(); err != nil {
		return nil, err
	}
	s.buf = nil
	m, err := unix.Mmap(int(s.file.Fd()), 0, int(s.written), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("cache: map spill file: %w", err)
	}
	s.mapped = m
	return m, nil
}

func (s *spill) close() {
	if s.mapped != nil {
		_ = unix.Munmap(s.mapped) // read only: nothing can be lost
	}
	if s.file != nil {
		_ = s.file.Close() // unlinked: nothing can be lost
	}
	*s = spill{dir: s.dir}
}
