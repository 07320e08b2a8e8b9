package endtoend_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// healing is the longest that a replica may need to see what was published
// while the database was away: one poll (5 s and a fifth), what its last
// question may still take, and the load. Here it is generous; the log has what
// was measured.
const healing = 30 * time.Second

// TestStartsWithoutDatabase starts a replica that has the first release on its
// disk while the database is absent, accepts and never answers, or is slow;
// the second was published meanwhile. It is ready and answers all of the first
// release, and follows when the database is well again.
func TestStartsWithoutDatabase(t *testing.T) {
	e := expect(t, "first.zip", "second.zip")
	cluster, base := base(t)
	for _, tt := range []struct {
		name       string
		harm, heal func(p *proxy)
	}{
		{"absent", func(p *proxy) { p.set(refuses) }, func(p *proxy) { p.set(passes) }},
		{"black hole", func(p *proxy) { p.set(hole) }, func(p *proxy) { p.set(passes) }},
		{"slow", func(p *proxy) { p.slow(300 * time.Millisecond) }, func(p *proxy) { p.slow(0) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			database := cluster.Database(t, name(base.database))
			importFile(t, store{copyDir(t, base.dir), database}, "second.zip")
			p := newProxy(t, database)
			tt.harm(p)
			s := serve(t, store{copyDir(t, base.dir), p.url})
			if took := s.ready(); took > 2*time.Second {
				t.Errorf("ready %v after it listened: want the local disk, not the database, to decide", took)
			} else {
				t.Log("ready after", took)
			}
			if got := e.of(s); got != "first.zip" && tt.name != "slow" {
				t.Errorf("%s is served, want what is on the disk", got)
			}
			for begun := time.Now(); time.Since(begun) < time.Second; time.Sleep(20 * time.Millisecond) {
				asked := time.Now()
				if a := s.get("/v1/drugs?limit=1"); a.status != http.StatusOK {
					t.Fatalf("a lookup: %d %s", a.status, a.body)
				}
				if took := time.Since(asked); took > 2*time.Second {
					t.Errorf("a lookup took %v", took)
				}
			}
			if tt.name != "slow" {
				if n := p.connections(); n > 60 {
					t.Errorf("%d connections were tried: want the database left alone", n)
				}
				tt.heal(p)
			}
			t.Log("follows after", s.serves(2, healing))
			if got := e.of(s); got != "second.zip" {
				t.Errorf("%s is served", got)
			}
		})
	}
}

// TestDatabaseGoesWhileServing takes the database away from a running replica
// in each way, and gives it back: no lookup notices, and what was published
// meanwhile is followed.
func TestDatabaseGoesWhileServing(t *testing.T) {
	e := expect(t, "first.zip", "second.zip")
	cluster, base := base(t)
	pass := func(p *proxy) { p.set(passes) }
	for _, tt := range []struct {
		name       string
		harm, heal func(p *proxy)
	}{
		{"absent", func(p *proxy) { p.set(refuses) }, pass},
		{"black hole", func(p *proxy) { p.set(hole) }, pass},
		{"30 s slow", func(p *proxy) { p.slow(30 * time.Second) }, func(p *proxy) { p.slow(0) }},
		{"reset in mid-answer", func(p *proxy) { p.set(cuts) }, pass},
	} {
		t.Run(tt.name, func(t *testing.T) {
			database := cluster.Database(t, name(base.database))
			p := newProxy(t, database)
			s := serve(t, store{copyDir(t, base.dir), p.url})
			s.ready()
			stop := watchAnswers(t, e, s, "first.zip", "second.zip")
			tt.harm(p)
			importFile(t, store{copyDir(t, base.dir), database}, "second.zip")
			if a, err := s.try(s.ops + "/readyz"); err != nil || a.status != http.StatusOK {
				t.Errorf("without the database not ready: %v %d %s", err, a.status, a.body)
			}
			if got := s.serial(); got != 1 {
				t.Errorf("release %d is served without the database", got)
			}
			eventually(t, "the metric says that the database is away", patience, func() bool { return s.mustMetric("fest_database_up") == 0 })
			tt.heal(p)
			t.Log("follows after", s.serves(2, healing))
			slowest := stop()
			if slowest > time.Second {
				t.Errorf("a lookup took %v", slowest)
			}
			t.Log("the slowest lookup took", slowest)
			if got := e.of(s); got != "second.zip" {
				t.Errorf("%s is served", got)
			}
		})
	}
}

