package deploy_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/pgtest"
)

// containers have secrets of their own.
var containers = []string{"postgres", "owner", "app", "prometheus", "grafana"}

// script runs a shell script of deploy/ with the variables.
func script(t *testing.T, name string, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", name)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// secrets makes the passwords of compose.yaml in a folder. Only root can give
// them away to the users of the containers; for others a chown that does
// nothing stands in.
func secrets(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range containers {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, name := range containers {
			_ = os.Chmod(filepath.Join(dir, name), 0o700) // to be removed
		}
	})
	makeSecrets(t, dir)
	return dir
}

func makeSecrets(t *testing.T, dir string) {
	t.Helper()
	path := os.Getenv("PATH")
	if os.Geteuid() != 0 {
		bin := t.TempDir()
		if err := os.WriteFile(filepath.Join(bin, "chown"), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		path = bin + ":" + path
		for _, name := range containers {
			if err := os.Chmod(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	script(t, "compose/secrets.sh", "FESTD_SECRETS="+dir, "PATH="+path)
}

func secret(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// TestSecrets: each password is long, of its own, and stays; the files of
// libpq follow those of the database when one is changed.
func TestSecrets(t *testing.T) {
	dir := secrets(t)
	seen := map[string]string{}
	for _, name := range []string{"postgres/superuser", "postgres/owner", "postgres/app", "app/admin-token", "app/ops-token", "grafana/admin-password"} {
		value := secret(t, dir, name)
		if !regexp.MustCompile(`^[0-9a-f]{48}$`).MatchString(value) || seen[value] != "" {
			t.Errorf("%s has %d characters, and is that of %q", name, len(value), seen[value])
		}
		seen[value] = name
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o400 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	file := filepath.Join(dir, "postgres", "app")
	if err := os.Chmod(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("changed\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	before := secret(t, dir, "app/admin-token")
	makeSecrets(t, dir)
	if got := secret(t, dir, "app/pgpass"); got != "postgres:5432:festd:festd_app:changed" {
		t.Errorf("pgpass %q", got)
	}
	if secret(t, dir, "prometheus/ops-token") != secret(t, dir, "app/ops-token") {
		t.Error("Prometheus shows another token than the servers want")
	}
	if secret(t, dir, "app/admin-token") != before {
		t.Error("the token was made anew")
	}
}

// database is a cluster that was set up as the container of compose.yaml does.
type database struct {
	cluster *pgtest.Cluster
	super   string // its administrator
}

func newDatabase(t *testing.T) *database {
	t.Helper()
	tool(t, "psql")
	d := &database{cluster: pgtest.Start(t)}
	dir := secrets(t)
	super := d.cluster.URL("postgres")
	d.super = regexp.MustCompile(`user=(\S+)`).FindStringSubmatch(super)[1]
	script(t, "postgres/init.sh", "FESTD_SECRETS="+filepath.Join(dir, "postgres"), "POSTGRES_USER="+d.super, "PGHOST="+socket(super))
	for _, name := range []string{"owner", "app"} {
		if strings.Contains(d.cluster.Log(), secret(t, dir, "postgres/"+name)) {
			t.Errorf("the log of the server has the password of %s", name)
		}
	}
	return d
}

func socket(url string) string { return regexp.MustCompile(`host=(\S+)`).FindStringSubmatch(url)[1] }

func (d *database) url(account string) string {
	return strings.Replace(d.cluster.URL("festd"), "user="+d.super, "user="+account, 1)
}

// command is the program with a folder of its own, on a database.
func command(t *testing.T, url string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), args...)
	cmd.Env = append(os.Environ(), "FEST_DATABASE_URL="+url, "FEST_DATA_DIR="+t.TempDir(), "FEST_SAMPLE=off")
	return cmd
}

func must(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v\n%s", cmd.Args[1:], err, out)
	}
}

// TestDatabase: the owner of the schema migrates; the account of servers
// imports and may change no schema. And what docs/DEPLOY.md says of a hot
// standby: a server that is told of both hosts serves on when the primary dies,
// and takes up what is imported once the standby was promoted, without a change
// or a restart.
func TestDatabase(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	first, second := filepath.Join(t.TempDir(), "first.zip"), filepath.Join(t.TempDir(), "second.zip")
	must(t, command(t, "", "sample", "--out", first))
	must(t, command(t, "", "sample", "--fortnights", "1", "--out", second))

	if out, err := command(t, d.url("festd_app"), "migrate").CombinedOutput(); err == nil {
		t.Errorf("the servers' account changes the schema: %s", out)
	}
	must(t, command(t, d.url("festd_owner"), "migrate"))
	must(t, command(t, d.url("festd_app"), "import", first))
	for _, sql := range []string{"CREATE TABLE fest.x ()", "CREATE TABLE public.x ()", "DROP TABLE fest.entry", "DELETE FROM fest.release", "CREATE SCHEMA x"} {
		psql := exec.CommandContext(t.Context(), "psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command="+sql, d.url("festd_app"))
		if out, err := psql.CombinedOutput(); err == nil || !regexp.MustCompile(`permission denied|must be owner`).Match(out) {
			t.Errorf("%s by the servers' account: %v %s", sql, err, out)
		}
	}

	standby := d.cluster.Standby(t)
	primary := socket(d.url("festd_app"))
	both := strings.Replace(d.url("festd_app"), "host="+primary, "host="+primary+","+socket(standby.URL("festd")), 1) + " target_session_attrs=read-write"
	cmd, listen := command(t, both, "serve", "--no-access-log"), free(t)
	cmd.Env = append(cmd.Env, "FEST_LISTEN="+listen, "FEST_OPS_LISTEN="+free(t))
	p := launch(t, cmd)
	eventually(t, p, "http://"+listen+"/healthz", http.StatusOK)
	d.cluster.Kill()
	if status, body := get("http://" + listen + "/v1/atc/N02BE01"); status != http.StatusOK {
		t.Errorf("without a primary: %d %s", status, body)
	}
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(t, command(t, both, "import", second, "--approve-by", "test", "--approve-reason", "the sample is small")) // for the gate
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		_, body := get("http://" + listen + "/v1/releases/current")
		if regexp.MustCompile(`"serial": ?2\b`).MatchString(body) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not follow the promoted standby: %s", body)
		}
	}
}
