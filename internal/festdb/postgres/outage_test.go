package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festdb/storetest"
	"github.com/festd/festd/internal/pgtest"
)

// proxy stands between a store and the database, and can stop answering.
type proxy struct {
	url    string
	l      net.Listener
	mu     sync.Mutex
	silent bool
	down   bool
	conns  []net.Conn
	asked  int // connections that were made
	wg     sync.WaitGroup
}

func newProxy(t *testing.T, url string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &proxy{l: l}
	host, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	var socket string
	fields := strings.Fields(url)
	for i, f := range fields {
		switch k, v, _ := strings.Cut(f, "="); k {
		case "host":
			socket, fields[i] = filepath.Join(v, ".s.PGSQL.5432"), "host="+host
		case "port":
			fields[i] = "port=" + port
		}
	}
	p.url = strings.Join(fields, " ")
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.serve(c, socket) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.reset()
		p.wg.Wait()
	})
	return p
}

func (p *proxy) serve(c net.Conn, socket string) {
	p.mu.Lock()
	p.asked++
	p.conns = append(p.conns, c)
	down := p.down
	p.mu.Unlock()
	defer c.Close()
	if down {
		return
	}
	up, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, up)
	p.mu.Unlock()
	defer up.Close()
	p.wg.Go(func() { p.pump(up, c) })
	p.pump(c, up)
}

func (p *proxy) pump(to, from net.Conn) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		p.mu.Lock()
		silent := p.silent
		p.mu.Unlock()
		if silent {
			n = 0 // into the hole
		}
		if n > 0 {
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}

func (p *proxy) set(silent, down bool) {
	p.mu.Lock()
	p.silent, p.down = silent, down
	p.mu.Unlock()
	if !silent {
		p.reset()
	}
}

func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

func (p *proxy) connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// impatient options: deadlines that a test can wait for.
func impatient(url, dir string) postgres.Options {
	return postgres.Options{URL: url, Dir: dir, ConnectTimeout: 400 * time.Millisecond, QueryTimeout: 600 * time.Millisecond,
		RetryAfter: 200 * time.Millisecond, Poll: 300 * time.Millisecond}
}

// TestOutage: whatever the database does, what was known is answered soon, the
// local copy is read, imports are refused; and once it heals a release that was
// published meanwhile is seen.
func TestOutage(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]struct{ silent, down bool }{"black hole": {silent: true}, "refused": {down: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			p, dir := newProxy(t, url), t.TempDir()
			s := open(t, impatient(p.url, dir))
			direct := open(t, postgres.Options{URL: url})
			one := storetest.Publish(t, s, 50, 1, 0)
			ctx, cancel := context.WithCancel(t.Context())
			hint := s.Changed(ctx)
			defer func() {
				cancel()
				for range hint { // must end
				}
			}()
			p.set(harm.silent, harm.down)
			two := storetest.Publish(t, direct, 50, 2, one.Serial)
			start, asked := time.Now(), p.connections()
			for time.Since(start) < 2*time.Second {
				began := time.Now()
				if got := current(t, s); got.Serial != one.Serial {
					t.Fatalf("release %d is served, want %d", got.Serial, one.Serial)
				}
				if took := time.Since(began); took > 4*time.Second {
					t.Errorf("Current took %v", took)
				}
				time.Sleep(time.Millisecond)
			}
			if n := p.connections() - asked; n > 60 {
				t.Errorf("%d connections were tried in 2 s: want the database left alone", n)
			}
			readAll(t, s, one.Content.Digest)
			if st := s.Status(); st.Connected || !errors.Is(st.Err, festdb.ErrUnavailable) {
				t.Errorf("status %+v, want %v", st, festdb.ErrUnavailable)
			}
			list, err := s.Releases(t.Context())
			if err != nil || len(list) != 1 || !list[0].Recalled || !list[0].Kept {
				t.Errorf("releases %+v, %v; want the known one, recalled", list, err)
			}
			if _, err := s.Stage(t.Context()); !errors.Is(err, festdb.ErrUnavailable) {
				t.Errorf("an import: error %v, want %v", err, festdb.ErrUnavailable)
			}
			if _, err := s.Content(t.Context(), two.Content.Digest); !errors.Is(err, festdb.ErrNotKept) && !errors.Is(err, festdb.ErrUnavailable) {
				t.Errorf("a content that is not here: error %v", err)
			}
			// Started anew it knows as much.
			again := open(t, impatient(p.url, dir))
			if got := current(t, again); got.Serial != one.Serial || again.Stream() != one.Stream {
				t.Errorf("started without the database: release %d of stream %q", got.Serial, again.Stream())
			}
			readAll(t, again, one.Content.Digest)
			got, _, err := festdb.Newest(t.Context(), again, func(_ festdb.Record, c festdb.Content) error { return c.Close() })
			if err != nil || got.Serial != one.Serial {
				t.Errorf("newest: release %d, %v; want %d", got.Serial, err, one.Serial)
			}
			p.set(false, false)
			for healed := time.After(20 * time.Second); current(t, s).Serial != two.Serial; {
				select {
				case <-hint:
				case <-healed:
					t.Fatal("the release that was published meanwhile is never seen")
				}
			}
			readAll(t, s, two.Content.Digest)
			if st := s.Status(); !st.Connected || st.Err != nil {
				t.Errorf("status %+v after it healed", st)
			}
		})
	}
}

