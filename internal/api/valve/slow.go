package valve

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// step is how much is written under one deadline; of a file, which the kernel
// sends by itself, more.
const (
	step     = 32 << 10
	fileStep = 256 << 10
)

// SlowWriter writes an answer under deadlines that move with it: a reader who
// takes less than Rate bytes a second is cut off, one who is slow but honest
// is not, however long the whole takes.
type SlowWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	rate    int
	grace   time.Duration

	mu    sync.Mutex
	begun time.Time // of the step under way; zero: there is none
	until time.Time // when it is to be over
	done  bool
	cut   bool
	watch *time.Timer
}

// NewSlowWriter wraps an answer. rate is in bytes a second; grace is what each
// step has on top, for the buffers between here and the reader.
func NewSlowWriter(w http.ResponseWriter, rate int, grace time.Duration) *SlowWriter {
	return &SlowWriter{ResponseWriter: w, control: http.NewResponseController(w), rate: rate, grace: grace}
}

// Write implements [io.Writer].
func (s *SlowWriter) Write(b []byte) (written int, err error) {
	for len(b) > 0 {
		part := b[:min(step, len(b))]
		s.allow(len(part))
		n, err := s.ResponseWriter.Write(part)
		err = s.ended(err)
		written += n
		if err != nil {
			return written, err
		}
		b = b[n:]
	}
	return written, nil
}

// ReadFrom implements [io.ReaderFrom], so that a file need not pass through
// the program.
func (s *SlowWriter) ReadFrom(r io.Reader) (written int64, err error) {
	to, ok := s.ResponseWriter.(io.ReaderFrom)
	if !ok {
		return io.Copy(onlyWriter{s}, r)
	}
	whole, limited := r.(*io.LimitedReader)
	if !limited {
		whole = &io.LimitedReader{R: r, N: 1<<63 - 1}
	}
	for whole.N > 0 {
		part := &io.LimitedReader{R: whole.R, N: min(fileStep, whole.N)}
		want := part.N
		s.allow(int(want))
		n, err := to.ReadFrom(part)
		err = s.ended(err)
		written += n
		whole.N -= n
		if err != nil && !errors.Is(err, io.EOF) {
			return written, err
		}
		if n < want { // the end of the source
			return written, nil
		}
	}
	return written, nil
}

// onlyWriter hides ReadFrom from [io.Copy].
type onlyWriter struct{ io.Writer }

// allow begins a step of so many bytes.
func (s *SlowWriter) allow(n int) {
	now := time.Now()
	allowed := s.grace + time.Duration(n)*time.Second/time.Duration(s.rate)
	_ = s.control.SetWriteDeadline(now.Add(allowed)) // a writer without deadlines is a test's
	s.mu.Lock()
	s.begun, s.until = now, now.Add(allowed)
	s.mu.Unlock()
}

// ended ends a step. Not every writer says why it failed: over HTTP/2 a stream
// that was cut off at its deadline is just closed.
func (s *SlowWriter) ended(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = time.Time{}
	if err != nil && !time.Now().Before(s.until) {
		s.cut = true
		return fmt.Errorf("%w: %w", os.ErrDeadlineExceeded, err)
	}
	return err
}

// Watch calls slow whenever it finds a step that has lasted for so long, until
// slow says that this is enough, or Done. slow runs in a goroutine of its own.
func (s *SlowWriter) Watch(long time.Duration, slow func() (enough bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = time.AfterFunc(long, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.done || !s.begun.IsZero() && time.Since(s.begun) >= long && slow() {
			return
		}
		s.watch.Reset(long)
	})
}

// Done ends the watch. The last deadline stands, for what net/http sends after
// the handler is over, until the next answer on the connection sets its own.
func (s *SlowWriter) Done() {
	s.mu.Lock()
	s.done = true
	if s.watch != nil {
		s.watch.Stop()
	}
	s.mu.Unlock()
}

// Cut reports whether the reader was cut off.
func (s *SlowWriter) Cut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cut
}

// Unwrap lets http.ResponseController through.
func (s *SlowWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
