package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/festd/festd/internal/festtest"
)

// TestDocsNameRealCommands: what the pages for operators tell them to say at
// night the program understands. A command that is named without its flags is
// one that exists.
func TestDocsNameRealCommands(t *testing.T) {
	named := regexp.MustCompile("`/?server ([a-z][^`]*)`")
	word := regexp.MustCompile(`"[^"]*"|\S+`)
	filled := strings.NewReplacer("DIGEST", "0123456789abcdef", "SERIAL", "1", "DATE", "2027-01-01", "URL", "https://example.org/fest251.zip", "$QUICK/", "")
	seen := 0
	for _, page := range []string{"OPERATIONS.md", "RELEASES.md", "GATE.md", "DEPLOY.md", "SECURITY.md", "UPGRADING.md"} {
		text, err := os.ReadFile(filepath.Join(festtest.Root(), "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			var args []string
			for _, w := range word.FindAllString(filled.Replace(m[1]), -1) {
				args = append(args, strings.Trim(w, `"`))
			}
			if args[len(args)-1] == "…" || len(args) == 1 { // the rest is left out
				continue
			}
			seen++
			if err := understood(t, args); err != nil && (strings.Contains(m[1], "--by") || !regexp.MustCompile(`^(missing flags|expected )|: missing value`).MatchString(err.Error())) {
				t.Errorf("docs/%s: server %s: %v", page, m[1], err)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d commands", seen)
	}
	for _, wrong := range []string{"releases approve 0123 --because x", "releases undo", "releases freeze --until never"} {
		if err := understood(t, strings.Fields(wrong)); err == nil {
			t.Errorf("server %s is understood", wrong)
		}
	}
}

func understood(t *testing.T, args []string) error {
	t.Helper()
	var c cli
	k, err := newParser(&c, io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Parse(args)
	return err
}
