package endtoend_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// probed is a lookup that everybody can make; prompt is how long it may take
// at most while others do what they do to the server.
const (
	probed = "/v1/atc/N02BE01"
	prompt = 5 * time.Second
)

// overloaded is a server with the first release, and the clients that a test
// lets loose on it.
type overloaded struct {
	*server
	t       *testing.T
	address string // host:port
}

func overload(t *testing.T, args ...string) *overloaded {
	t.Helper()
	s := store{dir: filepath.Join(t.TempDir(), "data")}
	importFile(t, s, "first.zip")
	srv := serve(t, s, args...)
	srv.ready()
	return &overloaded{srv, t, strings.TrimPrefix(srv.url, "http://")}
}

// dial connects from an address of 127.0.0.0/8; the connection ends with the
// test.
func (o *overloaded) dial(from net.IP, receive int) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second, LocalAddr: &net.TCPAddr{IP: from}}
	if receive > 0 { // before it connects, or the window is large already
		d.Control = func(_, _ string, c syscall.RawConn) error {
			var err error
			return errorsOf(c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, receive) }), &err)
		}
	}
	c, err := d.Dial("tcp", o.address)
	if err == nil {
		o.t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

func errorsOf(err error, inner *error) error {
	if err != nil {
		return err
	}
	return *inner
}

// crowd opens n connections from addresses of their own in 127.x.0.0/16 and
// says on each what say gives.
func (o *overloaded) crowd(x byte, n, receive int, say func(i int) string) []net.Conn {
	o.t.Helper()
	conns := make([]net.Conn, n)
	var wg sync.WaitGroup
	var failed atomic.Int64
	for w := range 16 {
		wg.Go(func() {
			for i := w; i < n; i += 16 {
				c, err := o.dial(net.IPv4(127, x, byte(i>>8), byte(i)), receive)
				if err == nil && say != nil {
					_, err = io.WriteString(c, say(i))
				}
				if err != nil {
					failed.Add(1)
					continue
				}
				conns[i] = c
			}
		})
	}
	wg.Wait()
	if k := failed.Load(); k > 0 {
		o.t.Fatalf("%d of %d connections from 127.%d.0.0/16 could not be made", k, n, x)
	}
	return conns
}

// unaffected makes lookups, on new connections and kept ones: all are answered
// promptly.
func (o *overloaded) unaffected(when string) {
	o.t.Helper()
	for i := range 50 {
		begun := time.Now()
		transport := &http.Transport{DisableKeepAlives: i%2 == 0}
		client := &http.Client{Timeout: prompt, Transport: transport}
		resp, err := client.Get(o.url + probed)
		if err != nil {
			o.t.Fatalf("%s, lookup %d: %v", when, i, err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		transport.CloseIdleConnections()
		if err != nil || resp.StatusCode != http.StatusOK {
			o.t.Fatalf("%s, lookup %d: %v %s", when, i, err, resp.Status)
		}
		if took := time.Since(begun); took > prompt {
			o.t.Errorf("%s, lookup %d took %v", when, i, took)
		}
	}
}

// reclaimed waits until the server has hardly a connection left; 8 may be ours.
func (o *overloaded) reclaimed(what string) {
	o.t.Helper()
	var v float64
	eventually(o.t, what+" are reclaimed", patience, func() bool { v, _ = o.metric("fest_connections_open"); return v <= 8 })
}

// few is how many connections a test can have: what is allowed to this
// process, and to the server, which is allowed the same.
func few(t *testing.T, want int) int {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if most := int(limit.Max) - 500; most < want { //nolint:gosec // a limit of files fits
		t.Logf("only %d connections instead of %d: the limit of open files is %d", most, want, limit.Max)
		return most
	}
	return want
}

// TestHostileConnections lets loose at once those who send headers and bodies
// slowly or never, who read slowly, and who do nothing: lookups do not notice,
// and the server takes every socket back by itself.
func TestHostileConnections(t *testing.T) {
	o := overload(t, "--bulk-min-rate", "1048576")
	o.unaffected("before")
	idle := few(t, 5000)
	o.crowd(10, idle, 0, nil)
	headers := o.crowd(11, 200, 0, func(i int) string { return fmt.Sprintf("GET %s?n=%d HTTP/1.1\r\nHost: x\r\n", probed, i) })
	bodies := o.crowd(12, 100, 0, func(int) string {
		return "POST " + probed + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nslow"
	})
	// One file may disappear into the buffers of a socket, twenty do not.
	readers := o.crowd(13, 8, 4096, func(int) string { return strings.Repeat("GET /fest/fest251.zip HTTP/1.1\r\nHost: x\r\n\r\n", 20) })
	stop := make(chan struct{})
	var dripping sync.WaitGroup
	dripping.Go(func() { // a byte now and then keeps nobody
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
			for _, c := range slices.Concat(headers, bodies) {
				_, _ = io.WriteString(c, "x") // some are closed by now
			}
			for _, c := range readers {
				_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
				_, _ = c.Read(make([]byte, 512)) // some are closed by now
			}
		}
	})
	for range 3 {
		o.unaffected("under attack")
	}
	if v, _ := o.metric("fest_connections_open"); int(v) < idle/2 {
		t.Errorf("%v connections are open: the attack was over before it was looked at", v)
	}
	o.reclaimed("the sockets of those who are slow or idle")
	close(stop)
	dripping.Wait()
	if v, _ := o.metric(`fest_admission_refused_total{class="bulk",reason="slow"}`); v < 1 {
		t.Errorf("%v slow readers were cut off, want some", v)
	}
	if v, _ := o.metric("fest_http_panics_total"); v > 0 {
		t.Errorf("%v panics", v)
	}
	if a := o.get("/fest/fest251.zip"); a.status != http.StatusOK {
		t.Errorf("the file afterwards: %d", a.status)
	}
	o.unaffected("after")
}

// TestSlowReadersDoNotHoldTheQueue has many more slow readers than files are
// sent at once, none of whom is slow enough to be cut off: somebody else still
// gets the file.
func TestSlowReadersDoNotHoldTheQueue(t *testing.T) {
	o := overload(t, "--bulk-in-flight", "2", "--bulk-min-rate", "1024", "--bulk-wait", "1h")
	readers := o.crowd(18, 16, 4096, func(int) string { return strings.Repeat("GET /fest/fest251.zip HTTP/1.1\r\nHost: x\r\n\r\n", 20) })
	eventually(t, "all of them are being sent to", patience, func() bool {
		v, _ := o.metric(`fest_class_aside{class="bulk"}`)
		return int(v) >= len(readers)-2
	})
	if a := o.get("/fest/fest251.zip"); a.status != http.StatusOK || len(a.body) < 1<<20 {
		t.Errorf("the file, to one who reads it: %d, %d bytes", a.status, len(a.body))
	}
	if v, _ := o.metric(`fest_class_in_flight_peak{class="bulk"}`); v > 2 {
		t.Errorf("%v files held a place at once, the bound is 2", v)
	}
	for _, c := range readers {
		_ = c.Close() // they go
	}
	eventually(t, "nobody is aside", patience, func() bool {
		v, _ := o.metric(`fest_class_aside{class="bulk"}`)
		return v == 0
	})
}

// TestHostileRequests: what is too large, too much or unknown gets the right
// 4xx, and the server neither reads nor remembers it.
func TestHostileRequests(t *testing.T) {
	o := overload(t)
	series := func() int { return len(o.metrics("fest_http_")) }
	before := 0
	for n, tt := range []struct {
		name string
		sent string
		want int
		body int64 // of zeros, which follows
	}{
		{"an unknown path", "GET /no/such/path HTTP/1.1\r\nHost: x\r\n\r\n", 404, 0}, // first: it makes the one label
		{"an unknown method", "BREW /v1 HTTP/1.1\r\nHost: x\r\n\r\n", 405, 0},
		{"a giant header", "GET /v1 HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("c", 1<<20) + "\r\n\r\n", 431, 0},
		{"100,000 headers", "GET /v1 HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: b\r\n", 100_000) + "\r\n", 431, 0},
		{"a giant URL", "GET /" + strings.Repeat("u", 1<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n", 431, 0},
		{"a long URL", "GET /" + strings.Repeat("u", 9000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 0},
		{"10,000 query parameters", "GET /v1/drugs?" + strings.Repeat("a&", 10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 0},
		{"100 query parameters", "GET /v1/drugs?" + strings.Repeat("a=b&", 100) + " HTTP/1.1\r\nHost: x\r\n\r\n", 400, 0},
		{"a giant body", "POST /v1/drugs HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n", 413, 1 << 30},
		{"no HTTP", "\x16\x03\x01 hello\r\n\r\n", 400, 0},
		{"two lengths", "POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := o.dial(net.IPv4(127, 14, 0, byte(n+1)), 0)
			if err != nil {
				t.Fatal(err)
			}
			_ = c.SetDeadline(time.Now().Add(patience))
			go func() { // ends with the connection
				if _, err := io.WriteString(c, tt.sent); err == nil && tt.body > 0 {
					_, _ = io.CopyN(c, zeros{}, tt.body) // it is not read to its end
				}
			}()
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != tt.want {
				t.Errorf("%s, want %d", resp.Status, tt.want)
			}
			_ = c.Close()
		})
		if n == 1 {
			before = series()
		}
	}
	// Whatever is asked for, there is one label for what is not there.
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		req, err := http.NewRequest([]string{"GET", "HEAD", "POST", "X" + fmt.Sprint(r.Uint32())}[r.IntN(4)], o.url+fmt.Sprintf("/%x/%x", r.Uint64(), r.Uint32()), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := o.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode/100 != 4 {
			t.Fatalf("%s %s: %s", req.Method, req.URL, resp.Status)
		}
	}
	routes := map[string]bool{}
	for name := range o.metrics("fest_http_requests_total{") {
		_, rest, _ := strings.Cut(name, `route="`)
		route, _, _ := strings.Cut(rest, `"`)
		routes[route] = true
		if strings.Contains(name, `method="X`) {
			t.Errorf("a method of a client's own became a label: %s", name)
		}
	}
	if !routes["none"] || len(routes) > 40 {
		t.Errorf("%d routes are labels, one of them for what is none: %v", len(routes), routes["none"])
	}
	if after := series(); after > before+20 {
		t.Errorf("500 unknown paths made %d series out of %d", after, before)
	}
	o.client.CloseIdleConnections()
	o.reclaimed("the sockets of those who asked too much")
	o.unaffected("after")
}

// zeros never end.
type zeros struct{}

// Read implements [io.Reader].
func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestGreedyClient has one client ask for 50 times its quota, in the name of
// 10,000 others that it is not: it gets its quota, and those beside it do not
// notice. Then a proxy that is believed tells of 10,000 clients: the table of
// quotas stays as large as it may be.
func TestGreedyClient(t *testing.T) {
	const (
		quota, burst = 40, 80
		clients      = 1024
		lasting      = 3 * time.Second
	)
	o := overload(t, "--quota", fmt.Sprint(quota), "--quota-burst", fmt.Sprint(burst), "--quota-clients", fmt.Sprint(clients), "--trusted-proxies", "127.16.0.1")
	var wg sync.WaitGroup
	var served, refused atomic.Int64
	begun := time.Now()
	for w := range 8 {
		wg.Go(func() {
			c, err := o.dial(net.IPv4(127, 15, 0, 1), 0)
			if err != nil {
				t.Error(err)
				return
			}
			r := bufio.NewReader(c)
			// All of them together: 50 times the quota.
			for i := range 50 * quota * int(lasting/time.Second) / 8 {
				if wait := time.Until(begun.Add(time.Duration(i) * lasting / (50 * quota * 3 / 8))); wait > 0 {
					time.Sleep(wait)
				}
				resp, err := forwarded(c, r, fmt.Sprintf("10.%d.%d.%d", w, i>>8&255, i&255))
				if err != nil {
					t.Error(err)
					return
				}
				switch resp.StatusCode {
				case http.StatusOK:
					served.Add(1)
				case http.StatusTooManyRequests:
					if n := refused.Add(1); n == 1 && (resp.Header.Get("Retry-After") < "1" || resp.Header.Get("RateLimit") == "") {
						t.Errorf("a refusal has Retry-After %q, RateLimit %q", resp.Header.Get("Retry-After"), resp.Header.Get("RateLimit"))
					}
				default:
					t.Errorf("the greedy client got %s", resp.Status)
				}
			}
		})
	}
	neighbours := func(n int) {
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				c, err := o.dial(net.IPv4(127, 17, 0, byte(i+1)), 0)
				if err != nil {
					t.Error(err)
					return
				}
				r := bufio.NewReader(c)
				for range n {
					time.Sleep(time.Second / (quota / 2))
					if resp, err := forwarded(c, r, ""); err != nil || resp.StatusCode != http.StatusOK {
						t.Errorf("neighbour %d: %v %+v", i, err, resp)
						return
					}
				}
			})
		}
		all.Wait()
	}
	neighbours(quota / 2 * int(lasting/time.Second))
	wg.Wait()
	if most := int64(burst + quota*time.Since(begun).Seconds() + 1); served.Load() > most || refused.Load() < 10*served.Load() {
		t.Errorf("the greedy client was served %d times and refused %d times; its quota was %d", served.Load(), refused.Load(), most)
	}
	c, err := o.dial(net.IPv4(127, 16, 0, 1), 0)
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	for i := range 10_000 {
		resp, err := forwarded(c, r, fmt.Sprintf("2001:db8:%x:%x::1", i>>8, i))
		if err != nil || resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("client %d of the proxy: %v %+v", i, err, resp)
		}
	}
	if v, ok := o.metric("fest_clients"); !ok || v > clients || v < clients/2 {
		t.Errorf("%v clients are told apart, want at most %d", v, clients)
	}
	neighbours(quota / 2)
}

// forwarded makes a lookup in somebody's name and reads the answer to its end.
func forwarded(c net.Conn, r *bufio.Reader, who string) (*http.Response, error) {
	header := ""
	if who != "" {
		header = "X-Forwarded-For: " + who + "\r\n"
	}
	_ = c.SetDeadline(time.Now().Add(patience)) // a closed one fails below
	if _, err := io.WriteString(c, "GET "+probed+" HTTP/1.1\r\nHost: x\r\n"+header+"\r\n"); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close() // it was read
	return resp, err
}
