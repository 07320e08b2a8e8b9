package prometheus_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/festd/festd/internal/festtest"
)

// quick is a newcomer's terminal.
type quick struct {
	t     *testing.T
	dir   string
	port  int
	said  string // file with all that was printed
	shell io.Writer
	done  *bufio.Scanner // a line for each block that has ended
	count int
	small bool
}

// limit is how long all of it may take: as long as a newcomer has.
const limit = 10 * time.Minute

func prepare(t *testing.T) *quick {
	t.Helper()
	// Short, as the path of a socket has at most 107 bytes, and for others to
	// enter: PostgreSQL does not run as root.
	dir, err := os.MkdirTemp("/tmp", "festd-quick-") //nolint:usetesting // t.TempDir is too long
	if err != nil {
		t.Fatal(err)
	}
	q := &quick{t: t, dir: dir, said: filepath.Join(dir, "said.txt"), port: freePorts(t, 6)}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-s")
	t.Cleanup(func() {
		q.end()
		cancel()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	cmd.Dir = festtest.Root()
	cmd.Env = append(environ(), "QUICK="+dir, fmt.Sprint("PORT=", q.port))
	if os.Geteuid() == 0 {
		cmd.Env = append(cmd.Env, "PATH="+asNobody(t, dir)+":"+os.Getenv("PATH"))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := os.Create(q.said)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	marks, mark, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer mark.Close()
	cmd.ExtraFiles = []*os.File{mark}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	q.shell, q.done = stdin, bufio.NewScanner(marks)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // what ended it is told by the block that was not done
	}()
	go func() {
		<-ended
		_ = marks.SetReadDeadline(time.Now()) // what runs in the background holds the other end
	}()
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // with what it left in the background; it may have ended
		<-ended
		_ = marks.Close()
	})
	return q
}

// environ is ours without festd's variables, and without the ways of others to
// a database.
func environ() []string {
	return slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "FEST") || strings.HasPrefix(e, "PG") })
}

// asNobody is a folder with PostgreSQL's programs that refuse to run as root,
// run as nobody. Where a user runs the tests, nothing is in the place of
// anything.
func asNobody(t *testing.T, dir string) string {
	t.Helper()
	bin := filepath.Join(dir, "as-nobody")
	if err := errors.Join(os.Chmod(dir, 0o777), os.Mkdir(bin, 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "pg_ctl"} {
		path, err := exec.LookPath(name)
		if err != nil {
			all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
			if len(all) == 0 {
				t.Fatalf("no %s: %v", name, err)
			}
			path = all[len(all)-1]
		}
		script := fmt.Sprintf("#!/bin/sh\ncd /\nexec setpriv --reuid=nobody --regid=nogroup --clear-groups %s \"$@\"\n", path)
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

// freePorts is the first of n ports in a row that nobody listens on.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		first := 20000 + rand.IntN(8000) // below those that the system gives away
		free := true
		for port := first; port < first+n && free; port++ {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if free = err == nil; free {
				_ = l.Close()
			}
		}
		if free {
			return first
		}
	}
	t.Fatal("no free ports")
	return 0
}

// end ends what runs: each service has a file with its process.
func (q *quick) end() {
	if q.t.Failed() {
		said, _ := os.ReadFile(q.said)
		q.t.Logf("printed, the end of it:\n%s", said[max(0, len(said)-6000):])
	}
	files, _ := filepath.Glob(filepath.Join(q.dir, "*.pid"))
	for _, f := range append(files, filepath.Join(q.dir, "postgres", "postmaster.pid")) {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // it has ended, or never began
		}
		line, _, _ := strings.Cut(string(text), "\n")
		pid, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil || pid <= 1 || !q.owns(pid) {
			continue
		}
		_ = syscall.Kill(pid, syscall.SIGQUIT) // at once, PostgreSQL with its backends
		for range 50 {
			if syscall.Kill(pid, 0) != nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// owns says whether a process is one of this run: the file may be old.
func (q *quick) owns(pid int) bool {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.Contains(string(line), q.dir)
}

// run gives a block to the shell and waits for its end.
func (q *quick) run(title, block string) {
	q.t.Helper()
	q.count++
	if _, err := fmt.Fprintf(q.shell, "%s\necho %d >&3\n", block, q.count); err != nil {
		q.t.Fatalf("section %q: the shell has ended: %v", title, err)
	}
	if !q.done.Scan() || q.done.Text() != strconv.Itoa(q.count) {
		q.t.Fatalf("section %q: this failed, or did not end in time:\n%s", title, block)
	}
}

// until polls for what must come to be.
func (q *quick) until(what string, is func() bool) {
	q.t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			q.t.Fatalf("not within a minute: %s", what)
		}
	}
}
