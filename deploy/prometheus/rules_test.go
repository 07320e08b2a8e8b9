package prometheus_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/festd/festd/internal/festtest"
)

// The rules, the configuration, and the unit tests of the rules, by
// Prometheus' own tool.
func TestPromtool(t *testing.T) {
	tool(t.Context(), t, "promtool", append([]string{"check", "rules"}, glob(t, rulesDir+"/*.yaml")...)...)
	// Its syntax only: the file with the token is in the container.
	tool(t.Context(), t, "promtool", "check", "config", "--syntax-only", filepath.Join(festtest.Root(), "deploy", "prometheus", "prometheus.yml"))
	tool(t.Context(), t, "promtool", append([]string{"test", "rules"}, glob(t, testsDir+"/*.yaml")...)...)
}

// Whoever is told by an alert reads what happened, how much, and where the
// section of the runbook is: every alert has one, and every section an alert.
func TestAlertsHaveASectionInTheRunbook(t *testing.T) {
	_, sections, ok := strings.Cut(read(t, "docs/OPERATIONS.md"), "\n## Alerts\n")
	if !ok {
		t.Fatal("docs/OPERATIONS.md has no part for alerts")
	}
	sections, _, _ = strings.Cut(sections, "\n## ")
	text := map[string]string{}
	for _, s := range strings.Split("\n"+sections, "\n### ")[1:] {
		title, body, _ := strings.Cut(s, "\n")
		text[title] = body
	}
	alerts, _ := rules(t)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(alerts)), slices.Sorted(maps.Keys(text))); diff != "" {
		t.Errorf("alerts and sections (-alerts +sections):\n%s", diff)
	}
	for name, a := range alerts {
		for _, want := range []string{"**Means**", "**Look**", "**Do**"} {
			if !strings.Contains(text[name], want) {
				t.Errorf("the section %s has no %s", name, want)
			}
		}
		if want := "(" + a.Labels["severity"] + ")"; !strings.Contains(text[name], want) {
			t.Errorf("the section %s does not say %s", name, want)
		}
		link := "https://github.com/festd/festd/blob/main/docs/OPERATIONS.md#" + strings.ToLower(name)
		if got := a.Annotations["runbook_url"]; got != link {
			t.Errorf("%s: runbook_url %q, want %q", name, got, link)
		}
		if s := a.Labels["severity"]; s != "page" && s != "ticket" {
			t.Errorf("%s: severity %q", name, s)
		}
		if a.Annotations["summary"] == "" || a.Annotations["description"] == "" {
			t.Errorf("%s has no summary or no description", name)
		}
	}
}

// Every alert is seen firing and silent by a unit test.
func TestAlertsHaveUnitTests(t *testing.T) {
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, path := range glob(t, testsDir+"/*.yaml") {
		var file struct {
			Tests []struct {
				Checks []struct {
					Alert string           `yaml:"alertname"`
					Want  []map[string]any `yaml:"exp_alerts"`
				} `yaml:"alert_rule_test"`
			} `yaml:"tests"`
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(b, &file); err != nil {
			t.Fatal(err)
		}
		for _, test := range file.Tests {
			for _, c := range test.Checks {
				if len(c.Want) > 0 {
					fires[c.Alert] = true
				} else {
					silent[c.Alert] = true
				}
			}
		}
	}
	alerts, _ := rules(t)
	for name := range alerts {
		if !fires[name] || !silent[name] {
			t.Errorf("%s: seen firing %v, silent %v", name, fires[name], silent[name])
		}
	}
}

// What rules and dashboard ask for is there: metrics and their labels as
// docs/METRICS.md has them, which a test of internal/app holds to the program.
func TestMetricsAreThere(t *testing.T) {
	labels := map[string][]string{"up": nil, "ALERTS": {"alertname", "alertstate", "severity"}}
	row := regexp.MustCompile("(?m)^\\| `(fest_[a-z_]+)` \\| ([a-z]+) \\| (\\S.*?) \\|")
	for _, m := range row.FindAllStringSubmatch(read(t, "docs/METRICS.md"), -1) {
		of := strings.Split(strings.ReplaceAll(strings.Trim(m[3], "–"), "`", ""), ", ")
		if m[2] != "histogram" {
			labels[m[1]] = of
			continue
		}
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			labels[m[1]+suffix] = append([]string{"le"}, of...)
		}
	}
	// Of every process that is written in Go.
	for _, name := range []string{"process_start_time_seconds", "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds",
		"go_goroutines", "go_memstats_heap_inuse_bytes"} {
		labels[name] = nil
	}
	// Of those who run the import where a server does not: kube-state-metrics, and node_exporter with --collector.systemd.
	labels["kube_cronjob_status_last_successful_time"], labels["node_systemd_unit_state"] = []string{"namespace", "cronjob"}, []string{"name", "state"}
	alerts, records := rules(t)
	for name := range records {
		labels[name] = nil
	}
	var exprs []query
	for _, all := range []map[string]rule{alerts, records} {
		for name, r := range all {
			exprs = append(exprs, query{name, r.Expr})
		}
	}
	exprs = append(exprs, queries(t)...)
	selector := regexp.MustCompile(`\b((?:job:)?fest_[a-z_:0-9]+|(?:process|go|kube|node)_[a-z_]+|up|ALERTS)\b(\{[^}]*\})?`)
	matcher := regexp.MustCompile(`([a-z]+)\s*(?:=~|!~|!=|=)\s*"[^"]*"`)
	quoted := regexp.MustCompile(`\b(by|on) \([^)]*\)`) // names of labels
	for _, q := range exprs {
		found := selector.FindAllStringSubmatch(quoted.ReplaceAllString(q.expr, ""), -1)
		if len(found) == 0 {
			t.Errorf("%s asks for nothing: %s", q.panel, q.expr)
		}
		for _, m := range found {
			known, ok := labels[m[1]]
			if !ok {
				t.Errorf("%s asks for %s, which there is not", q.panel, m[1])
			}
			for _, l := range matcher.FindAllStringSubmatch(m[2], -1) {
				if l[1] != "job" && l[1] != "instance" && !slices.Contains(known, l[1]) {
					t.Errorf("%s asks for the label %s of %s, which has %v", q.panel, l[1], m[1], known)
				}
			}
		}
	}
}

