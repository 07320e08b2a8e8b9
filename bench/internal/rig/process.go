package rig

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopTimeout is how long a child may take to end after it was told to.
const stopTimeout = 40 * time.Second

// Process is a child that runs until it is stopped or killed.
type Process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// launch starts a child that writes to the end of a log, on one processor if
// cpu is not negative: also where this process has itself kept to another one.
func launch(name, log string, cpu int, args []string, prepare func(*exec.Cmd)) (*Process, error) {
	if cpu >= 0 {
		taskset, err := exec.LookPath("taskset")
		if err != nil {
			return nil, fmt.Errorf("keeping %s on processor %d: %w", name, cpu, err)
		}
		args = append([]string{taskset, "-c", strconv.Itoa(cpu)}, args...)
	}
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cmd := exec.Command(args[0], args[1:]...) //nolint:noctx // ends with its parent, or when told
	cmd.Env = Environ()
	cmd.Stdout, cmd.Stderr = f, f
	cmd.SysProcAttr = ChildAttributes(syscall.SIGKILL)
	if prepare != nil {
		prepare(cmd)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	p := &Process{name: name, log: log, cmd: cmd, done: make(chan struct{})}
	go func() { // ends with the child
		_ = cmd.Wait() // it is told by signals how to end
		close(p.done)
	}()
	return p, nil
}

// Environ is our own environment without festd's variables and those of
// PostgreSQL's clients: what is set in somebody's shell must not be measured.
func Environ() []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "FEST") && !strings.HasPrefix(e, "PG") {
			env = append(env, e)
		}
	}
	return env
}

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Running says whether it has not ended yet.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Kill ends the process as the loss of its machine would.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// Stop tells the process to end by a signal, and waits until it has.
func (p *Process) Stop(sig syscall.Signal) error {
	if !p.Running() {
		return fmt.Errorf("%s ended by itself (%s)\n%s", p.name, p.cmd.ProcessState, p.Tail())
	}
	_ = p.cmd.Process.Signal(sig)
	select {
	case <-p.done:
		return nil
	case <-time.After(stopTimeout):
		p.Kill()
		return fmt.Errorf("%s did not end within %s\n%s", p.name, stopTimeout, p.Tail())
	}
}

// Tail is the end of what it wrote.
func (p *Process) Tail() string {
	const most = 4 << 10
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(data[max(0, len(data)-most):]))
}

// Anonymous is the process's anonymous memory in bytes; 0 where it cannot be
// read.
func (p *Process) Anonymous() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "RssAnon: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}
