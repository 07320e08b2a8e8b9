package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// channel is what publications are notified on.
const channel = "fest_release"

// publish moves the served release by one transaction.
func (g *stage) publish(ctx context.Context, c fest.Content, src fest.Source, expect fest.Serial) (fest.Release, error) {
	if lostSession(g.conn) {
		conn, err := g.s.dial(ctx, "import")
		if err != nil {
			return fest.Release{}, err
		}
		g.conn = conn
	}
	r := fest.Release{
		Serial: expect + 1, Stream: g.s.Stream(), PublishedAt: g.s.opts.Now().UTC().Truncate(time.Microsecond), Content: c, Source: src,
	}
	committing := false
	err := g.s.write(ctx, g.conn, func(tx pgx.Tx) error {
		if err := g.s.insertRelease(ctx, tx, &r, expect, g.removed); err != nil {
			return err
		}
		committing = true
		return g.s.opts.fault("commit")
	})
	if err == nil {
		return r, nil
	}
	var said *pgconn.PgError
	if committing && (!errors.As(err, &said) || lostSession(g.conn)) {
		// The answer to the commit was lost, not necessarily the commit.
		return g.s.settle(ctx, r, err)
	}
	return fest.Release{}, unavailable(ctx, err)
}

// insertRelease makes r the served release, if expect is the serial that is
// served. The caller's transaction holds the writers' lock.
func (s *Store) insertRelease(ctx context.Context, tx pgx.Tx, r *fest.Release, expect fest.Serial, removed []byte) error {
	digest, err := digestBytes(r.Content.Digest)
	if err != nil {
		return err
	}
	var kept bool
	if err := s.row(ctx, tx, []any{&kept}, "SELECT EXISTS (SELECT FROM fest.content WHERE digest = $1)", digest); err != nil {
		return err
	}
	if !kept {
		return fmt.Errorf("content %s: %w in the database", r.Content.Digest, festdb.ErrNotKept)
	}
	moved, err := s.exec(ctx, tx, "UPDATE fest.store SET serial = serial + 1 WHERE stream = $1 AND serial = $2", r.Stream, int64(expect))
	if err != nil {
		return err
	}
	if moved.RowsAffected() != 1 {
		return s.conflict(ctx, tx, r.Stream, expect)
	}
	by := festdb.ActorOf(ctx)
	cur := fest.Release{Serial: expect}
	if expect > 0 {
		if err := s.row(ctx, tx, []any{&cur.Content.Digest}, "SELECT encode(content, 'hex') FROM fest.release WHERE serial = $1", int64(expect)); err != nil {
			return err
		}
	}
	by.Note(r, cur)
	record, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if len(removed) > 0 {
		gone := festdb.Removal{Serial: r.Serial, RetrievalDate: r.Content.RetrievalDate, Data: removed}
		if err := s.insertRemoved(ctx, tx, gone, digest); err != nil {
			return err
		}
	}
	if by.Who == "" {
		by.Who = s.opts.ApplicationName
	}
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO fest.release (serial, stream, published_at, published_by, reason, content, record) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		int64(r.Serial), r.Stream, r.PublishedAt, by.Who, by.Why, digest, record)
	b.Queue(`INSERT INTO fest.audit (action, who, why, serial, content, detail) VALUES ('publish', $1, $2, $3, $4, jsonb_build_object('after', $5::bigint, 'cause', $6::text))`,
		by.Who, by.Why, int64(r.Serial), digest, int64(expect), string(r.Cause))
	if r.Left != "" {
		left, err := digestBytes(r.Left)
		if err != nil {
			return err
		}
		b.Queue(`INSERT INTO fest.audit (action, who, why, serial, content) VALUES ('left', $1, $2, $3, $4)`, by.Who, by.Why, int64(r.Serial), left)
	}
	b.Queue(`SELECT pg_notify($1, $2)`, channel, strconv.FormatUint(uint64(r.Serial), 10))
	ctx, cancel := s.statement(ctx)
	defer cancel()
	return tx.SendBatch(ctx, b).Close()
}

// conflict says what is served instead of what was expected.
func (s *Store) conflict(ctx context.Context, tx pgx.Tx, stream string, expect fest.Serial) error {
	var foundStream string
	var serial int64
	if err := s.row(ctx, tx, []any{&foundStream, &serial}, "SELECT stream, serial FROM fest.store"); err != nil {
		return err
	}
	if foundStream != stream {
		return &StreamError{KnownStream: stream, FoundStream: foundStream, KnownSerial: expect, FoundSerial: fest.Serial(serial)}
	}
	return fmt.Errorf("%w: release %d is served, this import expected %d", festdb.ErrConflict, serial, expect)
}

// settle finds out whether a release was published, after the connection broke
// while it was being committed. The writers' lock makes sure that the broken
// session is over.
func (s *Store) settle(ctx context.Context, r fest.Release, cause error) (fest.Release, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.opts.LockTimeout, errSlow)
	defer cancel()
	for {
		there, err := s.published(ctx, r)
		switch {
		case err == nil && there:
			s.log.Warn("the connection broke while a release was committed; it was published", "serial", r.Serial, "error", cause)
			return r, nil
		case err == nil:
			return fest.Release{}, fmt.Errorf("%w: not published: %w", festdb.ErrUnavailable, cause)
		}
		select {
		case <-ctx.Done():
			return fest.Release{}, fmt.Errorf("%w: whether release %d was published is unknown: %w", festdb.ErrUnavailable, r.Serial, errors.Join(cause, err))
		case <-time.After(jittered(200 * time.Millisecond)):
		}
	}
}

func (s *Store) published(ctx context.Context, r fest.Release) (there bool, err error) {
	conn, err := s.dial(ctx, "import")
	if err != nil {
		return false, err
	}
	defer s.hangUp(conn)
	err = s.write(ctx, conn, func(tx pgx.Tx) error {
		f, err := s.find(ctx, r.Serial, tx)
		there = err == nil && f.stream == r.Stream && len(f.releases) > 0 && samePublication(f.releases[0], r)
		return err
	})
	return there, err
}

// write runs a transaction that holds the lock of those who write, so that
// they come one after the other. What it cannot do at once it should not do
// under the lock.
func (s *Store) write(ctx context.Context, conn beginner, change func(pgx.Tx) error) error {
	return s.inTx(ctx, conn, func(tx pgx.Tx) error {
		if _, err := s.exec(ctx, tx, "SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)",
			milliseconds(s.opts.LockTimeout), milliseconds(s.opts.ImportTimeout)); err != nil {
			return err
		}
		if _, err := s.exec(ctx, tx, "SELECT pg_advisory_xact_lock($1, 0)", lockWriter); err != nil {
			return err
		}
		return change(tx)
	})
}

type beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}
