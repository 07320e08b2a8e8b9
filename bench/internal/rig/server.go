package rig

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// Server is a festd at addresses that it keeps when it is started again.
type Server struct {
	binary   string
	store    Store
	API, Ops string // host:port
	log      string
	cpu      int
	args     []string
	client   *http.Client

	*Process // nil = not running
}

// Store is where the releases are: a data directory, and a database or "".
type Store struct{ Dir, Database string }

// Args are the flags that name the store.
func (s Store) Args() []string {
	args := []string{"--data-dir", s.Dir}
	if s.Database != "" {
		args = append(args, "--database-url", s.Database)
	}
	return args
}

// NewServer describes a server; [Server.Start] starts it. cpu is where it is
// pinned, <0 = nowhere; log is a file; args come after its own.
func NewServer(ctx context.Context, binary string, store Store, cpu int, log string, args ...string) (*Server, error) {
	s := &Server{binary: binary, store: store, cpu: cpu, log: log, args: args, client: &http.Client{Timeout: 10 * time.Second}}
	var err error
	if s.API, err = FreeAddress(ctx); err != nil {
		return nil, err
	}
	s.Ops, err = FreeAddress(ctx)
	return s, err
}

// FreeAddress is one on loopback that nobody listens on.
func FreeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Start starts the server and does not wait for it.
func (s *Server) Start() error {
	args := append([]string{s.binary, "serve", "--listen", s.API, "--ops-listen", s.Ops, "--sample", "off", "--no-access-log"}, s.store.Args()...)
	var err error
	s.Process, err = launch("server", s.log, s.cpu, append(args, s.args...), nil)
	return err
}

// End kills the server if it runs.
func (s *Server) End() {
	if s.Process != nil {
		s.Kill()
		s.Process = nil
	}
}

// Terminate ends the server as an operator does.
func (s *Server) Terminate() error {
	p := s.Process
	s.Process = nil
	return p.Stop(syscall.SIGTERM)
}

// Ready waits until the server says that it is.
func (s *Server) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, fmt.Errorf("the server is not ready after a minute"))
	defer cancel()
	for ctx.Err() == nil && s.Running() {
		if status, _, err := s.ask(ctx, "http://"+s.Ops+"/readyz"); err == nil && status == http.StatusOK {
			return nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return fmt.Errorf("not ready: %w\n%s", context.Cause(ctx), s.Tail())
}

func (s *Server) ask(ctx context.Context, url string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, b, err
}

// JSON decodes what the public API answers to a path. Anything but 200 is an
// error.
func (s *Server) JSON(ctx context.Context, path string, into any) error {
	status, body, err := s.ask(ctx, "http://"+s.API+path)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s: %d: %.300s", path, status, body)
	}
	return json.Unmarshal(body, into)
}

// Status is the status that a path of the public API answers with.
func (s *Server) Status(ctx context.Context, path string) (int, error) {
	status, _, err := s.ask(ctx, "http://"+s.API+path)
	return status, err
}

// Serial is the release that is served; 0 = none, or no answer.
func (s *Server) Serial(ctx context.Context) uint64 {
	var now struct {
		Serial uint64 `json:"serial"`
	}
	if s.JSON(ctx, "/v1/releases/current", &now) != nil {
		return 0
	}
	return now.Serial
}

// Serves waits until a release is served.
func (s *Server) Serves(ctx context.Context, want uint64) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, fmt.Errorf("release %d is not served within a minute", want))
	defer cancel()
	for s.Serial(ctx) != want {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w\n%s", context.Cause(ctx), s.Tail())
		case <-time.After(2 * time.Millisecond):
		}
	}
	return nil
}

// Metrics are the samples whose name has the prefix, by name with labels as
// they are printed.
func (s *Server) Metrics(ctx context.Context, prefix string) (map[string]float64, error) {
	status, body, err := s.ask(ctx, "http://"+s.Ops+"/metrics")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("/metrics: %d", status)
	}
	if err != nil {
		return nil, err
	}
	m := map[string]float64{}
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		i := strings.LastIndexByte(line, ' ')
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

// Metric is one sample; 0 where there is none.
func (s *Server) Metric(ctx context.Context, name string) (float64, error) {
	m, err := s.Metrics(ctx, name)
	return m[name], err
}
