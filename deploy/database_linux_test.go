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

// TestDatabase sets a cluster up as the container does, migrates it as the
// owner, and serves and imports as the account that may not change the schema.
func TestDatabase(t *testing.T) {
	psql := tool(t, "psql")
	cluster := pgtest.Start(t)
	dir := secrets(t)
	super := cluster.URL("postgres")
	host := regexp.MustCompile(`host=(\S+)`).FindStringSubmatch(super)[1]
	user := regexp.MustCompile(`user=(\S+)`).FindStringSubmatch(super)[1]
	script(t, "postgres/init.sh", "FESTD_SECRETS="+filepath.Join(dir, "postgres"), "POSTGRES_USER="+user, "PGHOST="+host)
	for _, name := range []string{"owner", "app"} {
		if strings.Contains(cluster.Log(), secret(t, dir, "postgres/"+name)) {
			t.Errorf("the log of the server has the password of %s", name)
		}
	}
	url := func(account string) string {
		return strings.Replace(cluster.URL("festd"), "user="+user, "user="+account, 1)
	}
	run := func(account string, args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), program(t), args...)
		cmd.Env = append(os.Environ(), "FEST_DATABASE_URL="+url(account), "FEST_DATA_DIR="+t.TempDir())
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("festd_app", "migrate"); err == nil {
		t.Errorf("the servers' account changes the schema: %s", out)
	}
	if out, err := run("festd_owner", "migrate"); err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	file := filepath.Join(t.TempDir(), "fest251.zip")
	if out, err := run("festd_app", "sample", "--out", file); err != nil {
		t.Fatalf("sample: %v\n%s", err, out)
	}
	if out, err := run("festd_app", "import", file); err != nil {
		t.Errorf("import: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), program(t), "serve", "--no-access-log")
	listen := free(t)
	cmd.Env = append(os.Environ(), "FEST_DATABASE_URL="+url("festd_app"), "FEST_DATA_DIR="+t.TempDir(), "FEST_LISTEN="+listen, "FEST_OPS_LISTEN="+free(t), "FEST_SAMPLE=off")
	eventually(t, launch(t, cmd), "http://"+listen+"/healthz", http.StatusOK)
	for _, sql := range []string{"CREATE TABLE fest.x ()", "CREATE TABLE public.x ()", "DROP TABLE fest.entry", "DELETE FROM fest.release", "CREATE SCHEMA x"} {
		if out, err := exec.CommandContext(t.Context(), psql, "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command="+sql, url("festd_app")).CombinedOutput(); err == nil {
			t.Errorf("the servers' account may %s: %s", sql, out)
		}
	}
}

// TestFailOver plays what docs/DEPLOY.md says of a hot standby: a server that
// is told of both hosts serves on when the primary dies, and when the standby
// was promoted takes up what is imported there, without a change or a restart.
func TestFailOver(t *testing.T) {
	primary := pgtest.Start(t)
	if err := primary.Exec(t.Context(), "postgres", "CREATE DATABASE festd"); err != nil {
		t.Fatal(err)
	}
	host := regexp.MustCompile(`host=(\S+)`)
	url := primary.URL("festd")
	run := func(args ...string) {
		cmd := exec.CommandContext(t.Context(), program(t), args...)
		cmd.Env = append(os.Environ(), "FEST_DATABASE_URL="+url, "FEST_DATA_DIR="+t.TempDir())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", args[0], err, out)
		}
	}
	first, second := filepath.Join(t.TempDir(), "first.zip"), filepath.Join(t.TempDir(), "second.zip")
	run("migrate")
	run("sample", "--out", first)
	run("sample", "--fortnights", "1", "--out", second)
	run("import", first)
	standby := primary.Standby(t)
	url = host.ReplaceAllString(url, "host="+host.FindStringSubmatch(url)[1]+","+host.FindStringSubmatch(standby.URL("festd"))[1]) + " target_session_attrs=read-write"

	cmd := exec.CommandContext(t.Context(), program(t), "serve", "--no-access-log")
	listen := free(t)
	cmd.Env = append(os.Environ(), "FEST_DATABASE_URL="+url, "FEST_DATA_DIR="+t.TempDir(), "FEST_LISTEN="+listen, "FEST_OPS_LISTEN="+free(t), "FEST_SAMPLE=off")
	p := launch(t, cmd)
	eventually(t, p, "http://"+listen+"/healthz", http.StatusOK)
	primary.Kill()
	if status, body := get("http://" + listen + "/v1/atc/N02BE01"); status != http.StatusOK {
		t.Errorf("without a primary: %d %s", status, body)
	}
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	run("import", second, "--approve-by", "test", "--approve-reason", "the sample is small") // for the gate
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
