//go:build !linux

package main

import (
	"errors"
	"os"
	"time"
)

// The bench reads /proc: other systems can build it, not run it.

func forget(string) error               { return errors.New("needs Linux") }
func settle()                           {}
func diskRead(*os.ProcessState) float64 { return 0 }
func threadCPU() time.Duration          { return 0 }
func lock(string) (func() error, error) { return nil, errors.New("the bench needs Linux") }
