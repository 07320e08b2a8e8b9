package pgtest_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/pgtest"
)

func TestMain(m *testing.M) {
	if os.Getenv("PGTEST_CHILD") != "" {
		_ = m.Run()
		return
	}
	os.Exit(pgtest.Main(m))
}

func query(t testing.TB, url, sql string) (s string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}

func TestDatabasesAreCopiesOfTheirOwn(t *testing.T) {
	made := 0
	setUp := func(ctx context.Context, url string) error {
		made++
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "CREATE TABLE t AS SELECT 'from the template'::text AS v")
		return errors.Join(err, conn.Close(ctx))
	}
	one, two := pgtest.Database(t, "copies", setUp), pgtest.Database(t, "copies", setUp)
	if made != 1 {
		t.Errorf("the template was made %d times", made)
	}
	query(t, one, "UPDATE t SET v = 'changed' RETURNING v")
	if got := query(t, two, "SELECT v FROM t"); got != "from the template" {
		t.Errorf("the other database has %q", got)
	}
}

func TestKillAndRestart(t *testing.T) {
	c := pgtest.Start(t)
	url := c.Database(t, "")
	query(t, url, "WITH x AS (SELECT 1) SELECT 'up'")
	if err := c.Exec(t.Context(), "test_1", "CREATE TABLE kept AS SELECT 'still here'::text AS v"); err != nil {
		t.Fatal(err)
	}
	c.Kill()
	if conn, err := pgx.Connect(t.Context(), url); err == nil {
		_ = conn.Close(t.Context())
		t.Fatal("the server answers after it was killed")
	}
	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := query(t, url, "SELECT v FROM kept"); got != "still here" {
		t.Errorf("after the restart: %q", got)
	}
}

// TestEndsWithTheTest kills a test binary that has a cluster: the server ends,
// and the next one removes its directory.
func TestEndsWithTheTest(t *testing.T) {
	if os.Getenv("PGTEST_CHILD") != "" {
		c := pgtest.Start(t)
		_, _ = os.Stdout.WriteString("socket " + c.Socket() + "\n")
		_ = os.Stdout.Sync()
		time.Sleep(time.Minute)
		return
	}
	pgtest.Shared(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEndsWithTheTest$")
	cmd.Env = append(os.Environ(), "PGTEST_CHILD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4096)
	var text string
	for !strings.Contains(text, "\n") {
		n, err := out.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b[:n])
	}
	line, _, _ := strings.Cut(text, "\n")
	socket := strings.TrimPrefix(line, "socket ")
	pid, err := os.ReadFile(filepath.Join(filepath.Dir(socket), "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	first, _, _ := strings.Cut(string(pid), "\n")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat("/proc/" + first); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the server lives on after its test was killed")
		}
	}
	pgtest.Start(t)
	if _, err := os.Stat(filepath.Dir(socket)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its directory is still there: %v", err)
	}
}
