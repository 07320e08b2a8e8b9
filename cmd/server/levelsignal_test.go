//go:build unix

package main

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
)

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestLevelSignal: SIGUSR1 turns debug on and off again, in both forms of log.
func TestLevelSignal(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out lockedBuffer
		level := app.NewLogLevel(slog.LevelInfo)
		log := logFlags{Level: slog.LevelInfo, Format: format}.at(&out, level)
		stop := onLevelSignal(log, level)
		for _, want := range []slog.Level{slog.LevelDebug, slog.LevelInfo} {
			if err := syscall.Kill(syscall.Getpid(), syscall.SIGUSR1); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(30 * time.Second); level.Level() != want; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("the level is %v, want %v", level.Level(), want)
				}
			}
			log.Debug("quiet", "when", want)
		}
		stop()
		// Logged while the level was debug, and not after.
		if text := out.String(); strings.Count(text, "quiet") != 1 || strings.HasPrefix(text, "{") != (format == "json") {
			t.Errorf("%s: %s", format, text)
		}
	}
}
