package main

import (
	"bytes"
	"context"
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

// cluster is a PostgreSQL of the bench's own, as it comes: it syncs.
type cluster struct {
	b    *bench
	bin  string
	dir  string // data and socket
	as   []string
	proc *process
	made int
}

const clusterUser = "bench"

// newCluster makes and starts one. Error: *missingTool.
func (b *bench) newCluster(ctx context.Context) (_ *cluster, err error) {
	c := &cluster{b: b}
	if c.bin, err = postgresPrograms(); err != nil {
		return nil, err
	}
	// Not in the run's folder, which another user may not enter.
	if c.dir, err = os.MkdirTemp("", "festd-bench-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.remove()
		}
	}()
	if err := c.account(); err != nil {
		return nil, err
	}
	if _, err := b.complete(ctx, c.command("initdb", "initdb", "--pgdata="+c.data(), "--username="+clusterUser,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions")); err != nil {
		return nil, err
	}
	if c.proc, err = b.start(ctx, c.command("postgres", "postgres", "-D", c.data(), "-k", c.dir, "-c", "listen_addresses=")); err != nil {
		return nil, err
	}
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if _, err = c.query(ctx, "postgres", "SELECT 1"); err == nil {
			return c, nil
		}
		if !c.proc.running() || time.Since(begun) > time.Minute {
			return nil, fmt.Errorf("postgres does not answer: %w\n%s", err, c.proc.tail())
		}
	}
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

// account has root run the programs as somebody else, as they demand.
func (c *cluster) account() error {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 != nil || err2 != nil {
			continue
		}
		setpriv, err := tool("setpriv")
		if err != nil {
			return err
		}
		c.as = []string{setpriv, "--reuid=" + u.Uid, "--regid=" + u.Gid, "--clear-groups", "--pdeathsig=QUIT"}
		if err := os.Chmod(c.dir, 0o755); err != nil {
			return err
		}
		return os.Chown(c.dir, uid, gid)
	}
	return &missingTool{"a user named postgres or nobody", "postgresql"}
}

func (c *cluster) command(name, program string, args ...string) command {
	return command{name: name, args: append(append(slices.Clone(c.as), filepath.Join(c.bin, program)), args...), dir: c.dir, cpu: -1}
}

// database makes one and returns its name.
func (c *cluster) database(ctx context.Context) (string, error) {
	c.made++
	name := fmt.Sprintf("bench%d", c.made)
	_, err := c.query(ctx, "postgres", "CREATE DATABASE "+name)
	return name, err
}

// url is how festd reaches a database.
func (c *cluster) url(database string) string {
	return fmt.Sprintf("host=%s port=5432 user=%s dbname=%s sslmode=disable", c.dir, clusterUser, database)
}

// query runs statements by psql and returns what the last one says.
func (c *cluster) query(ctx context.Context, database string, statements ...string) (string, error) {
	psql, err := tool("psql")
	if err != nil {
		return "", err
	}
	args := []string{"-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", c.dir, "-U", clusterUser, "-d", database}
	for _, s := range statements {
		args = append(args, "-c", s)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, psql, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("psql: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], nil
}

// size is how many bytes a database takes once dead rows are gone.
func (c *cluster) size(ctx context.Context, database string) (float64, error) {
	text, err := c.query(ctx, database, "VACUUM", "CHECKPOINT", "SELECT pg_database_size(current_database())")
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}

// close ends the server and removes its directory.
func (c *cluster) close() {
	if c.proc.running() {
		_ = c.proc.cmd.Process.Signal(syscall.SIGINT) // fast shutdown
		select {
		case <-c.proc.done:
		case <-time.After(stopTimeout):
			_ = c.proc.cmd.Process.Kill()
			<-c.proc.done
		}
	}
	c.remove()
}

func (c *cluster) remove() {
	if c.proc != nil && c.proc.running() {
		_ = c.proc.cmd.Process.Kill()
		<-c.proc.done
	}
	_ = os.RemoveAll(c.dir) // in the folder for what may go
}

// postgresPrograms is the folder of initdb and postgres: Debian keeps them off
// the PATH, a folder for each version.
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
	return "", &missingTool{"PostgreSQL's server", "postgresql"}
}