// TestNeverAnswers: the database is a listener that accepts and says nothing,
// and this node knows nothing yet.
func TestNeverAnswers(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	start := time.Now()
	s := open(t, impatient(fmt.Sprintf("host=%s port=%s user=x dbname=x password=secret", host, port), t.TempDir()))
	_, err = s.Current(t.Context())
	if !errors.Is(err, festdb.ErrUnavailable) || errors.Is(err, festdb.ErrNoRelease) || strings.Contains(fmt.Sprint(err), "secret") {
		t.Errorf("error %v, want %v, not as if nothing was published, and no password", err, festdb.ErrUnavailable)
	}
	if _, err := s.Releases(t.Context()); !errors.Is(err, festdb.ErrUnavailable) {
		t.Errorf("releases: error %v, want %v", err, festdb.ErrUnavailable)
	}
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
	if s.Stream() != "" {
		t.Errorf("stream %q of a database that was never reached", s.Stream())
	}
}

// TestHoleInAnImport: from a step on, a network swallows everything. The import
// ends by itself, soon after its statement should have, and says why; nothing
// is published, and when the network is well again the next import succeeds.
func TestHoleInAnImport(t *testing.T) {
	t.Parallel()
	for i, at := range []string{"stage list", "insert", "commit"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			one := storetest.Publish(t, open(t, postgres.Options{URL: url}), 50, 1, 0)
			p := newProxy(t, url)
			o := impatient(p.url, t.TempDir())
			o.ConnectTimeout, o.QueryTimeout = 2*time.Second, 2*time.Second // the machine may be busy
			o.ImportTimeout, o.LockTimeout = 2*time.Second, 2*time.Second
			var fell time.Time
			s := open(t, postgres.WithFault(o, func(step string) error {
				if step == at {
					fell = time.Now()
					p.set(true, false)
				}
				return nil
			}))
			_, err := storetest.TryPublish(t, s, 60, 2, current(t, s).Serial)
			if !errors.Is(err, festdb.ErrUnavailable) {
				t.Errorf("error %v, want %v", err, festdb.ErrUnavailable)
			}
			if took := time.Since(fell); fell.IsZero() || took > 40*time.Second {
				t.Errorf("the import ended %v after the network fell silent", took)
			} else {
				t.Log("ended after", took)
			}
			p.set(false, false)
			eventually(t, "the session of the import ends", func() bool {
				return query[int64](t, url, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'festd import' AND datname = current_database()")[0] == 0
			})
			wantWhole(t, url, uint64(10+i), one.Serial)
		})
	}
}

// TestHoleInAMigration: it ends by itself, too, and the next one does it.
func TestHoleInAMigration(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t, "", nil)
	p := newProxy(t, url)
	o := impatient(p.url, t.TempDir())
	o.ConnectTimeout, o.ImportTimeout = 2*time.Second, time.Second // the machine may be busy
	fell := time.Now()
	m, err := postgres.Migrate(t.Context(), postgres.WithFault(o, func(string) error { p.set(true, false); return nil }))
	if !errors.Is(err, festdb.ErrUnavailable) || m.To != 0 {
		t.Errorf("%+v, error %v, want %v", m, err, festdb.ErrUnavailable)
	}
	if took := time.Since(fell); took > 40*time.Second {
		t.Errorf("it ended after %v", took)
	}
	p.set(false, false)
	if m, err := postgres.Migrate(t.Context(), postgres.Options{URL: url}); err != nil || m.To != postgres.SchemaVersion() {
		t.Errorf("afterwards: %+v, %v", m, err)
	}
}

// TestHangs: the server is stopped, as by a machine without memory.
func TestHangs(t *testing.T) {
	t.Parallel()
	c := pgtest.Start(t)
	url := c.Database(t, "")
	must(t, migrated(t.Context(), url))
	s := open(t, impatient(url, t.TempDir()))
	one := storetest.Publish(t, s, 30, 1, 0)
	must(t, c.Signal(19)) // SIGSTOP
	start := time.Now()
	if got := current(t, s); got.Serial != one.Serial {
		t.Errorf("release %d", got.Serial)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("Current took %v", took)
	}
	must(t, c.Signal(18)) // SIGCONT
	eventually(t, "it answers again", func() bool { return s.Ping(t.Context()) == nil })
	storetest.Publish(t, s, 30, 2, one.Serial)
}

// TestNotificationLost: the listener's session is ended and, before it is
// back, a release is published: polling sees it.
func TestNotificationLost(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url, Poll: 500 * time.Millisecond, RetryAfter: time.Minute})
	other := open(t, postgres.Options{URL: url})
	ctx, cancel := context.WithCancel(t.Context())
	hint := s.Changed(ctx)
	defer func() {
		cancel()
		for range hint { // must end
		}
	}()
	listeners := "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'festd listen' AND datname = current_database()"
	eventually(t, "it listens", func() bool { return query[int64](t, url, listeners)[0] == 1 })
	do(t, url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'festd listen' AND datname = current_database()")
	eventually(t, "nobody listens", func() bool { return query[int64](t, url, listeners)[0] == 0 })
	one := storetest.Publish(t, other, 20, 1, 0)
	wantHint(t, s, hint, one.Serial)
}

// TestNotificationIsQuick: with polling an hour apart a publication is seen.
func TestNotificationIsQuick(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url, Poll: time.Hour})
	other := open(t, postgres.Options{URL: url})
	ctx, cancel := context.WithCancel(t.Context())
	hint := s.Changed(ctx)
	defer func() {
		cancel()
		for range hint { // must end
		}
	}()
	var last fest.Serial
	for seed := range uint64(2) {
		last = storetest.Publish(t, other, 20, seed, last).Serial
		wantHint(t, s, hint, last)
	}
}

func wantHint(t *testing.T, s *postgres.Store, hint <-chan struct{}, serial fest.Serial) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case <-hint:
			if current(t, s).Serial == serial {
				return
			}
		case <-deadline:
			t.Fatalf("no hint of release %d", serial)
		}
	}
}
