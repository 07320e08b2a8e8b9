package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// chunk is how many entries one statement of a load asks for: some 4 MB.
const chunk = 2000

// Load says what a load of a content came to.
type Load struct {
	Digest  fest.Digest
	Entries int
	// Fetched is how many entries came from the database; the others were in a
	// content on the local disk.
	Fetched int
	Bytes   int64 // of XML that was fetched
	// Waited is how long it took to get a slot; Took is the rest.
	Waited, Took time.Duration
	// DiskErr is why the local disk did not take it: it is in memory. nil: it did.
	DiskErr error
	Err     error
}

// load brings a content from the database onto the local disk, or where that
// takes nothing into memory, and opens it.
func (s *Store) load(ctx context.Context, digest fest.Digest) (c festdb.Content, err error) {
	l := loading{s: s, sum: Load{Digest: digest}}
	begin := time.Now()
	defer func() { // whatever became of it
		l.sum.Took, l.sum.Err = time.Since(begin)-l.sum.Waited, err
		s.opts.Loaded(l.sum)
	}()
	if l.conn, err = s.dial(ctx, "load"); err != nil {
		return nil, err
	}
	defer s.hangUp(l.conn) // frees the slot
	err = s.slot(ctx, l.conn)
	l.sum.Waited = time.Since(begin)
	if err != nil {
		return nil, err
	}
	c, err = l.run(ctx, digest)
	return c, unavailable(ctx, err)
}

// loading is a load under way.
type loading struct {
	s    *Store
	conn *pgx.Conn
	sum  Load

	doc    fest.Document
	ids    []int32
	lines  []int
	frames map[int32]fest.Slice         // catalogue and context
	known  map[int32]festdb.EntryDigest // of every entry
	where  map[int32]int32              // frame of every entry
	base   festdb.Content               // a content on the local disk, if there is one
	has    map[festdb.EntryDigest]int   // ordinals in it
}

func (l *loading) run(ctx context.Context, digest fest.Digest) (festdb.Content, error) {
	if err := l.list(ctx, digest); err != nil {
		return nil, fmt.Errorf("content %s in the database: %w", digest, err)
	}
	l.lean(ctx)
	if l.base != nil {
		defer l.base.Close() //nolint:errcheck // only read
	}
	c, err := l.ontoDisk(ctx, digest)
	var refused *diskError
	if !errors.As(err, &refused) || ctx.Err() != nil {
		return c, err
	}
	l.sum.DiskErr = refused.err
	p, err := l.intoMemory(ctx, digest)
	if err != nil {
		return nil, err
	}
	return l.s.holdPacked(ctx, p)
}

// diskError is a failure of the local disk, and of nothing else.
type diskError struct{ err error }

