package main

import (
	"errors"

	"github.com/festd/festd/internal/app"
)

// Exit codes of import (and check): DESIGN §5.
const (
	exitOK      = 0 // published, or nothing new
	exitError   = 1 // anything else
	exitRefused = 2 // not a usable FEST file
	exitHeld    = 3 // held by the gate
)

func exitCode(err error) int {
	var refused *app.RefusedError
	var held *app.HeldError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &refused):
		return exitRefused
	case errors.As(err, &held):
		return exitHeld
	default:
		return exitError
	}
}
