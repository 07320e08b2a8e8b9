package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// root is the folder of the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// defaults are the program's, by variable, from docs/CONFIG.md, which a test of
// cmd/server holds to the program.
func defaults(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for line := range strings.Lines(string(read(t, "docs/CONFIG.md"))) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.HasPrefix(cells[2], " `FEST_") {
			continue
		}
		out[strings.Trim(cells[2], " `")] = strings.Trim(cells[3], " `–")
	}
	if out["FEST_LISTEN"] == "" {
		t.Fatal("docs/CONFIG.md has no default of FEST_LISTEN")
	}
	return out
}

// known fails for settings that the program does not have: it would pass them
// over.
func known(t *testing.T, where string, settings map[string]string) {
	t.Helper()
	all := defaults(t)
	for name := range settings {
		if _, ok := all[name]; !ok && strings.HasPrefix(name, "FEST_") {
			t.Errorf("%s: %s is not in docs/CONFIG.md", where, name)
		}
	}
}

// stops is how long the program may take to end with these settings.
func stops(t *testing.T, settings map[string]string) time.Duration {
	t.Helper()
	all := defaults(t)
	var sum time.Duration
	for _, name := range []string{"FEST_DRAIN_GRACE", "FEST_DRAIN_TIMEOUT"} {
		value, ok := settings[name]
		if !ok {
			value = all[name]
		}
		d, err := time.ParseDuration(value)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sum += d
	}
	return sum
}

// bounded fails where Go's runtime is not told of the memory limit, or too
// late: below nine tenths of it.
func bounded(t *testing.T, where, gomemlimit string, limit int64) {
	t.Helper()
	n, unit := int64(0), ""
	for i, r := range gomemlimit {
		if r < '0' || r > '9' {
			unit = gomemlimit[i:]
			break
		}
		n = n*10 + int64(r-'0')
	}
	if unit != "MiB" || n<<20 < limit/2 || n<<20 > limit/10*9 {
		t.Errorf("%s: GOMEMLIMIT %q with a limit of %d MiB: want MiB, half of it to nine tenths", where, gomemlimit, limit>>20)
	}
}
