package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

const (
	// sourcePart is how much of a file is a row.
	sourcePart = 1 << 20
	// sourceGrace is how long a file that no release refers to may be that of
	// an import under way.
	sourceGrace = time.Hour
)

// uploadSource puts the file that was sealed into the database, where the
// other replicas find it.
func (g *stage) uploadSource(ctx context.Context) error {
	digest := g.SourceDigest()
	if digest == "" {
		return nil
	}
	key, err := digestBytes(digest)
	if err != nil {
		return err
	}
	f, err := g.s.disk.Source(ctx, digest)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	_, extension, _ := strings.Cut(filepath.Base(f.Name()), ".")
	return pgx.BeginFunc(ctx, g.conn, func(tx pgx.Tx) error {
		// What is there and damaged is mended.
		if _, err := tx.Exec(ctx, `
			DELETE FROM fest.source s WHERE digest = $1 AND digest IS DISTINCT FROM (
				SELECT sha256(string_agg(bytes, ''::bytea ORDER BY part)) FROM fest.source_part p WHERE p.digest = s.digest
			)`, key); err != nil {
			return err
		}
		made, err := tx.Exec(ctx, "INSERT INTO fest.source (digest, size, extension) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", key, info.Size(), extension)
		if err != nil || made.RowsAffected() == 0 {
			return err
		}
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"fest", "source_part"}, []string{"digest", "part", "bytes"}, parts(f, key))
		return err
	})
}

// parts cuts a file into rows.
func parts(f *os.File, key []byte) pgx.CopyFromSource {
	n := int32(-1)
	buf := make([]byte, sourcePart)
	return pgx.CopyFromFunc(func() ([]any, error) {
		got, err := io.ReadFull(f, buf)
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		n++
		return []any{key, n, buf[:got]}, nil
	})
}

// FetchSource brings the file that a release was made of onto the local disk,
// if it is not there yet. It waits for a slot, as loads do. [festdb.ErrNotKept]:
// the database has it no more.
func (s *Store) FetchSource(ctx context.Context, src fest.Source) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if src.Digest == "" || s.disk.HasSource(src.Digest) {
		return nil
	}
	key, err := digestBytes(src.Digest)
	if err != nil {
		return err
	}
	conn, err := s.dial(ctx, "load")
	if err != nil {
		return err
	}
	defer s.hangUp(conn) // frees the slot
	if err := s.slot(ctx, conn); err != nil {
		return err
	}
	var extension string
	err = conn.QueryRow(ctx, "SELECT extension FROM fest.source WHERE digest = $1", key).Scan(&extension)
	if isNoRows(err) {
		return fmt.Errorf("source %s: %w in the database", src.Digest.Short(), festdb.ErrNotKept)
	}
	if err == nil {
		err = s.disk.KeepSource(ctx, src.Digest, extension, func(w io.Writer) error { return writeParts(ctx, conn, key, w) })
	}
	if err != nil {
		return fmt.Errorf("fetching source %s: %w", src.Digest.Short(), unavailable(ctx, err))
	}
	return nil
}

// writeParts reads a file a part at a time: a statement for all of them would
// hold all of them.
func writeParts(ctx context.Context, conn *pgx.Conn, key []byte, w io.Writer) error {
	for part := int32(0); ; part++ {
		var b []byte
		err := conn.QueryRow(ctx, "SELECT bytes FROM fest.source_part WHERE digest = $1 AND part = $2", key, part).Scan(&b)
		if isNoRows(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
}

// pruneSources removes the files of releases that are not among the newest,
// but for those of held candidates, one at a time.
func (s *Store) pruneSources(ctx context.Context) error {
	for {
		removed := int64(0)
		err := s.write(ctx, s.pool, func(tx pgx.Tx) error {
			wanted, err := s.wantedSources(ctx, tx)
			if err != nil {
				return err
			}
			gone, err := tx.Exec(ctx, `
				DELETE FROM fest.source WHERE digest = (
					SELECT digest FROM fest.source WHERE digest <> ALL ($1) AND kept_at < now() - make_interval(secs => $2) LIMIT 1
				)`, wanted, sourceGrace.Seconds())
			removed = gone.RowsAffected()
			return err
		})
		if err != nil || removed == 0 {
			return unavailable(ctx, err)
		}
	}
}

// wantedSources are the files that are kept.
func (s *Store) wantedSources(ctx context.Context, tx pgx.Tx) ([][]byte, error) {
	held, err := s.heldNow(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `
		SELECT decode(d, 'hex') FROM (
			SELECT source_digest AS d FROM fest.release GROUP BY source_digest ORDER BY max(serial) DESC LIMIT $1
		) AS newest
		UNION
		SELECT decode(source_digest, 'hex') FROM fest.candidate WHERE decode(digest, 'hex') = ANY ($2)`, s.opts.Retention.Sources, held)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[[]byte])
}
