package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// sources gives the files that releases were made of, from the local disk
// only (P5). It implements [api.Sources]. A file is verified when it is first
// asked for, and again when it is no longer the same file.
type sources struct {
	disk func() *festdb.Disk

	mu       sync.Mutex
	verified fest.Digest
	path     string
	seen     os.FileInfo

	refused fest.Digest // what was looked for in vain
	because error
	until   time.Time // when it is looked for again
}

// sourceRetry is how long a file that cannot be sent is not looked for again:
// telling that it is damaged takes reading all of it.
const sourceRetry = 5 * time.Second

var _ api.Sources = (*sources)(nil)

// Source implements [api.Sources].
func (s *sources) Source(ctx context.Context, rel *fest.Release) (*os.File, error) {
	digest := rel.Source.Digest
	if digest == "" {
		return nil, noSource("release %d is the built-in sample, which was made of no file", rel.Serial)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.again(digest); f != nil {
		return f, nil
	}
	if s.refused == digest && time.Now().Before(s.until) {
		return nil, s.because
	}
	f, err := s.open(ctx, rel)
	if errors.Is(err, api.ErrNoSource) && !errors.Is(err, festdb.ErrNotKept) { // that is told quickly, and soon over
		s.refused, s.because, s.until = digest, err, time.Now().Add(sourceRetry)
	}
	return f, err
}

// open finds and verifies the file.
func (s *sources) open(ctx context.Context, rel *fest.Release) (*os.File, error) {
	digest := rel.Source.Digest
	f, err := s.disk().Source(ctx, digest)
	switch {
	case errors.Is(err, festdb.ErrNotKept):
		return nil, notHere("the file of release %d is not on this server's disk: it is on its way from the database, or its time to be kept is over", rel.Serial)
	case errors.Is(err, festdb.ErrDamaged):
		return nil, noSource("the file of release %d is damaged on this server's disk; importing it again mends it", rel.Serial)
	case err != nil:
		return nil, err
	}
	if err := s.note(f, digest); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// again opens the file that was verified before, if it still is that file.
func (s *sources) again(digest fest.Digest) *os.File {
	if s.verified != digest {
		return nil
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil
	}
	if info, err := f.Stat(); err == nil && os.SameFile(info, s.seen) && info.Size() == s.seen.Size() && info.ModTime().Equal(s.seen.ModTime()) {
		return f
	}
	_ = f.Close() // only read
	return nil
}

// note remembers a verified file, if it is a zip: other containers have no
// business under a name that says zip.
func (s *sources) note(f *os.File, digest fest.Digest) error {
	var head [4]byte
	if _, err := f.ReadAt(head[:], 0); err != nil || !bytes.Equal(head[:], []byte("PK\x03\x04")) {
		return noSource("the served release was not imported from a zip file, but from plain or gzipped XML")
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	s.verified, s.path, s.seen = digest, f.Name(), info
	return nil
}

// notHere is noSource of a file that is not on the disk.
func notHere(format string, args ...any) error {
	return notHereError{noSourceError(fmt.Sprintf(format, args...))}
}

type notHereError struct{ noSourceError }

// Unwrap makes it an [api.ErrNoSource], and a [festdb.ErrNotKept].
func (e notHereError) Unwrap() []error { return []error{e.noSourceError, festdb.ErrNotKept} }

// noSourceError is [api.ErrNoSource] with words for clients.
type noSourceError string

func noSource(format string, args ...any) error { return noSourceError(fmt.Sprintf(format, args...)) }

func (e noSourceError) Error() string { return string(e) }

// Unwrap makes it an [api.ErrNoSource].
func (noSourceError) Unwrap() error { return api.ErrNoSource }
