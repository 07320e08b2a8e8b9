package endtoend_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
)

// store is where a command finds the releases: a data directory, and a
// database or not.
type store struct{ dir, database string }

func (s store) args() []string {
	args := []string{"--data-dir", s.dir}
	if s.database != "" {
		args = append(args, "--database-url", s.database)
	}
	return args
}

// server is the program serving.
type server struct {
	*process
	url, ops string
	client   *http.Client
}

var listening = regexp.MustCompile(`msg=listening public=(\S+)/ ops=(\S+)/`)

// serve starts a server and waits until it listens, not until it is ready.
func serve(t *testing.T, s store, args ...string) *server {
	t.Helper()
	return serveAt(t, s, "127.0.0.1:0", args...)
}

// serveAt is serve with an address for the public listener.
func serveAt(t *testing.T, s store, listen string, args ...string) *server {
	t.Helper()
	p := start(t, append(append([]string{"serve", "--listen", listen, "--ops-listen", "127.0.0.1:0", "--no-access-log", "--sample", "off", "--quota", "0"}, s.args()...), args...)...)
	m := p.says(listening)
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(transport.CloseIdleConnections)
	return &server{process: p, url: m[1], ops: m[2], client: &http.Client{Timeout: 20 * time.Second, Transport: transport}}
}

// answer is a response with its body.
type answer struct {
	status  int
	release string
	header  http.Header
	body    []byte
}

func (s *server) get(path string) answer {
	s.t.Helper()
	a, err := s.try(s.url + path)
	if err != nil {
		s.t.Fatalf("GET %s: %v", path, err)
	}
	return a
}

func (s *server) try(url string) (answer, error) {
	resp, err := s.client.Get(url)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("FEST-Release"), resp.Header, body}, err
}

// json decodes an answer that must be 200.
func (s *server) json(path string, into any) answer {
	s.t.Helper()
	a := s.get(path)
	if a.status != http.StatusOK {
		s.t.Fatalf("GET %s: %d %.300s", path, a.status, a.body)
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		s.t.Fatalf("GET %s: %v in %.300s", path, err, a.body)
	}
	return a
}

// ready waits for /readyz.
func (s *server) ready() time.Duration {
	s.t.Helper()
	var last answer
	defer func() {
		if s.t.Failed() {
			s.t.Logf("last: %d %s", last.status, last.body)
		}
	}()
	return eventually(s.t, "the server is ready", patience, func() bool {
		a, err := s.try(s.ops + "/readyz")
		last = a
		return err == nil && a.status == http.StatusOK
	})
}

// serial is what is served now; 0: nothing.
func (s *server) serial() fest.Serial {
	s.t.Helper()
	var current struct {
		Serial fest.Serial `json:"serial"`
	}
	a, err := s.try(s.url + "/v1/releases/current")
	if err != nil || a.status != http.StatusOK || json.Unmarshal(a.body, &current) != nil {
		return 0
	}
	return current.Serial
}

// content is the digest of what is served now.
func (s *server) content() string {
	s.t.Helper()
	var current struct {
		Digest string `json:"digest"`
	}
	s.json("/v1/releases/current", &current)
	return current.Digest
}

// serves waits until a serial is served.
func (s *server) serves(want fest.Serial, within time.Duration) time.Duration {
	s.t.Helper()
	var got fest.Serial
	defer func() {
		if s.t.Failed() {
			s.t.Logf("serial %d is served, want %d", got, want)
		}
	}()
	return eventually(s.t, fmt.Sprintf("release %d is served", want), within, func() bool { got = s.serial(); return got == want })
}

// answers are all items that a server answers, as they stand in its lists, by
// resource.
type answers map[fest.Resource]string

var nextPage = regexp.MustCompile(`^<([^>]+)>; rel="next"$`)

// everything walks all lists. All of it must be of one release.
func (s *server) everything() (all answers, release string) {
	s.t.Helper()
	all = answers{}
	for _, r := range fest.Resources() {
		var items []byte
		for next := "/v1/" + string(r) + "?limit=500"; next != ""; {
			a := s.get(next)
			_, list, ok := bytes.Cut(a.body, []byte(`"items":[`))
			if a.status != http.StatusOK || !ok {
				s.t.Fatalf("GET %s: %d %.300s", next, a.status, a.body)
			}
			if release == "" {
				release = a.release
			}
			if a.release != release {
				s.t.Fatalf("GET %s is of release %s, the lists before of %s", next, a.release, release)
			}
			if len(items) > 0 {
				items = append(items, ',')
			}
			items = append(items, bytes.TrimSuffix(bytes.TrimSpace(list), []byte("]}"))...)
			next = ""
			if m := nextPage.FindStringSubmatch(a.header.Get("Link")); m != nil {
				next = m[1]
			}
		}
		all[r] = string(items)
	}
	return all, release
}

// items takes the lists apart: by resource and id.
func (a answers) items(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for r, text := range a {
		var list []json.RawMessage
		if err := json.Unmarshal([]byte("["+text+"]"), &list); err != nil {
			t.Fatalf("the list of %s: %v", r, err)
		}
		for _, body := range list {
			var of struct {
				ID string `json:"id"`
			}
			if err := json.Unmarshal(body, &of); err != nil {
				t.Fatal(err)
			}
			out[string(r)+"/"+of.ID] += string(body)
		}
	}
	return out
}

// metric is a sample of a metric, of the labels given as they are printed; ok
// is false where there is none.
func (s *server) metric(name string) (v float64, ok bool) {
	s.t.Helper()
	v, ok = s.metrics(name)[name]
	return v, ok
}

// metrics are the samples whose name, with its labels, begins so.
func (s *server) metrics(prefix string) map[string]float64 {
	s.t.Helper()
	a, err := s.try(s.ops + "/metrics")
	if err != nil || a.status != http.StatusOK {
		s.t.Fatalf("/metrics: %v %d", err, a.status)
	}
	all := map[string]float64{}
	for line := range strings.Lines(string(a.body)) {
		line = strings.TrimSpace(line)
		name, value := line, ""
		if i := strings.LastIndexByte(line, ' '); i > 0 {
			name, value = line[:i], line[i+1:]
		}
		if v := 0.0; strings.HasPrefix(name, prefix) {
			if _, err := fmt.Sscan(value, &v); err == nil {
				all[name] = v
			}
		}
	}
	return all
}

// mustMetric is a sample of a metric that must be there.
func (s *server) mustMetric(name string) float64 {
	s.t.Helper()
	v, ok := s.metric(name)
	if !ok {
		s.t.Fatalf("/metrics has no %s", name)
	}
	return v
}
