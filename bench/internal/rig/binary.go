package rig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Build builds the server into a folder and returns the path of the binary.
func Build(ctx context.Context, dir string, progress io.Writer) (string, error) {
	binary := filepath.Join(dir, "server")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "github.com/festd/festd/cmd/server")
	cmd.Stderr = progress
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("building the server: %w", err)
	}
	return binary, nil
}

// Root is the folder of go.mod, from the working directory upwards.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("%s is not inside the module", dir)
		}
	}
}

// Run runs a command of the binary to its end. An exit code other than 0 is
// returned, not an error; stderr is in what was said.
func Run(ctx context.Context, binary string, args ...string) (code int, stdout []byte, said string, err error) {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = Environ()
	cmd.SysProcAttr = ChildAttributes(syscall.SIGKILL)
	stdout, err = cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), stdout, string(exit.Stderr), ctx.Err()
	}
	return 0, stdout, "", err
}
