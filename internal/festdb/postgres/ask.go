package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// errRecalled is the answer where the database is not to be waited for.
var errRecalled = fmt.Errorf("%w: it was not reached since the start, and is not waited for", festdb.ErrUnavailable)

// ask brings what is known up to date with the database. One goroutine asks at
// a time; after a failure nobody does for a moment.
func (s *Store) ask(ctx context.Context) error {
	if festdb.IsRecalling(ctx) && s.knowsUnheard() {
		return errRecalled
	}
	select {
	case s.asking <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-s.asking }()
	s.mu.Lock()
	k, last := s.known, s.status.Err
	alone := !s.status.Connected && last != nil && time.Now().Before(s.alone)
	s.mu.Unlock()
	if alone {
		return last
	}
	next, err := s.look(ctx, k)
	if errors.Is(err, festdb.ErrStream) {
		if noted, ok := s.adoption(k); ok {
			next, err = s.look(ctx, noted)
		}
	}
	if err != nil && ctx.Err() != nil {
		return err // it tells nothing of the database
	}
	s.note(next, err)
	if err == nil && !next.same(&k) {
		s.remember(ctx, next, false)
	}
	return err
}

// knowsUnheard reports whether all that is known is from before the start.
func (s *Store) knowsUnheard() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.heard && len(s.known.Releases) > 0
}

// note takes over the answer.
func (s *Store) note(k known, err error) {
	s.mu.Lock()
	before := s.status
	now := Status{Connected: err == nil || errors.Is(err, festdb.ErrStream), Err: err, Since: before.Since}
	if now.Connected != before.Connected || fmt.Sprint(now.Err) != fmt.Sprint(before.Err) {
		now.Since = time.Now()
	}
	s.status = now
	if !now.Connected {
		s.alone = time.Now().Add(jittered(s.opts.RetryAfter))
		s.checked = false
	}
	if err == nil {
		s.known, s.heard = k, true
	}
	s.mu.Unlock()
	switch {
	case errors.Is(err, festdb.ErrStream):
		if now.Since != before.Since {
			s.log.Error("the database went back or is another one: it is not followed, and what is served stays", "error", err)
		}
	case err != nil:
		if now.Since != before.Since && (before.Connected || before.Err == nil) {
			s.log.Warn("the database cannot be asked: what is known stands", "error", err)
		}
	case before.Err != nil:
		s.log.Info("the database answers again", "after", time.Since(before.Since).String())
	}
}

// look asks the database and compares.
func (s *Store) look(ctx context.Context, k known) (known, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.opts.ConnectTimeout+s.opts.QueryTimeout, errSlow)
	defer cancel()
	if err := s.opts.fault("look"); err != nil {
		return k, fmt.Errorf("%w: %w", festdb.ErrUnavailable, err)
	}
	s.mu.Lock()
	checked := s.checked
	s.mu.Unlock()
	if !checked {
		if err := s.checkSchema(ctx); err != nil {
			return k, err
		}
	}
	f, err := s.find(ctx, k.serial(), s.pool)
	if err != nil {
		return k, fmt.Errorf("asking the database which release is served: %w", unavailable(ctx, err))
	}
	next, err := k.follow(f)
	if err != nil {
		return next, err
	}
	acts, removed, err := s.findActs(ctx, next.lastAct(), s.pool)
	if err != nil {
		return k, fmt.Errorf("asking the database for the audit log: %w", unavailable(ctx, err))
	}
	next.Acts, next.Removed = append(slices.Clip(next.Acts), acts...), removed
	if !next.same(&k) { // what came decides about what was there
		next.Acts = festdb.Lean(next.Releases, next.Acts, s.opts.Now())
	}
	return next, nil
}

// find reads stream, serial and the releases from a serial on, by one
// statement and so at one instant.
func (s *Store) find(ctx context.Context, from fest.Serial, on querier) (found, error) {
	rows, err := on.Query(ctx, `
		SELECT s.stream, s.serial, r.record
		FROM fest.store s LEFT JOIN fest.release r ON r.serial >= $1
		ORDER BY r.serial`, int64(from))
	if err != nil {
		return found{}, err
	}
	defer rows.Close()
	var f found
	rowsSeen := 0
	for rows.Next() {
		var serial int64
		var record []byte
		if err := rows.Scan(&f.stream, &serial, &record); err != nil {
			return found{}, err
		}
		rowsSeen++
		f.serial = fest.Serial(serial)
		if record == nil {
			continue
		}
		var r fest.Release
		if err := json.Unmarshal(record, &r); err != nil {
			return found{}, fmt.Errorf("a release in the ledger: %w: %w", festdb.ErrNewer, err)
		}
		f.releases = append(f.releases, r)
	}
	if rows.Err() == nil && rowsSeen == 0 {
		return found{}, fmt.Errorf("%w: table fest.store is empty", festdb.ErrDamaged)
	}
	return f, rows.Err()
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Adopt follows the database as it is, although it went back or is another
// one: a person has decided. Other processes with the same directory do, too,
// when they ask next. Local copies of contents stay while retention keeps them.
func (s *Store) Adopt(ctx context.Context) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	select {
	case s.asking <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-s.asking }()
	s.mu.Lock()
	before := s.known
	s.mu.Unlock()
	noted, _ := s.adoption(before)
	k, err := s.look(ctx, known{Adopted: max(before.Adopted, noted.Adopted) + 1})
	if err != nil {
		return fmt.Errorf("adopting the database: %w", err)
	}
	s.note(k, nil)
	s.remember(ctx, k, true)
	return nil
}
