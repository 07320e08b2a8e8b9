package check_test

import (
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// project loads a file as `docker compose` does, with nothing set in the
// environment: schema, anchors, interpolation, references between its parts.
func project(t *testing.T, name string) *types.Project {
	t.Helper()
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  filepath.Join(root(t), "deploy"),
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(root(t), "deploy", name), Content: read(t, "deploy/"+name)}},
		Environment: types.Mapping{},
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

// settings are a service's variables.
func settings(s types.ServiceConfig) map[string]string {
	out := map[string]string{}
	for name, value := range s.Environment {
		if value != nil {
			out[name] = *value
		}
	}
	return out
}

func TestCompose(t *testing.T) {
	for _, name := range []string{"compose.yaml", "compose.single.yaml"} {
		t.Run(name, func(t *testing.T) {
			p := project(t, name)
			for _, s := range p.Services {
				hardened(t, s)
				known(t, s.Name, settings(s))
				if s.Build == nil {
					pinned(t, s)
				}
				if strings.HasPrefix(s.Name, "festd") {
					server(t, p, s)
				}
			}
		})
	}
}

// hardened holds of every container: what it does not need it does not have.
func hardened(t *testing.T, s types.ServiceConfig) {
	t.Helper()
	if !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
		t.Errorf("%s: root file system read only %v, capabilities dropped %v, options %v", s.Name, s.ReadOnly, s.CapDrop, s.SecurityOpt)
	}
	if s.Build == nil && s.User == "" {
		t.Errorf("%s: it runs as the image says: want a user by number", s.Name)
	}
	once := s.Restart == "no"
	if !once && s.Restart != "unless-stopped" {
		t.Errorf("%s: restart %q", s.Name, s.Restart)
	}
	if s.Deploy == nil || s.Deploy.Resources.Limits == nil || s.Deploy.Resources.Limits.MemoryBytes == 0 || s.Deploy.Resources.Limits.Pids == 0 {
		t.Errorf("%s: no limit of memory or processes", s.Name)
	}
	if s.Logging == nil || s.Logging.Options["max-size"] == "" {
		t.Errorf("%s: its log grows for ever", s.Name)
	}
	// Only the API is for others than this host.
	for _, port := range s.Ports {
		if port.HostIP != "127.0.0.1" && port.Target != 8080 {
			t.Errorf("%s: port %d is published beyond this host", s.Name, port.Target)
		}
	}
	// A password in the environment is a password in `docker inspect`.
	for name, value := range settings(s) {
		if regexp.MustCompile(`(?i)password|token|secret`).MatchString(name) && !strings.HasPrefix(value, "/run/secrets/") {
			t.Errorf("%s: %s: want a file of /run/secrets", s.Name, name)
		}
		if regexp.MustCompile(`://[^/@]*:[^/@]*@`).MatchString(value) {
			t.Errorf("%s: %s has a password in it", s.Name, name)
		}
	}
}

func pinned(t *testing.T, s types.ServiceConfig) {
	t.Helper()
	if !regexp.MustCompile(`:v?\d+\.\d+[\w.-]*$`).MatchString(s.Image) {
		t.Errorf("%s: image %s: want a version", s.Name, s.Image)
	}
}

// server holds of every festd that serves.
func server(t *testing.T, p *types.Project, s types.ServiceConfig) {
	t.Helper()
	set := settings(s)
	if set["FEST_SAMPLE"] != "off" {
		t.Errorf("%s: FEST_SAMPLE is not off: a lost volume would serve made-up data", s.Name)
	}
	if s.StopGracePeriod == nil || time.Duration(*s.StopGracePeriod) <= stops(t, set) {
		t.Errorf("%s: stop_grace_period %v: it may take %v to end", s.Name, s.StopGracePeriod, stops(t, set))
	}
	bounded(t, s.Name, set["GOMEMLIMIT"], int64(s.Deploy.Resources.Limits.MemoryBytes))
	if s.HealthCheck == nil || !cmp.Equal([]string(s.HealthCheck.Test), []string{"CMD", "/server", "healthcheck"}) {
		t.Errorf("%s: health check %+v", s.Name, s.HealthCheck)
	}
	data := slices.IndexFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target == "/data" })
	if data < 0 || s.Volumes[data].Type != "volume" {
		t.Errorf("%s: /data is not on a volume", s.Name)
		return
	}
	for _, other := range p.Services {
		for _, v := range other.Volumes {
			if other.Name != s.Name && v.Source == s.Volumes[data].Source {
				t.Errorf("%s and %s share a data directory", s.Name, other.Name)
			}
		}
	}
	if s.User != "" && s.User != "65532:65532" {
		t.Errorf("%s: user %s is not the image's", s.Name, s.User)
	}
}

// TestComposeAccounts: the owner of the schema is the migration's alone, and
// no server starts before it.
func TestComposeAccounts(t *testing.T) {
	p := project(t, "compose.yaml")
	holders := map[string][]string{}
	for _, s := range p.Services {
		for _, v := range s.Volumes {
			if strings.HasPrefix(v.Source, "secrets-") && s.Name != "secrets" {
				holders[v.Source] = append(holders[v.Source], s.Name)
				if !v.ReadOnly {
					t.Errorf("%s can write into %s", s.Name, v.Source)
				}
			}
		}
		url := settings(s)["FEST_DATABASE_URL"]
		switch {
		case s.Name == "migrate" && !strings.Contains(url, "festd_owner@"), strings.HasPrefix(s.Name, "festd-") && !strings.Contains(url, "festd_app@"):
			t.Errorf("%s: database %s", s.Name, url)
		case strings.HasPrefix(s.Name, "festd-") && s.DependsOn["migrate"].Condition != types.ServiceConditionCompletedSuccessfully:
			t.Errorf("%s does not wait for the migration", s.Name)
		}
	}
	for _, names := range holders {
		slices.Sort(names)
	}
	want := map[string][]string{
		"secrets-postgres": {"postgres"}, "secrets-owner": {"migrate"}, "secrets-app": {"festd-1", "festd-2", "festd-3"}, "secrets-prometheus": {"prometheus"}, "secrets-grafana": {"grafana"},
	}
	if diff := cmp.Diff(want, holders); diff != "" {
		t.Errorf("who holds which secrets (-want +got):\n%s", diff)
	}
}

