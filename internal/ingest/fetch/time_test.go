package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/festd/festd/internal/ingest/fetch"
)

// A server that hangs or trickles is cut. These go over the loopback, where
// an answer may be anything; the rest of this file runs in a bubble.
func TestSlowServers(t *testing.T) {
	hang := func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	for name, tt := range map[string]struct {
		step http.HandlerFunc
		kind error
		text string
	}{
		"no header": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, fetch.ErrNetwork, "timeout awaiting response headers"},
		"no body":   {hang, fetch.ErrStalled, "after 0 bytes"},
		"half a body": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(file(5000, 1))
			hang(w, r)
		}, fetch.ErrStalled, "under 1000000 bytes a second for 100ms"},
		"trickle": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("x"))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		}, fetch.ErrStalled, "bytes a second"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.step)
			o := options(t, s.URL)
			o.HeaderTimeout, o.StallTimeout, o.MinRate, o.Attempts = 200*time.Millisecond, 100*time.Millisecond, 1_000_000, 2
			if e := fails(t, open(t, o), tt.kind, tt.text); e.Attempts != 2 {
				t.Errorf("%d attempts, want 2", e.Attempts)
			}
		})
	}
	t.Run("header by header", func(t *testing.T) {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			defer conn.Close()
			_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			for ; err == nil; time.Sleep(5 * time.Millisecond) {
				_, err = io.WriteString(conn, "X: y\r\n")
			}
		})
		o := options(t, s.URL)
		o.HeaderTimeout, o.Attempts = 200*time.Millisecond, 1
		fails(t, open(t, o), fetch.ErrNetwork, "")
	})
	t.Run("no TLS", func(t *testing.T) {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // accepts by its backlog, says nothing
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		o := options(t, "https://"+l.Addr().String())
		o.TLSTimeout, o.Attempts = 100*time.Millisecond, 1
		fails(t, open(t, o), fetch.ErrNetwork, "TLS handshake timeout")
	})
}

// inMemory is a fetcher over a network of its own, in the caller's bubble.
func inMemory(t *testing.T, o fetch.Options, network tripper) *fetch.Fetcher {
	t.Helper()
	base := options(t, "https://fest.example/fest251.zip")
	o.URL, o.Dir = base.URL, base.Dir
	o.SetTransport(network)
	return open(t, o)
}

// took is how long a fetch takes that fails, and how.
func took(t *testing.T, f *fetch.Fetcher) (time.Duration, *fetch.Error) {
	t.Helper()
	start := time.Now()
	_, err := f.Fetch(t.Context())
	var e *fetch.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a failure", err)
	}
	return time.Since(start), e
}

func fixed(share float64) func() float64 { return func() float64 { return share } }

func TestTrickleIsCut(t *testing.T) {
	for name, tt := range map[string]struct {
		every time.Duration
		bytes int
		ok    bool
	}{
		"enough":          {time.Second, 2000, true},
		"in bursts":       {25 * time.Second, 40_000, true},
		"a byte a second": {time.Second, 1, false},
		"half the rate":   {time.Second, 512, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := inMemory(t, fetch.Options{Attempts: 1}, func(r *http.Request) (*http.Response, error) {
					return answer(r, 200, &drip{r.Context(), tt.every, tt.bytes, 400_000}), nil
				})
				if tt.ok {
					if _, err := f.Fetch(t.Context()); err != nil {
						t.Error(err)
					}
					return
				}
				if d, e := took(t, f); !errors.Is(e, fetch.ErrStalled) || d != 30*time.Second {
					t.Errorf("%v after %v, want it cut after 30s", e, d)
				}
			})
		})
	}
}

func TestWholeFetchIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // within an attempt
		o := fetch.Options{}
		f := inMemory(t, o, func(r *http.Request) (*http.Response, error) {
			return answer(r, 200, &drip{r.Context(), time.Second, 2000, 1 << 40}), nil
		})
		if d, e := took(t, f); !errors.Is(e, fetch.ErrTimeout) || d != 30*time.Minute || !strings.Contains(e.Error(), "not done within 30m0s") {
			t.Errorf("%v after %v, want the end after 30m", e, d)
		}
	})
	synctest.Test(t, func(t *testing.T) { // pauses that would end after it are not begun
		o := fetch.Options{Timeout: 10 * time.Second, Attempts: 100}
		o.SetRandom(fixed(0.999))
		f := inMemory(t, o, func(r *http.Request) (*http.Response, error) { return answer(r, 500, http.NoBody), nil })
		if d, e := took(t, f); !errors.Is(e, fetch.ErrStatus) || d >= 10*time.Second || e.Attempts != 3 {
			t.Errorf("%v after %v and %d attempts, want ErrStatus after pauses of 2 and 4 s", e, d, e.Attempts)
		}
	})
	synctest.Test(t, func(t *testing.T) { // the caller's end is the caller's
		f := inMemory(t, fetch.Options{}, func(r *http.Request) (*http.Response, error) {
			return answer(r, 200, &drip{r.Context(), time.Second, 2000, 1 << 40}), nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := f.Fetch(ctx); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, fetch.ErrTimeout) {
			t.Errorf("got %v", err)
		}
	})
}

