package postgres

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// upload brings a content from the local disk into the database.
type upload struct {
	s     *Store
	conn  *pgx.Conn // of a session of its own: it has temporary tables and claims the content
	local festdb.Content
	sums  []festdb.EntryDigest // of the entries; nil: to be computed
	lines []byte
	sent  map[int32]bool // ordinals that were staged
}

// run is an upload. A sweep that removes entries between the look and the
// insertion makes it look again.
func (u *upload) run(ctx context.Context) error {
	if err := u.prepare(); err != nil {
		return err
	}
	if err := u.s.opts.fault("stage list"); err != nil {
		return err
	}
	if err := u.stageList(ctx); err != nil {
		return err
	}
	for range 10 {
		missing, err := u.missing(ctx)
		if err != nil {
			return err
		}
		if err := u.stageEntries(ctx, missing); err != nil {
			return err
		}
		if err := u.s.opts.fault("insert"); err != nil {
			return err
		}
		done, err := u.insert(ctx)
		if err != nil || done {
			return err
		}
	}
	return fmt.Errorf("%w: entries vanish as fast as they are looked up", festdb.ErrLocked)
}

// prepare reads what the database needs besides the entries.
func (u *upload) prepare() error {
	var enc lineEncoder
	hasher := festdb.NewEntryHasher()
	hash := u.sums == nil
	for e, err := range u.local.Slices() {
		if err != nil {
			return err
		}
		enc.add(e.Line)
		if hash {
			u.sums = append(u.sums, hasher.Sum(e))
		}
	}
	var err error
	u.lines, err = enc.bytes()
	u.sent = map[int32]bool{}
	return err
}

// stageList copies the digests of all entries.
func (u *upload) stageList(ctx context.Context) error {
	const tables = `
		DROP TABLE IF EXISTS pg_temp.staged_list, pg_temp.staged_entry;
		CREATE TEMPORARY TABLE staged_list (ordinal integer, digest bytea);
		CREATE TEMPORARY TABLE staged_entry (frame integer, digest bytea, xml bytea);
		ALTER TABLE staged_entry ALTER COLUMN xml SET STORAGE EXTERNAL`
	if _, err := u.s.exec(ctx, u.conn, tables); err != nil {
		return err
	}
	err := u.s.copy(ctx, u.conn, "staged_list", []string{"ordinal", "digest"},
		pgx.CopyFromSlice(len(u.sums), func(i int) ([]any, error) { return []any{int32(i), u.sums[i][:]}, nil }))
	if err != nil {
		return err
	}
	_, err = u.s.exec(ctx, u.conn, "ANALYZE pg_temp.staged_list")
	return err
}

// missing lists the ordinals of entries that the database lacks or, if it has
// this content already, holds damaged.
func (u *upload) missing(ctx context.Context) ([]int32, error) {
	digest, err := digestBytes(u.local.Digest())
	if err != nil {
		return nil, err
	}
	list, err := u.s.numbers(ctx, u.conn, `
		SELECT min(l.ordinal) FROM staged_list l
		WHERE NOT EXISTS (SELECT FROM fest.entry e WHERE e.digest = l.digest)
		GROUP BY l.digest
		UNION ALL
		SELECT min(l.ordinal) FROM staged_list l JOIN fest.entry e USING (digest) JOIN fest.frame f ON f.id = e.frame
		WHERE EXISTS (SELECT FROM fest.content WHERE digest = $1)
			AND e.digest <> fest.entry_digest(f.catalogue, f.context, e.xml)
		GROUP BY l.digest
		ORDER BY 1`, digest)
	return slices.DeleteFunc(list, func(i int32) bool { return u.sent[i] }), err
}

