package app

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/sample"
)

// Plain HTTP on a port that speaks TLS is told so, and who says nothing does
// not hold a connection for ever.
func TestHostileHandshakes(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", g.app.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.SetDeadline(time.Now().Add(30 * time.Second))
		return c
	}
	silent, half := dial(), dial()
	_, _ = half.Write([]byte{0x16, 0x03, 0x01, 0x02, 0x00, 0x01}) // the beginning of a ClientHello
	plain := dial()
	_, _ = io.WriteString(plain, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(plain), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "HTTPS") {
		t.Errorf("plain HTTP: %s %s", resp.Status, body)
	}
	for name, c := range map[string]net.Conn{"silence": silent, "half a hello": half} {
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Errorf("%s is not ended: %v", name, err)
		}
	}
	if got := g.send(g.client(nil), "GET", g.public("/healthz")); got.status != http.StatusOK {
		t.Errorf("others meanwhile: %d %v", got.status, got.err)
	}
}

// A client of HTTP/2 that lets next to nothing be sent holds up neither those
// who compute nor those who look up; and the file comes whole over HTTP/2.
func TestSlowStreamsHoldNobodyUp(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/fest251.zip"
	if err := sample.Small(sample.DefaultRetrieved()).WriteFile(file); err != nil {
		t.Fatal(err)
	}
	g := newGuarded(t, func(o *Options) { o.Source, o.Valves.ComputeInFlight = file, 2 })
	other := g.client(nil)
	g.eventually("the file is served", func() bool { return g.send(other, "GET", g.public("/healthz")).status == http.StatusOK })
	target := g.public("/v1/search?q=a&limit=50")
	first := g.send(other, "GET", target)
	if first.status != http.StatusOK || first.resp.ProtoMajor != 2 || len(first.body) < 8<<10 {
		t.Fatalf("%d %s, %d bytes: the answer is to be larger than what net/http keeps", first.status, first.resp.Proto, len(first.body))
	}

	slow := g.client(nil)
	transport, ok := slow.Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	transport.HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: 1}
	for range 20 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		g.eventually("a place to search", func() bool { // a machine that is short of processors refuses some
			resp, err := slow.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = resp.Body.Close() }) // which nobody reads
			return resp.StatusCode == http.StatusOK
		})
	}
	// They are cut off after ten seconds; until then they hold no place.
	asked := time.Now()
	metrics := string(g.send(other, "GET", g.ops("/metrics"), "Authorization", "Bearer "+readSecret).body)
	if took := time.Since(asked); took < 5*time.Second && !strings.Contains(metrics, `fest_class_in_flight{class="compute"} 0`) {
		t.Error("twenty answers that nobody reads hold places")
	}
	g.eventually("others search meanwhile", func() bool { return g.send(other, "GET", target).status == http.StatusOK })
	r := g.send(other, "GET", g.public("/fest/fest251.zip"))
	if r.status != http.StatusOK || fmt.Sprint(len(r.body)) != r.resp.Header.Get("Content-Length") || r.resp.ProtoMajor != 2 {
		t.Errorf("the file: %d %s, %d bytes of %s", r.status, r.resp.Proto, len(r.body), r.resp.Header.Get("Content-Length"))
	}
}
