package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/festd/festd/internal/festtest"
)

// TestRoomsThatAreAloneStartNoGoroutine holds the rooms that the Makefile tests
// without the race detector to the reason for that.
func TestRoomsThatAreAloneStartNoGoroutine(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(festtest.Root(), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(makefile), "\nALONE := ")
	line, _, _ := strings.Cut(rest, "\n")
	rooms := strings.Fields(line)
	if !ok || len(rooms) == 0 {
		t.Fatal("the Makefile names no rooms")
	}
	for _, room := range rooms {
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
