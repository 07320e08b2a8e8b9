package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festdb/storetest"
)

// TestNotFollowed: a database that went back, or is another one, is reported
// and not followed, also after a restart, until somebody adopts it.
func TestNotFollowed(t *testing.T) {
	t.Parallel()
	fall := func(t *testing.T, url string) {
		do(t, url, "DELETE FROM fest.release WHERE serial = 2")
		do(t, url, "UPDATE fest.store SET serial = 1")
	}
	for name, harm := range map[string]func(t *testing.T, url string){
		"serial fell": fall,
		"another release under the serial": func(t *testing.T, url string) {
			fall(t, url)
			storetest.Publish(t, open(t, postgres.Options{URL: url}), 40, 7, 1)
		},
		"another stream": func(t *testing.T, url string) { do(t, url, "SELECT fest.new_stream('test', 'restored')") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, dir := database(t), t.TempDir()
			var log logs
			s := open(t, postgres.Options{URL: url, Dir: dir, Logger: log.logger()})
			one := storetest.Publish(t, s, 40, 1, 0)
			two := storetest.Publish(t, s, 40, 2, one.Serial)
			harm(t, url)
			for range 2 {
				_, err := s.Current(t.Context())
				var differs *postgres.StreamError
				if !errors.Is(err, festdb.ErrStream) || !errors.As(err, &differs) || differs.KnownSerial != two.Serial {
					t.Fatalf("error %v, want %v", err, festdb.ErrStream)
				}
				got, _, err := festdb.Newest(t.Context(), s, func(_ festdb.Record, c festdb.Content) error { return c.Close() })
				if err != nil || got.Serial != two.Serial || got.Content.Digest != two.Content.Digest || !got.Recalled {
					t.Errorf("newest: %+v, %v; want release %d, recalled", got.Release, err, two.Serial)
				}
				if _, err := s.Stage(t.Context()); !errors.Is(err, festdb.ErrStream) {
					t.Errorf("an import: error %v, want %v", err, festdb.ErrStream)
				}
				if st := s.Status(); !errors.Is(st.Err, festdb.ErrStream) {
					t.Errorf("status %+v", st)
				}
				s = open(t, postgres.Options{URL: url, Dir: dir, Logger: log.logger()})
			}
			fresh := current(t, open(t, postgres.Options{URL: url}))
			must(t, s.Adopt(t.Context()))
			if got := current(t, s); got.Serial != fresh.Serial || got.Content.Digest != fresh.Content.Digest {
				t.Errorf("adopted: release %d, want %d", got.Serial, fresh.Serial)
			}
			readAll(t, s, fresh.Content.Digest)
			next := storetest.Publish(t, s, 40, 9, fresh.Serial)
			if got := current(t, open(t, postgres.Options{URL: url, Dir: dir})); got.Serial != next.Serial {
				t.Errorf("after a restart release %d, want %d", got.Serial, next.Serial)
			}
		})
	}
}

// TestEmptyStoreOfAnotherStream: also a database in which nothing was published
// is another one.
func TestEmptyStoreOfAnotherStream(t *testing.T) {
	t.Parallel()
	dir, url := t.TempDir(), database(t)
	one := storetest.Publish(t, open(t, postgres.Options{URL: url, Dir: dir}), 30, 1, 0)
	empty := database(t)
	do(t, empty, "SELECT fest.new_stream('test', 'a new one')")
	s := open(t, postgres.Options{URL: empty, Dir: dir})
	if _, err := s.Current(t.Context()); !errors.Is(err, festdb.ErrStream) {
		t.Errorf("error %v, want %v", err, festdb.ErrStream)
	}
	readAll(t, s, one.Content.Digest)
	if st := s.Status(); st.Since.After(time.Now()) || !st.Connected {
		t.Errorf("status %+v", st)
	}
}
