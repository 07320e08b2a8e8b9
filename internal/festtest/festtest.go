// Package festtest finds the real extracts of FEST for tests. They are not
// part of the project: FEST_TESTDATA names their folder (default
// ../shared/fest beside the checkout). It may import the standard library
// only, and only tests import it.
package festtest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// File returns the path of a real extract, given by its path below the
// folder, such as "mini/fest-mini-ns.xml.gz". Where the folder is missing the
// test fails under CI and is skipped elsewhere.
func File(t testing.TB, name string) string {
	t.Helper()
	p := filepath.Join(Dir(t), filepath.FromSlash(name))
	if _, err := os.Stat(p); err != nil {
		missing(t, p)
	}
	return p
}

// Dir returns the folder of the real extracts; see [File].
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("FEST_TESTDATA")
	if dir == "" {
		dir = filepath.Join(Root(), "..", "shared", "fest")
	}
	if _, err := os.Stat(dir); err != nil {
		missing(t, dir)
	}
	return dir
}

// Root is the root of the checkout.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

func missing(t testing.TB, path string) {
	t.Helper()
	const how = "set FEST_TESTDATA to the folder with the real extracts of FEST"
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: %s", path, how)
	}
	t.Skipf("%s is missing: %s", path, how)
}
