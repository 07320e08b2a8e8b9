package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// healthcheckCmd lets a container without a shell check itself.
type healthcheckCmd struct {
	Listen  string        `help:"Address of the server's public listener." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Timeout time.Duration `help:"How long to wait for the answer." default:"3s"`
}

func (c *healthcheckCmd) Run(env *environment) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %q: want host:port, such as 127.0.0.1:8080", c.Listen)
	}
	// A server on all addresses is asked on loopback.
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(env.ctx, c.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("not healthy: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	if err != nil {
		return fmt.Errorf("not healthy: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not healthy: %s: %s", resp.Status, body)
	}
	_, err = fmt.Fprintln(env.stdout, "healthy")
	return err
}
