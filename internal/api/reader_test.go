package api_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/api/valve"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// One who asks and asks and reads nothing, on one connection, holds no place
// of its class, however large the answers are and whatever writes them: others
// are answered meanwhile. Its own time is bounded, and then it is closed.
func TestWhoReadsNothingHoldsNobodyUp(t *testing.T) {
	past := inMemory(t, cache.Options{})
	lines := strings.Repeat(`{"resource":"atc","key":"N02BE01"},`, 300)
	body := `{"lines":[` + lines[:len(lines)-1] + `]}`
	for name, test := range map[string]struct {
		request, class string
	}{
		"a list":                   {"GET /v1/packages?limit=500 HTTP/1.1\r\n", "lookup"},
		"a list, compressed":       {"GET /v1/packages?limit=500 HTTP/1.1\r\nAccept-Encoding: gzip\r\n", "lookup"},
		"a list as of then":        {"GET /v1/packages?limit=500&release=3 HTTP/1.1\r\n", "compute"},
		"answers of some kilobyte": {"GET /v1/search?q=a&limit=20 HTTP/1.1\r\n", "compute"},
		"many in one call":         {fmt.Sprintf("POST /v1/lookups HTTP/1.1\r\nContent-Length: %d\r\n", len(body)), "compute"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newValves(t)
			v.LookupInFlight, v.Compute = 1, valve.NewPool(1, 1, 50*time.Millisecond)
			s := valved(t, v, nil, func(o *api.Options) {
				o.Archive = &archive{t: t, releases: []api.ArchivedRelease{{Release: release(3, past.content), OnDisk: true}}, files: map[fest.Serial]*file{3: past}}
				o.Slow, o.Now = api.Slow{Rate: 1 << 20, Grace: 2 * time.Second}, time.Now
			})
			address, closed := listening(t, s.Public())
			c, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_ = c.(*net.TCPConn).SetReadBuffer(4096)
			request := test.request + "Host: x\r\n\r\n"
			if strings.HasPrefix(request, "POST") {
				request += body
			}
			go func() { _, _ = io.WriteString(c, strings.Repeat(request, 400)) }() // ends with the connection

			sent := func() (n float64) {
				for _, route := range []string{"/v1/packages", "/v1/search", "/v1/lookups"} {
					n += s.metric(t, `fest_http_response_bytes_total{route="`+route+`"}`)
				}
				return n
			}
			soon := time.Now().Add(20 * time.Second)
			until := func(what string, done func() bool) {
				for ; !done(); time.Sleep(20 * time.Millisecond) {
					if time.Now().After(soon) {
						t.Fatalf("it never comes that %s", what)
					}
				}
			}
			until("an answer is under way", func() bool { return sent() > 0 || s.metric(t, "fest_http_requests_in_flight") > 0 })
			before, same := sent(), 0
			until("its answers stop", func() bool {
				now := sent()
				if same++; now != before {
					before, same = now, 0
				}
				return same == 8
			})
			if n := s.metric(t, `fest_class_in_flight{class="`+test.class+`"}`); n != 0 {
				t.Errorf("%v places of class %s are held", n, test.class)
			}
			for _, target := range []string{"/v1/packages?limit=1", "/v1/search?q=a&limit=1"} {
				if a := s.get(t, target); a.status != http.StatusOK {
					t.Errorf("%s of somebody else: %d %s", target, a.status, a.body)
				}
			}
			until("it is cut off", closed)
		})
	}
}

// listening is a handler on a listener whose connections buffer little; closed
// says that one was closed.
func listening(t *testing.T, h http.Handler) (address string, closed func() bool) {
	t.Helper()
	ts := httptest.NewUnstartedServer(h)
	ts.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(4096)
		return ctx
	}
	var over atomic.Bool
	ts.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			over.Store(true)
		}
	}
	ts.Start()
	t.Cleanup(ts.Close)
	return ts.Listener.Addr().String(), over.Load
}
