package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const superuser = "bench"

// ErrNoPostgres means that PostgreSQL is not installed.
var ErrNoPostgres = errors.New("PostgreSQL is not installed (Debian: apt-get install postgresql)")

// Cluster is a PostgreSQL of our own.
type Cluster struct {
	bin, dir string
	uid, gid uint32 // 0 = as we are
	made     int
	told     bool // the log has the statements

	*Process
}

// NewCluster makes and starts one. With statements it writes every one, and who
// sent it, into its log, for [Cluster.Statements]. Error: [ErrNoPostgres].
func NewCluster(ctx context.Context, statements bool) (_ *Cluster, err error) {
	c := &Cluster{told: statements}
	if c.bin, err = postgresPrograms(); err != nil {
		return nil, err
	}
	// Not in a folder of the caller's, which another user may not enter.
	if c.dir, err = os.MkdirTemp("", "festd-pg-bench-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	if err := c.account(); err != nil {
		return nil, err
	}
	initdb := exec.CommandContext(ctx, c.Program("initdb"), "--pgdata="+c.data(), "--username="+superuser,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.Env, initdb.SysProcAttr = Environ(), ChildAttributes(syscall.SIGKILL)
	c.prepare(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return c, c.Start(ctx)
}

// Program is the path of one of PostgreSQL's.
func (c *Cluster) Program(name string) string { return filepath.Join(c.bin, name) }

func (c *Cluster) data() string    { return filepath.Join(c.dir, "data") }
func (c *Cluster) logPath() string { return filepath.Join(c.dir, "log") }

// account has root run the programs as somebody else, as they demand.
func (c *Cluster) account() error {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 != nil || err2 != nil {
			continue
		}
		c.uid, c.gid = uint32(uid), uint32(gid)
		return errors.Join(os.Chmod(c.dir, 0o755), os.Chown(c.dir, int(uid), int(gid)))
	}
	return errors.New("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")
}

func (c *Cluster) prepare(cmd *exec.Cmd) {
	cmd.Dir = c.dir
	if c.uid != 0 {
		runAs(cmd.SysProcAttr, c.uid, c.gid)
	}
}

// Start starts the server, at first or after [Cluster.Stop], and waits until
// it answers. It syncs, as it comes.
func (c *Cluster) Start(ctx context.Context) (err error) {
	args := []string{c.Program("postgres"), "-D", c.data(), "-k", c.dir, "-c", "listen_addresses="}
	if c.told {
		args = append(args, "-c", "log_statement=all", "-c", "log_line_prefix=[%a] ")
	}
	if c.Process, err = launch("postgres", c.logPath(), -1, args, func(cmd *exec.Cmd) {
		cmd.SysProcAttr = ChildAttributes(syscall.SIGQUIT) // immediate shutdown, with all backends
		c.prepare(cmd)
	}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("postgres does not answer within a minute"))
	defer cancel()
	for {
		if _, err = c.Query(ctx, c.url("postgres"), "SELECT 1"); err == nil {
			return nil
		}
		if !c.Running() || ctx.Err() != nil {
			return fmt.Errorf("%w: %w\n%s", context.Cause(ctx), err, c.Tail())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Database makes one and returns its URL.
func (c *Cluster) Database(ctx context.Context) (string, error) {
	c.made++
	name := fmt.Sprintf("bench%d", c.made)
	_, err := c.Query(ctx, c.url("postgres"), "CREATE DATABASE "+name)
	return c.url(name), err
}

func (c *Cluster) url(database string) string {
	return fmt.Sprintf("host=%s port=5432 user=%s dbname=%s sslmode=disable", c.dir, superuser, database)
}

// Query runs statements by psql, on a database of [Cluster.Database], and
// returns what the last one says.
func (c *Cluster) Query(ctx context.Context, url string, statements ...string) (string, error) {
	args := []string{"-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", url}
	for _, s := range statements {
		args = append(args, "-c", s)
	}
	var stderr strings.Builder
	cmd := exec.CommandContext(ctx, c.Program("psql"), args...)
	cmd.Env, cmd.Stderr = Environ(), &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("psql: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], nil
}

// Close ends the server and removes its folder.
func (c *Cluster) Close() {
	if c.Process != nil && c.Running() {
		_ = c.Stop(syscall.SIGINT) // killed if it does not end
	}
	_ = os.RemoveAll(c.dir) // in the folder for what may go
}

// Mark is a place in the log of statements.
type Mark int64

// Mark is where the log ends now.
func (c *Cluster) Mark() Mark {
	info, err := os.Stat(c.logPath())
	if err != nil {
		return 0
	}
	return Mark(info.Size())
}

// Statements are those that sessions of festd sent since a mark, by their
// text.
func (c *Cluster) Statements(since Mark) (map[string]int, error) {
	b, err := os.ReadFile(c.logPath())
	if err != nil {
		return nil, err
	}
	return statements(string(b[min(len(b), int(since)):])), nil
}

// statements reads a log. Statements of several lines are told by the first
// that is not blank.
func statements(log string) map[string]int {
	all := map[string]int{}
	open := false // the text of a statement begins on a line that follows
	for line := range strings.Lines(log) {
		if open && strings.HasPrefix(line, "\t") { // PostgreSQL's mark of a line that goes on
			if text := strings.Join(strings.Fields(line), " "); text != "" {
				all[text]++
				open = false
			}
			continue
		}
		open = false
		app, rest, ok := strings.Cut(line, "] LOG:  ")
		kind, text, isStatement := strings.Cut(rest, ":")
		if !ok || !isStatement || !strings.HasPrefix(app, "[festd") || kind != "statement" && !strings.HasPrefix(kind, "execute") {
			continue
		}
		if text = strings.Join(strings.Fields(text), " "); text == "" {
			open = true
			continue
		}
		all[text]++
	}
	return all
}

// postgresPrograms is the folder of the newest initdb and postgres: Debian
// keeps them off the PATH, a folder for each version.
func postgresPrograms() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Sort(dirs)
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(p))
		}
	}
	for _, dir := range slices.Backward(dirs) {
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", ErrNoPostgres
}
