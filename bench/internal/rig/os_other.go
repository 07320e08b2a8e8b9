//go:build !linux

package rig

import (
	"errors"
	"syscall"
)

func ChildAttributes(syscall.Signal) *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

func runAs(*syscall.SysProcAttr, uint32, uint32) {}

// CPUs are the processors that this process may run on.
func CPUs() []int { return nil }

// PinSelf keeps this process on one processor.
func PinSelf(int) error { return errors.New("needs Linux") }