func (e *diskError) Error() string { return "the local disk: " + e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

func ofDisk(err error) error {
	if err == nil || errors.Is(err, festdb.ErrTooLarge) {
		return err
	}
	return &diskError{err}
}

// ontoDisk writes the content onto the local disk.
func (l *loading) ontoDisk(ctx context.Context, digest fest.Digest) (festdb.Content, error) {
	w, err := l.s.disk.NewWriter(ctx)
	if err != nil {
		return nil, ofDisk(err)
	}
	defer func() {
		if err := w.Discard(); err != nil { // what belongs to a release stays
			l.s.log.Warn("leftovers of a load not removed", "error", err)
		}
	}()
	if err := l.addAll(ctx, digest, func(e fest.Slice) error { return ofDisk(w.Add(e)) }); err != nil {
		return nil, err
	}
	got, err := w.SealAs(l.doc, digest)
	if errors.Is(err, festdb.ErrDamaged) {
		return nil, l.wrong(digest, w.Entries(), err)
	}
	if err != nil {
		return nil, ofDisk(err)
	}
	c, err := l.s.disk.Content(ctx, got)
	return c, ofDisk(err)
}

// intoMemory packs the content in memory.
func (l *loading) intoMemory(ctx context.Context, digest fest.Digest) (*festdb.Packed, error) {
	m, err := festdb.NewMemory(ctx)
	if err != nil {
		return nil, err
	}
	defer m.Discard()
	if err := l.addAll(ctx, digest, m.Add); err != nil {
		return nil, err
	}
	p, err := m.SealAs(l.doc, digest)
	if errors.Is(err, festdb.ErrDamaged) {
		return nil, l.wrong(digest, m.Entries(), err)
	}
	return p, err
}

// addAll hands over all entries in file order.
func (l *loading) addAll(ctx context.Context, digest fest.Digest, put func(fest.Slice) error) error {
	for at := 0; at < len(l.ids); at += chunk {
		if err := l.s.opts.fault("load"); err != nil {
			return err
		}
		if err := l.add(ctx, put, at, min(at+chunk, len(l.ids))); err != nil {
			return fmt.Errorf("content %s in the database: %w", digest, err)
		}
	}
	return nil
}

// wrong says which entry of a copy is not what it should be.
func (l *loading) wrong(digest fest.Digest, sums []festdb.EntryDigest, err error) error {
	for i, sum := range sums {
		if sum != l.known[l.ids[i]] {
			return fmt.Errorf("content %s in the database: %w: entry %d, number %d in file order, has the digest %s, want %s",
				digest, festdb.ErrDamaged, l.ids[i], i, hex.EncodeToString(sum[:6]), hex.EncodeToString(firstSix(l.known[l.ids[i]])))
		}
	}
	return err
}

func firstSix(d festdb.EntryDigest) []byte { return d[:6] }

// list reads which entries the content has.
func (l *loading) list(ctx context.Context, digest fest.Digest) error {
	key, err := digestBytes(digest)
	if err != nil {
		return err
	}
	var id int32
	var n int
	var first, count []int32
	var packed []byte
	err = l.s.row(ctx, l.conn, []any{&id, &l.doc.RetrievalDate, &l.doc.ValidFromDateHelfo, &n, &first, &count, &packed},
		"SELECT id, retrieval_date, valid_from_date_helfo, entries, first, count, lines FROM fest.content WHERE digest = $1", key)
	if isNoRows(err) {
		return festdb.ErrNotKept
	}
	if err != nil {
		return err
	}
	if l.ids, err = unroll(first, count, n); err != nil {
		return err
	}
	if l.lines, err = decodeLines(packed, n); err != nil {
		return err
	}
	l.sum.Entries = n
	if err := l.readFrames(ctx); err != nil {
		return err
	}
	l.known = make(map[int32]festdb.EntryDigest, n)
	l.where = make(map[int32]int32, n)
	var entry, frame int32
	var sum []byte
	return l.s.rows(ctx, l.conn, []any{&entry, &frame, &sum}, func() error {
		if len(sum) != len(festdb.EntryDigest{}) {
			return fmt.Errorf("%w: entry %d has a digest of %d bytes", festdb.ErrDamaged, entry, len(sum))
		}
		l.known[entry], l.where[entry] = festdb.EntryDigest(sum), frame
		return nil
	}, "SELECT e.id, e.frame, e.digest FROM fest.entries_of($1) o JOIN fest.entry e ON e.id = o.entry", id)
}

func (l *loading) readFrames(ctx context.Context) error {
	l.frames = map[int32]fest.Slice{}
	var id int32
	var f fest.Slice
	return l.s.rows(ctx, l.conn, []any{&id, &f.Catalogue, &f.Context}, func() error {
		l.frames[id] = f
		return nil
	}, "SELECT id, catalogue, context FROM fest.frame")
}

// lean opens the newest content on the local disk: most of what the new one
// says stands there, too, and need not be fetched.
func (l *loading) lean(ctx context.Context) {
	l.s.mu.Lock()
	releases := l.s.known.Releases
	l.s.mu.Unlock()
	for _, r := range slices.Backward(releases) {
		if kept, damaged := l.s.disk.Kept(r.Content.Digest); !kept || damaged {
			continue
		}
		c, err := l.s.disk.Content(ctx, r.Content.Digest)
		if err != nil {
			continue
		}
		hasher := festdb.NewEntryHasher()
		has := make(map[festdb.EntryDigest]int, c.Len())
		i := 0
		for e, err := range c.Slices() {
			if err != nil {
				_ = c.Close() // only read
				return
			}
			has[hasher.Sum(e)] = i
			i++
		}
		l.base, l.has = c, has
		return
	}
}

// add hands over the entries from one ordinal to another.
func (l *loading) add(ctx context.Context, put func(fest.Slice) error, from, to int) error {
	var want []int32
	for _, id := range l.ids[from:to] {
		sum, ok := l.known[id]
		if !ok {
			return l.gone(ctx, id)
		}
		if _, ok := l.has[sum]; !ok {
			want = append(want, id)
		}
	}
	xml, err := l.fetch(ctx, want)
	if err != nil {
		return err
	}
	for i := from; i < to; i++ {
		id := l.ids[i]
		e, ok := l.frames[l.where[id]]
		if !ok {
			return fmt.Errorf("%w: entry %d stood in frame %d, which is missing", festdb.ErrDamaged, id, l.where[id])
		}
		if at, ok := l.has[l.known[id]]; ok {
			if e, err = l.base.Slice(at); err != nil {
				return err
			}
		} else if e.XML, ok = xml[id]; !ok {
			return l.gone(ctx, id)
		}
		e.Line = l.lines[i]
		if err := put(e); err != nil {
			return err
		}
	}
	return nil
}

// fetch reads the text of entries.
func (l *loading) fetch(ctx context.Context, ids []int32) (map[int32][]byte, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	xml := make(map[int32][]byte, len(ids))
	var id int32
	var b []byte
	err := l.s.rows(ctx, l.conn, []any{&id, &b}, func() error {
		xml[id] = b
		l.sum.Fetched++
		l.sum.Bytes += int64(len(b))
		b = nil // scanned into a new slice each time
		return nil
	}, "SELECT id, xml FROM fest.entry WHERE id = ANY($1)", ids)
	return xml, err
}

// gone tells a content that retention removed meanwhile from one that lacks an
// entry.
func (l *loading) gone(ctx context.Context, id int32) error {
	key, err := digestBytes(l.sum.Digest)
	if err != nil {
		return err
	}
	var there bool
	if err := l.s.row(ctx, l.conn, []any{&there}, "SELECT EXISTS (SELECT FROM fest.content WHERE digest = $1)", key); err != nil {
		return err
	}
	if !there {
		return fmt.Errorf("%w: retention removed it meanwhile", festdb.ErrNotKept)
	}
	return fmt.Errorf("%w: entry %d is missing", festdb.ErrDamaged, id)
}
