package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// sweepBatch is how many entries one transaction removes.
const sweepBatch = 5000

// prune removes what retention no longer keeps, in the database and on the
// local disk, in small steps. What was published stands whether it goes or not.
func (s *Store) prune(ctx context.Context) {
	if err := s.Prune(ctx); err != nil {
		s.log.Warn("retention not done", "error", err)
	}
}

// Prune removes what retention no longer keeps: contents one at a time, then
// entries that stand in no content, some at a time, then local copies. It
// needs the rights of an import.
func (s *Store) Prune(ctx context.Context) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	for {
		n, err := s.pruneOne(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	if err := s.sweep(ctx); err != nil {
		return err
	}
	if err := s.pruneSources(ctx); err != nil {
		return err
	}
	return s.disk.Prune(ctx)
}

// pruneOne removes one content that is no longer wanted.
func (s *Store) pruneOne(ctx context.Context) (removed int, err error) {
	err = s.write(ctx, s.pool, func(tx pgx.Tx) error {
		id, ok, err := s.victim(ctx, tx)
		if err != nil || !ok {
			return err
		}
		removed = 1
		_, err = s.exec(ctx, tx, `WITH gone AS (DELETE FROM fest.content WHERE id = $1 RETURNING digest)
			INSERT INTO fest.audit (action, who, why, content) SELECT 'retention', $2, $3, digest FROM gone`,
			id, s.opts.ApplicationName, fmt.Sprintf("older than %v and not among the newest %d", s.opts.Retention.Age, s.opts.Retention.Contents))
		return err
	})
	return removed, unavailable(ctx, err)
}

// victim is a content that no release needs that is kept. The served release
// keeps its content whatever its age; so does a release that someone is about
// to publish, by its claim.
func (s *Store) victim(ctx context.Context, tx pgx.Tx) (id int32, ok bool, err error) {
	oldest := s.opts.Now().Add(-s.opts.Retention.Age)
	var victims []int32
	var published time.Time
	n := 0
	err = s.rows(ctx, tx, []any{&id, &published}, func() error {
		if n > 0 && n >= s.opts.Retention.Contents && published.Before(oldest) {
			victims = append(victims, id)
		}
		n++
		return nil
	}, `
		SELECT c.id, max(r.published_at) FROM fest.release r JOIN fest.content c ON c.digest = r.content
		GROUP BY c.id ORDER BY max(r.serial) DESC`)
	if err != nil || len(victims) == 0 {
		return 0, false, err
	}
	err = s.row(ctx, tx, []any{&id}, "SELECT v FROM unnest($1::integer[]) AS v WHERE pg_try_advisory_xact_lock($2, v) LIMIT 1", victims, lockClaim)
	if isNoRows(err) {
		return 0, false, nil
	}
	return id, err == nil, err
}

// sweep removes contents that belong to no release and that no living import
// claims and no held candidate needs, and then the entries that stand in no
// content.
func (s *Store) sweep(ctx context.Context) error {
	err := s.write(ctx, s.pool, func(tx pgx.Tx) error {
		held, err := s.heldNow(ctx, tx)
		if err != nil {
			return err
		}
		_, err = s.exec(ctx, tx, `
			WITH loose AS MATERIALIZED (
				SELECT id FROM fest.content c WHERE NOT EXISTS (SELECT FROM fest.release r WHERE r.content = c.digest) AND c.digest <> ALL ($2)
			)
			DELETE FROM fest.content WHERE id IN (SELECT id FROM loose WHERE pg_try_advisory_xact_lock($1, id))`, lockClaim, held)
		return err
	})
	for more := true; err == nil && more; {
		more, err = s.sweepEntries(ctx)
	}
	return unavailable(ctx, err)
}

// sweepEntries removes a batch. The ids are an array, not a subquery to be
// joined: where the statistics are of a table that was empty yet, a join may
// be planned that looks at every entry for every id.
func (s *Store) sweepEntries(ctx context.Context) (more bool, err error) {
	err = s.write(ctx, s.pool, func(tx pgx.Tx) error {
		gone, err := s.exec(ctx, tx, `
			WITH kept AS MATERIALIZED (
				SELECT coalesce(range_agg(int4range(r.first, r.first + r.count)), '{}') AS entries
				FROM fest.content c, LATERAL unnest(c.first, c.count) AS r (first, count)
			)
			DELETE FROM fest.entry WHERE id = ANY (ARRAY(
				SELECT e.id FROM fest.entry e, kept WHERE NOT e.id <@ kept.entries ORDER BY e.id LIMIT $1
			))`, sweepBatch)
		more = gone.RowsAffected() == sweepBatch
		return err
	})
	return more, err
}