// The dashboard's queries are PromQL: promtool reads them as rules.
func TestDashboardQueriesParse(t *testing.T) {
	type record struct {
		Record string `yaml:"record"`
		Expr   string `yaml:"expr"`
	}
	var all []record
	for _, q := range queries(t) {
		all = append(all, record{"dashboard:query", filled(q.expr)})
	}
	text, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "dashboard", "rules": all}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dashboard.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t.Context(), t, "promtool", "check", "rules", "--lint=none", file)
}

// filled is a query with what Grafana puts in the place of its variables.
func filled(expr string) string {
	return strings.NewReplacer("$__rate_interval", "1m", "$job", ".*", "$instance", ".*").Replace(expr)
}

// Grafana finds the data source that the dashboard begins with, and Prometheus
// in the compose file.
func TestProvisioning(t *testing.T) {
	var sources struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			Name      string `yaml:"name"`
			UID       string `yaml:"uid"`
			Type      string `yaml:"type"`
			Access    string `yaml:"access"`
			URL       string `yaml:"url"`
			IsDefault bool   `yaml:"isDefault"`
			Editable  bool   `yaml:"editable"`
		} `yaml:"datasources"`
	}
	decode(t, glob(t, "deploy/grafana/provisioning/datasources/*.yaml")[0], &sources)
	if len(sources.Datasources) != 1 || sources.Datasources[0].Type != "prometheus" || !strings.Contains(read(t, dashboard), `"value": "`+sources.Datasources[0].UID+`"`) {
		t.Errorf("the data source %+v is not what the dashboard begins with", sources.Datasources)
	}
	var providers struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name           string `yaml:"name"`
			Type           string `yaml:"type"`
			AllowUIUpdates bool   `yaml:"allowUiUpdates"`
			Options        struct {
				Path string `yaml:"path"`
			} `yaml:"options"`
		} `yaml:"providers"`
	}
	decode(t, glob(t, "deploy/grafana/provisioning/dashboards/*.yaml")[0], &providers)
	if len(providers.Providers) != 1 || providers.Providers[0].Type != "file" || providers.Providers[0].Options.Path == "" {
		t.Errorf("no folder of dashboards: %+v", providers)
	}
}

// The lines of the log that the runbook explains are lines of the program.
func TestRunbookLogLines(t *testing.T) {
	_, part, ok := strings.Cut(read(t, "docs/OPERATIONS.md"), "\n## Lines of the log\n")
	if !ok {
		t.Fatal("docs/OPERATIONS.md has no part for the log")
	}
	part, _, _ = strings.Cut(part, "\n## ")
	var source strings.Builder
	err := filepath.WalkDir(filepath.Join(festtest.Root(), "internal"), func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		source.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| ([A-Z]+) \\| `([^`]+)` \\|").FindAllStringSubmatch(part, -1)
	if len(rows) == 0 {
		t.Fatal("no lines")
	}
	for _, m := range rows {
		call := m[1][:1] + strings.ToLower(m[1][1:]) + `("` + m[2] + `"`
		if !strings.Contains(source.String(), call) {
			t.Errorf("nothing logs %s %q", m[1], m[2])
		}
	}
}
