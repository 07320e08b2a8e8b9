package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// A node whose disk is full, read only or broken follows all the same: what it
// cannot write it keeps in memory, packed, until the disk takes it.

// keptPacked is how many contents stay in memory: the served one, and the one
// before, to go back to.
const keptPacked = 2

// holdPacked keeps a content in memory and opens it.
func (s *Store) holdPacked(ctx context.Context, p *festdb.Packed) (festdb.Content, error) {
	s.mu.Lock()
	s.packed = slices.DeleteFunc(s.packed, func(o *festdb.Packed) bool { return o.Digest() == p.Digest() })
	s.packed = append(s.packed, p)
	s.packed = slices.Delete(s.packed, 0, max(0, len(s.packed)-keptPacked))
	s.mu.Unlock()
	return p.Open(ctx)
}

// packedOf is a content in memory; nil: it is not.
func (s *Store) packedOf(digest fest.Digest) *festdb.Packed {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.packed {
		if p.Digest() == digest {
			return p
		}
	}
	return nil
}

// InMemory reports whether the node has a content in memory only, for its disk
// did not take it.
func (s *Store) InMemory(digest fest.Digest) bool { return s.packedOf(digest) != nil }

// Persist tries once more to write to the local disk what it did not take, and
// what was known of the ledger at that time.
func (s *Store) Persist(ctx context.Context) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	list, k := slices.Clone(s.packed), s.known
	s.mu.Unlock()
	for _, p := range list {
		if err := s.disk.Put(p); err != nil && !errors.Is(err, festdb.ErrNotDurable) {
			return fmt.Errorf("keeping content %s on the local disk: %w", p.Digest().Short(), err)
		}
		s.mu.Lock()
		s.packed = slices.DeleteFunc(s.packed, func(o *festdb.Packed) bool { return o == p })
		s.mu.Unlock()
	}
	s.remember(ctx, k, false)
	return nil
}

// broken reports whether an error is the disk's: what it says can be had
// elsewhere.
func broken(err error) bool {
	var path *fs.PathError
	var call *os.SyscallError
	return errors.As(err, &path) || errors.As(err, &call)
}