// TestComposeBalancer: the balancer is the one proxy that is trusted, asks
// every replica, and notices in time that one leaves.
func TestComposeBalancer(t *testing.T) {
	p := project(t, "compose.yaml")
	address := p.Services["balancer"].Networks["front"].Ipv4Address
	pool := p.Networks["front"].Ipam.Config[0]
	if others, own := netip.MustParsePrefix(pool.IPRange), netip.MustParseAddr(address); others.Contains(own) || !netip.MustParsePrefix(pool.Subnet).Contains(own) {
		t.Errorf("the balancer's address %s may be given to another container, of %s", address, pool.IPRange)
	}
	config := string(read(t, "deploy/haproxy/haproxy.cfg"))
	inter := regexp.MustCompile(`inter (\S+) fall (\d)`).FindStringSubmatch(config)
	check := regexp.MustCompile(`timeout check (\S+)`).FindStringSubmatch(config)
	if inter == nil || check == nil {
		t.Fatal("haproxy.cfg does not say how often it checks")
	}
	notices := duration(t, inter[1])*time.Duration(inter[2][0]-'0') + duration(t, check[1])
	var replicas, behind []string
	for _, s := range p.Services {
		if !strings.HasPrefix(s.Name, "festd-") {
			continue
		}
		replicas = append(replicas, s.Name+":8080")
		set := settings(s)
		if set["FEST_TRUSTED_PROXIES"] != address {
			t.Errorf("%s trusts %s; the balancer is %s", s.Name, set["FEST_TRUSTED_PROXIES"], address)
		}
		// In its last second answers ask clients to close their connections.
		if grace := duration(t, set["FEST_DRAIN_GRACE"]); notices+time.Second > grace {
			t.Errorf("%s: the balancer notices after %v, the grace is %v", s.Name, notices, grace)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^    server (\S+) (\S+)`).FindAllStringSubmatch(config, -1) {
		behind = append(behind, m[2])
	}
	slices.Sort(replicas)
	if diff := cmp.Diff(replicas, behind); diff != "" || len(replicas) != 3 {
		t.Errorf("replicas (-compose +haproxy):\n%s", diff)
	}
	// The balancer waits longer than a replica lets a download wait.
	wait := duration(t, regexp.MustCompile(`timeout server (\S+)`).FindStringSubmatch(config)[1])
	if most := duration(t, defaults(t)["FEST_BULK_WAIT"]); wait <= most {
		t.Errorf("the balancer gives up after %v, a download may wait %v for its turn", wait, most)
	}
}

// TestQuickstartBalancer: so does nginx in docs/QUICKSTART.md, whose minute by
// default is as long as the longest wait.
func TestQuickstartBalancer(t *testing.T) {
	set := regexp.MustCompile(`proxy_read_timeout (\w+);`).FindSubmatch(read(t, "docs/QUICKSTART.md"))
	if set == nil {
		t.Fatal("nginx is told no proxy_read_timeout")
	}
	if most := duration(t, defaults(t)["FEST_BULK_WAIT"]); duration(t, string(set[1])) <= most {
		t.Errorf("nginx gives up after %s, a download may wait %v for its turn", set[1], most)
	}
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestComposePrometheus: every replica and the balancer are scraped where they
// are, and whatever is mounted into a container is there.
func TestComposePrometheus(t *testing.T) {
	p := project(t, "compose.yaml")
	var config struct {
		ScrapeConfigs []struct {
			JobName       string `json:"job_name"`
			Authorization struct {
				CredentialsFile string `json:"credentials_file"`
			} `json:"authorization"`
			StaticConfigs []struct {
				Targets []string `json:"targets"`
			} `json:"static_configs"`
		} `json:"scrape_configs"`
	}
	if err := yaml.Unmarshal(read(t, "deploy/prometheus/prometheus.yml"), &config); err != nil {
		t.Fatal(err)
	}
	var scraped, want []string
	for _, job := range config.ScrapeConfigs {
		if job.JobName == "festd" {
			if job.Authorization.CredentialsFile != "/run/secrets/ops-token" {
				t.Errorf("Prometheus shows %q", job.Authorization.CredentialsFile)
			}
			for _, s := range job.StaticConfigs {
				scraped = append(scraped, s.Targets...)
			}
		}
	}
	_, ops, _ := strings.Cut(defaults(t)["FEST_OPS_LISTEN"], ":")
	for name, s := range p.Services {
		if strings.HasPrefix(name, "festd-") {
			want = append(want, name+":"+ops)
		}
		for _, v := range s.Volumes {
			if rel, err := filepath.Rel(root(t), v.Source); v.Type == "bind" && err == nil && !strings.HasSuffix(rel, "import") {
				if matches, _ := filepath.Glob(v.Source); len(matches) != 1 {
					t.Errorf("%s: %s is mounted and is not there", name, rel)
				}
			}
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, scraped); diff != "" {
		t.Errorf("scraped (-replicas +prometheus.yml):\n%s", diff)
	}
}
