package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The server ends a statement that takes too long, if there is a server: a
// network that swallows everything says nothing. So every statement has a
// deadline here as well, a little later, so that the server's word is heard
// where it still speaks.

// statement is the context of one statement of an import or a load, to wait
// for a connection included. The caller cancels it when it has the result.
func (s *Store) statement(ctx context.Context) (context.Context, context.CancelFunc) {
	return s.opts.statement(ctx)
}

// statement is the same for what has no store, a step of a migration.
func (o *Options) statement(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, o.ImportTimeout+o.ConnectTimeout, errSlow)
}

type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// exec runs a statement with a deadline.
func (s *Store) exec(ctx context.Context, on execer, sql string, args ...any) (pgconn.CommandTag, error) {
	ctx, cancel := s.statement(ctx)
	defer cancel()
	return on.Exec(ctx, sql, args...)
}

type rower interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// row reads one row with a deadline; into are the places of its columns.
func (s *Store) row(ctx context.Context, on rower, into []any, sql string, args ...any) error {
	ctx, cancel := s.statement(ctx)
	defer cancel()
	return on.QueryRow(ctx, sql, args...).Scan(into...)
}

// rows reads all rows with a deadline; do is called for each of them, with its
// columns in into.
func (s *Store) rows(ctx context.Context, on querier, into []any, do func() error, sql string, args ...any) error {
	ctx, cancel := s.statement(ctx)
	defer cancel()
	rows, err := on.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, into, do)
	return err
}

// numbers reads a column of numbers with a deadline.
func (s *Store) numbers(ctx context.Context, on querier, sql string, args ...any) (list []int32, err error) {
	var n int32
	err = s.rows(ctx, on, []any{&n}, func() error { list = append(list, n); return nil }, sql, args...)
	return list, err
}

// copy copies rows with a deadline.
func (s *Store) copy(ctx context.Context, to *pgx.Conn, table string, columns []string, from pgx.CopyFromSource) error {
	ctx, cancel := s.statement(ctx)
	defer cancel()
	_, err := to.CopyFrom(ctx, pgx.Identifier{"pg_temp", table}, columns, from)
	return err
}

// inTx is a transaction whose first and last statement have deadlines; those of
// change have their own.
func (s *Store) inTx(ctx context.Context, conn beginner, change func(pgx.Tx) error) error {
	start, cancel := s.statement(ctx)
	defer cancel()
	tx, err := conn.Begin(start)
	if err != nil {
		return err
	}
	if err := change(tx); err != nil {
		end, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), s.opts.QueryTimeout, errSlow)
		defer cancel()
		_ = tx.Rollback(end) // or else the end of the session does
		return err
	}
	end, cancel := s.statement(ctx)
	defer cancel()
	return tx.Commit(end)
}
