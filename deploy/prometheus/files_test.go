package prometheus_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/festd/festd/internal/festtest"
)

const (
	rulesDir  = "deploy/prometheus/rules"
	testsDir  = "deploy/prometheus/tests"
	dashboard = "deploy/grafana/dashboards/festd.json"
)

// rule is a recording or an alerting rule.
type rule struct {
	Record      string            `yaml:"record"`
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// rules are all of them, from all files.
func rules(t *testing.T) (alerts, records map[string]rule) {
	t.Helper()
	alerts, records = map[string]rule{}, map[string]rule{}
	for _, path := range glob(t, rulesDir+"/*.yaml") {
		var file struct {
			Groups []struct {
				Name     string `yaml:"name"`
				Interval string `yaml:"interval"`
				Rules    []rule `yaml:"rules"`
			} `yaml:"groups"`
		}
		decode(t, path, &file)
		for _, g := range file.Groups {
			for _, r := range g.Rules {
				into, name := records, r.Record
				if r.Alert != "" {
					into, name = alerts, r.Alert
				}
				if _, twice := into[name]; twice {
					t.Errorf("%s stands twice", name)
				}
				into[name] = r
			}
		}
	}
	if len(alerts) == 0 || len(records) == 0 {
		t.Fatalf("%d alerts and %d recording rules", len(alerts), len(records))
	}
	return alerts, records
}

// query is one of the dashboard's, and where it stands.
type query struct{ panel, expr string }

// queries are those of all panels and annotations of the dashboard.
func queries(t *testing.T) []query {
	t.Helper()
	var board struct {
		Panels []struct {
			Title   string `json:"title"`
			Type    string `json:"type"`
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
		Annotations struct {
			List []struct {
				Name string `json:"name"`
				Expr string `json:"expr"`
			} `json:"list"`
		} `json:"annotations"`
	}
	if err := json.Unmarshal([]byte(read(t, dashboard)), &board); err != nil {
		t.Fatal(err)
	}
	var all []query
	for _, p := range board.Panels {
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %q asks nothing", p.Title)
		}
		for _, target := range p.Targets {
			all = append(all, query{p.Title, target.Expr})
		}
	}
	for _, a := range board.Annotations.List {
		all = append(all, query{a.Name, a.Expr})
	}
	if len(all) == 0 {
		t.Fatal("the dashboard asks nothing")
	}
	return all
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(festtest.Root(), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// glob lists files by names from the root.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(festtest.Root(), filepath.FromSlash(pattern)))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no files, %v", pattern, err)
	}
	return paths
}

// decode reads a YAML file and refuses keys that it does not know: a mistyped
// one would silently do nothing.
func decode(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// tool runs a program of Debian's; where it is missing the test is skipped,
// but not under CI.
func tool(ctx context.Context, t *testing.T, name string, args ...string) {
	t.Helper()
	needs(t, name)
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
}

// needs wants programs on the PATH, or where Debian keeps servers'.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		_, err := exec.LookPath(name)
		kept, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
		_, inSbin := os.Stat("/usr/sbin/" + name)
		switch {
		case err == nil || len(kept) > 0 || inSbin == nil:
		case os.Getenv("CI") != "":
			t.Fatal(err)
		default:
			t.Skipf("%s is missing (make tools)", name)
		}
	}
}
