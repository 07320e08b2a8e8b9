package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
)

// open opens a store for the time of a test.
func open(t testing.TB, opts postgres.Options) *postgres.Store {
	t.Helper()
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	if opts.Poll == 0 {
		opts.Poll = 300 * time.Millisecond
	}
	if opts.RetryAfter == 0 {
		opts.RetryAfter = 100 * time.Millisecond
	}
	s, err := postgres.Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// exec runs a statement beside the store.
func do(t testing.TB, url, sql string, args ...any) {
	t.Helper()
	if err := tryExec(url, sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func tryExec(url, sql string, args ...any) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql, args...)
	return errors.Join(err, conn.Close(ctx))
}

// query reads the rows of a statement, a value of each.
func query[T any](t testing.TB, url, sql string, args ...any) []T {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return list
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func current(t testing.TB, s festdb.Store) fest.Release {
	t.Helper()
	r, err := s.Current(context.Background())
	must(t, err)
	return r
}

// readAll reads all of a content.
func readAll(t testing.TB, s festdb.Store, digest fest.Digest) []fest.Slice {
	t.Helper()
	c, err := s.Content(context.Background(), digest)
	must(t, err)
	defer c.Close()
	var all []fest.Slice
	for e, err := range c.Slices() {
		must(t, err)
		all = append(all, e)
	}
	return all
}

// flip changes a byte of the local copy of a content.
func flip(t testing.TB, dir string, digest fest.Digest) {
	t.Helper()
	path := filepath.Join(dir, "content", string(digest))
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	must(t, err)
	b[len(b)/3] ^= 0x40
	must(t, os.WriteFile(path, b, 0o600))
}

// clock is a clock that tests move.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// logs is a logger that a test can read.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logs) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }
