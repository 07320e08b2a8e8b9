package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// minToken is how long a token is at least, in bytes.
const minToken = 16

// token is a secret in a file, read again when the file changes, so that it
// can be replaced without a restart.
type token struct {
	path string
	log  *slog.Logger

	mu    sync.Mutex
	value string
	read  time.Time // when the file was looked at
	seen  os.FileInfo
}

// newToken reads the file; no path is no token.
func newToken(path string, log *slog.Logger) (*token, error) {
	t := &token{path: path, log: log}
	if path == "" {
		return t, nil
	}
	if err := t.load(); err != nil {
		return nil, err
	}
	if mode := t.seen.Mode().Perm(); mode&0o077 != 0 {
		log.Warn("others can read the administration's token", "file", path, "mode", mode.String(), "want", "0600")
	}
	return t, nil
}

func (t *token) load() error {
	info, err := os.Stat(t.path)
	if err != nil {
		return fmt.Errorf("the administration's token: %w", err)
	}
	b, err := os.ReadFile(t.path)
	if err != nil {
		return fmt.Errorf("the administration's token: %w", err)
	}
	b = bytes.TrimSpace(b)
	if len(b) < minToken || bytes.ContainsAny(b, " \t\r\n") {
		return fmt.Errorf("the administration's token in %s: want one line of %d characters or more, without spaces (openssl rand -hex 32)", t.path, minToken)
	}
	t.value, t.seen = string(b), info
	return nil
}

// current is the token as it stands in the file; "" for none. A file that
// cannot be used any more leaves the one before.
func (t *token) current() string {
	if t.path == "" {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.read) < time.Second {
		return t.value
	}
	t.read = time.Now()
	if info, err := os.Stat(t.path); err != nil || info.ModTime().Equal(t.seen.ModTime()) && info.Size() == t.seen.Size() && os.SameFile(info, t.seen) {
		return t.value
	}
	if err := t.load(); err != nil {
		t.log.Error("the administration's token was not replaced", "error", err)
	}
	return t.value
}
