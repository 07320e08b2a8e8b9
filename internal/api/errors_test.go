package api

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/festd/festd/internal/cache"
)

// sentinels are the names of all package-level errors of a folder.
func sentinels(t *testing.T, dir string) []string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), dir+"/"+file.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				v, ok := s.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for _, n := range v.Names {
					if strings.HasPrefix(n.Name, "err") || strings.HasPrefix(n.Name, "Err") {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

func TestEverySentinelHasAProblemType(t *testing.T) {
	var source strings.Builder
	b, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	source.Write(b)
	_, table, ok := strings.Cut(source.String(), "var problemTypes")
	if !ok {
		t.Fatal("no table")
	}
	names := sentinels(t, ".")
	if len(names) < 10 {
		t.Fatalf("found only %v", names)
	}
	for _, n := range names {
		if !strings.Contains(table, "{"+n+", ") {
			t.Errorf("%s has no row", n)
		}
	}
	if !slices.Contains(sentinels(t, "../cache"), "ErrUnknownFilter") {
		t.Error("cache.ErrUnknownFilter is gone; so should its row be")
	}
}

func TestProblemTypesAreWhole(t *testing.T) {
	slugs := map[string]int{}
	for _, p := range problemTypes {
		if p.err == nil || p.slug == "" || p.title == "" || http.StatusText(p.status) == "" {
			t.Errorf("%+v", p)
		}
		if s, ok := slugs[p.slug]; ok && s != p.status {
			t.Errorf("%s has two statuses", p.slug)
		}
		slugs[p.slug] = p.status
	}
}

func TestErrorsMeetTheirType(t *testing.T) {
	for _, test := range []struct {
		err  error
		want error
	}{
		{errNotFound, errNotFound},
		{fmt.Errorf("list: %w", cache.ErrUnknownFilter), cache.ErrUnknownFilter},
		{fmt.Errorf("wrapped: %w", fail(errNotFound, "x")), errNotFound},
		{internal(fmt.Errorf("%w", errNotFound)), errInternal}, // a cause does not decide
		{errors.New("anything else"), errInternal},
	} {
		if got := problemTypeOf(test.err).err; got != test.want { //nolint:errorlint // the very sentinel
			t.Errorf("%v is a %v", test.err, got)
		}
	}
}
