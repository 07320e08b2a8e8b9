package postgres

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

// slot waits until one of the cluster's slots for loads is free, and takes it
// for the session. Those who wait try at random moments, so that they do not
// come in step.
func (s *Store) slot(ctx context.Context, conn *pgx.Conn) error {
	for {
		for _, i := range rand.Perm(s.opts.LoadSlots) {
			var got bool
			if err := s.row(ctx, conn, []any{&got}, "SELECT pg_try_advisory_lock($1, $2)", lockLoad, int32(i)); err != nil {
				return unavailable(ctx, err)
			}
			if got {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.closed.Done():
			return context.Cause(s.closed)
		case <-time.After(50*time.Millisecond + rand.N(200*time.Millisecond)):
		}
	}
}

func isNoRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
