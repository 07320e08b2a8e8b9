package app

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/festtest"
)

// documented is what docs/METRICS.md says of a metric, but for its meaning.
type documented struct{ Type, Labels string }

// TestMetricsDoc: docs/METRICS.md has every metric of a running server with
// its type and labels, and no other.
func TestMetricsDoc(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(festtest.Root(), "docs", "METRICS.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]documented{}
	row := regexp.MustCompile("(?m)^\\| `(fest_[a-z_]+)` \\| ([a-z]+) \\| (\\S.*?) \\| \\S.* \\|$")
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		labels := strings.Trim(strings.ReplaceAll(m[3], "`", ""), "–")
		want[m[1]] = documented{m[2], labels}
	}

	a, err := New(Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if diff := cmp.Diff(want, registered(t, a.registry, want)); diff != "" {
		t.Errorf("docs/METRICS.md (-docs +program):\n%s", diff)
	}
}

// registered lists the metrics of a registry. The registry knows the type of
// those only that have a series; for the rest docs is believed.
func registered(t *testing.T, reg *prometheus.Registry, docs map[string]documented) map[string]documented {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for _, f := range families {
		types[f.GetName()] = strings.ToLower(f.GetType().String())
	}
	descs := make(chan *prometheus.Desc)
	go func() { defer close(descs); reg.Describe(descs) }()
	form := regexp.MustCompile(`fqName: "(fest_[a-z_]+)", .*variableLabels: \{([a-z_,]*)\}`)
	got := map[string]documented{}
	for d := range descs {
		m := form.FindStringSubmatch(d.String())
		if m == nil {
			continue // go_ and process_
		}
		typ, ok := types[m[1]]
		if !ok {
			typ = docs[m[1]].Type
		}
		got[m[1]] = documented{typ, strings.ReplaceAll(m[2], ",", ", ")}
	}
	return got
}
