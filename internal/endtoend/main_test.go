package endtoend_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/pgtest"
)

func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// built is the program and what is made once for all tests.
var built struct {
	once sync.Once
	dir  string
	err  error

	files sync.Map // name → *sync.Once-guarded file, see made
}

// shared is the folder of what is made once per run.
func shared(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "festd-endtoend-"); built.err != nil { //nolint:usetesting // it outlives the test that makes it
			return
		}
		cmd := exec.Command("go", "build", "-o", filepath.Join(built.dir, "server"), "./cmd/server")
		cmd.Dir = festtest.Root()
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

// program is the real program.
func program(t *testing.T) string {
	t.Helper()
	return filepath.Join(shared(t), "server")
}

// made is a file that is made by the first test that asks for it.
func made(t *testing.T, name string, write func(path string) error) string {
	t.Helper()
	path := filepath.Join(shared(t), name)
	once, _ := built.files.LoadOrStore(name, sync.OnceValue(func() error { return write(path) }))
	if err := once.(func() error)(); err != nil {
		t.Fatalf("making %s: %v", name, err)
	}
	return path
}
