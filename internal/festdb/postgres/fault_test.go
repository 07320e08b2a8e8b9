package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festdb/storetest"
	"github.com/festd/festd/internal/pgtest"
)

// wantWhole checks with a new replica that the served release is complete, that
// the database holds nothing else than its releases, and that the next import
// succeeds untouched by hand.
func wantWhole(t *testing.T, url string, seed uint64, served ...fest.Serial) {
	t.Helper()
	s := open(t, postgres.Options{URL: url})
	cur := current(t, s)
	ok := false
	for _, serial := range served {
		ok = ok || cur.Serial == serial
	}
	if !ok {
		t.Errorf("release %d is served, want one of %v", cur.Serial, served)
	}
	readAll(t, s, cur.Content.Digest)
	next := storetest.Publish(t, s, 25, seed, cur.Serial)
	if got := query[int64](t, url, "SELECT count(*) FROM fest.content c WHERE NOT EXISTS (SELECT FROM fest.release r WHERE r.content = c.digest)"); got[0] != 0 {
		t.Errorf("%d contents of no release are left", got[0])
	}
	wantNoLooseEntries(t, url)
	other := open(t, postgres.Options{URL: url})
	if got := current(t, other); got.Serial != next.Serial {
		t.Errorf("after the next import release %d is served, want %d", got.Serial, next.Serial)
	}
	readAll(t, other, next.Content.Digest)
}

func wantNoLooseEntries(t *testing.T, url string) {
	t.Helper()
	loose := query[int64](t, url, "SELECT count(*) FROM fest.entry WHERE id NOT IN (SELECT o.entry FROM fest.content c, fest.entries_of(c.id) o)")
	if loose[0] != 0 {
		t.Errorf("%d entries of no content are left", loose[0])
	}
}

// importWith publishes after what is served, with a store whose steps do harm.
func importWith(t *testing.T, url string, seed uint64, harm func(step string) error) (fest.Release, error) {
	t.Helper()
	s := open(t, postgres.WithFault(postgres.Options{URL: url, LockTimeout: 5 * time.Second}, harm))
	cur := current(t, s)
	return storetest.TryPublish(t, s, 60, seed, cur.Serial)
}

