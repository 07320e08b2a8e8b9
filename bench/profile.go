package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// profile takes a CPU profile of a server for some seconds, where profiles
// were asked for, and calls load meanwhile.
func (b *bench) profile(ctx context.Context, name string, s *server, d time.Duration, load func() error) error {
	if b.profiles == "" {
		return nil
	}
	if err := os.MkdirAll(b.profiles, 0o755); err != nil {
		return err
	}
	taken := make(chan error, 1)
	go func() {
		url := fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", s.ops, max(1, int(d.Seconds())))
		a, err := s.fetch(ctx, url, "profile")
		if err == nil {
			err = os.WriteFile(filepath.Join(b.profiles, name+".pprof"), a.body, 0o644)
		}
		taken <- err
	}()
	err := load()
	if terr := <-taken; err == nil {
		err = terr
	}
	return err
}
