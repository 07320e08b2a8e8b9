package festdb_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/storetest"
)

func TestDirectory(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Backend {
		t.Cleanup(func() { goleak.VerifyNone(t) })
		dir := filepath.Join(t.TempDir(), "data") // missing at first
		clock := &clock{now: time.Now()}
		keep := festdb.Retention{Contents: 4, Age: 40 * 24 * time.Hour}
		return storetest.Backend{
			Open: func(t testing.TB) festdb.Store {
				s, err := festdb.Open(festdb.Options{Dir: dir, Now: clock.Now, Retention: keep, Poll: 20 * time.Millisecond})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := s.Close(); err != nil {
						t.Error(err)
					}
				})
				return s
			},
			Damage: func(t testing.TB, d fest.Digest) {
				path := filepath.Join(dir, "content", string(d))
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				flip(t, path, info.Size()/2)
			},
			Advance:   clock.Advance,
			Retention: keep,
		}
	})
}

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// flip changes a bit of a file.
func flip(t testing.TB, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 4
	if _, err := f.WriteAt(b[:], at); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
