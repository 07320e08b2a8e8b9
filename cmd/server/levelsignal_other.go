//go:build !unix

package main

import (
	"log/slog"

	"github.com/festd/festd/internal/app"
)

// onLevelSignal does nothing where there is no SIGUSR1.
func onLevelSignal(*slog.Logger, *app.LogLevel) (stop func()) { return func() {} }
