package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// mostExposed is how exposed the units may be at most, of 100, as systemd
// rates what a service can do that was broken into.
const mostExposed = "15"

// units lays the units out in a folder, with a program that is there in the
// place of /usr/bin/festd, and a drop-in beside each that it is meant for.
func units(t *testing.T) (dir string, names []string) {
	t.Helper()
	dir = t.TempDir()
	bin := program(t)
	put := func(from, to string) {
		text := strings.ReplaceAll(read(t, "deploy/systemd/"+from), "/usr/bin/festd", bin)
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, to)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"festd.service", "festd-import.service", "festd-import.timer"} {
		put(name, name)
		names = append(names, filepath.Join(dir, name))
	}
	for _, name := range []string{"database.conf", "admin.conf"} {
		put("festd.service.d/"+name, "festd.service.d/"+name)
	}
	put("festd.service.d/database.conf", "festd-import.service.d/database.conf")
	return dir, names
}

func TestSystemdUnits(t *testing.T) {
	analyze := tool(t, "systemd-analyze")
	dir, names := units(t)
	cmd := exec.CommandContext(t.Context(), analyze, append([]string{"verify", "--man=no"}, names...)...)
	cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":/usr/lib/systemd/system:/lib/systemd/system")
	// A mistyped setting is a warning, and the service runs without it.
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	for _, name := range []string{"festd.service", "festd-import.service"} {
		cmd := exec.CommandContext(t.Context(), analyze, "security", "--no-pager", "--offline=true", "--threshold="+mostExposed, filepath.Join(dir, name))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// unit are the settings of a unit's section [Service], each with its values.
func unit(t *testing.T, name string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	section := ""
	for line := range strings.Lines(read(t, "deploy/systemd/"+name)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = line
		} else if key, value, ok := strings.Cut(line, "="); ok && section == "[Service]" && !strings.HasPrefix(line, "#") {
			out[key] = append(out[key], value)
		}
	}
	return out
}

// TestSystemdServer ties the unit to the program: the folder, how long it may
// take to end, memory; and both units are confined alike.
func TestSystemdServer(t *testing.T) {
	server, importer := unit(t, "festd.service"), unit(t, "festd-import.service")
	env := strings.Join(server["Environment"], " ")
	for _, want := range []string{"FEST_SAMPLE=off", "FEST_DATA_DIR=%S/festd"} {
		if !strings.Contains(env, want) {
			t.Errorf("Environment has no %s: %s", want, env)
		}
	}
	var stops time.Duration
	for _, name := range []string{"FEST_DRAIN_GRACE", "FEST_DRAIN_TIMEOUT"} {
		d, err := time.ParseDuration(regexp.MustCompile(name + `=(\S+)`).FindStringSubmatch(env)[1])
		if err != nil {
			t.Fatal(err)
		}
		stops += d
	}
	if d, err := time.ParseDuration(server["TimeoutStopSec"][0]); err != nil || d <= stops {
		t.Errorf("TimeoutStopSec %v, %v: the program may take %v", d, err, stops)
	}
	// What the service is for differs; what it may do does not.
	own := []string{
		"Type", "ExecStart", "Environment", "EnvironmentFile", "KillSignal", "KillMode", "TimeoutStopSec", "TimeoutStartSec", "Restart", "RestartSec",
		"LimitNOFILE", "Nice",
	}
	for _, name := range own {
		delete(server, name)
		delete(importer, name)
	}
	if diff := cmp.Diff(server, importer); diff != "" || len(server) < 25 {
		t.Errorf("confinement (-festd.service +festd-import.service):\n%s", diff)
	}
}

// TestSystemdAccount: the file makes the account that the units name.
func TestSystemdAccount(t *testing.T) {
	sysusers := tool(t, "systemd-sysusers")
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := filepath.Abs("systemd/festd.sysusers")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), sysusers, "--root="+dir, file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "etc", "passwd"))
	if err != nil {
		t.Fatal(err)
	}
	name := unit(t, "festd.service")["User"][0]
	if !regexp.MustCompile(`(?m)^` + name + `:x:\d+:\d+:.*:/var/lib/festd:/usr/sbin/nologin$`).Match(b) {
		t.Errorf("no account %s:\n%s", name, b)
	}
}