// stageEntries copies entries.
func (u *upload) stageEntries(ctx context.Context, ordinals []int32) error {
	if len(ordinals) == 0 {
		return nil
	}
	frames := map[[2]string]int32{}
	i := 0
	source := pgx.CopyFromFunc(func() ([]any, error) {
		if i == len(ordinals) {
			return nil, nil
		}
		e, err := u.local.Slice(int(ordinals[i]))
		if err != nil {
			return nil, err
		}
		frame, ok := frames[[2]string{e.Catalogue, e.Context}]
		if !ok {
			if frame, err = u.s.frame(ctx, e.Catalogue, e.Context); err != nil {
				return nil, err
			}
			frames[[2]string{e.Catalogue, e.Context}] = frame
		}
		sum := u.sums[ordinals[i]]
		i++
		return []any{frame, sum[:], e.XML}, nil
	})
	if err := u.s.copy(ctx, u.conn, "staged_entry", []string{"frame", "digest", "xml"}, source); err != nil {
		return err
	}
	for _, o := range ordinals {
		u.sent[o] = true
	}
	return nil
}

// frame gives the number of a catalogue and a context. It is asked on another
// connection while the upload's is busy.
func (s *Store) frame(ctx context.Context, catalogue, context string) (id int32, err error) {
	const find = "SELECT id FROM fest.frame WHERE catalogue = $1 AND context = $2"
	err = s.row(ctx, s.pool, []any{&id}, find, catalogue, context)
	if !isNoRows(err) {
		return id, err
	}
	if _, err := s.exec(ctx, s.pool, "INSERT INTO fest.frame (catalogue, context) VALUES ($1, $2) ON CONFLICT DO NOTHING", catalogue, context); err != nil {
		return 0, err
	}
	return id, s.row(ctx, s.pool, []any{&id}, find, catalogue, context)
}

// insert is the transaction that makes the content. It reports false where an
// entry that was there before has gone.
func (u *upload) insert(ctx context.Context) (done bool, err error) {
	err = u.s.write(ctx, u.conn, func(tx pgx.Tx) error {
		if len(u.sent) > 0 {
			if _, err := u.s.exec(ctx, tx, `
				INSERT INTO fest.entry AS e (frame, digest, xml) SELECT frame, digest, xml FROM staged_entry
				ON CONFLICT (digest) DO UPDATE SET frame = excluded.frame, xml = excluded.xml
				WHERE e.xml <> excluded.xml OR e.frame <> excluded.frame`); err != nil {
				return err
			}
		}
		if err := u.s.opts.fault("inserted"); err != nil {
			return err
		}
		ids, err := u.s.numbers(ctx, tx, "SELECT e.id FROM staged_list l JOIN fest.entry e USING (digest) ORDER BY l.ordinal")
		if err != nil {
			return err
		}
		if done = len(ids) == len(u.sums); !done {
			return nil // what was inserted is of use all the same
		}
		return u.insertContent(ctx, tx, ids)
	})
	return done && err == nil, err
}

// insertContent makes or mends the content, and claims it for this session.
func (u *upload) insertContent(ctx context.Context, tx pgx.Tx, ids []int32) error {
	digest, err := digestBytes(u.local.Digest())
	if err != nil {
		return err
	}
	doc := u.local.Document()
	first, count := runs(ids)
	if _, err := u.s.exec(ctx, tx, `
		INSERT INTO fest.content AS c (digest, retrieval_date, valid_from_date_helfo, entries, first, count, lines)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (digest) DO UPDATE SET retrieval_date = excluded.retrieval_date, valid_from_date_helfo = excluded.valid_from_date_helfo,
			entries = excluded.entries, first = excluded.first, count = excluded.count, lines = excluded.lines
		WHERE (c.retrieval_date, c.valid_from_date_helfo, c.entries, c.first, c.count, c.lines)
			IS DISTINCT FROM (excluded.retrieval_date, excluded.valid_from_date_helfo, excluded.entries, excluded.first, excluded.count, excluded.lines)`,
		digest, string(doc.RetrievalDate), doc.ValidFromDateHelfo, len(ids), first, count, u.lines); err != nil {
		return err
	}
	var id int32
	if err := u.s.row(ctx, tx, []any{&id}, "SELECT id FROM fest.content WHERE digest = $1", digest); err != nil {
		return err
	}
	_, err = u.s.exec(ctx, tx, "SELECT pg_advisory_lock_shared($1, $2)", lockClaim, id)
	return err
}

func digestBytes(d fest.Digest) ([]byte, error) {
	if _, err := fest.ParseDigest(string(d)); err != nil {
		return nil, err
	}
	return hex.DecodeString(string(d))
}
