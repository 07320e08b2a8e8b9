package prometheus_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/sample"
)

// TestQuickstart does what docs/QUICKSTART.md says, block by block, with the
// real PostgreSQL, nginx and Prometheus, and looks at what has come of it
// after each section. The files are of a thirtieth of the size, unless
// FESTD_QUICKSTART_FULL is set: then the page makes them itself.
func TestQuickstart(t *testing.T) {
	needs(t, "bash", "curl", "jq", "initdb", "nginx", "prometheus", "promtool", "setpriv")
	q := prepare(t)
	if os.Getenv("FESTD_QUICKSTART_FULL") == "" {
		q.smallFiles()
	}
	checks := map[string]func(){
		"3. Your FEST data":            q.published,
		"5. nginx in front of them":    q.served,
		"6. Prometheus and the alerts": q.watched,
		"7. The night of the incident": q.held,
		"8. Stop":                      q.stopped,
	}
	for _, s := range sections(t) {
		began := time.Now()
		for _, block := range s.blocks {
			q.run(s.title, block)
		}
		if check := checks[s.title]; check != nil {
			check()
			delete(checks, s.title)
		}
		if len(s.blocks) > 0 {
			t.Logf("%s: %.1f s", s.title, time.Since(began).Seconds())
		}
	}
	for title := range checks {
		t.Errorf("docs/QUICKSTART.md has no section %q", title)
	}
}

// section is a part of the page, with the blocks that are run.
type section struct {
	title  string
	blocks []string
}

// sections reads the page. Blocks marked bash are run; those marked sh need an
// administrator or the Internet, and are none but those.
func sections(t *testing.T) []section {
	t.Helper()
	fence := regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")
	outside := regexp.MustCompile(`^(sudo apt-get |git clone |cd festd|curl .* https://www\.dmp\.no/)`)
	var all []section
	for _, part := range strings.Split(read(t, "docs/QUICKSTART.md"), "\n## ")[1:] {
		s := section{}
		s.title, _, _ = strings.Cut(part, "\n")
		for _, m := range fence.FindAllStringSubmatch(part, -1) {
			switch m[1] {
			case "bash":
				s.blocks = append(s.blocks, m[2])
			case "sh":
				for line := range strings.Lines(m[2]) {
					if !outside.MatchString(line) {
						t.Errorf("section %q: %q is not run by this test, and could be", s.title, line)
					}
				}
			default:
				t.Errorf("section %q has a block marked %q", s.title, m[1])
			}
		}
		all = append(all, s)
	}
	return all
}

// quick is a newcomer's terminal.
type quick struct {
	t     *testing.T
	dir   string
	port  int
	said  string // file with all that was printed
	shell io.Writer
	done  *bufio.Scanner // a line for each block that has ended
	count int
	small bool
}

// limit is how long all of it may take: as long as a newcomer has.
const limit = 10 * time.Minute

func prepare(t *testing.T) *quick {
	t.Helper()
	// Short, as the path of a socket has at most 107 bytes, and for others to
	// enter: PostgreSQL does not run as root.
	dir, err := os.MkdirTemp("/tmp", "festd-quick-") //nolint:usetesting // t.TempDir is too long
	if err != nil {
		t.Fatal(err)
	}
	q := &quick{t: t, dir: dir, said: filepath.Join(dir, "said.txt"), port: freePorts(t, 6)}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-s")
	t.Cleanup(func() {
		q.end()
		cancel()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	cmd.Dir = festtest.Root()
	cmd.Env = append(environ(), "QUICK="+dir, fmt.Sprint("PORT=", q.port))
	if os.Geteuid() == 0 {
		cmd.Env = append(cmd.Env, "PATH="+asNobody(t, dir)+":"+os.Getenv("PATH"))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := os.Create(q.said)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	marks, mark, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer mark.Close()
	cmd.ExtraFiles = []*os.File{mark}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	q.shell, q.done = stdin, bufio.NewScanner(marks)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // what ended it is told by the block that was not done
	}()
	go func() {
		<-ended
		_ = marks.SetReadDeadline(time.Now()) // what runs in the background holds the other end
	}()
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // with what it left in the background; it may have ended
		<-ended
		_ = marks.Close()
	})
	return q
}

