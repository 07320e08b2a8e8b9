package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/festd/festd/bench/internal/rig"
)

// stopTimeout is how long a child may take to end after SIGTERM.
const stopTimeout = 10 * time.Second

// command is a process to start.
type command struct {
	name string // of its log
	args []string
	dir  string
	env  []string // besides the bench's own without FEST_…
	cpu  int      // pinned to this one; <0 = not pinned
	// stdout takes the output; nil = the log, where stderr always goes.
	stdout *bytes.Buffer
}

// process is a child. It ends with its context, with its parent, and with
// stop, whichever is first.
type process struct {
	name    string
	log     string
	cmd     *exec.Cmd
	started time.Time
	done    chan struct{} // closed when it has ended
	ended   time.Time     // valid after done
	err     error         // of Wait, valid after done
}

// start starts a process. Its log is in the run's folder.
func (b *bench) start(ctx context.Context, c command) (*process, error) {
	args := c.args
	if c.cpu >= 0 {
		taskset, err := tool("taskset")
		if err != nil {
			return nil, err
		}
		args = append([]string{taskset, "-c", strconv.Itoa(c.cpu)}, args...)
	}
	b.started++
	log, err := os.Create(filepath.Join(b.work, fmt.Sprintf("%03d-%s.log", b.started, c.name)))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = c.dir
	cmd.Env = append(append(rig.Environ(), b.env...), c.env...)
	cmd.Stdout, cmd.Stderr = log, log
	if c.stdout != nil {
		cmd.Stdout = c.stdout
	}
	cmd.SysProcAttr = rig.ChildAttributes(syscall.SIGKILL)
	cmd.WaitDelay = time.Second
	p := &process{name: c.name, log: log.Name(), cmd: cmd, started: time.Now(), done: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.name, err)
	}
	b.children = append(b.children, p)
	go func() {
		p.err = cmd.Wait()
		p.ended = time.Now()
		close(p.done)
	}()
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// running says whether it has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// wait waits for the end. An exit code other than 0 is an error that shows
// the end of the log.
func (p *process) wait() error {
	<-p.done
	if p.err != nil {
		return fmt.Errorf("%s: %w\n%s", p.name, p.err, p.tail())
	}
	return nil
}

// stop ends the process and waits for it. One that ended by itself before is
// an error: it should have been there.
func (p *process) stop() error {
	if !p.running() {
		return fmt.Errorf("%s ended by itself (%s)\n%s", p.name, p.cmd.ProcessState, p.tail())
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("%s did not end within %s of SIGTERM\n%s", p.name, stopTimeout, p.tail())
	}
	return nil
}

// tail is the end of the log.
func (p *process) tail() string {
	const most = 2 << 10
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(data[max(0, len(data)-most):]))
}

// usage is what a process that ended had taken.
type usage struct {
	wall, user, system time.Duration
	peak               float64 // greatest resident memory, bytes
}

func (u usage) cpu() time.Duration { return u.user + u.system }

// complete runs a command to its end. The peak is sampled from VmHWM, not
// taken from rusage, which begins with the memory of the parent.
func (b *bench) complete(ctx context.Context, c command) (usage, error) {
	p, err := b.start(ctx, c)
	if err != nil {
		return usage{}, err
	}
	u, err := p.complete(nil)
	return u, errors.Join(err, ctx.Err())
}

// complete waits for the end, calling tick every few milliseconds until then.
func (p *process) complete(tick func()) (usage, error) {
	var u usage
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for p.running() {
		select {
		case <-p.done:
		case <-ticker.C:
			if m, err := readStatus(p.pid()); err == nil {
				u.peak = max(u.peak, m.peak)
			}
			if tick != nil {
				tick()
			}
		}
	}
	if err := p.wait(); err != nil {
		return u, err
	}
	u.wall = p.ended.Sub(p.started)
	u.user, u.system = p.cmd.ProcessState.UserTime(), p.cmd.ProcessState.SystemTime()
	return u, nil
}

// killAll ends what is still running, at the end of everything.
func (b *bench) killAll() {
	for _, p := range b.children {
		if p.running() {
			_ = p.cmd.Process.Kill()
			<-p.done
		}
	}
}