// TestLostNotification swallows every notification on its way to a replica:
// polling finds what was published.
func TestLostNotification(t *testing.T) {
	cluster, base := base(t)
	database := cluster.Database(t, name(base.database))
	p := newProxy(t, database)
	var listens, lost atomic.Int64
	p.on(func(f frame) bool {
		if f.client && f.kind == 'Q' && f.says("LISTEN ") {
			listens.Add(1)
		}
		if !f.client && f.kind == 'A' { // NotificationResponse
			lost.Add(1)
			return false
		}
		return true
	})
	s := serve(t, store{copyDir(t, base.dir), p.url})
	s.ready()
	eventually(t, "the replica listens", patience, func() bool { return listens.Load() > 0 })
	importFile(t, store{copyDir(t, base.dir), database}, "second.zip")
	t.Log("follows after", s.serves(2, healing))
	if lost.Load() == 0 {
		t.Error("nothing was notified: the test shows nothing")
	}
}

var notFollowed = regexp.MustCompile(`level=ERROR .*not followed`)

// TestRestoredDatabase puts an older copy in the place of the database. A
// replica keeps what it has, also when it starts anew, and says so; nor does
// it follow what is then published in the older one under a serial that it
// knows.
func TestRestoredDatabase(t *testing.T) {
	e := expect(t, "first.zip", "second.zip", "third.zip")
	cluster, base := base(t)
	database := cluster.Database(t, name(base.database))
	backup := cluster.Database(t, name(base.database))
	own := store{copyDir(t, base.dir), database}
	s := serve(t, own)
	s.ready()
	importFile(t, store{copyDir(t, base.dir), database}, "second.zip")
	s.serves(2, patience)
	content := s.content()

	live, older := name(database), name(backup)
	for _, sql := range []string{
		fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS false", live),
		fmt.Sprintf("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '%s'", live),
		fmt.Sprintf("ALTER DATABASE %s RENAME TO %s_lost", live, live),
		fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", older, live),
	} {
		if err := cluster.Exec(t.Context(), "postgres", sql); err != nil {
			t.Fatal(err)
		}
	}
	keeps := func(s *server, when string) {
		t.Helper()
		s.says(notFollowed)
		if got := e.of(s); got != "second.zip" || s.serial() != 2 {
			t.Errorf("%s: release %d, %s is served, want what was known", when, s.serial(), got)
		}
		if a, err := s.try(s.ops + "/readyz"); err != nil || a.status != http.StatusOK {
			t.Errorf("%s: not ready: %v %d %s", when, err, a.status, a.body)
		}
		if s.mustMetric("fest_store_followed") != 0 {
			t.Errorf("%s: no metric says that the database is not followed", when)
		}
	}
	if s.mustMetric("fest_store_followed") != 1 {
		t.Error("before the restore the metric says that the database is not followed")
	}
	keeps(s, "restored")
	if code, out, said := run(t, append(append([]string{"import"}, own.args()...), extract(t, "third.zip"))...); code != 1 || !regexp.MustCompile("went back|another one").MatchString(out+said) {
		t.Errorf("an import beside the replica ended with %d, want 1 and why:\n%s%s", code, out, said)
	}
	s.kill()
	s = serve(t, own)
	s.ready()
	keeps(s, "started anew")
	// Another machine, which knows nothing, may publish there.
	importFile(t, store{filepath.Join(t.TempDir(), "other"), database}, "third.zip")
	s.kill()
	s = serve(t, own)
	s.ready()
	keeps(s, "published over")

	// A person decides: by the command line for a server that runs, …
	other := store{copyDir(t, own.dir), database}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("a-token-for-tests-only\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	beside := serve(t, other, "--admin-token-file", token)
	beside.ready()
	adopt := append(append([]string{"releases", "adopt"}, own.args()...), "--by", "Kari", "--reason", "restored on Sunday")
	must(t, adopt...)
	follows := func(s *server) {
		t.Helper()
		// Its serial is the one that was served before, of another content.
		t.Log("follows after", eventually(t, "the database is followed", patience, func() bool {
			return s.mustMetric("fest_store_followed") == 1 && s.content() != content
		}))
		if got := e.of(s); got != "third.zip" {
			t.Errorf("after the adoption %s is served", got)
		}
	}
	follows(s)
	if code, out, said := run(t, adopt...); code != 1 || !strings.Contains(out+said, "follows the database already") {
		t.Errorf("adopted once more: %d, want 1 and why\n%s%s", code, out, said)
	}
	// … and by the ops API of another node, which nobody asked yet.
	keeps(beside, "with another node that adopted")
	body := strings.NewReader(`{"by":"Ola","reason":"restored on Sunday"}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, beside.ops+"/admin/v1/adopt", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer a-token-for-tests-only")
	resp, err := beside.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(said), "instead of stream") {
		t.Errorf("adopting by the ops API: %s %s", resp.Status, said)
	}
	follows(beside)
	if audit := must(t, append([]string{"releases", "audit"}, own.args()...)...); !strings.Contains(audit, "Kari") || !strings.Contains(audit, "Ola") {
		t.Errorf("the audit log lacks an adoption:\n%s", audit)
	}
}
