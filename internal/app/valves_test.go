package app_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/sample"
)

// madeUp writes a sample file in the container that its name says.
func madeUp(t *testing.T, name string) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := sample.Small(sample.DefaultRetrieved()).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, content
}

// The file is sent as it came, byte for byte, also after a restart without it;
// a damaged copy is not, and neither is what is no zip.
func TestSourceFileByteForByte(t *testing.T) {
	path, content := madeUp(t, "fest251.zip")
	const target = "/fest/fest251.zip"
	s := start(t, app.Options{Source: path})
	s.ready("1")
	whole := s.get(target)
	if whole.StatusCode != http.StatusOK || !bytes.Equal(whole.body, content) || whole.Header.Get("FEST-Release") != "1" {
		t.Fatalf("%s, %d bytes of %d, %v", whole.Status, len(whole.body), len(content), whole.Header)
	}
	if a := s.get(target, "Range", "bytes=100-"); a.StatusCode != http.StatusPartialContent || !bytes.Equal(a.body, content[100:]) {
		t.Errorf("the rest: %s, %d bytes", a.Status, len(a.body))
	}
	if a := s.get(target, "If-None-Match", whole.Header.Get("ETag")); a.StatusCode != http.StatusNotModified {
		t.Errorf("known: %s", a.Status)
	}
	if a := s.get(target, "If-Modified-Since", whole.Header.Get("Last-Modified")); a.StatusCode != http.StatusNotModified {
		t.Errorf("not modified since: %s", a.Status)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}

	again := start(t, app.Options{DataDir: s.dir})
	again.ready("1")
	if a := again.get(target); !bytes.Equal(a.body, content) || a.Header.Get("ETag") != whole.Header.Get("ETag") || a.Header.Get("Last-Modified") != whole.Header.Get("Last-Modified") {
		t.Errorf("after a restart: %s, %d bytes, %v", a.Status, len(a.body), a.Header)
	}
	flip(t, only(t, filepath.Join(s.dir, "source", "*.zip")))
	if a := again.get(target); a.StatusCode != http.StatusNotFound || !strings.Contains(string(a.body), "damaged") {
		t.Errorf("a damaged copy: %s, %d bytes", a.Status, len(a.body))
	}
	if a := again.get("/v1/drugs"); a.StatusCode != http.StatusOK {
		t.Errorf("lookups beside it: %s", a.Status)
	}
}

func TestSourceFileThatIsNoZip(t *testing.T) {
	for _, name := range []string{"fest.xml", "fest.xml.gz"} {
		path, _ := madeUp(t, name)
		s := start(t, app.Options{Source: path})
		s.ready("1")
		if a := s.get("/fest/fest251.zip"); a.StatusCode != http.StatusNotFound || !strings.Contains(string(a.body), "not imported from a zip") {
			t.Errorf("%s: %s %s", name, a.Status, a.body)
		}
	}
	s := start(t, app.Options{})
	s.ready("0")
	if a := s.get("/fest/fest251.zip"); a.StatusCode != http.StatusNotFound || !strings.Contains(string(a.body), "built-in sample") {
		t.Errorf("the sample: %s %s", a.Status, a.body)
	}
}

