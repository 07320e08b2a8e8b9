package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// Remove implements [festdb.Stage].
func (g *stage) Remove(data []byte) error {
	if g.removed != nil || g.published {
		return fmt.Errorf("import: %w: what leaves was said before", festdb.ErrState)
	}
	g.removed = bytes.Clone(data)
	return nil
}

// Removed implements [festdb.Store]: what the local disk lacks is fetched, and
// stays in memory where the disk does not take it. Without the database it is
// what the node has.
func (s *Store) Removed(ctx context.Context) ([]festdb.Removal, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	local, damaged := s.localRemovals()
	if err := s.ask(ctx); err == nil {
		fetched, err := s.fetchRemovals(ctx, local)
		if err != nil {
			s.log.Warn("what left the register could not be fetched in full", "error", err)
		} else if damaged = nil; fetched {
			local, damaged = s.localRemovals()
		}
	} else if ctx.Err() != nil {
		return nil, err
	}
	for _, err := range damaged {
		s.log.Error("what left the register cannot be read in part; those ids answer as unknown", "error", err)
	}
	s.mu.Lock()
	releases := s.known.Releases
	s.mu.Unlock()
	return festdb.PublishedRemovals(local, releases), nil
}

// localRemovals are those of this node: on its disk, and what that did not
// take, which is tried again.
func (s *Store) localRemovals() ([]festdb.Removal, []error) {
	s.mu.Lock()
	held := s.removals
	s.removals = nil
	s.mu.Unlock()
	for _, r := range held {
		s.putRemoval(r)
	}
	list, damaged := s.disk.Removals()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.removals {
		list = slices.DeleteFunc(list, func(o festdb.Removal) bool { return o.Serial == r.Serial && o.Content == r.Content })
		list = append(list, r)
	}
	festdb.SortRemovals(list)
	return list, damaged
}

// putRemoval keeps a removal on the local disk, or else in memory.
func (s *Store) putRemoval(r festdb.Removal) {
	err := s.disk.PutRemoval(r)
	if err == nil || errors.Is(err, festdb.ErrNotDurable) {
		return
	}
	s.log.Debug("the local disk did not take what left the register; it is in memory", "serial", r.Serial, "error", err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removals = append(s.removals, r)
}

// fetchRemovals brings the node up to date, and says whether it changed.
func (s *Store) fetchRemovals(ctx context.Context, local []festdb.Removal) (changed bool, err error) {
	type key struct {
		serial  fest.Serial
		content fest.Digest
	}
	have := map[key][sha256.Size]byte{}
	for _, r := range local {
		have[key{r.Serial, r.Content}] = sha256.Sum256(r.Data)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.opts.ImportTimeout, errSlow)
	defer cancel()
	rows, err := s.pool.Query(ctx, "SELECT serial, encode(content, 'hex'), retrieval_date, sha256(data) FROM fest.removed")
	if err != nil {
		return false, unavailable(ctx, err)
	}
	lacking, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (festdb.Removal, error) {
		var r festdb.Removal
		var serial int64
		var sum []byte
		err := row.Scan(&serial, &r.Content, &r.RetrievalDate, &sum)
		r.Serial, r.Data = fest.Serial(serial), sum
		return r, err
	})
	if err != nil {
		return false, unavailable(ctx, err)
	}
	for _, r := range lacking {
		if sum, ok := have[key{r.Serial, r.Content}]; ok && bytes.Equal(sum[:], r.Data) {
			continue
		}
		content, err := digestBytes(r.Content)
		if err != nil {
			return changed, err
		}
		sum := r.Data
		if err := s.pool.QueryRow(ctx, "SELECT data FROM fest.removed WHERE serial = $1 AND content = $2", int64(r.Serial), content).Scan(&r.Data); err != nil {
			return changed, unavailable(ctx, err)
		}
		if got := sha256.Sum256(r.Data); !bytes.Equal(got[:], sum) {
			continue // it was replaced in between: the next look has it
		}
		s.putRemoval(r)
		changed = true
	}
	return changed, nil
}

// AddHistory implements [festdb.Store].
func (s *Store) AddHistory(ctx context.Context, r festdb.Removal) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if r.Serial != 0 {
		return fmt.Errorf("history %s: %w: it has serial %d, want 0", r.Content.Short(), festdb.ErrState, r.Serial)
	}
	if err := s.ask(ctx); err != nil {
		return fmt.Errorf("history %s: %w", r.Content.Short(), err)
	}
	err := s.write(ctx, s.pool, func(tx pgx.Tx) error {
		content, err := digestBytes(r.Content)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, tx, "DELETE FROM fest.removed WHERE serial = 0 AND content = $1", content); err != nil {
			return err
		}
		if err := s.insertRemoved(ctx, tx, r, content); err != nil {
			return err
		}
		_, err = s.exec(ctx, tx, "SELECT pg_notify($1, 'history')", channel)
		return err
	})
	if err != nil {
		return fmt.Errorf("history %s: %w", r.Content.Short(), unavailable(ctx, err))
	}
	return nil
}

// AddRemoved implements [festdb.Store].
func (s *Store) AddRemoved(ctx context.Context, r festdb.Removal) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	err := s.ask(ctx)
	if err == nil {
		err = s.write(ctx, s.pool, func(tx pgx.Tx) error { return s.addRemoved(ctx, tx, r) })
	}
	if err != nil {
		return fmt.Errorf("what left with release %d: %w", r.Serial, unavailable(ctx, err))
	}
	return nil
}

func (s *Store) addRemoved(ctx context.Context, tx pgx.Tx, r festdb.Removal) error {
	content, err := digestBytes(r.Content)
	if err != nil {
		return err
	}
	var published, kept bool
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM fest.release WHERE serial = $1 AND content = $2 AND stream = $3),
		EXISTS (SELECT FROM fest.removed WHERE serial = $1 AND content = $2)`, int64(r.Serial), content, s.Stream()).Scan(&published, &kept)
	switch {
	case err != nil || kept:
		return err
	case !published:
		return fmt.Errorf("%w: no release has that serial and content %s", festdb.ErrState, r.Content.Short())
	}
	if err := s.insertRemoved(ctx, tx, r, content); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "SELECT pg_notify($1, 'removed')", channel)
	return err
}

func (s *Store) insertRemoved(ctx context.Context, tx pgx.Tx, r festdb.Removal, content []byte) error {
	_, err := s.exec(ctx, tx, "INSERT INTO fest.removed (serial, content, retrieval_date, data) VALUES ($1, $2, $3, $4)",
		int64(r.Serial), content, string(r.RetrievalDate), r.Data)
	return err
}
