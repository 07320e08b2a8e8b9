package valve

import (
	"net/http"
	"time"
)

// step is how much is written under one deadline.
const step = 32 << 10

// SlowWriter writes an answer under deadlines that move with it: a reader who
// takes less than Rate bytes a second is cut off, one who is slow but honest
// is not, however long the whole takes.
type SlowWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	rate    int
	grace   time.Duration
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
		allowed := s.grace + time.Duration(len(part))*time.Second/time.Duration(s.rate)
		_ = s.control.SetWriteDeadline(time.Now().Add(allowed)) // a writer without deadlines is a test's
		n, err := s.ResponseWriter.Write(part)
		written += n
		if err != nil {
			return written, err
		}
		b = b[n:]
	}
	return written, nil
}

// Done lifts the deadline, for the next answer on the connection.
func (s *SlowWriter) Done() { _ = s.control.SetWriteDeadline(time.Time{}) }

// Unwrap lets http.ResponseController through.
func (s *SlowWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
