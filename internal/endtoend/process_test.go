package endtoend_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come; only a fault lasts
// that long.
const patience = 60 * time.Second

// process is the program running.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // of Wait; valid after done

	mu     sync.Mutex
	stdout []byte
	log    []string // lines of standard error
	more   chan struct{}
}

// start starts the program in a process group of its own, which ends with the
// test whatever happens.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	return launch(t, exec.Command(program(t), args...))
}

func launch(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd, done: make(chan struct{}), more: make(chan struct{})}
	p.cmd.Env = append(environ(), cmd.Env...)
	p.cmd.Dir = t.TempDir() // nothing is written beside the sources
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var reading sync.WaitGroup
	reading.Go(func() {
		lines := bufio.NewScanner(stderr)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.said(lines.Text())
		}
	})
	reading.Go(func() {
		out, _ := io.ReadAll(stdout) // what was read is what there is of a killed one
		p.mu.Lock()
		p.stdout = out
		p.mu.Unlock()
	})
	go func() {
		reading.Wait()
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", strings.Join(cmd.Args[1:], " "), p.tail(40))
		}
	})
	return p
}

// environ is ours without festd's variables, and without the ways of others to
// a database.
func environ() []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "FEST") && !strings.HasPrefix(e, "PG") {
			env = append(env, e)
		}
	}
	return append(env, "TZ=UTC")
}

func (p *process) said(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, line)
	close(p.more)
	p.more = make(chan struct{})
}

func (p *process) tail(n int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log[max(0, len(p.log)-n):], "\n")
}

// says waits for a line of the log, from the first one on.
func (p *process) says(re *regexp.Regexp) []string {
	p.t.Helper()
	m, ok := p.saysWithin(re, patience)
	if !ok {
		p.t.Fatalf("the log never has %s", re)
	}
	return m
}

func (p *process) saysWithin(re *regexp.Regexp, within time.Duration) ([]string, bool) {
	deadline := time.After(within)
	for at := 0; ; {
		p.mu.Lock()
		lines, more := p.log[at:], p.more
		at = len(p.log)
		p.mu.Unlock()
		for _, l := range lines {
			if m := re.FindStringSubmatch(l); m != nil {
				return m, true
			}
		}
		select {
		case <-more:
		case <-deadline:
			return nil, false
		case <-p.done:
			if lines := p.lines(); at == len(lines) {
				return nil, false
			}
		}
	}
}

func (p *process) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log[:len(p.log):len(p.log)]
}

// signal sends to the whole group. One that ended has none.
func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := syscall.Kill(-p.cmd.Process.Pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		p.t.Errorf("signal %v: %v", s, err)
	}
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// kill ends it as the loss of its machine would.
func (p *process) kill() {
	if p.running() {
		p.signal(syscall.SIGKILL)
	}
	<-p.done
}

// wait waits for the end and returns the exit code; -1 is a signal's.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(2 * patience):
		p.t.Fatalf("%v does not end\n%s", p.cmd.Args, p.tail(20))
		return 0
	}
}

// output is what it printed, valid after its end.
func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.stdout)
}

// run runs a command to its end.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	p := start(t, args...)
	code = p.wait()
	return code, p.output(), p.tail(1000)
}

// must runs a command that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := run(t, args...)
	if code != 0 {
		t.Fatalf("server %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout
}

// eventually polls for what must come to be.
func eventually(t *testing.T, what string, within time.Duration, ok func() bool) time.Duration {
	t.Helper()
	begun := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for tick := time.NewTicker(2 * time.Millisecond); !ok(); {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within %v: %s", within, what)
		}
	}
	return time.Since(begun)
}
