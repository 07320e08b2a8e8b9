package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb/postgres"
)

// adopt has this node follow the database as it is, although it went back or
// is another one. A server on the same directory takes it up, too.
func (a *Admin) adopt(ctx context.Context, act fest.Act) (fest.Act, error) {
	db, ok := a.loader.store.(*postgres.Store)
	if !ok {
		return fest.Act{}, fmt.Errorf("%w: a directory follows no database; name one with --database-url", api.ErrAdminInvalid)
	}
	err := db.Ping(ctx)
	var other *postgres.StreamError
	switch {
	case err == nil:
		return fest.Act{}, fmt.Errorf("%w: this node follows the database already: stream %s", api.ErrAdminConflict, db.Stream())
	case !errors.As(err, &other):
		return fest.Act{}, adminError(err)
	}
	if err := db.Adopt(ctx); err != nil {
		return fest.Act{}, adminError(err)
	}
	act.Text = fmt.Sprintf("stream %s, release %d, instead of stream %s, release %d", other.FoundStream, other.FoundSerial, other.KnownStream, other.KnownSerial)
	done, err := a.record(ctx, act)
	if err != nil {
		a.log.Warn("administration", "act", act.Kind, "by", act.By, "reason", act.Reason, "text", act.Text)
		return done, fmt.Errorf("this node follows the database now (%s), but the audit log has nothing of it: %w", act.Text, err)
	}
	return done, nil
}
