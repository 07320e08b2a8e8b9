package app

import (
	"context"
	"log/slog"

	"github.com/festd/festd/internal/festdb/postgres"
)

// Migrate brings the schema of a database up to date, under a lock, and
// returns the version before and after. It needs an account that may change
// the schema; servers do not.
func Migrate(ctx context.Context, databaseURL string, log *slog.Logger) (from, to int, err error) {
	m, err := postgres.Migrate(ctx, postgres.Options{URL: databaseURL, Logger: log})
	return m.From, m.To, err
}
