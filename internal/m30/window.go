package m30

import (
	"bytes"
	"errors"
	"io"
)

// chunkBytes is what is read at a time: small enough to stay in a core's
// cache between inflating and scanning, large enough that copying the cut-off
// entry at its end costs nothing. A chunk is freed when the last slice of it
// is.
const chunkBytes = 256 << 10

// window is the part of a stream that is being looked at. Bytes once given
// out are never written again: a full chunk is left to its slices and a new
// one begun with the unread rest.
type window struct {
	r     io.Reader
	chunk []byte // filled up to len
	pos   int    // of the first unread byte
	line  int    // of pos, from 1
	total int64  // bytes read
	most  int64  // that may be read
	piece int    // bytes that may have to stand together
	eof   bool
	err   error // why reading ended, if not by the end of the stream
}

// rest is what is read and not taken.
func (w *window) rest() []byte { return w.chunk[w.pos:] }

// more reads on until the chunk is full or the stream ends. It reports
// whether there are more bytes than before.
func (w *window) more() bool {
	if w.eof {
		return false
	}
	if rest := w.rest(); len(w.chunk) == cap(w.chunk) {
		// Doubled, so that copying stays cheap, but not beyond what may be one piece.
		size := max(chunkBytes, min(2*len(rest), w.piece+chunkBytes), len(rest)+chunkBytes/2)
		w.chunk = append(make([]byte, 0, size), rest...)
		w.pos = 0
	}
	before := len(w.chunk)
	for idle := 0; len(w.chunk) < cap(w.chunk) && !w.eof; {
		n, err := w.r.Read(w.chunk[len(w.chunk):cap(w.chunk)])
		w.chunk = w.chunk[:len(w.chunk)+n]
		if idle++; n > 0 {
			idle = 0
		}
		switch w.total += int64(n); {
		case w.total > w.most:
			w.err = tooLarge(w.most)
		case err != nil && err != io.EOF: // a wrapped EOF is a fault: the contract of io.Reader wants it bare
			w.err = readError(err)
		case idle > 100:
			w.err = &Error{Kind: ErrRead, Cause: io.ErrNoProgress}
		}
		w.eof = w.err != nil || err != nil
	}
	return len(w.chunk) > before && w.err == nil
}

// need makes at least n bytes stand in rest, if the stream has them.
func (w *window) need(n int) bool {
	for len(w.rest()) < n {
		if !w.more() {
			return false
		}
	}
	return true
}

// take moves past the next n bytes and returns them.
func (w *window) take(n int) []byte {
	b := w.chunk[w.pos : w.pos+n : w.pos+n]
	w.pos += n
	w.line += bytes.Count(b, newline)
	return b
}

var newline = []byte{'\n'}

// skipBlank moves past white space.
func (w *window) skipBlank() {
	for {
		b := w.rest()
		n := 0
		for n < len(b) && class[b[n]]&isSpace != 0 {
			n++
		}
		w.take(n)
		if n < len(b) || !w.more() {
			return
		}
	}
}

// readError keeps an *Error as it is and says of any other that reading failed.
func readError(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return &Error{Kind: ErrRead, Cause: err}
}