func TestBackoff(t *testing.T) {
	network := func(r *http.Request) (*http.Response, error) { return answer(r, 500, http.NoBody), nil }
	for share, want := range map[float64]time.Duration{
		0:   0,
		0.5: (2 + 4 + 8 + 16 + 20 + 20) * time.Second / 2,
	} {
		synctest.Test(t, func(t *testing.T) {
			o := fetch.Options{Attempts: 7, MaxBackoff: 20 * time.Second}
			o.SetRandom(fixed(share))
			if d, e := took(t, inMemory(t, o, network)); d != want || e.Attempts != 7 {
				t.Errorf("%v in %d attempts at %v of the bounds; want %v in 7", d, e.Attempts, share, want)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) { // the real dice
		seen := map[time.Duration]bool{}
		for range 20 {
			d, _ := took(t, inMemory(t, fetch.Options{Attempts: 2}, network))
			if d > 2*time.Second {
				t.Errorf("a pause of %v, want at most 2s", d)
			}
			seen[d] = true
		}
		if len(seen) < 15 {
			t.Errorf("only %d different pauses of 20", len(seen))
		}
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for name, tt := range map[string]struct {
		code  int
		after string
		want  time.Duration // of two attempts
		tries int
	}{
		"seconds":         {503, "60", 60 * time.Second, 2},
		"too many":        {429, "7", 7 * time.Second, 2},
		"as a date":       {503, "Sat, 01 Jan 2000 00:01:30 GMT", 90 * time.Second, 2}, // where bubbles begin
		"in the past":     {503, "Fri, 31 Dec 1999 00:00:00 GMT", 0, 2},
		"malformed":       {503, "soon", 0, 2},
		"negative":        {503, "-5", 0, 2},
		"at the bound":    {503, "300", 300 * time.Second, 2},
		"over the bound":  {503, "301", 0, 1},
		"beyond numbers":  {503, "99999999999999999999999", 0, 1},
		"on a final code": {404, "1", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := fetch.Options{Attempts: 2}
				o.SetRandom(fixed(0))
				f := inMemory(t, o, func(r *http.Request) (*http.Response, error) {
					return answer(r, tt.code, http.NoBody, "Retry-After", tt.after), nil
				})
				d, e := took(t, f)
				if d != tt.want || e.Attempts != tt.tries {
					t.Errorf("%v with %d attempts, want %v with %d", d, e.Attempts, tt.want, tt.tries)
				}
				if tt.tries == 1 && tt.code == 503 && e.Retry <= 300*time.Second {
					t.Errorf("the caller hears %v of what the server asked for", e.Retry)
				}
			})
		})
	}
	// By the server's clock, not ours.
	h := http.Header{"Date": {"Sat, 01 Jan 2000 00:00:00 GMT"}, "Retry-After": {"Sat, 01 Jan 2000 00:00:10 GMT"}}
	if d := fetch.RetryAfter(h, time.Now()); d != 10*time.Second {
		t.Errorf("%v, want 10s", d)
	}
}

func TestCancelledInAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := fetch.Options{}
		o.SetRandom(fixed(0.9))
		f := inMemory(t, o, func(r *http.Request) (*http.Response, error) { return answer(r, 500, http.NoBody), nil })
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errors.New("shutting down")) })
		start := time.Now()
		_, err := f.Fetch(ctx)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "shutting down") || time.Since(start) != time.Second {
			t.Errorf("%v after %v, want the caller's end and its cause at once", err, time.Since(start))
		}
		if _, err := f.Fetch(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
	})
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []fetch.Progress
		o := fetch.Options{Progress: func(p fetch.Progress) { told = append(told, p) }}
		f := inMemory(t, o, func(r *http.Request) (*http.Response, error) {
			resp := answer(r, 200, &drip{r.Context(), 10 * time.Millisecond, 1000, 100_000})
			resp.ContentLength = 100_000
			return resp, nil
		})
		if _, err := f.Fetch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(told); n < 8 || n > 13 { // a second, ten a second
			t.Errorf("told %d times in a second", n)
		}
		if last := told[len(told)-1]; last != (fetch.Progress{Done: 100_000, Total: 100_000}) {
			t.Errorf("last progress %+v", last)
		}
	})
}

// What the transport decides not to say must not turn a cut into an end: some
// bodies say that they were cut off once, and a plain end after that.
func TestCutIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := inMemory(t, fetch.Options{Attempts: 1}, func(r *http.Request) (*http.Response, error) {
			said := false
			return answer(r, 200, io.MultiReader(bytes.NewReader([]byte("PK\x03\x04")), readFunc(func([]byte) (int, error) {
				if said {
					return 0, io.EOF
				}
				said = true
				return 0, io.ErrUnexpectedEOF
			}))), nil
		})
		if _, e := took(t, f); !errors.Is(e, fetch.ErrNetwork) {
			t.Errorf("got %v", e)
		}
	})
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }
