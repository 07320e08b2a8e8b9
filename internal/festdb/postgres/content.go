package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// Content implements [festdb.Store]: from the local disk where it is there and
// whole, else it is loaded from the database onto the local disk first. What
// the disk does not take stays in memory: see [Store.Persist]. Loads
// wait for a slot; see Options.LoadSlots. Two calls for the same digest may
// load it twice.
func (s *Store) Content(ctx context.Context, digest fest.Digest) (festdb.Content, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	c, localErr := s.disk.Content(ctx, digest)
	if localErr == nil {
		return c, nil
	}
	if !errors.Is(localErr, festdb.ErrNotKept) && !errors.Is(localErr, festdb.ErrDamaged) && !broken(localErr) {
		return nil, localErr
	}
	if p := s.packedOf(digest); p != nil {
		return p.Open(ctx)
	}
	if err := s.ask(ctx); err != nil && !errors.Is(err, festdb.ErrStream) {
		return nil, errors.Join(localErr, fmt.Errorf("and not to be had from the database: %w", err))
	}
	c, err := s.load(ctx, digest)
	switch {
	case err == nil:
		s.whole(digest)
		return c, nil
	case errors.Is(err, festdb.ErrDamaged):
		s.log.Error("a content in the database is damaged: importing its source again mends it", "content", digest, "error", err)
		s.mu.Lock()
		s.damaged[digest] = true
		s.mu.Unlock()
	}
	if errors.Is(localErr, festdb.ErrDamaged) {
		err = errors.Join(localErr, err)
	}
	return nil, err
}

// whole takes back that a content was found damaged.
func (s *Store) whole(digest fest.Digest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.damaged, digest)
}
