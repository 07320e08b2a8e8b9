package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// known is what a node knows of the ledger.
type known struct {
	Stream   string         `json:"stream"`
	Releases []fest.Release `json:"releases"`       // by serial; the last is the one to be served
	Acts     []fest.Act     `json:"acts,omitempty"` // by ID, as [festdb.Lean] leaves them
	// Removed is up to which number of the database things have left.
	Removed uint64 `json:"removed,omitempty"`
	// Adopted is how often a person had this node follow a database that went
	// back or is another one.
	Adopted int `json:"adopted,omitempty"`
}

func (k *known) lastAct() uint64 {
	if len(k.Acts) == 0 {
		return 0
	}
	return k.Acts[len(k.Acts)-1].ID
}

// same says whether two know the same.
func (k *known) same(o *known) bool {
	return k.Stream == o.Stream && k.serial() == o.serial() && k.lastAct() == o.lastAct() && k.Removed == o.Removed
}

func (k *known) current() (fest.Release, bool) {
	if len(k.Releases) == 0 {
		return fest.Release{}, false
	}
	return k.Releases[len(k.Releases)-1], true
}

func (k *known) serial() fest.Serial {
	r, _ := k.current()
	return r.Serial
}

// StreamError says how the database differs from the one that was followed. It
// is [festdb.ErrStream].
type StreamError struct {
	KnownStream, FoundStream string
	KnownSerial, FoundSerial fest.Serial
	// Forked: the known serial is there, and is another publication.
	Forked bool
}

// found is what the database says: its stream and serial, and the releases
// from the newest known one on, by serial.
type found struct {
	stream   string
	serial   fest.Serial
	releases []fest.Release
}

// follow returns what is known after f was seen.
func (k *known) follow(f found) (known, error) {
	if k.Stream == "" {
		return known{Stream: f.stream, Releases: f.releases, Adopted: k.Adopted}, nil
	}
	was, published := k.current()
	e := &StreamError{KnownStream: k.Stream, FoundStream: f.stream, KnownSerial: was.Serial, FoundSerial: f.serial}
	if f.stream != k.Stream || f.serial < was.Serial {
		return *k, e
	}
	if !published {
		next := *k
		next.Releases = f.releases
		return next, nil
	}
	if len(f.releases) == 0 || !samePublication(f.releases[0], was) {
		e.Forked = true
		return *k, e
	}
	if len(f.releases) == 1 {
		return *k, nil
	}
	next := *k
	next.Releases = append(slices.Clip(k.Releases), f.releases[1:]...)
	return next, nil
}

func samePublication(a, b fest.Release) bool {
	return a.Serial == b.Serial && a.Content.Digest == b.Content.Digest && a.PublishedAt.Equal(b.PublishedAt)
}

// recall reads what was known when the process before ended.
func (s *Store) recall() error {
	var k known
	err := s.disk.ReadNote(festdb.KnownNote, &k)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, festdb.ErrDamaged):
		s.log.Error("what was known of the ledger is damaged: it is learned anew from the database", "error", err)
		return nil
	case err != nil:
		return err
	}
	k.Acts = festdb.Lean(k.Releases, k.Acts, s.opts.Now())
	s.known = k
	return nil
}

// remember writes what is known to the local disk, unless another process did
// so and knows more. The caller holds s.asking. Where it fails nothing is
// lost but a start without the database.
func (s *Store) remember(ctx context.Context, k known, force bool) {
	var now known
	err := s.disk.UpdateNote(ctx, festdb.KnownNote, &now, func() (bool, error) {
		if !force && now.Adopted > k.Adopted {
			return false, nil
		}
		if !force && now.Stream == k.Stream && now.serial() >= k.serial() && now.lastAct() >= k.lastAct() && now.Removed >= k.Removed {
			return false, nil
		}
		now = k
		return true, nil
	})
	if err != nil {
		s.log.Warn("what is known of the ledger was not kept on the local disk", "error", err)
	}
}

// adoption is what another process with the same directory noted when a person
// had this node follow the database as it is; false: nobody did since k.
func (s *Store) adoption(k known) (noted known, ok bool) {
	if err := s.disk.ReadNote(festdb.KnownNote, &noted); err != nil {
		return known{}, false // it was said when it was read first, or there is none
	}
	return noted, noted.Adopted > k.Adopted
}

// released is what the local disk asks before it removes anything. Another
// process with the same directory may know more than this one.
func (s *Store) released() ([]fest.Release, bool, error) {
	s.mu.Lock()
	k, heard := s.known, s.heard
	s.mu.Unlock()
	var noted known
	err := s.disk.ReadNote(festdb.KnownNote, &noted)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		heard = false
	}
	all := slices.Clone(k.Releases)
	for _, r := range noted.Releases {
		if !slices.ContainsFunc(k.Releases, func(x fest.Release) bool { return samePublication(x, r) }) {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b fest.Release) int { return int(int64(b.Serial) - int64(a.Serial)) })
	return all, heard, nil
}

func (e *StreamError) Error() string {
	switch {
	case e.KnownStream != e.FoundStream:
		return fmt.Sprintf("%v: stream %s, release %d; followed until now was stream %s, release %d", festdb.ErrStream, e.FoundStream, e.FoundSerial, e.KnownStream, e.KnownSerial)
	case e.Forked:
		return fmt.Sprintf("%v: its release %d is not the release %d that was followed, in stream %s", festdb.ErrStream, e.KnownSerial, e.KnownSerial, e.KnownStream)
	default:
		return fmt.Sprintf("%v: its serial fell from %d to %d in stream %s", festdb.ErrStream, e.KnownSerial, e.FoundSerial, e.KnownStream)
	}
}

// Is makes it a [festdb.ErrStream].
func (*StreamError) Is(target error) bool { return target == festdb.ErrStream }
