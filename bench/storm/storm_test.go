package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/festd/festd/bench/internal/crowd"
)

// TestMain lets the test binary be the probe, as the command itself is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == crowd.ProbeCommand {
		os.Exit(crowd.RunProbe(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// The harness works on a tiny file with a few consumers: everything is played
// and told. Whether promises are kept is asked where nothing else runs.
func TestSmall(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("<!-- storm: by make storm -->\n<!-- /storm -->\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args := []string{"-scale", "0.01", "-consumers", "40", "-runs", "1", "-rate", "50", "-quiet", "1s", "-hold", "1s", "-keys", "500", "-limit", "20s", "-section", page}
	if code := run(t.Context(), args, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	for _, want := range []string{
		"restart, valves on: 40 of 40 consumers served", "restart, valves off: 40 of 40 consumers served",
		"kept    the restarted server loaded 1 releases", "recovery, class compute", "recovery, class bulk", "flood: one client",
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("nothing was said of %q", want)
		}
	}
	written, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(written), "| consumers served | 40 of 40 | 40 of 40 |") {
		t.Errorf("the page's section is %s, %v", written, err)
	}
	if t.Failed() {
		t.Logf("%s\n%s", stdout.String(), stderr.String())
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-mode", "calm"}, {"-valves", "half"}, {"-consumers", "0"}, {"-runs", "0"}, {"more"}, {"-hold", "1ms"}} {
		var stderr bytes.Buffer
		if code := run(t.Context(), args, &stderr, &stderr); code != 2 || stderr.Len() == 0 {
			t.Errorf("%v: exit code %d, said %q", args, code, stderr.String())
		}
	}
}
