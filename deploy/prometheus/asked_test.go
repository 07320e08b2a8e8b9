package prometheus_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// get decodes the JSON that is at a port, counted from the first.
func (q *quick) get(offset int, path string, into any) http.Header {
	q.t.Helper()
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d%s", q.port+offset, path))
	if err != nil {
		q.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		q.t.Fatalf("%s at port %d: %v: %.300s", path, q.port+offset, err, body)
	}
	return resp.Header
}

// Ports, counted from the first.
const (
	balancer   = 0
	prometheus = 5
)

// vector asks Prometheus.
func (q *quick) vector(expr string) (values map[string]float64, err string) {
	q.t.Helper()
	client := http.Client{Timeout: 30 * time.Second}
	resp, fail := client.PostForm(fmt.Sprintf("http://127.0.0.1:%d/api/v1/query", q.port+prometheus), url.Values{"query": {expr}})
	if fail != nil {
		q.t.Fatal(fail)
	}
	defer resp.Body.Close()
	var answer struct {
		Status string `json:"status"`
		Error  string `json:"error"`
		Data   struct {
			Result []struct {
				Metric map[string]string `json:"metric"`
				Value  [2]any            `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	if fail := json.NewDecoder(resp.Body).Decode(&answer); fail != nil {
		q.t.Fatalf("%s: %v", expr, fail)
	}
	if answer.Status != "success" {
		return nil, answer.Error
	}
	values = map[string]float64{}
	for _, r := range answer.Data.Result {
		text, _ := r.Value[1].(string)
		v, _ := strconv.ParseFloat(text, 64)
		values[fmt.Sprint(r.Metric)] = v
	}
	return values, ""
}

// evaluated waits until all alerts are loaded and were evaluated after a time.
func (q *quick) evaluated(after time.Time) {
	q.t.Helper()
	want, _ := rules(q.t)
	var loaded struct {
		Data struct {
			Groups []struct {
				Rules []struct {
					Name      string    `json:"name"`
					Health    string    `json:"health"`
					LastError string    `json:"lastError"`
					At        time.Time `json:"lastEvaluation"`
				} `json:"rules"`
			} `json:"groups"`
		} `json:"data"`
	}
	q.until("all rules were evaluated", func() bool {
		q.get(prometheus, "/api/v1/rules?type=alert", &loaded)
		n := 0
		for _, g := range loaded.Data.Groups {
			for _, r := range g.Rules {
				if _, ok := want[r.Name]; ok && r.Health == "ok" && r.At.After(after) {
					n++
				} else if r.LastError != "" {
					q.t.Fatalf("%s: %s", r.Name, r.LastError)
				}
			}
		}
		return n == len(want)
	})
}

// dashboardFinds: each metric that the dashboard asks for had a series at some
// time, but for those that this run gives no reason to.
func (q *quick) dashboardFinds() {
	q.t.Helper()
	never := []string{
		"fest_release_findings",                     // a sound file has none
		"fest_held_next_validity_timestamp_seconds", // nothing urgent waits inside
	}
	metric := regexp.MustCompile(`(?:^|[^:a-z_])((?:fest|process|go)_[a-z_]+)\b`) // not job:…, which is recorded
	names := map[string]bool{}
	for _, asks := range queries(q.t) {
		for _, m := range metric.FindAllStringSubmatch(asks.expr, -1) {
			names[m[1]] = true
		}
	}
	for name := range names {
		if found, err := q.vector("last_over_time(" + name + "[30m])"); len(found) == 0 && !slices.Contains(never, name) {
			q.t.Errorf("the dashboard asks for %s, which no replica ever had %s", name, err)
		}
	}
}

// rulesFind: each selector of the rules, with its labels, had a series at some
// time, but for those that this run gives no reason to: one that asks for
// another class or bucket than there is would be silent for ever.
func (q *quick) rulesFind() {
	q.t.Helper()
	never := []string{
		`fest_http_requests_total{class="lookup", code=~"5.."}`,                  // nothing fails
		"fest_held_next_validity_timestamp_seconds",                              // nothing urgent waits inside
		"fest_tls_certificate_not_after_timestamp_seconds", "fest_reload_failed", // nobody has certificates, keys or tokens
	}
	selector := regexp.MustCompile(`(?:^|[^:a-z_])(fest_[a-z_]+(?:\{[^}]*\})?)`)
	asked := map[string]string{}
	alerts, records := rules(q.t)
	for _, all := range []map[string]rule{alerts, records} {
		for name, r := range all {
			for _, m := range selector.FindAllStringSubmatch(r.Expr, -1) {
				asked[m[1]] = name
			}
		}
	}
	for s, name := range asked {
		if found, err := q.vector("last_over_time(" + s + "[30m])"); len(found) == 0 && !slices.Contains(never, s) {
			q.t.Errorf("%s asks for %s, which no replica ever had %s", name, s, err)
		}
	}
}
