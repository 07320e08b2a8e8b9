package valve

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

// secured is a listener that speaks TLS, within the cap and above it, with a
// client for it.
func secured(t *testing.T, most int, h http.Handler) (*Listener, *http.Client) {
	t.Helper()
	ts := httptest.NewUnstartedServer(h)
	ts.EnableHTTP2 = true
	var capped *Listener
	ln := ts.Listener
	capped = NewListener(ln, most, func(path string) []byte {
		if path == "/healthz" {
			return []byte("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		}
		return []byte("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
	})
	capped.TLS = func() *tls.Config {
		return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: ts.TLS.Certificates, NextProtos: []string{"http/1.1"}}
	}
	ts.Listener = capped
	ts.StartTLS()
	t.Cleanup(ts.Close)
	return capped, ts.Client()
}

// Above the cap a connection gets its answer over TLS, too, and what speaks
// none, or nothing, is closed.
func TestRefusalsOverTLS(t *testing.T) {
	t.Parallel()
	ln, client := secured(t, 1, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	base := "https://" + ln.Addr().String()
	resp, err := client.Get(base)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.ProtoMajor != 2 || resp.StatusCode != http.StatusOK || ln.Open() != 1 {
		t.Fatalf("%s %s, %d open", resp.Proto, resp.Status, ln.Open())
	}
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	other := &http.Client{Transport: transport.Clone()}
	for path, want := range map[string]int{"/healthz": 200, "/v1/drugs": 503} {
		resp, err := other.Get(base + path)
		if err != nil {
			t.Fatalf("%s above the cap: %v", path, err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want || resp.ProtoMajor != 1 {
			t.Errorf("%s above the cap: %s %s, want %d", path, resp.Proto, resp.Status, want)
		}
	}
	for _, sent := range []string{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""} {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, sent)
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a connection above the cap that sends %q stays open", sent)
		}
		_ = c.Close()
	}
}

// Over HTTP/2 the reader says how much may be sent. One that says next to
// nothing is cut off all the same, and it is known why.
func TestSlowReaderOverHTTP2IsCutOff(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	ln, client := secured(t, 10, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s := NewSlowWriter(w, 1<<20, 200*time.Millisecond)
		defer s.Done()
		_, err := s.Write(make([]byte, 1<<20))
		if s.Cut() != errors.Is(err, os.ErrDeadlineExceeded) {
			err = errors.New("cut off or not?")
		}
		ended <- err
	}))
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	transport.HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: 1}
	resp, err := client.Get("https://" + ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%v, want that the deadline was exceeded", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("one who lets nothing be sent holds the answer for ever")
	}
}
