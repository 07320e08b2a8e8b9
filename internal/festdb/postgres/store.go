package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// Store keeps releases in PostgreSQL and copies of them on the local disk.
type Store struct {
	opts   Options
	disk   *festdb.Disk
	pool   *pgxpool.Pool
	log    *slog.Logger
	closed context.Context
	close  context.CancelFunc
	ended  sync.Once

	asking chan struct{} // held by the one goroutine that asks the database what is served

	mu      sync.Mutex
	known   known
	heard   bool // the database was asked since the start
	checked bool // its schema fits
	status  Status
	alone   time.Time // the database is left alone until then
	damaged map[fest.Digest]bool
	// What the local disk did not take, the last one last.
	packed   []*festdb.Packed
	removals []festdb.Removal
}

var _ festdb.Store = (*Store)(nil)

// Status says how the store and its database get on.
type Status struct {
	// Connected: the last question was answered.
	Connected bool
	// Err is why not, or why the answer is not followed; nil: all is well.
	Err error
	// Since is when it became so.
	Since time.Time
}

// Open opens the local copies and tries to reach the database, for no longer
// than ConnectTimeout and QueryTimeout, or OpenTimeout. Where that fails the store is open all
// the same: see [Store.Status], or [Store.Ping] for those who need it.
func Open(ctx context.Context, opts Options) (*Store, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(opts.Dir, "STREAM")); err == nil {
		return nil, fmt.Errorf("%s: %w: it holds a directory store, which has its own ledger: want another directory for the local copies of a database",
			opts.Dir, festdb.ErrState)
	}
	config, err := opts.parse()
	if err != nil {
		return nil, err
	}
	s := &Store{opts: opts, log: opts.Logger, asking: make(chan struct{}, 1), damaged: map[fest.Digest]bool{}}
	s.status.Since = time.Now()
	s.disk, err = festdb.OpenDisk(festdb.DiskOptions{
		Dir: opts.Dir, Retention: opts.Retention, Released: s.released, Held: s.held, Now: opts.Now, Logger: opts.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("local copies in %s: %w", opts.Dir, err)
	}
	if err := s.recall(); err != nil {
		return nil, errors.Join(fmt.Errorf("local copies in %s: %w", opts.Dir, err), s.disk.Close())
	}
	s.closed, s.close = context.WithCancel(context.Background())
	if s.pool, err = pgxpool.NewWithConfig(s.closed, config); err != nil {
		s.close()
		return nil, errors.Join(err, s.disk.Close())
	}
	s.askFirst(ctx)
	if ctx.Err() != nil {
		return nil, errors.Join(context.Cause(ctx), s.Close())
	}
	s.sweepDisk(ctx)
	return s, nil
}

// askFirst asks the database, for no longer than OpenTimeout where the node can
// do without.
func (s *Store) askFirst(ctx context.Context) {
	if len(s.known.Releases) > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.opts.OpenTimeout, errSlow)
		defer cancel()
	}
	_ = s.ask(ctx) // the status has it
}

// sweepDisk clears leftovers of killed processes, unless somebody is changing
// the directory right now.
func (s *Store) sweepDisk(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if err := s.disk.Sweep(ctx); err != nil {
		s.log.Warn("leftovers not swept", "dir", s.disk.Dir(), "error", err)
	}
}

// Disk is where the local copies are; it hands out snapshot files.
func (s *Store) Disk() *festdb.Disk { return s.disk }

// Pool tells of the connections for short statements.
func (s *Store) Pool() *pgxpool.Stat { return s.pool.Stat() }

// Stream implements [festdb.Store]. It is empty until the database was reached
// for the first time.
func (s *Store) Stream() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known.Stream
}

// Status says how the last question to the database went.
func (s *Store) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// Ping asks the database, and says what is wrong with it: [festdb.ErrUnavailable],
// [festdb.ErrSchema], [festdb.ErrNewer], [festdb.ErrStream].
func (s *Store) Ping(ctx context.Context) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	return s.ask(ctx)
}

// Current implements [festdb.Store]. Where the database cannot be asked it is
// the release that was current when it last could. [festdb.ErrStream]: the
// database says something that is not followed.
func (s *Store) Current(ctx context.Context) (fest.Release, error) {
	if err := s.usable(ctx); err != nil {
		return fest.Release{}, err
	}
	if err := s.ask(ctx); err != nil && !s.canRecall(err) {
		return fest.Release{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.known.current()
	if !ok {
		return fest.Release{}, fmt.Errorf("database: %w", festdb.ErrNoRelease)
	}
	return r, nil
}

// canRecall reports whether memory may stand in for an answer that failed.
func (s *Store) canRecall(err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.known.Releases) > 0 && !errors.Is(err, festdb.ErrStream) &&
		(errors.Is(err, festdb.ErrUnavailable) || errors.Is(err, festdb.ErrSchema) || errors.Is(err, festdb.ErrNewer))
}

// Releases implements [festdb.Store]. Where the database cannot be asked, or
// is not followed, the records say that they are recalled.
func (s *Store) Releases(ctx context.Context) ([]festdb.Record, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	err := s.ask(ctx)
	var inDatabase map[fest.Digest]bool
	if err == nil {
		inDatabase, err = s.contents(ctx)
	}
	if err != nil && !s.canRecall(err) && !errors.Is(err, festdb.ErrStream) {
		return nil, err
	}
	s.mu.Lock()
	releases := s.known.Releases
	found := make(map[fest.Digest]bool, len(s.damaged))
	for d := range s.damaged {
		found[d] = true
	}
	s.mu.Unlock()
	records := make([]festdb.Record, 0, len(releases))
	for _, r := range slices.Backward(releases) {
		digest := r.Content.Digest
		kept, damaged := s.disk.Kept(digest)
		records = append(records, festdb.Record{
			Release: r, Kept: kept || inDatabase[digest] || s.InMemory(digest), Damaged: damaged || found[digest], Recalled: err != nil,
		})
	}
	return records, nil
}

// contents lists what the database keeps.
func (s *Store) contents(ctx context.Context) (map[fest.Digest]bool, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.opts.QueryTimeout, errSlow)
	defer cancel()
	rows, err := s.pool.Query(ctx, "SELECT encode(digest, 'hex') FROM fest.content")
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	defer rows.Close()
	kept := map[fest.Digest]bool{}
	for rows.Next() {
		var d string
		if err := rows.Scan(&d); err != nil {
			return nil, err
		}
		kept[fest.Digest(d)] = true
	}
	return kept, unavailable(ctx, rows.Err())
}

// Close implements [festdb.Store].
func (s *Store) Close() error {
	var err error
	s.ended.Do(func() {
		s.close()
		s.pool.Close()
		err = s.disk.Close()
	})
	return err
}

func (s *Store) usable(ctx context.Context) error {
	if s.closed.Err() != nil {
		return fmt.Errorf("store: %w", fs.ErrClosed)
	}
	return context.Cause(ctx)
}
