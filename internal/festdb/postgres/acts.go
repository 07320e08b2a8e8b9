package postgres

import (
	"context"
	"errors"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

var errUnbuilt = errors.New("not built yet")

// Record implements [festdb.Store].
func (s *Store) Record(context.Context, fest.Act) (fest.Act, error) { return fest.Act{}, errUnbuilt }

// Acts implements [festdb.Store].
func (s *Store) Acts(context.Context) ([]fest.Act, error) { return nil, nil }

// Removed implements [festdb.Store].
func (s *Store) Removed(context.Context) ([]festdb.Removal, error) { return nil, nil }

// AddHistory implements [festdb.Store].
func (s *Store) AddHistory(context.Context, festdb.Removal) error { return errUnbuilt }

// Lead implements [festdb.Store].
func (s *Store) Lead(ctx context.Context) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

// Remove implements [festdb.Stage].
func (g *stage) Remove([]byte) error { return nil }
