package postgres_test

import (
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festdb/storetest"
)

// TestConformance runs the suite of all stores twice: the handles are replicas,
// each with a directory of its own, or processes of one host that share one.
func TestConformance(t *testing.T) {
	for name, shared := range map[string]bool{"Replicas": false, "OneHost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t testing.TB) storetest.Backend {
				url, dir, clock := database(t), t.TempDir(), &clock{}
				var dirs []string
				retention := festdb.Retention{Age: 24 * time.Hour, Contents: 3}
				return storetest.Backend{
					Open: func(t testing.TB) festdb.Store {
						own := dir
						if !shared {
							own = t.TempDir()
						}
						dirs = append(dirs, own)
						return open(t, postgres.Options{URL: url, Dir: own, Now: clock.Now, Retention: retention})
					},
					Damage: func(t testing.TB, digest fest.Digest) {
						for _, d := range dirs {
							flip(t, d, digest)
						}
						damage(t, url, digest)
					},
					Advance:   clock.Advance,
					Retention: retention,
				}
			})
		})
	}
}

// damage flips a byte of an entry in the middle of a content.
func damage(t testing.TB, url string, digest fest.Digest) {
	t.Helper()
	do(t, url, `UPDATE fest.entry SET xml = set_byte(xml, 40, get_byte(xml, 40) # 1)
		WHERE id = (SELECT o.entry FROM fest.content c, fest.entries_of(c.id) o WHERE c.digest = decode($1, 'hex') AND o.ordinal = c.entries / 2)`, string(digest))
}
