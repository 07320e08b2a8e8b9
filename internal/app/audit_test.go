package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/festd/festd/internal/api"
)

func (g *guarded) audit() []api.AuditEntry {
	g.t.Helper()
	text, err := os.ReadFile(filepath.Join(g.dir, "data", auditName))
	if err != nil {
		g.t.Fatal(err)
	}
	var out []api.AuditEntry
	for line := range strings.Lines(string(text)) {
		var e api.AuditEntry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			g.t.Fatalf("%v in %s", err, line)
		}
		out = append(out, e)
	}
	return out
}

// Attempts are on disk one by one, by both doors, whatever became of them; who
// rotates the file renames it; a restart goes on where it was.
func TestAuditLog(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	admin := func(body string) reply {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.ops("/admin/v1/freeze"), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+adminSecret)
		resp, err := g.client(nil).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return reply{status: resp.StatusCode}
	}
	if r := admin(`{"by":"Kari","reason":"holiday"}`); r.status != http.StatusOK {
		t.Fatalf("%d", r.status)
	}
	g.send(g.client(nil), "POST", g.ops("/admin/v1/rollback"), "Authorization", "Bearer "+readSecret)
	g.send(g.client(nil), "POST", g.ops("/admin/v1/adopt"), "Authorization", "Bearer guessed-guessed-guessed")
	var got []string
	tell := func(all []api.AuditEntry) {
		got = nil
		for _, e := range all {
			got = append(got, fmt.Sprint(e.Door, " ", e.Act, " ", e.By, " ", e.Credential, " ", e.Outcome, " ", e.Status))
		}
	}
	tell(g.audit())
	want := []string{"http freeze Kari token:kari done 200", "http rollback  token:ops refused 403", "http adopt   refused 401"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	path := g.path("data/" + auditName)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"torn":`), 0o600); err != nil { // as if somebody was killed while writing
		t.Fatal(err)
	}
	commands, closeStore, err := OpenAdmin(t.Context(), AdminOptions{DataDir: g.path("data")})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	if _, err := commands.Reject(t.Context(), "12345678", api.Decision{By: "Ola", Reason: "old"}); err == nil {
		t.Fatal("what is not there was rejected")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var last api.AuditEntry
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || len(lines) != 2 || last.Door != "command" || last.By != "Ola" || last.Outcome != api.AuditRefused || !strings.Contains(last.From, "uid ") {
		t.Errorf("%v %s", err, text)
	}
	// Neither guesses nor a token for less fill the disk, and none is lost from the count.
	for i := range 3 * auditBurst {
		e := api.AuditEntry{Door: doorHTTP, Outcome: api.AuditRefused, Status: http.StatusUnauthorized}
		if i%2 == 1 {
			e.Status, e.Credential = http.StatusForbidden, "token:ops"
		}
		g.app.access.audit.add(&e)
	}
	g.app.access.audit.add(&api.AuditEntry{Door: doorHTTP, Outcome: api.AuditDone, Credential: "token:kari"})
	text, err = os.ReadFile(path)
	if n := strings.Count(string(text), "\n"); err != nil || n > 3*auditBurst || !strings.Contains(string(text), `"unlogged":`) {
		t.Errorf("%d lines after %d guesses, %v", n, 3*auditBurst, err)
	}
	// What cannot be written stops nobody, and is counted.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if r := admin(`{"by":"Kari","reason":"again"}`); r.status != http.StatusOK {
		t.Errorf("without an audit log: %d", r.status)
	}
	metrics := string(g.send(g.client(nil), "GET", g.ops("/metrics"), "Authorization", "Bearer "+readSecret).body)
	if !strings.Contains(metrics, "fest_audit_failures_total 1\n") {
		t.Error("a line that was not written is not counted")
	}
}
