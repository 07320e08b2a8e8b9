package festdb

import (
	"context"
	"errors"

	"github.com/festd/festd/internal/fest"
)

var errUnbuilt = errors.New("not built yet")

// Record implements [Store].
func (s *Directory) Record(context.Context, fest.Act) (fest.Act, error) {
	return fest.Act{}, errUnbuilt
}

// Acts implements [Store].
func (s *Directory) Acts(context.Context) ([]fest.Act, error) { return nil, nil }

// Removed implements [Store].
func (s *Directory) Removed(context.Context) ([]Removal, error) { return nil, nil }

// AddHistory implements [Store].
func (s *Directory) AddHistory(context.Context, Removal) error { return errUnbuilt }

// Lead implements [Store].
func (s *Directory) Lead(ctx context.Context) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

// Remove implements [Stage].
func (g *stage) Remove([]byte) error { return nil }
