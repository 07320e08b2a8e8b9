package api_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/api/valve"
	"github.com/festd/festd/internal/fest"
)

const zipPath = "/fest/fest251.zip"

// sourceFile is a file in the place of releases' own.
type sourceFile struct {
	path string
	err  error
}

func (s sourceFile) Source(context.Context, *fest.Release) (*os.File, error) {
	if s.err != nil {
		return nil, s.err
	}
	return os.Open(s.path)
}

// withFile is an API whose releases were made of a file of that size.
func withFile(t *testing.T, size int, v *api.Valves, change ...func(*api.Options)) (*server, []byte) {
	t.Helper()
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i * 31 >> 3)
	}
	path := filepath.Join(t.TempDir(), "source.zip")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return valved(t, v, nil, append(change, func(o *api.Options) { o.Sources = sourceFile{path: path} })...), content
}

// reply is an answer over a connection.
func reply(t *testing.T, method, url string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range headers {
		if name, value, ok := strings.Cut(line, ": "); ok {
			req.Header.Set(name, value)
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, body}
}

func TestSourceFile(t *testing.T) {
	v := newValves(t)
	s, content := withFile(t, 700<<10, v)
	web := httptest.NewServer(s.Public())
	defer web.Close()
	url := web.URL + zipPath

	whole := reply(t, "GET", url)
	if whole.status != 200 || !bytes.Equal(whole.body, content) {
		t.Fatalf("%d, %d bytes, want %d", whole.status, len(whole.body), len(content))
	}
	tag, modified := whole.header.Get("ETag"), whole.header.Get("Last-Modified")
	for name, want := range map[string]string{
		"Content-Type": "application/zip", "Content-Length": strconv.Itoa(len(content)), "Accept-Ranges": "bytes", "Cache-Control": "no-cache",
		"FEST-Release": "7", "FEST-Retrieved": retrieved, "Last-Modified": "Thu, 10 Sep 2026 06:00:00 GMT", "ETag": `"` + string(digest[:32]) + `"`,
	} {
		if got := whole.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, test := range []struct {
		name, method, header string
		status               int
		body                 []byte
	}{
		{"head", "HEAD", "", 200, nil},
		{"known tag", "GET", "If-None-Match: " + tag, 304, nil},
		{"known tag among others", "GET", `If-None-Match: "x", W/` + tag, 304, nil},
		{"any tag", "GET", "If-None-Match: *", 304, nil},
		{"another tag", "GET", `If-None-Match: "x"`, 200, content},
		{"not modified since", "GET", "If-Modified-Since: " + modified, 304, nil},
		{"modified since", "GET", "If-Modified-Since: Wed, 09 Sep 2026 06:00:00 GMT", 200, content},
		{"part", "GET", "Range: bytes=1000-1999", 206, content[1000:2000]},
		{"the rest", "GET", "Range: bytes=600000-", 206, content[600000:]},
		{"the end", "GET", "Range: bytes=-10", 206, content[len(content)-10:]},
		{"a unit that nobody knows", "GET", "Range: lines=1-2", 200, content},
		{"no such part", "GET", "Range: bytes=9000000-", 416, nil},
		{"another file meant", "GET", `If-Match: "x"`, 412, nil},
		{"this file meant", "GET", "If-Match: " + tag, 200, content},
		{"not since", "GET", "If-Unmodified-Since: Wed, 09 Sep 2026 06:00:00 GMT", 412, nil},
		{"another media type", "GET", "Accept: text/html", 200, content}, // as DMP's server
	} {
		a := reply(t, test.method, url, test.header)
		if a.status != test.status {
			t.Errorf("%s: %d, want %d", test.name, a.status, test.status)
		}
		if test.status < 400 {
			if !bytes.Equal(a.body, test.body) {
				t.Errorf("%s: %d bytes, want %d", test.name, len(a.body), len(test.body))
			}
			if a.header.Get("ETag") != tag || a.header.Get("FEST-Release") != "7" {
				t.Errorf("%s: %v", test.name, a.header)
			}
			continue
		}
		if a.header.Get("Content-Type") != "application/problem+json" || str(t, a.json(t), "traceId") == "" || a.header.Get("ETag") != "" {
			t.Errorf("%s: %v %s", test.name, a.header, a.body)
		}
		if want := "bytes */" + strconv.Itoa(len(content)); test.status == 416 && a.header.Get("Content-Range") != want {
			t.Errorf("%s: Content-Range %q, want %q", test.name, a.header.Get("Content-Range"), want)
		}
	}
	stale := reply(t, "GET", url, "Range: bytes=0-9", `If-Range: "x"`)
	if stale.status != 200 && len(stale.body) != len(content) {
		t.Errorf("part of another file: %d", stale.status)
	}
	if n := v.Bulk.InFlight(); n != 0 {
		t.Errorf("%d slots were not given back", n)
	}
	if got := s.metric(t, `fest_http_response_bytes_total{route="/fest/fest251.zip"}`); got < float64(5*len(content)) {
		t.Errorf("bytes counted: %v", got)
	}
}

func TestSourceFileThatIsNotThere(t *testing.T) {
	for name, sources := range map[string]api.Sources{
		"none":    nil,
		"missing": sourceFile{err: fmt.Errorf("the file is on its way (%w)", api.ErrNoSource)},
		"broken":  sourceFile{err: errors.New("secret: the disk is on fire")},
	} {
		s := valved(t, newValves(t), nil, func(o *api.Options) { o.Sources = sources })
		a := s.get(t, zipPath)
		switch name {
		case "broken":
			if a.status != 500 || strings.Contains(string(a.body), "fire") {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		default:
			if a.status != 404 || str(t, a.json(t), "type") != "/problems/source-not-kept" || a.header.Get("FEST-Release") != "7" {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
		if name == "missing" && !strings.Contains(string(a.body), "on its way") {
			t.Errorf("it does not say why: %s", a.body)
		}
	}
}

func TestSourceFileAnswersAreAsDescribed(t *testing.T) {
	s, content := withFile(t, 1000, newValves(t))
	check := described(t, s)
	for _, test := range []struct {
		header string
		status int
	}{{"", 200}, {"Range: bytes=1-9", 206}, {"Range: bytes=5000-", 416}, {`If-Match: "x"`, 412}} {
		if a := check(zipPath, zipPath, test.header); a.status != test.status || test.status == 200 && !bytes.Equal(a.body, content) {
			t.Errorf("%s: %d", test.header, a.status)
		}
	}
	check(zipPath+"?x=1", zipPath)
	v := newValves(t)
	v.Anyone, v.Bulk = plan(1, 1), valve.NewPool(1, 0, time.Minute)
	s, _ = withFile(t, 1000, v)
	check = described(t, s)
	leave, _ := v.Bulk.Enter(t.Context())
	defer leave()
	if a := check(zipPath, zipPath); a.status != 503 {
		t.Errorf("full: %d", a.status)
	}
	if a := check(zipPath, zipPath); a.status != 429 {
		t.Errorf("the quota is used up: %d", a.status)
	}
	if a := described(t, valved(t, newValves(t), nil, known(nil)))("/v1/drugs", "/v1/drugs", "X-Api-Key: x"); a.status != 401 {
		t.Errorf("an unknown key: %d", a.status)
	}
	s = valved(t, newValves(t), nil)
	if a := described(t, s)(zipPath, zipPath); a.status != 404 {
		t.Errorf("no files: %d", a.status)
	}
}

// What does not fit is queued in turn, what does not fit the queue is refused,
// and refusals spread the wider the longer the queue takes.
func TestBulkQueue(t *testing.T) {
	v := newValves(t)
	v.Bulk = valve.NewPool(1, 3, time.Minute)
	s, content := withFile(t, 1000, v)
	first, _ := v.Bulk.Enter(t.Context())
	var all sync.WaitGroup
	answers := make(chan answer, 3)
	for range 3 {
		all.Go(func() { answers <- s.get(t, zipPath) })
	}
	until(t, func() bool { return v.Bulk.Waiting() == 3 })
	seen := map[string]bool{}
	for range 10 {
		a := s.get(t, zipPath)
		if a.status != 503 || str(t, a.json(t), "type") != "/problems/overloaded" {
			t.Fatalf("the queue is full: %d %s", a.status, a.body)
		}
		seen[a.header.Get("Retry-After")] = true
	}
	if len(seen) < 2 {
		t.Errorf("Retry-After is always one of %v", seen)
	}
	// What sends no body waits for nobody.
	if a := s.do(t, "HEAD", zipPath); a.status != 200 {
		t.Errorf("HEAD: %d", a.status)
	}
	if a := s.get(t, zipPath, `If-None-Match: "`+string(digest[:32])+`"`); a.status != 304 {
		t.Errorf("not modified: %d", a.status)
	}
	if a := s.get(t, "/v1/drugs"); a.status != 200 {
		t.Errorf("lookup: %d", a.status)
	}
	if got := s.metric(t, `fest_class_waiting{class="bulk"}`); got != 3 {
		t.Errorf("waiting: %v", got)
	}
	// Whoever waits holds no snapshot, and gets what is served at its turn.
	s.served.Swap(snapshots["memory"](t, 8))
	first()
	all.Wait()
	for range 3 {
		if a := <-answers; a.status != 200 || !bytes.Equal(a.body, content) || a.header.Get("FEST-Release") != "8" {
			t.Errorf("one that waited: %d, release %s", a.status, a.header.Get("FEST-Release"))
		}
	}
	if got := s.metric(t, `fest_admission_refused_total{class="bulk",reason="capacity"}`); got != 10 {
		t.Errorf("refusals counted: %v", got)
	}
}

// until waits for what must happen soon.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}

// A reader below the least rate is cut off and its slot given back; one that
// is slow but honest gets all of it.
func TestSlowReaders(t *testing.T) {
	v := newValves(t)
	const size = 24 << 20 // more than the buffers of a connection
	s, _ := withFile(t, size, v, func(o *api.Options) { o.Slow = api.Slow{Rate: 4 << 20, Grace: 300 * time.Millisecond} })
	web := httptest.NewServer(s.Public())
	defer web.Close()
	ask := func() *bufio.Reader {
		var d net.Dialer
		c, err := d.DialContext(t.Context(), "tcp", web.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", zipPath)
		return bufio.NewReader(c)
	}
	ask() // and reads nothing
	until(t, func() bool { return s.metric(t, `fest_admission_refused_total{class="bulk",reason="slow"}`) == 1 })
	until(t, func() bool { return v.Bulk.InFlight() == 0 })

	honest := ask()
	res, err := http.ReadResponse(honest, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got := 0
	for buf := make([]byte, 1<<20); ; {
		n, err := io.ReadFull(res.Body, buf)
		got += n
		if err != nil {
			break
		}
		time.Sleep(50 * time.Millisecond) // some 20 MB/s
	}
	if got != size {
		t.Errorf("an honest reader got %d of %d bytes", got, size)
	}
}

// A wait in the queue is not ended by the time that reading a request may take.
func TestQueueOutlivesTheReadTimeout(t *testing.T) {
	v := newValves(t)
	v.Bulk = valve.NewPool(1, 3, time.Minute)
	s, content := withFile(t, 100<<10, v)
	web := httptest.NewUnstartedServer(s.Public())
	web.Config.ReadTimeout = 200 * time.Millisecond
	web.Start()
	defer web.Close()
	leave, _ := v.Bulk.Enter(t.Context())
	time.AfterFunc(time.Second, leave)
	if a := reply(t, "GET", web.URL+zipPath); a.status != 200 || !bytes.Equal(a.body, content) {
		t.Errorf("after a wait: %d, %d bytes", a.status, len(a.body))
	}
}

// Who is behind a key stands in the access log by name, the key nowhere.
func TestAccessLogNamesTheClient(t *testing.T) {
	var logged bytes.Buffer
	s := valved(t, newValves(t), nil, known(keyed{"a-secret-key": {Client: valve.Named("sfm"), Plan: plan(100, 100)}}), func(o *api.Options) { o.AccessLog = slog.New(slog.NewTextHandler(&logged, nil)) })
	s.get(t, "/v1/drugs", "Authorization: Bearer a-secret-key")
	if !strings.Contains(logged.String(), "client=sfm") || strings.Contains(logged.String(), "secret") {
		t.Errorf("%s", logged.String())
	}
}