// TestBackendTerminated ends the import's session at each step.
func TestBackendTerminated(t *testing.T) {
	t.Parallel()
	for i, at := range postgres.Steps() {
		t.Run(at, func(t *testing.T) {
			url := database(t)
			one := storetest.Publish(t, open(t, postgres.Options{URL: url}), 50, 1, 0)
			_, err := importWith(t, url, 2, func(step string) error {
				if step == at {
					return tryExec(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'festd import' AND datname = current_database()")
				}
				return nil
			})
			if err == nil {
				t.Error("the import did not notice")
			} else if !errors.Is(err, festdb.ErrUnavailable) {
				t.Errorf("error %v, want %v", err, festdb.ErrUnavailable)
			}
			wantWhole(t, url, uint64(10+i), one.Serial)
		})
	}
}

// TestSessionLostBetweenSealAndPublish: what was sealed is uploaded again.
func TestSessionLostBetweenSealAndPublish(t *testing.T) {
	t.Parallel()
	url := database(t)
	s, other := open(t, postgres.Options{URL: url}), open(t, postgres.Options{URL: url})
	g, c, src := storetest.Seal(t, s, 60, 1)
	defer func() { must(t, g.Discard()) }()
	do(t, url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'festd import' AND datname = current_database()")
	do(t, url, "DELETE FROM fest.content") // as a sweep may now
	do(t, url, "DELETE FROM fest.entry")
	r, err := g.Publish(context.Background(), c, src, 0)
	must(t, err)
	readAll(t, other, r.Content.Digest)
}

// TestServerKilled kills PostgreSQL with SIGKILL at each step of an import, and
// starts it again.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	c := pgtest.Start(t)
	url := c.Database(t, "")
	must(t, migrated(context.Background(), url))
	s := open(t, postgres.Options{URL: url})
	cur := storetest.Publish(t, s, 50, 1, 0)
	for i, at := range postgres.Steps() {
		_, err := importWith(t, url, uint64(2+i), func(step string) error {
			if step == at {
				c.Kill()
			}
			return nil
		})
		if !errors.Is(err, festdb.ErrUnavailable) {
			t.Errorf("%s: error %v, want %v", at, err, festdb.ErrUnavailable)
		}
		if got := current(t, s); got.Serial != cur.Serial { // from memory
			t.Errorf("%s: without the database release %d is served, want %d", at, got.Serial, cur.Serial)
		}
		readAll(t, s, cur.Content.Digest)
		must(t, c.Restart(t.Context()))
		wantWhole(t, url, uint64(20+i), cur.Serial)
		eventually(t, "the server follows again", func() bool {
			now := current(t, s)
			moved := now.Serial == cur.Serial+1
			if moved {
				cur = now
			}
			return moved
		})
		readAll(t, s, cur.Content.Digest) // so that it is here when the server is killed again
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// Importers that are killed are other processes: the test binary again.
const childVar, urlVar, dirVar, stepVar, seedVar = "FESTDB_PG_CHILD", "FESTDB_PG_URL", "FESTDB_PG_DIR", "FESTDB_PG_STEP", "FESTDB_PG_SEED"

func child(t *testing.T, role, url, dir, step string, seed int) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.Command(exe, "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childVar+"="+role, urlVar+"="+url, dirVar+"="+dir, stepVar+"="+step, seedVar+"="+strconv.Itoa(seed))
	return cmd
}

// TestChild is what children run. On its own it has nothing to do.
func TestChild(t *testing.T) {
	role := os.Getenv(childVar)
	if role == "" {
		return
	}
	seed, _ := strconv.ParseUint(os.Getenv(seedVar), 10, 64)
	at := os.Getenv(stepVar)
	s := open(t, postgres.WithFault(postgres.Options{URL: os.Getenv(urlVar), Dir: os.Getenv(dirVar), LockTimeout: time.Second}, func(step string) error {
		if step == at {
			sig := syscall.SIGKILL
			if role == "stops" {
				sig = syscall.SIGSTOP
			}
			_ = syscall.Kill(os.Getpid(), sig)
			time.Sleep(100 * time.Millisecond)
		}
		return nil
	}))
	cur := current(t, s)
	_, err := storetest.TryPublish(t, s, 60, seed, cur.Serial)
	fmt.Printf("published: %v\n", err)
}

// TestImporterKilled kills an importing process at each step.
func TestImporterKilled(t *testing.T) {
	t.Parallel()
	url, dir := database(t), t.TempDir()
	s := open(t, postgres.Options{URL: url, Dir: dir})
	cur := storetest.Publish(t, s, 50, 1, 0)
	for i, at := range postgres.Steps() {
		out, err := child(t, "killed", url, dir, at, 2+i).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("%s: the child ended by itself: %v\n%s", at, err, out)
		}
		eventually(t, "its session ends", func() bool {
			return query[int64](t, url, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'festd import' AND datname = current_database()")[0] == 0
		})
		wantWhole(t, url, uint64(20+i), cur.Serial)
		cur = current(t, s)
		readAll(t, s, cur.Content.Digest)
	}
}

// TestImporterStopped: one is stopped in the middle of its transaction. The
// server ends its session, another publishes, and resumed it is refused.
func TestImporterStopped(t *testing.T) {
	t.Parallel()
	for i, at := range []string{"insert", "inserted", "commit"} {
		t.Run(at, func(t *testing.T) {
			url, dir := database(t), t.TempDir()
			s := open(t, postgres.Options{URL: url})
			base := storetest.Publish(t, s, 50, 1, 0)
			cmd := child(t, "stops", url, dir, at, 2)
			out := &logs{}
			cmd.Stdout, cmd.Stderr = out, out
			must(t, cmd.Start())
			t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
			eventually(t, "it stops", func() bool { return stopped(cmd.Process.Pid) })
			newer := storetest.Publish(t, s, 40, uint64(30+i), base.Serial)
			must(t, cmd.Process.Signal(syscall.SIGCONT))
			_ = cmd.Wait()
			if got := current(t, s); got.Serial != newer.Serial || got.Content.Digest != newer.Content.Digest {
				t.Errorf("release %d is served, want %d\n%s", got.Serial, newer.Serial, out)
			}
			wantWhole(t, url, uint64(40+i), newer.Serial)
		})
	}
}

func stopped(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	for i := len(b) - 1; i > 0; i-- {
		if b[i] == ')' {
			return i+2 < len(b) && b[i+2] == 'T'
		}
	}
	return false
}
