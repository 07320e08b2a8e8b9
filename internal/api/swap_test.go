package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/m30"
)

// marked is a file whose every entry and date says which release it is of.
func marked(t *testing.T, serial fest.Serial) (path string, rel fest.Release, source inMemorySource) {
	t.Helper()
	mark := fmt.Sprintf("utgave %d", serial)
	var all []*fest.Entry
	for i := range 120 {
		e := &fest.Entry{
			Envelope: fest.Envelope{EntryID: fest.EntryID(fmt.Sprintf("ID_E%d-%d", serial, i)), RegistrationTime: retrieved, RegistrationStatus: fest.CS{Code: "A"}},
			Class:    fest.ClassIngredient,
			Object:   &fest.Ingredient{ID: fest.ID(fmt.Sprintf("ID_%d", i)), Name: fest.Text(fmt.Sprintf("Stoff %d %s", i, mark))},
		}
		all, source = append(all, e), append(source, m30.SliceOf(e))
	}
	f := build(t, cache.Options{}, fest.Document{RetrievalDate: fest.DateTime(fmt.Sprintf("2026-01-%02dT03:00:00", serial))}, all, nil)
	path = filepath.Join(t.TempDir(), "snapshot")
	if err := os.WriteFile(path, f.flat, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, release(serial, f.content), source
}

// TestNoAnswerMixesReleases swaps mapped snapshots under load: each answer's
// headers and body are of one release (P1), and nothing reads what is unmapped.
func TestNoAnswerMixesReleases(t *testing.T) {
	opens := make([]func() *cache.Snapshot, 2)
	for i := range opens {
		path, rel, source := marked(t, fest.Serial(11+i))
		opens[i] = func() *cache.Snapshot {
			snap, err := cache.OpenFile(path, rel, source)
			if err != nil {
				t.Error(err)
				return nil
			}
			return snap
		}
	}
	s := newServer(t, opens[0]())
	web := httptest.NewServer(s.Public())
	defer web.Close()

	stop := make(chan struct{})
	var seen [2]atomic.Int64
	var clients sync.WaitGroup
	for _, c := range []struct{ target, accept, mark string }{
		{"/v1/ingredients/ID_7", "application/json", "utgave %s"},
		{"/v1/ingredients/ID_7", "application/xml", "utgave %s"},
		{"/v1/ingredients?limit=100", "application/json", "utgave %s"},
		{"/v1/ingredients?name=stoff+1", "application/json", `{"serial":%s,`},
		{"/v1/releases/current", "application/json", `{"serial":%s,`},
		{"/v1", "application/json", `{"serial":%s,`},
		{"/v1/register", "application/json", `{"release":{"serial":%s,`},
		{"/", "text/html", `data-release="serial">%s<`},
		{"/register", "text/html", `data-release="serial">%s<`},
	} {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				status, header, body := fetch(t, web.URL+c.target, c.accept)
				if status != http.StatusOK {
					t.Errorf("%s: %d %s", c.target, status, body)
					return
				}
				serial := header.Get("FEST-Release")
				other := map[string]string{"11": "12", "12": "11"}[serial]
				n, err := strconv.Atoi(serial)
				if err != nil || other == "" {
					t.Errorf("%s: FEST-Release is %q", c.target, serial)
					return
				}
				seen[n-11].Add(1)
				if !strings.Contains(body, fmt.Sprintf(c.mark, serial)) || strings.Contains(body, "utgave "+other) || strings.Contains(body, fmt.Sprintf(c.mark, other)) {
					t.Errorf("%s as %s: headers of %s, body %.200s", c.target, c.accept, serial, body)
				}
				if want := fmt.Sprintf("2026-01-%sT03:00:00", serial); header.Get("FEST-Retrieved") != want {
					t.Errorf("%s: FEST-Retrieved is %s, the release %s", c.target, header.Get("FEST-Retrieved"), serial)
				}
				if c.accept == "application/json" && !json.Valid([]byte(body)) {
					t.Errorf("%s: no JSON: %.200s", c.target, body)
				}
			}
		})
	}
	for end, i := time.Now().Add(time.Second), 1; time.Now().Before(end); i++ {
		s.served.Swap(opens[i%2]())
		time.Sleep(time.Millisecond)
	}
	close(stop)
	clients.Wait()
	if seen[0].Load() == 0 || seen[1].Load() == 0 {
		t.Errorf("answers of the two releases: %d and %d", seen[0].Load(), seen[1].Load())
	}
}

func fetch(t *testing.T, target, accept string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Error(err)
		return 0, nil, ""
	}
	req.Header.Set("Accept", accept)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0, nil, ""
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return res.StatusCode, res.Header, string(body)
}
