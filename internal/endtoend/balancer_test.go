package endtoend_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The balancer asks each replica so often, and needs so many bad answers to
// leave it out; the replicas' grace is longer.
const (
	checkEvery = 200 * time.Millisecond
	checkFall  = 3
	drainGrace = 3 * time.Second
)

// balancer is an HAProxy before replicas, which asks /healthz and never sends
// a request twice.
func balancer(t *testing.T, replicas []*server) (url string) {
	t.Helper()
	path, err := exec.LookPath("haproxy")
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/haproxy") // Debian keeps it off the PATH of ordinary users
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("haproxy is missing (Debian: apt-get install haproxy)")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close() // HAProxy takes it
	var config strings.Builder
	fmt.Fprintf(&config, `global
    maxconn 2000
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    retries 0
    default-server check inter %dms fall %d rise 1
frontend public
    bind %s
    default_backend replicas
backend replicas
    balance roundrobin
    option httpchk GET /healthz
`, checkEvery.Milliseconds(), checkFall, address)
	for i, s := range replicas {
		fmt.Fprintf(&config, "    server replica%d %s\n", i, strings.TrimPrefix(s.url, "http://"))
	}
	file := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(file, []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	launch(t, exec.Command(path, "-db", "-f", file))
	url = "http://" + address
	eventually(t, "the balancer answers", patience, func() bool {
		resp, err := http.Get(url + "/healthz")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return url
}

// traffic asks through the balancer on kept connections until it is stopped.
type traffic struct {
	asked atomic.Int64
	wrong atomic.Int64
	first atomic.Pointer[string]
	stop  func() // waits for what is under way
}

func asks(t *testing.T, url string, paths ...string) *traffic {
	t.Helper()
	tr, done := &traffic{}, make(chan struct{})
	var wg sync.WaitGroup
	tr.stop = sync.OnceFunc(func() { close(done); wg.Wait() })
	t.Cleanup(tr.stop)
	for w := range 8 {
		client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableCompression: true}}
		s := &server{client: client}
		wg.Go(func() {
			defer client.CloseIdleConnections()
			for i := w; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				path := paths[i%len(paths)]
				a, err := s.try(url + path)
				tr.asked.Add(1)
				if err != nil || a.status != http.StatusOK {
					tr.wrong.Add(1)
					text := fmt.Sprintf("GET %s: %v, %d %.300s", path, err, a.status, a.body)
					tr.first.CompareAndSwap(nil, &text)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	return tr
}

// none stops the traffic: no request may have failed, of at least so many.
func (tr *traffic) none(t *testing.T, least int64) {
	t.Helper()
	tr.stop()
	if n := tr.wrong.Load(); n > 0 {
		t.Errorf("%d of %d requests failed; the first: %s", n, tr.asked.Load(), *tr.first.Load())
	}
	if n := tr.asked.Load(); n < least {
		t.Errorf("only %d requests were made", n)
	}
}

// asked is what the load of these tests asks for: an entry, a list, the file,
// and the state.
var asked = []string{"/v1/atc/N02BE01", "/v1/drugs?limit=20", "/fest/fest251.zip", "/v1/releases/current"}

// drains starts a server that leaves a balancer time to notice.
func drains(t *testing.T, s store, listen string) *server {
	t.Helper()
	srv := serveAt(t, s, listen, "--drain-grace", drainGrace.String())
	srv.ready()
	return srv
}

// TestLeavesUnderLoad ends one of two replicas behind a balancer by SIGTERM and
// does not bring it back: no request fails, and the other has them all.
func TestLeavesUnderLoad(t *testing.T) {
	s := store{dir: filepath.Join(t.TempDir(), "data")}
	importFile(t, s, "first.zip")
	leaves, stays := drains(t, s, "127.0.0.1:0"), drains(t, s, "127.0.0.1:0")
	tr := asks(t, balancer(t, []*server{leaves, stays}), asked...)
	eventually(t, "both are asked", patience, func() bool { return leaves.answered() >= 20 && stays.answered() >= 20 })
	leaves.signal(syscall.SIGTERM)
	if code := leaves.wait(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	before := stays.answered()
	eventually(t, "the other one is asked", patience, func() bool { return stays.answered() >= before+20 })
	tr.none(t, 100)
}

// answered is how many lookups of a code the server has answered.
func (s *server) answered() (n float64) {
	for _, v := range s.metrics(`fest_http_requests_total{class="lookup",code="200",method="GET",route="/v1/atc/{code}"`) {
		n += v
	}
	return n
}

// TestRollingRestart restarts three replicas behind a balancer that follows
// /healthz, one after the other by SIGTERM, under load: no request fails.
func TestRollingRestart(t *testing.T) {
	s := store{dir: filepath.Join(t.TempDir(), "data")}
	importFile(t, s, "first.zip")
	var replicas []*server
	for range 3 {
		replicas = append(replicas, drains(t, s, "127.0.0.1:0"))
	}
	tr := asks(t, balancer(t, replicas), asked...)
	for i, srv := range replicas {
		before := tr.asked.Load()
		srv.signal(syscall.SIGTERM)
		if code := srv.wait(); code != 0 {
			t.Errorf("replica %d ended with %d", i, code)
		}
		t.Logf("replica %d left under load; %d requests meanwhile", i, tr.asked.Load()-before)
		replicas[i] = drains(t, s, strings.TrimPrefix(srv.url, "http://"))
		// It takes part again before the next one leaves.
		eventually(t, fmt.Sprintf("replica %d is asked again", i), patience, func() bool { return replicas[i].answered() >= 10 })
	}
	tr.none(t, 100)
}
