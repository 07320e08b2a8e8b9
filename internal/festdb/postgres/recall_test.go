package postgres_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festdb/storetest"
)

// TestRecalling starts a node that knows a release while the database accepts
// connections and says nothing: what it knows is there at once for those who
// do not wait, and what it does not know is still asked for.
func TestRecalling(t *testing.T) {
	url := database(t)
	p, dir := newProxy(t, url), t.TempDir()
	opts := postgres.Options{URL: p.url, Dir: dir, ConnectTimeout: 30 * time.Second, QueryTimeout: 30 * time.Second, OpenTimeout: 50 * time.Millisecond}
	s := open(t, opts)
	one := storetest.Publish(t, s, 50, 1, 0)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	p.set(true, false)
	began := time.Now()
	s = open(t, opts)
	ctx := festdb.Recalling(t.Context())
	rel, err := s.Current(ctx)
	if err != nil || rel.Serial != one.Serial {
		t.Errorf("current: release %d, %v; want %d", rel.Serial, err, one.Serial)
	}
	got, passed, err := festdb.Newest(ctx, s, func(_ festdb.Record, c festdb.Content) error { return c.Close() })
	if err != nil || len(passed) > 0 || got.Serial != one.Serial || !got.Recalled {
		t.Errorf("newest: %+v, passed %v, %v; want the known release, recalled", got, passed, err)
	}
	if _, err := s.Acts(ctx); err != nil {
		t.Error(err)
	}
	if _, err := s.Removed(ctx); err != nil {
		t.Error(err)
	}
	if _, err := s.Content(ctx, fest.Digest(strings.Repeat("0", 64))); !errors.Is(err, festdb.ErrNotKept) {
		t.Errorf("a content that is not on the disk: %v, want %v", err, festdb.ErrNotKept)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v: the database was waited for", took)
	}

	// One that knows nothing has to ask.
	p.set(false, false)
	fresh := open(t, postgres.Options{URL: p.url, OpenTimeout: time.Nanosecond})
	if rel, err := fresh.Current(ctx); err != nil || rel.Serial != one.Serial {
		t.Errorf("current of a fresh node: release %d, %v; want %d", rel.Serial, err, one.Serial)
	}
}
