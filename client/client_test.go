package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// service answers in place of one; it runs under the test's clock.
type service func(*http.Request) (status int, header map[string]string, body string)

// RoundTrip implements [http.RoundTripper].
func (s service) RoundTrip(r *http.Request) (*http.Response, error) {
	status, header, body := s(r)
	if status == 0 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if status < 0 {
		return nil, errors.New("connection refused")
	}
	h := http.Header{}
	for k, v := range header {
		h.Set(k, v)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func newClient(t *testing.T, s service, change func(*Options)) *Client {
	t.Helper()
	o := Options{BaseURL: "http://fest.test", HTTPClient: &http.Client{Transport: s}}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const paracetamol = `{"resource":"ingredients","id":"ID_1","entryId":"ID_2","name":"Paracetamol"}`

func good(*http.Request) (int, map[string]string, string) {
	return 200, map[string]string{"ETag": `"a"`, "FEST-Release": "7", "FEST-Retrieved": "2026-11-19T03:09:06"}, paracetamol
}

func TestAnswerSaysItsRelease(t *testing.T) {
	t.Parallel()
	got, err := newClient(t, good, nil).Ingredient(t.Context(), "ID_1")
	if err != nil {
		t.Fatal(err)
	}
	if got.Value.Name != "Paracetamol" || got.Release != 7 || got.Retrieved != "2026-11-19T03:09:06" || got.Stale {
		t.Errorf("got %+v", got)
	}
}

func TestAsksConditionally(t *testing.T) {
	t.Parallel()
	asked := 0
	c := newClient(t, func(r *http.Request) (int, map[string]string, string) {
		if asked++; asked == 1 {
			return good(r)
		}
		if got := r.Header.Get("If-None-Match"); got != `"a"` {
			t.Errorf("If-None-Match %q", got)
		}
		return 304, map[string]string{"FEST-Release": "8", "FEST-Retrieved": "2026-12-01T03:00:00"}, ""
	}, nil)
	for range 2 {
		if _, err := c.Ingredient(t.Context(), "ID_1"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.Ingredient(t.Context(), "ID_1")
	if err != nil || got.Value.Name != "Paracetamol" || got.Release != 8 {
		t.Errorf("after 304: %+v, %v", got, err)
	}
}

func TestStaleCopyStandsIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir, up := t.TempDir(), true
		s := func(r *http.Request) (int, map[string]string, string) {
			if up {
				return good(r)
			}
			return -1, nil, ""
		}
		if _, err := newClient(t, s, func(o *Options) { o.Dir = dir }).Ingredient(t.Context(), "ID_1"); err != nil {
			t.Fatal(err)
		}
		up = false
		next := newClient(t, s, func(o *Options) { o.Dir = dir }) // another process
		got, err := next.Ingredient(t.Context(), "ID_1")
		if err != nil || got.Value.Name != "Paracetamol" || !got.Stale || got.Cause == nil || got.Release != 7 {
			t.Errorf("with the service away: %+v, %v", got, err)
		}
		if _, err := next.Ingredient(t.Context(), "ID_9"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("what was never asked for: %v, want ErrUnavailable", err)
		}
		time.Sleep(31 * 24 * time.Hour)
		if _, err := next.Ingredient(t.Context(), "ID_1"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("a copy of a month ago: %v, want ErrUnavailable", err)
		}
	})
}

func TestHonoursRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, early := time.Now(), 0
		c := newClient(t, func(r *http.Request) (int, map[string]string, string) {
			switch since := time.Since(began); {
			case since == 0:
				return 503, map[string]string{"Retry-After": "3"}, `{"title":"Busy"}`
			case since < 3*time.Second:
				early++
			}
			return good(r)
		}, nil)
		if _, err := c.Ingredient(t.Context(), "ID_1"); err != nil {
			t.Fatal(err)
		}
		if since := time.Since(began); early > 0 || since > 4*time.Second {
			t.Errorf("asked %d times before the 3 s were over; done after %v", early, since)
		}
	})
}

func TestRetryAfterHoldsForAllCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		c := newClient(t, func(*http.Request) (int, map[string]string, string) {
			asked.Add(1)
			return 429, map[string]string{"Retry-After": "60"}, ""
		}, nil)
		for i := range 50 {
			if _, err := c.Ingredient(t.Context(), fmt.Sprint(i)); !errors.Is(err, ErrUnavailable) {
				t.Fatalf("got %v", err)
			}
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times within the minute, want once", n)
		}
	})
}

func TestUsedUpQuotaIsHeeded(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		`"default";r=0;t=5`: time.Second, `"default";r=3;t=5`: 0, ``: 0, `rubbish`: 0, `"default";r=0`: 0,
	} {
		if got := exhausted(header); got != want {
			t.Errorf("RateLimit %s: wait %v, want %v", header, got, want)
		}
	}
}

// All fail: the service gets about as many requests as there are calls.
func TestRetriesHaveABudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		c := newClient(t, func(*http.Request) (int, map[string]string, string) {
			asked.Add(1)
			return -1, nil, ""
		}, nil)
		const calls = 500
		for i := range calls {
			_, _ = c.Ingredient(t.Context(), fmt.Sprint(i))
		}
		if n := asked.Load(); n > calls+budgetMost {
			t.Errorf("%d calls made %d requests, want at most %d", calls, n, calls+budgetMost)
		}
	})
}

func TestPausesAreSpread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		second := map[time.Duration]int{}
		for range 200 {
			began, asked := time.Now(), 0
			c := newClient(t, func(r *http.Request) (int, map[string]string, string) {
				if asked++; asked == 1 {
					return -1, nil, ""
				}
				second[time.Since(began).Truncate(100*time.Millisecond)]++
				return good(r)
			}, func(o *Options) { o.Backoff = time.Second; o.StartJitter = time.Second })
			if _, err := c.Ingredient(t.Context(), "ID_1"); err != nil {
				t.Fatal(err)
			}
		}
		if len(second) < 15 {
			t.Errorf("200 clients came back in %d different tenths of a second: %v", len(second), second)
		}
		for at, n := range second {
			if n > 40 {
				t.Errorf("%d of 200 clients came back at %v", n, at)
			}
		}
	})
}

func TestSoundAnswersAreNotRetried(t *testing.T) {
	t.Parallel()
	for status, body := range map[int]string{
		404: `{"title":"Not found","knownSince":"2024-06-06T00:00:00"}`,
		410: `{"title":"Removed from FEST","successors":[{"resource":"drugs","id":"ID_3"}],"lastContent":{"id":"ID_1"}}`,
		400: `{"title":"Invalid parameter"}`,
	} {
		asked := 0
		c := newClient(t, func(*http.Request) (int, map[string]string, string) { asked++; return status, nil, body }, nil)
		_, err := c.Drug(t.Context(), "ID_1")
		var p *Problem
		if !errors.As(err, &p) || p.Status != status || asked != 1 {
			t.Fatalf("status %d: %v after %d requests", status, err, asked)
		}
		if status == 404 && (!p.NotFound() || p.KnownSince == "") || status == 410 && (!p.Removed() || len(p.Successors) != 1 || p.LastContent == nil) {
			t.Errorf("status %d: %+v", status, p)
		}
	}
}

// A service that takes requests and never answers costs no call more than its
// patience.
func TestHungService(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(*http.Request) (int, map[string]string, string) { return 0, nil, "" }, nil)
		began := time.Now()
		if _, err := c.Ingredient(t.Context(), "ID_1"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began = time.Now()
		if _, err := c.Ingredient(ctx, "ID_1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the caller's deadline among the causes", err)
		}
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("took %v after the caller's 100 ms", took)
		}
	})
}

func TestCopiesAreBounded(t *testing.T) {
	t.Parallel()
	c := newClient(t, good, func(o *Options) { o.Copies = 10; o.Dir = t.TempDir() })
	for i := range 100 {
		if _, err := c.Ingredient(t.Context(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := c.copies.used.Len(); n != 10 {
		t.Errorf("%d copies are kept, want 10", n)
	}
	if _, ok := c.copies.get("/v1/ingredients/99"); !ok {
		t.Error("the last one is not among them")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {BaseURL: "fest.example.no"}, {BaseURL: "ftp://fest.example.no"}, {BaseURL: "http://x", Attempts: -1}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v: want an error", o)
		}
	}
}
