package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	superuser = "festd_test"
	port      = "5432" // of the socket's name only
	patience  = 60 * time.Second
)

// Cluster is a running PostgreSQL.
type Cluster struct {
	bin  string
	dir  string // data, socket and log
	as   *syscall.Credential
	proc *process
	made atomic.Int64 // databases
}

// process is a postmaster.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// Start makes a cluster for one test, which ends with it.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c, err := start(t.Context())
	if err != nil {
		unavailable(t, err)
	}
	t.Cleanup(func() {
		if err := c.close(); err != nil {
			t.Errorf("ending PostgreSQL: %v", err)
		}
	})
	return c
}

// unavailable fails under CI, or where PostgreSQL is there and does not work.
func unavailable(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") != "" || !errors.Is(err, errMissing) {
		t.Fatal(err)
	}
	t.Skip(err)
}

func start(ctx context.Context) (_ *Cluster, err error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	as, err := account()
	if err != nil {
		return nil, err
	}
	sweep()
	dir, err := makeDir(as)
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin, dir: dir, as: as}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if err := c.initialize(ctx); err != nil {
		return nil, err
	}
	return c, c.Restart(ctx)
}

// makeDir makes the directory of a cluster, which belongs to the account.
func makeDir(as *syscall.Credential) (dir string, err error) {
	if dir, err = os.MkdirTemp(tempRoot(), fmt.Sprintf("%s%d-", dirPrefix, os.Getpid())); err != nil {
		return "", err
	}
	if as != nil {
		err = os.Chown(dir, int(as.Uid), int(as.Gid))
	}
	if err == nil {
		err = os.Chmod(dir, 0o755) // the test may be another user
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return dir, err
}

func (c *Cluster) initialize(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, "initdb"), "--pgdata="+c.data(), "--username="+superuser,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	c.prepare(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// Standby makes a cluster that follows this one by streaming replication, for
// one test, and waits until it answers.
func (c *Cluster) Standby(t testing.TB) *Cluster {
	t.Helper()
	s, err := c.standby(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Errorf("ending the standby: %v", err)
		}
	})
	return s
}

func (c *Cluster) standby(ctx context.Context) (_ *Cluster, err error) {
	s := &Cluster{bin: c.bin, as: c.as}
	if s.dir, err = makeDir(c.as); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, "pg_basebackup"), "--pgdata="+s.data(), "--write-recovery-conf", "--wal-method=stream",
		"--checkpoint=fast", "--no-sync", "--host="+c.dir, "--port="+port, "--username="+superuser)
	s.prepare(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pg_basebackup: %w\n%s", err, out)
	}
	return s, s.Restart(ctx)
}

// Detach cuts a standby off from its primary: it gets nothing any more.
func (c *Cluster) Detach(ctx context.Context) error {
	for _, sql := range []string{"ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()"} {
		if err := c.Exec(ctx, "postgres", sql); err != nil {
			return err
		}
	}
	return c.Exec(ctx, "postgres", `DO $$ BEGIN
		WHILE EXISTS (SELECT FROM pg_stat_wal_receiver) LOOP PERFORM pg_sleep(0.02); PERFORM pg_stat_clear_snapshot(); END LOOP;
	END $$`)
}

// Promote makes a standby a primary.
func (c *Cluster) Promote(ctx context.Context) error {
	return c.Exec(ctx, "postgres", fmt.Sprintf("SELECT pg_promote(true, %d)", int(patience.Seconds())))
}

// prepare sets who runs the program and what it sees.
func (c *Cluster) prepare(cmd *exec.Cmd) {
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC", "PGDATA=")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as, Setpgid: true}
}

// Restart starts the server again after [Cluster.Kill], and waits until it
// answers.
func (c *Cluster) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		p, err := c.launch()
		if err != nil {
			return err
		}
		c.proc = p
		err = c.await(ctx, p)
		if err == nil || ctx.Err() != nil {
			return err
		}
		// The backends of one that was killed may not have ended yet.
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// launch starts the postmaster. The kernel ends it when this process dies:
// that is bound to the thread that started it, which therefore waits for it.
func (c *Cluster) launch() (*process, error) {
	logFile, err := os.OpenFile(c.logPath(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer logFile.Close()
	cmd := exec.CommandContext(context.Background(), filepath.Join(c.bin, "postgres"), "-D", c.data(), "-k", c.dir, "-p", port,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off",
		"-c", "max_connections=200", "-c", "shared_buffers=128MB", "-c", "max_wal_size=4GB", "-c", "jit=off",
		"-c", "autovacuum=off", "-c", "log_min_messages=warning")
	c.prepare(cmd)
	cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT // immediate shutdown, with all backends
	cmd.Stdout, cmd.Stderr = logFile, logFile
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		defer close(p.done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // it is told by signals how to end
		}
	}()
	return p, <-started
}

// await waits until the server answers, or has ended.
func (c *Cluster) await(ctx context.Context, p *process) error {
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.done:
			out, _ := os.ReadFile(c.logPath())
			return fmt.Errorf("postgres ended: %w\n%s", err, tail(out))
		case <-ctx.Done():
			out, _ := os.ReadFile(c.logPath())
			return fmt.Errorf("postgres does not answer: %w: %w\n%s", context.Cause(ctx), err, tail(out))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func tail(b []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-10):], []byte("\n"))
}

// Kill ends the server and its backends at once with SIGKILL, as the loss of
// its machine would.
func (c *Cluster) Kill() {
	children, _ := childrenOf(c.proc.cmd.Process.Pid) // who is missed ends when it notices
	_ = c.proc.cmd.Process.Kill()                     // it may have ended by itself
	for _, pid := range children {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	<-c.proc.done
}

// Signal sends a signal to the whole server: SIGSTOP makes it hang.
func (c *Cluster) Signal(sig syscall.Signal) error {
	children, err := childrenOf(c.proc.cmd.Process.Pid)
	if err != nil {
		return err
	}
	for _, pid := range append(children, c.proc.cmd.Process.Pid) {
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("signal %v to %d: %w", sig, pid, err)
		}
	}
	return nil
}

// childrenOf lists the backends: each is in a session of its own.
func childrenOf(parent int) ([]int, error) {
	names, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var list []int
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err == nil && len(fields) > 1 && string(fields[1]) == strconv.Itoa(parent) {
			list = append(list, pid)
		}
	}
	return list, nil
}

// Log is what the server wrote.
func (c *Cluster) Log() string {
	out, err := os.ReadFile(c.logPath())
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// URL is how to reach a database of the cluster as its superuser.
func (c *Cluster) URL(database string) string {
	return fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable", c.dir, port, superuser, database)
}

// Socket is the path of the socket that the server listens on.
func (c *Cluster) Socket() string { return filepath.Join(c.dir, ".s.PGSQL."+port) }

func (c *Cluster) data() string    { return filepath.Join(c.dir, "data") }
func (c *Cluster) logPath() string { return filepath.Join(c.dir, "log") }

// close ends the server and removes its directory.
func (c *Cluster) close() error {
	if c.proc != nil {
		_ = c.Signal(syscall.SIGCONT) // it may be stopped
		_ = c.proc.cmd.Process.Signal(syscall.SIGQUIT)
		select {
		case <-c.proc.done:
		case <-time.After(10 * time.Second):
			_ = c.proc.cmd.Process.Kill()
			<-c.proc.done
		}
	}
	var err error
	for range 50 { // the last backends may still be writing
		if err = os.RemoveAll(c.dir); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}
