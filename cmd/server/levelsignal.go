//go:build unix

package main

import (
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/festd/festd/internal/app"
)

// onLevelSignal changes between debug, for an hour, and the configured level
// at each SIGUSR1, until the function that it returns is called.
func onLevelSignal(log *slog.Logger, level *app.LogLevel) (stop func()) {
	got, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(got, syscall.SIGUSR1)
	go func() {
		defer close(done)
		for range got {
			log.Warn("log level set", "level", level.Toggle().String())
		}
	}()
	return func() { signal.Stop(got); close(got); <-done }
}
