package festdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/festd/festd/internal/fest"
)

// Stage implements [Store].
func (s *Directory) Stage(ctx context.Context) (Stage, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	w, err := s.disk.NewWriter(ctx)
	if err != nil {
		return nil, fmt.Errorf("store %s: no import can begin: %w", s.disk.Dir(), err)
	}
	return &stage{Writer: w, s: s}, nil
}

// stage is an import into a directory.
type stage struct {
	*Writer
	s         *Directory
	removed   []byte // what leaves with the release; nil: nothing
	published bool
}

// Publish implements [Stage].
func (g *stage) Publish(ctx context.Context, c fest.Content, src fest.Source, expect fest.Serial) (fest.Release, error) {
	if err := g.publishable(ctx, c, src); err != nil {
		return fest.Release{}, err
	}
	var r fest.Release
	err := g.s.disk.locked(ctx, func() (err error) {
		r, err = g.s.publish(c, src, expect, ActorOf(ctx), g.removed)
		return err
	})
	if err != nil && !errors.Is(err, ErrNotDurable) {
		return fest.Release{}, fmt.Errorf("publishing content %s in %s: %w", c.Digest.Short(), g.s.disk.Dir(), err)
	}
	g.published = true
	if err != nil {
		return r, fmt.Errorf("publishing release %d in %s: %w", r.Serial, g.s.disk.Dir(), err)
	}
	if ActorOf(ctx).Cause == fest.CauseRollback { // people wait for that; the next import prunes
		return r, nil
	}
	// What is no longer kept goes now. The release stands whether it goes or not.
	if err := g.s.disk.Prune(ctx); err != nil {
		g.s.log.Warn("retention not done", "dir", g.s.disk.Dir(), "error", err)
	}
	return r, nil
}

// publishable checks what can be checked before the lock is taken.
func (g *stage) publishable(ctx context.Context, c fest.Content, src fest.Source) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if g.published {
		return fmt.Errorf("publishing content %s: %w: this import has published already", c.Digest.Short(), ErrState)
	}
	if sealed, err := g.Publishable(c, src); sealed || err != nil {
		return err
	}
	return g.kept(ctx, c)
}

// kept verifies a content that is to be served again.
func (g *stage) kept(ctx context.Context, c fest.Content) error {
	old, err := g.s.disk.Content(ctx, c.Digest)
	if err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	doc := old.Document()
	if err := old.Close(); err != nil {
		return err
	}
	if !SameDocument(c.Document, doc) {
		return fmt.Errorf("publishing content %s: %w: its document is not that of the file", c.Digest.Short(), ErrState)
	}
	return nil
}

// publish moves CURRENT, under the lock. Everything before the rename of
// CURRENT can be left as it is at any instant.
func (s *Directory) publish(c fest.Content, src fest.Source, expect fest.Serial, by Actor, removed []byte) (fest.Release, error) {
	st, err := s.read(true)
	if err != nil {
		return fest.Release{}, err
	}
	cur, _ := st.current()
	if cur.Serial != expect {
		return fest.Release{}, fmt.Errorf("%w: release %d is served (content %s, HentetDato %s), this import expected %d",
			ErrConflict, cur.Serial, cur.Content.Digest.Short(), cur.Content.RetrievalDate, expect)
	}
	if kept, _ := s.disk.Kept(c.Digest); !kept {
		return fest.Release{}, fmt.Errorf("content %s: %w", c.Digest, ErrNotKept)
	}
	r := fest.Release{Serial: st.next, Stream: s.stream, PublishedAt: s.now().UTC().Round(0), Content: c, Source: src}
	by.Note(&r, cur)
	if len(removed) > 0 {
		if err := s.disk.PutRemoval(Removal{Serial: r.Serial, Content: c.Digest, RetrievalDate: c.RetrievalDate, Data: removed}); err != nil {
			return fest.Release{}, fmt.Errorf("keeping what leaves: %w", err)
		}
	}
	lines, err := st.extend(r)
	if err != nil {
		return fest.Release{}, err
	}
	if err := s.appendLedger(lines, st.size); err != nil {
		return fest.Release{}, err
	}
	err = s.writeLine(currentFile, currentLine{Stream: s.stream, Ledger: st.size + int64(len(lines)), Release: &r})
	if err != nil && !errors.Is(err, ErrNotDurable) {
		return fest.Release{}, err
	}
	return r, err
}

// appendLedger writes the lines behind what is there and syncs. Nothing counts
// until CURRENT says so; where it never does, the next writer voids them.
func (s *Directory) appendLedger(lines []byte, at int64) error {
	return s.append(ledgerFile, lines, at)
}
