package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test binary be the bare handler, as the bench itself is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == bareCommand {
		os.Exit(runBare(os.Args[2:], os.Stderr))
	}
	os.Exit(m.Run())
}

// The harness works on the small sample: every row is there, and has a figure
// unless a tool is missing. How large the figures are is not asked.
func TestQuick(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "PERFORMANCE.md")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"--quick", "--dir", filepath.Join(dir, "bench"), "--out", out}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	table := stdout.String()
	for _, m := range measurements() {
		for _, r := range m.rows {
			if !strings.Contains(string(written), "| "+r.what+" |") {
				t.Errorf("the report has no row %q", r.what)
			}
			_, line, ok := strings.Cut(table, "\n"+r.what+"  ")
			line, _, _ = strings.Cut(line, "\n")
			switch {
			case !ok:
				t.Errorf("the table has no row %q", r.what)
			case strings.Contains(line, "not measured") && !strings.Contains(line, "is not installed") && !strings.Contains(line, "a quick run does not build it"):
				t.Errorf("%s: %s", r.what, line)
			}
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "bench", "run-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q %v", left, err)
	}
	if t.Failed() {
		t.Logf("%s\n%s", table, stderr.String())
	}
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"an argument", []string{"import"}, `argument "import": only flags are taken`},
		{"no such measurement", []string{"--only", "imprt"}, "there are import, ready, lookup, search, interactions, lookups, memory, postgres"},
		{"negative runs", []string{"--runs", "-1"}, "want at least 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stderr bytes.Buffer
			if code := run(t.Context(), tt.args, &stderr, &stderr); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			if !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("said %q, want %q in it", stderr.String(), tt.want)
			}
		})
	}
}

// What festd is compared with must send the same as festd did.
func TestBareHandlerSendsTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers")
	given := answer{"/v1/drugs/A", http.Header{"FEST-Release": {"3"}, "Etag": {`"x"`}, "Content-Type": {"application/json"}}, []byte(`{"id":"A"}`)}
	if err := writeAnswers(path, []answer{given}); err != nil {
		t.Fatal(err)
	}
	list, err := readAnswers(path)
	if err != nil {
		t.Fatal(err)
	}
	h := bareHandler(list)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, given.path, nil))
	if rec.Code != http.StatusOK || rec.Body.String() != string(given.body) {
		t.Errorf("%d %q", rec.Code, rec.Body)
	}
	for name, want := range map[string]string{"Etag": `"x"`, "Content-Type": "application/json", "Content-Length": "10"} {
		if got := rec.Header().Get(name); got != want {
			t.Errorf("%s %q, want %q", name, got, want)
		}
	}
	rec = httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/v1/drugs/B", nil))
	if rec.Code != http.StatusNotFound {
		t.Errorf("another id: %d, want 404", rec.Code)
	}
}