// Keys are those of the file, which has no key in it, and is read again when it
// changes; nothing that is logged has one either.
func TestAPIKeys(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keys.json")
	write := func(text string) {
		t.Helper()
		temp := filepath.Join(dir, "new")
		if err := os.WriteFile(temp, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(temp, path); err != nil {
			t.Fatal(err)
		}
	}
	entry := func(name, key string) string {
		sum := sha256.Sum256([]byte(key))
		return fmt.Sprintf(`{"name":%q,"sha256":%q,"quota":5000,"burst":10000}`, name, hex.EncodeToString(sum[:]))
	}
	write("[" + entry("sfm", "first-key") + "]")
	var logged syncBuffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	v := app.DefaultValves()
	v.APIKeys = path
	s := start(t, app.Options{Valves: &v, Log: log, AccessLog: log})
	s.ready("0")
	policy := func(key string) string {
		a := s.get("/v1/drugs?limit=1", "X-Api-Key", key)
		if a.StatusCode != http.StatusOK {
			return a.Status
		}
		return a.Header.Get("RateLimit-Policy")
	}
	const own, anyone, unknown = `"default";q=10000;w=2`, `"default";q=2000;w=2`, "401 Unauthorized"
	if got := policy("first-key"); got != own {
		t.Errorf("with a key: %s", got)
	}
	if got := policy(""); got != anyone {
		t.Errorf("without: %s", got)
	}
	if got := policy("second-key"); got != unknown {
		t.Errorf("with a wrong one: %s", got)
	}
	write("[" + entry("sfm", "second-key") + "]")
	until(t, func() bool { return policy("second-key") == own })
	if got := policy("first-key"); got != unknown {
		t.Errorf("with the one that was taken away: %s", got)
	}
	write(`[{"name":"sfm"`) // not finished
	until(t, func() bool { policy("second-key"); return strings.Contains(logged.String(), "was not taken") })
	if got := policy("second-key"); got != own {
		t.Errorf("a broken file took the keys away: %s", got)
	}
	for _, key := range []string{"first-key", "second-key"} {
		if strings.Contains(logged.String(), key) {
			t.Errorf("the log has %s", key)
		}
	}

	for name, text := range map[string]string{
		"no list": `{"name":"sfm"}`, "no name": `[{"sha256":"` + strings.Repeat("ab", 32) + `"}]`, "no digest": `[{"name":"sfm","sha256":"first-key"}]`,
		"misspelt": `[{"nmae":"sfm"}]`, "twice": "[" + entry("a", "k") + "," + entry("b", "k") + "]", "more": "[] []",
		"negative": `[{"name":"sfm","sha256":"` + strings.Repeat("ab", 32) + `","quota":-1}]`,
	} {
		write(text)
		a, err := app.New(app.Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: filepath.Join(dir, "data"), Valves: &v})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context()); err == nil {
			t.Errorf("%s: started", name)
			_ = a.Stop(t.Context())
		}
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// until waits for what must happen soon.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}

func TestValvesAreChecked(t *testing.T) {
	for name, change := range map[string]func(*app.Valves){
		"quota": func(v *app.Valves) { v.Quota = -1 }, "burst": func(v *app.Valves) { v.QuotaBurst = 0 },
		"clients": func(v *app.Valves) { v.QuotaClients = 0 }, "connections": func(v *app.Valves) { v.MaxConnections = 0 },
		"bulk": func(v *app.Valves) { v.BulkInFlight = 0 }, "queue": func(v *app.Valves) { v.BulkQueue = -1 },
		"rate": func(v *app.Valves) { v.BulkMinRate = 0 }, "proxies": func(v *app.Valves) { v.TrustedProxies = []string{"the balancer"} },
	} {
		v := app.DefaultValves()
		change(&v)
		if _, err := app.New(app.Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: t.TempDir(), Valves: &v}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// wire is a connection of its own.
type wire struct {
	net.Conn
	r *bufio.Reader
	t *testing.T
}

func (s *server) dial() *wire {
	s.t.Helper()
	var d net.Dialer
	c, err := d.DialContext(s.t.Context(), "tcp", s.Addr())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	return &wire{c, bufio.NewReader(c), s.t}
}

// ask sends a request and reads the answer; lines are further headers.
func (w *wire) ask(target string, lines ...string) (*http.Response, string) {
	w.t.Helper()
	_, _ = fmt.Fprintf(w, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", target, strings.Join(append(lines, ""), "\r\n"))
	res, err := http.ReadResponse(w.r, nil)
	if err != nil {
		w.t.Fatalf("GET %.80s: %v", target, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatalf("GET %.80s: %v", target, err)
	}
	return res, string(body)
}

// With all connections taken the probe is answered, all else gets one 503 and
// is closed, and the ops listener does not notice.
func TestConnectionsAreCapped(t *testing.T) {
	v := app.DefaultValves()
	v.MaxConnections = 4
	s := start(t, app.Options{Valves: &v})
	s.ready("0")
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	until(t, func() bool { return strings.Contains(string(s.ops("/metrics").body), "\nfest_connections_open 0\n") })
	var in []*wire
	for range 4 {
		w := s.dial()
		if res, _ := w.ask("/v1"); res.StatusCode != http.StatusOK {
			t.Fatalf("below the cap: %s", res.Status)
		}
		in = append(in, w)
	}
	for range 20 {
		if res, body := s.dial().ask("/healthz"); res.StatusCode != http.StatusOK || body != "ready\n" {
			t.Errorf("the probe: %s %s", res.Status, body)
		}
		w := s.dial()
		res, body := w.ask("/v1/drugs")
		if res.StatusCode != http.StatusServiceUnavailable || !res.Close || res.Header.Get("Retry-After") == "" || !strings.Contains(body, "/problems/overloaded") {
			t.Errorf("above the cap: %s %v %s", res.Status, res.Header, body)
		}
		if _, err := w.r.ReadByte(); err == nil {
			t.Error("the connection goes on")
		}
	}
	for _, w := range in {
		if res, _ := w.ask("/v1"); res.StatusCode != http.StatusOK {
			t.Errorf("one that was in: %s", res.Status)
		}
	}
	for _, path := range []string{"/livez", "/readyz", "/startupz", "/metrics"} {
		a := s.ops(path)
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s while the public listener is full: %s", path, a.Status)
		}
		if path == "/metrics" && !strings.Contains(string(a.body), "\nfest_connections_refused_total 40\n") {
			t.Errorf("refused connections are not counted")
		}
	}
}

func TestHostileRequests(t *testing.T) {
	s := start(t, app.Options{})
	s.ready("0")
	var parameters strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&parameters, "&p%d=1", i)
	}
	for _, test := range []struct {
		name, target, header string
		status               int
	}{
		{"header", "/v1", "X-Large: " + strings.Repeat("x", 64<<10), 431},
		{"many headers", "/v1", strings.Repeat("X-Many: x\r\n", 5000) + "X-Last: x", 431},
		{"target", "/v1/drugs/" + strings.Repeat("x", 10_000), "X: x", 414},
		{"query", "/v1/drugs?name=" + strings.Repeat("x", 10_000), "X: x", 414},
		{"parameters", "/v1/drugs?" + parameters.String()[1:20_000], "X: x", 414},
		{"body", "/v1/drugs", "Content-Length: 100000000", 413},
	} {
		w := s.dial()
		_, _ = fmt.Fprintf(w, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", test.target, test.header)
		res, err := http.ReadResponse(w.r, nil)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode != test.status {
			t.Errorf("%s: %s, want %d", test.name, res.Status, test.status)
		}
	}
	// One who sends a header slowly is closed; others do not wait for it.
	slow := s.dial()
	_, _ = fmt.Fprint(slow, "GET /v1 HTTP/1.1\r\nHost:")
	if a := s.get("/v1"); a.StatusCode != http.StatusOK {
		t.Errorf("beside a slow header: %s", a.Status)
	}
	if _, err := io.ReadAll(slow.r); err != nil {
		t.Errorf("a header that does not come: %v, want the connection closed", err)
	}
}

// Without a snapshot, and with a database that is not there, the process is up,
// answers at once, says why, and goes on trying.
func TestColdStart(t *testing.T) {
	var lc net.ListenConfig
	taken, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0") // accepts, and never says a word
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	begun := time.Now()
	s := start(t, app.Options{DatabaseURL: "postgres://festd@" + taken.Addr().String() + "/festd?sslmode=disable", Log: slog.New(slog.DiscardHandler)})
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("the start took %v", took)
	}
	seen := map[string]bool{}
	for range 20 {
		asked := time.Now()
		a := s.get("/v1/drugs")
		if a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(a.body), "/problems/not-ready") {
			t.Fatalf("a lookup: %s %s", a.Status, a.body)
		}
		if took := time.Since(asked); took > 5*time.Second {
			t.Errorf("a lookup hung for %v", took)
		}
		seen[a.Header.Get("Retry-After")] = true
	}
	if len(seen) < 2 || seen[""] {
		t.Errorf("Retry-After is one of %v", seen)
	}
	if a := s.get("/fest/fest251.zip"); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the file: %s", a.Status)
	}
	for _, probe := range []string{"/readyz", "/startupz"} {
		if a := s.ops(probe); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(a.body), "database") {
			t.Errorf("%s: %s %s; want it to say why", probe, a.Status, a.body)
		}
	}
	if a := s.ops("/livez"); a.StatusCode != http.StatusOK {
		t.Errorf("/livez: %s", a.Status)
	}
	tries := func() string {
		for line := range strings.Lines(string(s.ops("/metrics").body)) {
			if n, ok := strings.CutPrefix(line, `fest_release_loads_total{outcome="failed"} `); ok {
				return strings.TrimSpace(n)
			}
		}
		return ""
	}
	before := tries()
	until(t, func() bool { return tries() != before })
}

