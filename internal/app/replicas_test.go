package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/pgtest"
)

const adminToken = "a-token-for-tests-only"

// admin asks the administration on the ops listener.
func (s *server) admin(method, path, body string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.OpsAddr()+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// metricLine says whether /metrics has the line.
func (s *server) metricLine(line string) bool {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+s.OpsAddr()+"/metrics", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Contains("\n"+string(b), "\n"+line+"\n")
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// Three replicas on one database: a rollback and an advisory by one door are
// everywhere at once, what left answers 410 and 200 again, a held candidate is
// counted everywhere; and none of what clients ask costs a statement.
func TestReplicasAgree(t *testing.T) {
	cluster := pgtest.Start(t)
	url := cluster.URL(cluster.Database(t, ""))
	importer := filepath.Join(t.TempDir(), "importer")
	imported := func(name string, approved bool) error {
		o := app.ImportOptions{DatabaseURL: url, DataDir: importer, Path: festtest.File(t, name)}
		if approved {
			o.Approval = approval()
		}
		_, err := app.Import(t.Context(), o)
		return err
	}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(adminToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const first, second = "mini/fest-mini-ns.xml.gz", "mini/fest-utdrag-2026-09-08.xml"
	if err := imported(first, true); err != nil {
		t.Fatal(err)
	}
	var replicas []*server
	for i := range 3 {
		s := start(t, app.Options{DatabaseURL: url, DataDir: filepath.Join(t.TempDir(), fmt.Sprint(i)), AdminTokenFile: token})
		s.ready("1")
		replicas = append(replicas, s)
	}
	var drugs struct{ Items []struct{ ID string } }
	replicas[0].json("/v1/drugs?limit=1", &drugs)
	gone := "/v1/drugs/" + drugs.Items[0].ID

	if err := imported(second, false); err == nil {
		t.Fatal("a file that lacks most of the register was published")
	}
	for _, s := range replicas {
		eventually(t, "the held candidate is counted", func() bool { return s.metricLine("fest_candidates_held 1") })
		if got := s.get(gone); got.StatusCode != http.StatusOK {
			t.Errorf("while it is held: %s", got.Status)
		}
	}
	status, body := replicas[0].admin(http.MethodGet, "/admin/v1/releases", "")
	var state struct {
		Candidates []struct{ Content struct{ Digest string } }
	}
	if err := json.Unmarshal([]byte(body), &state); err != nil || status != http.StatusOK || len(state.Candidates) != 1 {
		t.Fatalf("the state: %d %s", status, body)
	}
	status, body = replicas[1].admin(http.MethodPost, "/admin/v1/releases/"+state.Candidates[0].Content.Digest+"/approve", `{"by":"Kari","reason":"expected"}`)
	if status/100 != 2 {
		t.Fatalf("approving: %d %s", status, body)
	}
	for _, s := range replicas {
		s.ready("2")
		if got := s.get(gone); got.StatusCode != http.StatusGone {
			t.Errorf("after the approval: %s, want 410", got.Status)
		}
		if got := s.get(gone + "?release=1"); got.StatusCode != http.StatusOK || got.Header.Get("FEST-Release") != "1" {
			t.Errorf("as of release 1: %s, release %s", got.Status, got.Header.Get("FEST-Release"))
		}
	}

	if status, body := replicas[2].admin(http.MethodPost, "/admin/v1/rollback", `{"by":"Ola","reason":"it was wrong"}`); status/100 != 2 {
		t.Fatalf("rolling back: %d %s", status, body)
	}
	done := time.Now()
	for _, s := range replicas {
		s.ready("3")
		if took := time.Since(done); took > 2*time.Second {
			t.Errorf("a replica went back after %v", took)
		}
		if got := s.get(gone); got.StatusCode != http.StatusOK {
			t.Errorf("after the rollback: %s", got.Status)
		}
	}
	t.Logf("all replicas went back within %v", time.Since(done))
	if err := imported(second, false); err == nil {
		t.Error("what was rolled back from was published again")
	}

	if status, body := replicas[0].admin(http.MethodPost, "/admin/v1/advisory", `{"by":"Ola","reason":"r","text":"Kontroller doser"}`); status/100 != 2 {
		t.Fatalf("advising: %d %s", status, body)
	}
	for _, s := range replicas {
		eventually(t, "the advisory", func() bool { return s.get(gone).Header.Get("FEST-Advisory") == "Kontroller doser" })
	}

	// With the database gone, all of it goes on.
	cluster.Kill()
	s := replicas[1]
	for path, want := range map[string]int{
		gone: http.StatusOK, gone + "?release=1": http.StatusOK, "/v1/releases": http.StatusOK, "/v1/releases/2": http.StatusOK,
		"/v1/releases/2/verdict": http.StatusOK, "/v1/releases/2/changes?from=1&limit=5": http.StatusOK, gone + "?release=2": http.StatusGone, gone + "?release=77": http.StatusNotFound,
	} {
		if got := s.get(path); got.StatusCode != want || got.Header.Get("FEST-Advisory") == "" {
			t.Errorf("without the database %s: %s, advisory %q", path, got.Status, got.Header.Get("FEST-Advisory"))
		}
	}
	if status, _ := s.admin(http.MethodPost, "/admin/v1/freeze", `{"by":"Ola","reason":"r"}`); status != http.StatusServiceUnavailable {
		t.Errorf("freezing without the database: %d", status)
	}
}

// One of several leads, and when it stops another does.
func TestOneReplicaLeads(t *testing.T) {
	cluster := pgtest.Start(t)
	url := cluster.URL(cluster.Database(t, ""))
	file := festtest.File(t, "mini/fest-mini-ns.xml.gz")
	var replicas []*server
	for i := range 2 {
		s := start(t, app.Options{DatabaseURL: url, DataDir: filepath.Join(t.TempDir(), fmt.Sprint(i)), Source: serveFile(t, file), Poll: time.Hour})
		replicas = append(replicas, s)
	}
	for _, s := range replicas {
		s.ready("1")
	}
	leads := func(s *server) bool { return s.metricLine("fest_leader 1") }
	eventually(t, "one leads", func() bool { return leads(replicas[0]) != leads(replicas[1]) })
	one, other := replicas[0], replicas[1]
	if leads(other) {
		one, other = other, one
	}
	if err := one.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the other takes over", func() bool { return leads(other) })
}

// serveFile serves a file over HTTP.
func serveFile(t *testing.T, path string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }))
	t.Cleanup(s.Close)
	return s.URL + "/fest251.xml.gz"
}