// environ is ours without festd's variables, and without the ways of others to
// a database.
func environ() []string {
	return slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "FEST") || strings.HasPrefix(e, "PG") })
}

// asNobody is a folder with PostgreSQL's programs that refuse to run as root,
// run as nobody. Where a user runs the tests, nothing is in the place of
// anything.
func asNobody(t *testing.T, dir string) string {
	t.Helper()
	bin := filepath.Join(dir, "as-nobody")
	if err := errors.Join(os.Chmod(dir, 0o777), os.Mkdir(bin, 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "pg_ctl"} {
		path, err := exec.LookPath(name)
		if err != nil {
			all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
			if len(all) == 0 {
				t.Fatalf("no %s: %v", name, err)
			}
			path = all[len(all)-1]
		}
		script := fmt.Sprintf("#!/bin/sh\ncd /\nexec setpriv --reuid=nobody --regid=nogroup --clear-groups %s \"$@\"\n", path)
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

// freePorts is the first of n ports in a row that nobody listens on.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		first := 20000 + rand.IntN(8000) // below those that the system gives away
		free := true
		for port := first; port < first+n && free; port++ {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if free = err == nil; free {
				_ = l.Close()
			}
		}
		if free {
			return first
		}
	}
	t.Fatal("no free ports")
	return 0
}

// end ends what runs: each service has a file with its process.
func (q *quick) end() {
	if q.t.Failed() {
		said, _ := os.ReadFile(q.said)
		q.t.Logf("printed, the end of it:\n%s", said[max(0, len(said)-6000):])
	}
	files, _ := filepath.Glob(filepath.Join(q.dir, "*.pid"))
	for _, f := range append(files, filepath.Join(q.dir, "postgres", "postmaster.pid")) {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // it has ended, or never began
		}
		line, _, _ := strings.Cut(string(text), "\n")
		pid, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil || pid <= 1 || !q.owns(pid) {
			continue
		}
		_ = syscall.Kill(pid, syscall.SIGQUIT) // at once, PostgreSQL with its backends
		for range 50 {
			if syscall.Kill(pid, 0) != nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// owns says whether a process is one of this run: the file may be old.
func (q *quick) owns(pid int) bool {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.Contains(string(line), q.dir)
}

// smallFiles takes the place of what the page would make: a sound file,
// and one that lost the same share of its ingredients.
func (q *quick) smallFiles() {
	q.t.Helper()
	q.small = true
	retrieved := time.Now().UTC().AddDate(0, 0, -20).Truncate(24 * time.Hour)
	first, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: .03, Retrieved: retrieved})
	if err != nil {
		q.t.Fatal(err)
	}
	next, err := first.Next(sample.Change{Reissue: .02})
	if err != nil {
		q.t.Fatal(err)
	}
	lost := int(math.Round(float64(first.Counts()[fest.ClassIngredient.String()]) * 8000 / 8639))
	for name, data := range map[string]*sample.Data{"fest251.zip": first, "bad.zip": next.Without(fest.ClassIngredient, lost)} {
		if err := data.WriteFile(filepath.Join(q.dir, name)); err != nil {
			q.t.Fatal(err)
		}
	}
}

// run gives a block to the shell and waits for its end.
func (q *quick) run(title, block string) {
	q.t.Helper()
	q.count++
	if _, err := fmt.Fprintf(q.shell, "%s\necho %d >&3\n", block, q.count); err != nil {
		q.t.Fatalf("section %q: the shell has ended: %v", title, err)
	}
	if !q.done.Scan() || q.done.Text() != strconv.Itoa(q.count) {
		q.t.Fatalf("section %q: this failed, or did not end in time:\n%s", title, block)
	}
}

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

// published: the release is served, and where the gate would have held it,
// which a small file has floors for, it is listed with who vouched for it.
func (q *quick) published() {
	q.t.Helper()
	said, err := os.ReadFile(q.said)
	if err != nil || !strings.Contains(string(said), "published: release 1,") {
		q.t.Errorf("no release was published, %v", err)
	}
	if q.small && !strings.Contains(string(said), "approval") {
		q.t.Error("what a person vouched for is not listed so")
	}
}

// served: both replicas answer through nginx, with the same release.
func (q *quick) served() {
	q.t.Helper()
	var first string
	for range 20 {
		var now struct {
			Serial uint64 `json:"serial"`
			Digest string `json:"digest"`
		}
		release := q.get(balancer, "/v1/releases/current", &now).Get("FEST-Release")
		if first == "" {
			first = release
		}
		if release != first || release != strconv.FormatUint(now.Serial, 10) || release != "1" {
			q.t.Errorf("nginx's replicas serve releases %s and %s, serial %d; want 1", first, release, now.Serial)
		}
	}
}

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

// watched: both targets are up, all alerts are loaded and evaluate, nginx gave
// work to both replicas, and the dashboard finds what it asks for.
func (q *quick) watched() {
	q.t.Helper()
	if up, err := q.vector(`up{job="festd"} == 1`); len(up) != 2 {
		q.t.Errorf("%d targets are up, want 2 %s", len(up), err)
	}
	if asked, err := q.vector(`sum by (instance) (fest_http_requests_total{route="/v1/releases/current", code="200"}) > 0`); len(asked) != 2 {
		q.t.Errorf("nginx asked %d replicas, want 2 %s", len(asked), err)
	}
	q.evaluated(time.Now())
	for _, asks := range queries(q.t) {
		if _, err := q.vector(filled(asks.expr)); err != "" {
			q.t.Errorf("dashboard, %s: %s: %s", asks.panel, asks.expr, err)
		}
	}
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

// held: the alert of a held file fires, and nobody is woken for anything but
// that the data are made up, as they are.
func (q *quick) held() {
	q.t.Helper()
	if said, err := os.ReadFile(filepath.Join(q.dir, "held.txt")); err != nil || !strings.Contains(string(said), "HELD") {
		q.t.Errorf("the import printed %.300s, %v; want that it is held", said, err)
	}
	var now struct {
		Serial uint64 `json:"serial"`
	}
	if q.get(balancer, "/v1/releases/current", &now); now.Serial != 1 {
		q.t.Errorf("release %d is served, want 1", now.Serial)
	}
	q.evaluated(time.Now())
	fired, err := q.vector(`ALERTS{alertname="FestCandidateHeld", alertstate="firing", severity="ticket"} or last_over_time(ALERTS{alertname="FestCandidateHeld", alertstate="firing", severity="ticket"}[5m])`)
	if len(fired) != 1 {
		q.t.Errorf("FestCandidateHeld did not fire: %v %s", fired, err)
	}
	woken, err := q.vector(`count by (alertname) (last_over_time(ALERTS{severity="page", alertstate="firing"}[10m]))`)
	if names := slices.Sorted(maps.Keys(woken)); !slices.Equal(names, []string{"map[alertname:FestSampleServed]"}) {
		q.t.Errorf("alerts that wake somebody: %v %s; want FestSampleServed alone", names, err)
	}
	q.until("the alert ends with the decision", func() bool {
		still, _ := q.vector(`ALERTS{alertname="FestCandidateHeld"}`)
		return len(still) == 0
	})
	q.dashboardFinds()
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

// stopped: nothing listens any more.
func (q *quick) stopped() {
	q.t.Helper()
	for port := q.port; port <= q.port+prometheus; port++ {
		q.until(fmt.Sprintf("port %d is free", port), func() bool {
			conn, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(port), time.Second)
			if err == nil {
				_ = conn.Close()
			}
			return err != nil
		})
	}
	if _, err := os.Stat(filepath.Join(q.dir, "postgres", "postmaster.pid")); err == nil {
		q.t.Error("PostgreSQL still runs")
	}
}

// until polls for what must come to be.
func (q *quick) until(what string, is func() bool) {
	q.t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			q.t.Fatalf("not within a minute: %s", what)
		}
	}
}
