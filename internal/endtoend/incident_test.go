//go:build !race

package endtoend_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/pgtest"
)

// lacking is how many active ingredients the incident's file lacked.
const lacking = 8000

// TestIncidentNight is the night of the incident, at full size: three replicas
// on one PostgreSQL, one URL that the leader among them polls. The next file
// lacks 8000 active ingredients.
func TestIncidentNight(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.zip"), filepath.Join(dir, "bad.zip")
	must(t, "sample", "--size", "full", "--out", good)
	must(t, "sample", "--size", "full", "--edited", "0.02", "--without", fmt.Sprintf("ingredients=%d", lacking), "--out", bad)
	web := publishes(t, good)
	database := pgtest.Database(t, "", nil)
	own := store{filepath.Join(dir, "operator"), database}

	// The evening: the replicas serve what the leader fetched.
	var replicas []*server
	for i := range 3 {
		replicas = append(replicas, serve(t, store{filepath.Join(dir, fmt.Sprint(i)), database}, "--source", web.url, "--poll", "1s", "--gate-profile", "production"))
	}
	for _, s := range replicas {
		s.ready()
		s.serves(1, patience)
	}
	if n := sum(replicas, `fest_imports_total{outcome="published"}`); n != 1 {
		t.Errorf("%v replicas published an import, want the leader alone", n)
	}
	before := replicas[0].ids("ingredients")
	if len(before) != 8639 {
		t.Fatalf("the full file has 8639 ingredients, served are %d", len(before))
	}

	// The night: the file is held, and everything that it lacks is named.
	code, out, said := run(t, append(append([]string{"import", "--json", "--gate-profile", "production"}, own.args()...), bad)...)
	if code != 3 {
		t.Fatalf("the import ended with %d, want 3\n%.2000s\n%s", code, out, said)
	}
	digest, missing := findings(t, out)
	gone := missing["ingredients"]
	if len(gone) != lacking {
		t.Fatalf("the findings name %d ingredients that would go, want %d", len(gone), lacking)
	}
	for id := range gone {
		if !before[id] {
			t.Fatalf("the findings name %s, which was not served", id)
		}
	}
	all := slices.Sorted(maps.Keys(gone))
	for _, s := range replicas {
		s.eachAnswers(all, http.StatusOK)
	}

	// The leader's own poll comes to the same, by log and metric.
	web.serve(bad)
	eventually(t, "a replica tells of the held file", patience, func() bool {
		return slices.ContainsFunc(replicas, func(s *server) bool { _, ok := s.saysWithin(heldLine, 0); return ok })
	})
	for i, s := range replicas {
		eventually(t, fmt.Sprintf("replica %d counts a held candidate", i), patience, func() bool {
			v, ok := s.metric("fest_candidates_held")
			return ok && v == 1
		})
		if got := s.serial(); got != 1 {
			t.Errorf("replica %d serves release %d", i, got)
		}
		s.eachAnswers(all[:200], http.StatusOK)
	}

	// A person approves it, by mistake.
	begun := time.Now()
	must(t, append(append([]string{"releases"}, own.args()...), "approve", digest, "--by", "kari", "--reason", "DMP says so")...)
	t.Log("approve took", time.Since(begun))
	for i, s := range replicas {
		t.Logf("replica %d serves what was approved %v later", i, s.serves(2, patience))
		s.eachAnswers(all, http.StatusGone)
	}
	replicas[1].lastContent(all[0])
	left := replicas[2].ids("ingredients")
	if len(left) != len(before)-lacking {
		t.Errorf("%d ingredients are left, want %d", len(left), len(before)-lacking)
	}
	for id := range left {
		if gone[id] {
			t.Fatalf("ingredient %s is listed, and the findings said that it would go", id)
		}
	}

	// And goes back.
	begun = time.Now()
	must(t, append(append([]string{"releases"}, own.args()...), "rollback", "--by", "ola", "--reason", "prescribers cannot find paracetamol")...)
	returned := time.Now()
	t.Log("rollback took", returned.Sub(begun))
	var wg sync.WaitGroup
	took := make([]time.Duration, len(replicas))
	for i, s := range replicas {
		wg.Go(func() {
			for s.serial() != 3 && time.Since(returned) < patience {
				time.Sleep(5 * time.Millisecond)
			}
			took[i] = time.Since(returned)
		})
	}
	wg.Wait()
	t.Log("after it returned the replicas served the old content within", took)
	if worst := slices.Max(took); worst > time.Second {
		t.Errorf("going back took %v after the command had returned, want a second at most", worst)
	}
	for _, s := range replicas {
		s.serves(3, time.Second)
		s.eachAnswers(all, http.StatusOK)
	}

	// It stays: the same file at the same URL changes nothing.
	seen := web.fetched.Load()
	web.touch()
	eventually(t, "the URL is fetched again", patience, func() bool { return web.fetched.Load() > seen })
	looked := web.asked.Load()
	eventually(t, "the URL is asked twice more", patience, func() bool { return web.asked.Load() >= looked+2 })
	eventually(t, "a replica says that the file was rejected", patience, func() bool {
		return slices.ContainsFunc(replicas, func(s *server) bool { _, ok := s.saysWithin(rejectedLine, 0); return ok })
	})
	if code, out, said := run(t, append(append([]string{"import"}, own.args()...), bad)...); code != 3 || !strings.Contains(out+said, "ola") {
		t.Errorf("importing what was rejected ended with %d, want 3 and by whom\n%s%s", code, out, said)
	}
	for _, s := range replicas {
		if got := s.serial(); got != 3 {
			t.Errorf("release %d is served after two more polls, want 3", got)
		}
		s.eachAnswers(all, http.StatusOK)
	}
	var state struct {
		Releases []json.RawMessage `json:"releases"`
	}
	if err := json.Unmarshal([]byte(must(t, append(append([]string{"releases"}, own.args()...), "--json", "list")...)), &state); err != nil || len(state.Releases) != 3 {
		t.Errorf("the ledger has %d releases, %v; want 3", len(state.Releases), err)
	}
}

