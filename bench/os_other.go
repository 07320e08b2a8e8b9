//go:build !linux

package main

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// The bench reads /proc: other systems can build it, not run it.

func childAttributes() *syscall.SysProcAttr { return nil }
func forget(string) error                   { return errors.New("needs Linux") }
func settle()                               {}
func diskRead(*os.ProcessState) float64     { return 0 }
func threadCPU() time.Duration              { return 0 }
func cpus() []int                           { return nil }
func lock(string) (func() error, error)     { return nil, errors.New("the bench needs Linux") }
