package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/festd/festd/bench/internal/rig"
)

// server is a running festd.
type server struct {
	*process
	api, ops string // URLs
	client   *http.Client
}

// serving is how to start one.
type serving struct {
	data      string
	source    string
	cpu       int // <0 = not pinned
	accessLog bool
	env       []string
}

// serve starts a server and does not wait for it.
func (b *bench) serve(ctx context.Context, s serving) (*server, error) {
	api, err := rig.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	ops, err := rig.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	args := []string{b.binary, "serve", "--data-dir", s.data, "--listen", api, "--ops-listen", ops, "--sample", "off",
		"--quota", "1000000000", "--quota-burst", "60000"} // one client is all there is: it must be counted, and never be refused
	if s.source != "" {
		args = append(args, "--source", s.source)
	}
	if !s.accessLog {
		args = append(args, "--no-access-log")
	}
	p, err := b.start(ctx, command{name: "serve", args: args, cpu: s.cpu, env: s.env})
	if err != nil {
		return nil, err
	}
	return &server{
		process: p, api: "http://" + api, ops: "http://" + ops,
		client: &http.Client{
			Timeout:   time.Minute,
			Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16},
		},
	}, nil
}

// ready asks /readyz every millisecond and returns how long after its start
// the process first said yes.
func (s *server) ready(ctx context.Context, within time.Duration) (time.Duration, error) {
	return s.until(ctx, within, s.ops+"/readyz")
}

func (s *server) until(ctx context.Context, within time.Duration, url string) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("not ready within %s", within))
	defer cancel()
	last := "no answer"
	for ctx.Err() == nil && s.running() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return 0, err
		}
		resp, err := s.client.Do(req)
		if err == nil {
			took := time.Since(s.started)
			body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return took, nil
			}
			last = resp.Status + " " + string(body)
		}
		time.Sleep(time.Millisecond)
	}
	if !s.running() {
		return 0, s.wait()
	}
	return 0, fmt.Errorf("%w; last: %s\n%s", context.Cause(ctx), last, s.tail())
}

// end stops the server and forgets its connections.
func (s *server) end() error {
	s.client.CloseIdleConnections()
	return s.stop()
}

// answer is one response.
type answer struct {
	path   string
	header http.Header
	body   []byte
}

// get fetches a path of the public API; anything but 200 is an error.
func (s *server) get(ctx context.Context, path string) (answer, error) {
	return s.fetch(ctx, s.api+path, path)
}

func (s *server) fetch(ctx context.Context, url, path string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return answer{}, errors.Join(err, s.unlessRunning())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", path, err)
	}
	if resp.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("%s: %s: %.300s", path, resp.Status, body)
	}
	return answer{path, resp.Header, body}, nil
}

// unlessRunning explains a failed request by the end of the server.
func (s *server) unlessRunning() error {
	if s.running() {
		return nil
	}
	return s.wait()
}

// walk goes through all pages of a resource's list and gives the keys of the
// items.
func (s *server) walk(ctx context.Context, resource string, each func(id string) error) error {
	for next := "/v1/" + resource + "?limit=500"; next != ""; {
		a, err := s.get(ctx, next)
		if err != nil {
			return err
		}
		var page struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		if err := json.Unmarshal(a.body, &page); err != nil {
			return fmt.Errorf("%s: %w", next, err)
		}
		for _, it := range page.Items {
			if err := each(it.ID); err != nil {
				return err
			}
		}
		link := a.header.Get("Link")
		if link == "" {
			return nil
		}
		target, rest, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
		if !ok || !strings.Contains(rest, `rel="next"`) {
			return fmt.Errorf("%s: Link %q is not understood", next, link)
		}
		next = target
	}
	return nil
}

// metric is the value of a metric without labels; 0, false if it is not there.
func (s *server) metric(ctx context.Context, name string) (float64, bool) {
	a, err := s.fetch(ctx, s.ops+"/metrics", "/metrics")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(a.body)) {
		var v float64
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			if _, err := fmt.Sscan(rest, &v); err == nil {
				return v, true
			}
		}
	}
	return 0, false
}