var (
	heldLine     = regexp.MustCompile(`level=(ERROR|WARN) .*held`)
	rejectedLine = regexp.MustCompile(`prescribers cannot find paracetamol`)
)

// findings are what the verdict of a held import says is removed, by class.
func findings(t *testing.T, printed string) (digest string, missing map[string]map[string]bool) {
	t.Helper()
	var result struct {
		Outcome string      `json:"outcome"`
		Digest  fest.Digest `json:"digest"`
		Verdict struct {
			Findings []struct {
				Rule     string `json:"rule"`
				Class    string `json:"class"`
				Affected []struct {
					ID string `json:"id"`
				} `json:"affected"`
			} `json:"findings"`
		} `json:"verdict"`
	}
	if err := json.Unmarshal([]byte(printed), &result); err != nil {
		t.Fatalf("%v in %.500s", err, printed)
	}
	if result.Outcome != "held" || len(result.Digest) != 64 {
		t.Fatalf("outcome %q, digest %q", result.Outcome, result.Digest)
	}
	missing = map[string]map[string]bool{}
	for _, f := range result.Verdict.Findings {
		if f.Rule != "removed" {
			continue
		}
		ids := map[string]bool{}
		for _, a := range f.Affected {
			ids[a.ID] = true
		}
		missing[f.Class] = ids
	}
	return string(result.Digest), missing
}

// website publishes one file, as DMP does, with an ETag.
type website struct {
	url            string
	mu             sync.Mutex
	path           string
	version        int
	asked, fetched atomic.Int64
}

func publishes(t *testing.T, path string) *website {
	t.Helper()
	w := &website{path: path, version: 1}
	srv := httptest.NewServer(w)
	t.Cleanup(srv.Close)
	w.url = srv.URL + "/fest251.zip"
	return w
}

func (w *website) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	path, etag := w.path, fmt.Sprintf(`"%d"`, w.version)
	w.mu.Unlock()
	w.asked.Add(1)
	f, err := os.Open(path)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	defer f.Close()
	rw.Header().Set("ETag", etag)
	rw.Header().Set("Content-Type", "application/zip")
	if r.Header.Get("If-None-Match") != etag {
		w.fetched.Add(1)
	}
	http.ServeContent(rw, r, "fest251.zip", time.Time{}, f)
}

func (w *website) serve(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.path = path
	w.version++
}

// touch gives the same file a new ETag, so that it is fetched again.
func (w *website) touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.version++
}

func sum(servers []*server, metric string) (n float64) {
	for _, s := range servers {
		n += s.mustMetric(metric)
	}
	return n
}

// ids are those of a resource's list.
func (s *server) ids(resource string) map[string]bool {
	s.t.Helper()
	ids := map[string]bool{}
	for next := "/v1/" + resource + "?limit=500"; next != ""; {
		var list struct {
			Next  string `json:"next"`
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		s.json(next, &list)
		for _, i := range list.Items {
			ids[i.ID] = true
		}
		next = list.Next
	}
	return ids
}

// eachAnswers asks for every ingredient and wants that status.
func (s *server) eachAnswers(ids []string, want int) {
	s.t.Helper()
	var wg sync.WaitGroup
	var wrong atomic.Int64
	const workers = 4
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(ids); i += workers {
				a, err := s.try(s.url + "/v1/ingredients/" + ids[i])
				if (err != nil || a.status != want) && wrong.Add(1) == 1 {
					s.t.Errorf("GET ingredient %s: %v, %d %.300s; want %d", ids[i], err, a.status, a.body, want)
				}
			}
		})
	}
	wg.Wait()
	if n := wrong.Load(); n > 0 {
		s.t.Errorf("%d of %d ingredients were not answered with %d", n, len(ids), want)
	}
}

// lastContent looks at what is said of a removed ingredient.
func (s *server) lastContent(id string) {
	s.t.Helper()
	a := s.get("/v1/ingredients/" + id)
	var problem struct {
		RemovedIn   json.RawMessage `json:"removedIn"`
		LastContent struct {
			ID string `json:"id"`
		} `json:"lastContent"`
	}
	if err := json.Unmarshal(a.body, &problem); err != nil || problem.LastContent.ID != id || len(problem.RemovedIn) == 0 {
		s.t.Errorf("GET of the removed ingredient %s: %d %.600s; want removedIn and lastContent (%v)", id, a.status, a.body, err)
	}
	included := s.get("/v1/ingredients/" + id + "?include=removed")
	if included.status != http.StatusOK || !strings.Contains(string(included.body), id) {
		s.t.Errorf("with include=removed: %d %.300s", included.status, included.body)
	}
}
