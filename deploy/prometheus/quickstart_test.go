package prometheus_test

import (
	"fmt"
	"maps"
	"math"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
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
	q.rulesFind()
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
