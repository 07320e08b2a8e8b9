package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// Record implements [festdb.Store]: a row of the audit log, under the lock of
// those who write, so that IDs grow in the order in which acts are seen.
func (s *Store) Record(ctx context.Context, a fest.Act) (fest.Act, error) {
	if err := s.usable(ctx); err != nil {
		return fest.Act{}, err
	}
	if err := s.ask(ctx); err != nil {
		return fest.Act{}, fmt.Errorf("recording %s: %w", a.Kind, err)
	}
	if a.At.IsZero() {
		a.At = s.opts.Now()
	}
	a.At = a.At.UTC().Truncate(time.Microsecond)
	err := s.write(ctx, s.pool, func(tx pgx.Tx) (err error) {
		a, err = s.insertAct(ctx, tx, a)
		return err
	})
	if err != nil {
		return fest.Act{}, fmt.Errorf("recording %s: %w", a.Kind, unavailable(ctx, err))
	}
	_ = s.ask(ctx) // or the next poll learns of it
	return a, nil
}

func (s *Store) insertAct(ctx context.Context, tx pgx.Tx, a fest.Act) (fest.Act, error) {
	known := s.Stream()
	var stream string
	var serial int64
	if err := s.row(ctx, tx, []any{&stream, &serial}, "SELECT stream, serial FROM fest.store"); err != nil {
		return a, err
	}
	if stream != known {
		return a, &StreamError{KnownStream: known, FoundStream: stream, FoundSerial: fest.Serial(serial)}
	}
	a.ID, a.After = 0, fest.Serial(serial)
	record, err := json.Marshal(a)
	if err != nil {
		return a, err
	}
	var content []byte
	if a.Content != "" {
		if content, err = digestBytes(a.Content); err != nil {
			return a, err
		}
	}
	var id int64
	err = s.row(ctx, tx, []any{&id}, `INSERT INTO fest.audit (at, action, who, why, serial, content, act) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		a.At, string(a.Kind), a.By, a.Reason, serial, content, record)
	if err != nil {
		return a, err
	}
	a.ID = uint64(id)
	_, err = s.exec(ctx, tx, "SELECT pg_notify($1, 'act')", channel)
	return a, err
}

// Acts implements [festdb.Store].
func (s *Store) Acts(ctx context.Context) ([]fest.Act, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if err := s.ask(ctx); err != nil && ctx.Err() != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.known.Acts), nil
}

// Act implements [festdb.Store]: from the database.
func (s *Store) Act(ctx context.Context, id uint64) (fest.Act, error) {
	if err := s.usable(ctx); err != nil {
		return fest.Act{}, err
	}
	if err := s.ask(ctx); err != nil {
		return fest.Act{}, fmt.Errorf("act %d of the audit log: %w", id, err)
	}
	var record []byte
	err := s.row(ctx, s.pool, []any{&record}, "SELECT act FROM fest.audit WHERE id = $1 AND act IS NOT NULL", int64(id))
	var a fest.Act
	switch {
	case isNoRows(err):
		err = festdb.ErrNotKept
	case err == nil:
		err = json.Unmarshal(record, &a)
	}
	if err != nil {
		return fest.Act{}, fmt.Errorf("act %d of the audit log: %w", id, unavailable(ctx, err))
	}
	a.ID = id
	return a, nil
}

// findActs reads the acts after a number, by one statement, and up to which
// number things have left.
func (s *Store) findActs(ctx context.Context, after uint64, on querier) (acts []fest.Act, removed uint64, err error) {
	rows, err := on.Query(ctx, `
		SELECT r.last, a.id, a.act
		FROM (SELECT coalesce(max(id), 0) AS last FROM fest.removed) r LEFT JOIN fest.audit a ON a.act IS NOT NULL AND a.id > $1
		ORDER BY a.id`, int64(after))
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var last int64
		var id *int64
		var record []byte
		if err := rows.Scan(&last, &id, &record); err != nil {
			return nil, 0, err
		}
		removed = uint64(last)
		if id == nil {
			continue
		}
		var a fest.Act
		if err := json.Unmarshal(record, &a); err != nil {
			return nil, 0, fmt.Errorf("an act in the audit log: %w: %w", festdb.ErrNewer, err)
		}
		a.ID = uint64(*id)
		acts = append(acts, a)
	}
	return acts, removed, rows.Err()
}

// held is what the local disk asks before it removes anything.
func (s *Store) held() ([]fest.Digest, error) {
	s.mu.Lock()
	k := s.known
	s.mu.Unlock()
	return festdb.HeldDigests(k.Releases, k.Acts, s.opts.Now()), nil
}

// heldNow is [Store.held] by what the database says at this instant; the
// caller's transaction holds the writers' lock.
func (s *Store) heldNow(ctx context.Context, tx pgx.Tx) ([][]byte, error) {
	s.mu.Lock()
	k := s.known
	s.mu.Unlock()
	ctx, cancel := s.statement(ctx)
	defer cancel()
	f, err := s.find(ctx, k.serial(), tx)
	if err != nil {
		return nil, err
	}
	next, err := k.follow(f)
	if err != nil {
		return nil, err
	}
	acts, _, err := s.findActs(ctx, k.lastAct(), tx)
	if err != nil {
		return nil, err
	}
	list := [][]byte{}
	for _, d := range festdb.HeldDigests(next.Releases, append(slices.Clip(k.Acts), acts...), s.opts.Now()) {
		b, err := digestBytes(d)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}
