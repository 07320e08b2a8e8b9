package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/festd/festd/bench/internal/crowd"
	"github.com/festd/festd/bench/internal/rig"
)

// TestMain lets the test binary be the probe, as the command itself is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == crowd.ProbeCommand {
		os.Exit(crowd.RunProbe(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// The whole day with a tiny file and a few consumers: every scene is played,
// and the table is written. How long things took is not asked.
func TestSmallDay(t *testing.T) {
	c, err := rig.NewCluster(t.Context(), false)
	switch {
	case errors.Is(err, rig.ErrNoPostgres) && os.Getenv("CI") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	c.Close()
	page := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(page, []byte("<!-- incident: by make incident -->\n<!-- /incident -->\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-scale", "0.02", "-consumers", "30", "-rate", "50", "-calm", "200ms", "-readme", page}, &stdout, &stderr)
	// A busy machine may take longer than promised; nothing else may go wrong.
	for line := range strings.Lines(stdout.String()) {
		if strings.Contains(line, "BROKEN") && !strings.Contains(line, "took") && !strings.Contains(line, "p99") {
			t.Errorf("%s", line)
		}
	}
	if code != 0 && !strings.Contains(stderr.String(), "promises were broken") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	written, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| 6 June 2024 |", "the import named all 160 ingredients", "then 160 are missing", "all 30 after"} {
		if !strings.Contains(string(written), want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if t.Failed() {
		t.Logf("%s\n%s\n%s", stdout.String(), stderr.String(), written)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-consumers", "0"}, {"-rate", "0"}, {"more"}} {
		var stderr bytes.Buffer
		if code := run(t.Context(), args, &stderr, &stderr); code != 2 || stderr.Len() == 0 {
			t.Errorf("%v: exit code %d, said %q", args, code, stderr.String())
		}
	}
}