// A client that keeps its connection sees no failure while the server leaves:
// first the probe is unready and all is answered on the same connection, then
// answers ask to close it, and only then the listener is gone.
func TestDrainFailsNobody(t *testing.T) {
	s := start(t, app.Options{DrainGrace: 3 * time.Second})
	s.ready("0")
	w := s.dial()
	stopped := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() { stopped <- s.Stop(ctx) }()
	unready, kept, fresh, closing := false, 0, 0, false
	for !closing {
		res, body := w.ask("/v1/drugs?limit=1") // fails the test where there is no answer
		if res.StatusCode != http.StatusOK {
			t.Fatalf("a lookup during the drain: %s %s", res.Status, body)
		}
		closing = res.Close
		if closing && !unready {
			t.Error("asked to close before the probe was unready")
		}
		other := s.dial() // the listener accepts all the while
		if probe, _ := other.ask("/healthz"); probe.StatusCode == http.StatusServiceUnavailable {
			unready = true
			kept++
		}
		fresh++
		_ = other.Close()
		time.Sleep(20 * time.Millisecond)
	}
	if kept < 10 {
		t.Errorf("%d requests were answered while the probe was unready: no grace", kept)
	}
	// One that comes back on a new connection is answered once more.
	if res, _ := s.dial().ask("/v1/drugs?limit=1"); res.StatusCode != http.StatusOK || !res.Close {
		t.Errorf("a new connection at the end: %s", res.Status)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	var d net.Dialer
	if c, err := d.DialContext(t.Context(), "tcp", s.Addr()); err == nil {
		_ = c.Close()
		t.Error("it still listens")
	}
}
