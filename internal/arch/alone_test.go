package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/festd/festd/internal/festtest"
)

// TestRoomsThatAreAloneStartNoGoroutine holds the rooms that the Makefile tests
// without the race detector to the reason for that.
func TestRoomsThatAreAloneStartNoGoroutine(t *testing.T) {
	for _, room := range makeWords(t, "ALONE") {
		files, err := filepath.Glob(filepath.Join(festtest.Root(), room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no Go files: %v", room, err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, imp := range f.Imports {
				if strings.Contains(imp.Path.Value, "errgroup") {
					t.Errorf("%s imports %s", path, imp.Path.Value)
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if _, is := n.(*ast.GoStmt); is {
					t.Errorf("%s starts a goroutine", path)
				}
				if call, is := n.(*ast.CallExpr); is {
					if s, is := call.Fun.(*ast.SelectorExpr); is && s.Sel.Name == "Go" { // of a sync.WaitGroup
						t.Errorf("%s starts a goroutine", path)
					}
				}
				return true
			})
		}
	}
}

// TestAllTestsRun holds tests that the race detector leaves out to rooms that
// are tested without it, too.
func TestAllTestsRun(t *testing.T) {
	plain := append(makeWords(t, "ALONE"), makeWords(t, "DRIVEN")...)
	plain = append(plain, "internal/app") // by their names
	err := filepath.WalkDir(festtest.Root(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(b), "//go:build !race\n") {
			return err
		}
		room, err := filepath.Rel(festtest.Root(), filepath.Dir(path))
		if err == nil && !slices.Contains(plain, filepath.ToSlash(room)) {
			t.Errorf("no target runs %s: %s is tested with the race detector only", filepath.Base(path), room)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// makeWords are the words of a variable of the Makefile.
func makeWords(t *testing.T, name string) []string {
	t.Helper()
	makefile, err := os.ReadFile(filepath.Join(festtest.Root(), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(makefile), "\n"+name+" := ")
	line, _, _ := strings.Cut(rest, "\n")
	words := strings.Fields(line)
	if !ok || len(words) == 0 {
		t.Fatalf("the Makefile has no words in %s", name)
	}
	return words
}
