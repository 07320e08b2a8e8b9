package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/festd/festd/internal/sample"
)

// server is the program under test, and how to start it again.
type server struct {
	binary, data, database string
	api, ops               string // host:port
	valves                 bool
	log                    string
	cmd                    *exec.Cmd
	client                 *http.Client
}

func lastCPU() int { return numCPU() - 1 }

func numCPU() int {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return 1
	}
	return set.Count()
}

// pin keeps a process on one processor, where there are two or more.
func pin(pid, cpu int) error {
	if numCPU() < 2 {
		return errors.New("there is one processor only")
	}
	var set unix.CPUSet
	set.Set(cpu)
	// Threads are pinned one by one.
	self := "self"
	if pid != 0 {
		self = fmt.Sprint(pid)
	}
	tasks, err := os.ReadDir("/proc/" + self + "/task")
	if err != nil {
		return err
	}
	for _, t := range tasks {
		var tid int
		if _, err := fmt.Sscan(t.Name(), &tid); err != nil {
			continue
		}
		if err := unix.SchedSetaffinity(tid, &set); err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	return nil
}

// prepare builds the binary, imports a release where there is none, and
// starts the server.
func prepare(ctx context.Context, c config, work string, progress io.Writer) (*server, error) {
	s := &server{
		binary: filepath.Join(work, "server"), data: c.data, database: c.database, valves: c.valves, log: filepath.Join(work, "log"),
		client: &http.Client{Timeout: 10 * time.Second},
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", s.binary, "github.com/festd/festd/cmd/server")
	build.Stderr = progress
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("building the server: %w", err)
	}
	if s.data == "" {
		s.data = filepath.Join(work, "data")
		file := filepath.Join(work, "fest251.zip")
		_, _ = fmt.Fprintln(progress, "storm: making and importing a release of full size")
		if err := sample.Full(1).WriteFile(file); err != nil {
			return nil, err
		}
		args := append([]string{"import", file, "--approve-by", "storm", "--approve-reason", "made up"}, s.store()...)
		if out, err := exec.CommandContext(ctx, s.binary, args...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("importing: %w\n%s", err, out)
		}
	}
	var err error
	if s.api, err = free(ctx); err != nil {
		return nil, err
	}
	if s.ops, err = free(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *server) store() []string {
	args := []string{"--data-dir", s.data}
	if s.database != "" {
		args = append(args, "--database-url", s.database)
	}
	return args
}

func free(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// start starts the server on a processor of its own; it does not wait.
func (s *server) start() error {
	args := append([]string{"serve", "--listen", s.api, "--ops-listen", s.ops, "--sample", "off", "--no-access-log"}, s.store()...)
	if !s.valves {
		args = append(args, "--valves", "off")
	}
	if lastCPU() > 0 {
		args = append([]string{"-c", "0", s.binary}, args...)
		s.cmd = exec.Command("taskset", args...) //nolint:noctx // it is stopped by hand
	} else {
		s.cmd = exec.Command(s.binary, args...) //nolint:noctx // it is stopped by hand
	}
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return s.cmd.Start()
}

func (s *server) kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait() // it was killed
		s.cmd = nil
	}
}

// ready waits until the server says so.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		if status, _, err := s.ask(ctx, "/readyz"); err == nil && status == http.StatusOK {
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	log, _ := os.ReadFile(s.log) // shown as far as it is there
	return fmt.Errorf("the server is not ready after a minute:\n%s", log[max(0, len(log)-4096):])
}

func (s *server) ask(ctx context.Context, path string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.ops+path, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// metrics are the samples whose name has the prefix, by name with labels.
func (s *server) metrics(ctx context.Context, prefix string) (map[string]float64, error) {
	_, body, err := s.ask(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	m := map[string]float64{}
	for line := range strings.Lines(body) {
		i := strings.LastIndexByte(strings.TrimSpace(line), ' ')
		if !strings.HasPrefix(line, prefix) || i < 0 {
			continue
		}
		var v float64
		if _, err := fmt.Sscan(line[i+1:], &v); err == nil {
			m[line[:i]] = v
		}
	}
	return m, nil
}

// anonymous is the server's anonymous memory in bytes.
func (s *server) anonymous() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
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
