package valve

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func serve(t *testing.T, most int, h http.Handler) *Listener {
	t.Helper()
	var lc net.ListenConfig
	inner, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln := NewListener(inner, most, func(path string) []byte {
		status := "503 Service Unavailable"
		if path == "/healthz" {
			status = "200 OK"
		}
		return fmt.Appendf(nil, "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", status, len(path), path)
	})
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(ln) // ends with Close
	}()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return ln
}

func dial(t *testing.T, ln net.Listener) net.Conn {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func ask(t *testing.T, c net.Conn, path string) (status int, body string) {
	t.Helper()
	_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestConnectionCap(t *testing.T) {
	t.Parallel()
	ln := serve(t, 2, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "in") }))
	first, second := dial(t, ln), dial(t, ln)
	for _, c := range []net.Conn{first, second} {
		if status, body := ask(t, c, "/v1"); status != 200 || body != "in" {
			t.Fatalf("below the cap: %d %s", status, body)
		}
	}
	for range 3 {
		if status, body := ask(t, dial(t, ln), "/healthz?x=1"); status != 200 || body != "/healthz" {
			t.Errorf("health above the cap: %d %s", status, body)
		}
		if status, _ := ask(t, dial(t, ln), "/v1"); status != 503 {
			t.Errorf("lookup above the cap: %d, want 503", status)
		}
	}
	if ln.Open() != 2 || ln.Refused() != 6 {
		t.Errorf("open %d, refused %d, want 2 and 6", ln.Open(), ln.Refused())
	}
	_ = first.Close()
	for deadline := time.Now().Add(10 * time.Second); ; {
		if status, _ := ask(t, dial(t, ln), "/v1"); status == 200 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the place of a connection that was closed is not given back")
		}
	}
	// Those who are in are not touched.
	if status, _ := ask(t, second, "/v1"); status != 200 {
		t.Errorf("an open connection: %d", status)
	}
}

func TestConnectionCapAgainstSilence(t *testing.T) {
	t.Parallel()
	ln := serve(t, 1, http.NotFoundHandler())
	ask(t, dial(t, ln), "/")
	// More than can be refused at once, and none says a word.
	for range mostRefusing + 50 {
		dial(t, ln)
	}
	// Their second over, one who does gets an answer.
	for deadline := time.Now().Add(10 * time.Second); ; {
		c := dial(t, ln)
		_, _ = fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
		b, _ := io.ReadAll(c)
		if strings.HasPrefix(string(b), "HTTP/1.1 200") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("got %q", b)
		}
	}
}

func TestSlowReaderIsCutOff(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	ln := serve(t, 10, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s := NewSlowWriter(w, 1<<20, 200*time.Millisecond)
		defer s.Done()
		var err error
		for chunk := make([]byte, 1<<20); err == nil; {
			_, err = s.Write(chunk)
		}
		ended <- err
	}))
	_, _ = fmt.Fprint(dial(t, ln), "GET / HTTP/1.1\r\nHost: x\r\n\r\n") // and reads nothing
	select {
	case err := <-ended:
		if err == nil {
			t.Error("want an error")
		}
	case <-time.After(20 * time.Second):
		t.Fatal("one who reads nothing holds the answer for ever")
	}
}

func TestHonestSlowReaderIsServed(t *testing.T) {
	t.Parallel()
	const size = 6 << 20
	ln := serve(t, 10, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s := NewSlowWriter(w, 1<<20, 500*time.Millisecond) // would have 6.5 s in all
		defer s.Done()
		_, _ = s.Write(make([]byte, size))
	}))
	c := dial(t, ln)
	_, _ = fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	var got int
	for buf := make([]byte, 256<<10); ; {
		n, err := io.ReadFull(c, buf)
		got += n
		if err != nil {
			break
		}
		time.Sleep(20 * time.Millisecond) // some 12 MB/s: above the minimum
	}
	if got < size {
		t.Errorf("got %d bytes of %d", got, size)
	}
}

// Files go out in whole, in parts, and to the last byte, whatever their size.
func TestSlowWriterServesFiles(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, fileStep - 1, fileStep, fileStep + 1, 3*fileStep + 7} {
		content := make([]byte, size)
		for i := range content {
			content[i] = byte(i * 7)
		}
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		ln := serve(t, 10, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s := NewSlowWriter(w, 1<<20, time.Second)
			defer s.Done()
			http.ServeFile(s, r, path)
		}))
		for _, part := range []string{"", "bytes=0-0", fmt.Sprintf("bytes=%d-", size/2)} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+ln.Addr().String()+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			want := content
			switch {
			case part == "" || size == 0:
			case part == "bytes=0-0":
				want = content[:1]
				req.Header.Set("Range", part)
			default:
				want = content[size/2:]
				req.Header.Set("Range", part)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("size %d, range %q: got %d bytes, want %d; %v", size, part, len(got), len(want), err)
			}
		}
	}
}
