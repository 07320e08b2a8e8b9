package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// stage is an import into the database. Entries go to the local disk first,
// as with a directory store; sealing uploads what the database lacks.
type stage struct {
	*festdb.Writer
	s         *Store
	ctx       context.Context //nolint:containedctx // bounds the whole stage: see festdb.Store
	conn      *pgx.Conn       // claims what was sealed; nil: nothing was
	removed   []byte          // what leaves with the release; nil: nothing
	published bool
}

// Stage implements [festdb.Store]. Without the database there is no import.
func (s *Store) Stage(ctx context.Context) (festdb.Stage, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if err := s.ask(ctx); err != nil {
		return nil, fmt.Errorf("no import can begin: %w", err)
	}
	w, err := s.disk.NewWriter(ctx)
	if err != nil {
		return nil, fmt.Errorf("no import can begin in %s: %w", s.disk.Dir(), err)
	}
	return &stage{Writer: w, s: s, ctx: ctx}, nil
}

// Seal implements [festdb.Stage]: the content is then on the local disk and in
// the database.
func (g *stage) Seal(doc fest.Document) (fest.Digest, error) {
	digest, err := g.Writer.Seal(doc)
	if err != nil {
		return digest, err
	}
	local, err := g.s.disk.Content(g.ctx, digest)
	if err != nil {
		return "", err
	}
	defer local.Close() //nolint:errcheck // only read
	if err := g.upload(g.ctx, local, g.Entries()); err != nil {
		return "", fmt.Errorf("sealing content %s in the database: %w", digest.Short(), err)
	}
	if err := g.uploadSource(g.ctx); err != nil {
		return "", fmt.Errorf("keeping the source of content %s in the database: %w", digest.Short(), unavailable(g.ctx, err))
	}
	g.s.whole(digest)
	return digest, nil
}

// upload puts a content into the database and claims it.
func (g *stage) upload(ctx context.Context, local festdb.Content, sums []festdb.EntryDigest) error {
	if g.conn == nil || g.conn.IsClosed() {
		conn, err := g.s.dial(ctx, "import")
		if err != nil {
			return err
		}
		g.conn = conn
	}
	u := upload{s: g.s, conn: g.conn, local: local, sums: sums}
	return unavailable(ctx, u.run(ctx))
}

// Publish implements [festdb.Stage].
func (g *stage) Publish(ctx context.Context, c fest.Content, src fest.Source, expect fest.Serial) (fest.Release, error) {
	if err := context.Cause(ctx); err != nil {
		return fest.Release{}, err
	}
	if g.published {
		return fest.Release{}, fmt.Errorf("publishing content %s: %w: this import has published already", c.Digest.Short(), festdb.ErrState)
	}
	sealed, err := g.Publishable(c, src)
	if err != nil {
		return fest.Release{}, err
	}
	// A content that is published again is verified first; one that the
	// database lost since it was sealed is uploaded again from here.
	local, err := g.s.Content(ctx, c.Digest)
	if err != nil {
		return fest.Release{}, fmt.Errorf("publishing: %w", err)
	}
	defer local.Close() //nolint:errcheck // only read
	if !festdb.SameDocument(c.Document, local.Document()) {
		return fest.Release{}, fmt.Errorf("publishing content %s: %w: its document is not that of the file", c.Digest.Short(), festdb.ErrState)
	}
	r, err := g.publish(ctx, c, src, expect)
	if errors.Is(err, festdb.ErrNotKept) || sealed && lostSession(g.conn) && errors.Is(err, festdb.ErrUnavailable) {
		if err = g.upload(ctx, local, nil); err == nil {
			r, err = g.publish(ctx, c, src, expect)
		}
	}
	if err != nil {
		return fest.Release{}, fmt.Errorf("publishing content %s: %w", c.Digest.Short(), err)
	}
	g.published = true
	g.s.learn(ctx, r)
	if festdb.ActorOf(ctx).Cause != fest.CauseRollback { // people wait for that; the next import prunes
		g.s.prune(ctx)
	}
	return r, nil
}

func lostSession(conn *pgx.Conn) bool { return conn == nil || conn.IsClosed() }

// learn takes over a release that was published here.
func (s *Store) learn(ctx context.Context, r fest.Release) {
	if err := s.ask(ctx); err == nil {
		return
	}
	// The database went away right after the publication. The local disk must
	// know, or it would take the content for a leftover.
	s.mu.Lock()
	k := s.known
	if k.Stream == r.Stream && k.serial() < r.Serial {
		k.Releases = append(k.Releases[:len(k.Releases):len(k.Releases)], r)
		s.known = k
	}
	s.mu.Unlock()
	s.remember(ctx, k, false)
}

// Discard implements [festdb.Stage].
func (g *stage) Discard() error {
	err := g.Writer.Discard()
	if g.conn == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(g.ctx), g.s.opts.QueryTimeout)
	defer cancel()
	// The session gives up its claims before it ends, for its end takes a while.
	_ = g.s.brief(ctx, g.conn, "SELECT pg_advisory_unlock_all()") // or else its end does
	g.s.hangUp(g.conn)
	g.conn = nil
	if !g.published {
		if err := g.s.sweep(ctx); err != nil {
			// It is nobody's loss: the next import sweeps, too.
			g.s.log.Warn("what was sealed is left in the database until the next import", "error", err)
		}
	}
	return err
}
