package crowd

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestMixHoldsInAnyHundred(t *testing.T) {
	for _, from := range []int{0, 37, 500} {
		var n [Kinds]int
		for i := range 100 {
			n[KindOf(from+i)]++
		}
		if n != mix {
			t.Errorf("from %d on: %v, want %v", from, n, mix)
		}
	}
}

func TestSpread(t *testing.T) {
	s := func(v ...float64) []time.Duration {
		var d []time.Duration
		for _, x := range v {
			d = append(d, time.Duration(x*float64(time.Second)))
		}
		return d
	}
	for _, tt := range []struct {
		at      []time.Duration
		n, most int
		even    float64
	}{
		{nil, 0, 0, 0},
		{s(3.2), 1, 1, 1},
		{s(1.1, 1.9, 2.5, 4.0), 4, 2, 1}, // a second without any counts too
	} {
		if n, most, even := Spread(tt.at); n != tt.n || most != tt.most || even != tt.even {
			t.Errorf("%v: %d, %d, %g; want %d, %d, %g", tt.at, n, most, even, tt.n, tt.most, tt.even)
		}
	}
}

// Everybody is refused once and served then; what was said of the way there is
// told.
func TestCrowdComesBack(t *testing.T) {
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == File && asked.Add(1) <= 17 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprint(w, "the file")
	}))
	defer srv.Close()
	all := New(20, srv.URL)
	if err := Connect(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	storm := Come(ctx, all)
	<-storm.Done()
	o := storm.Outcome()
	if o.Done() != 20 || o.Broken != 0 || o.Refused() != 17 || o.Took < time.Second {
		t.Errorf("outcome %+v", o)
	}
	if len(o.Wave) == 0 || len(o.Wave) > 17 {
		t.Errorf("%d were refused in the first second, want at most 17", len(o.Wave))
	}
}

// A crowd that is never served ends with its context.
func TestCrowdGivesUp(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	storm := Come(ctx, New(5, srv.URL))
	<-storm.Done()
	if o := storm.Outcome(); o.Done() != 0 || o.Requests < 5 {
		t.Errorf("outcome %+v", o)
	}
}

// The probe counts by phase, does nothing in a pause, and takes refusals for
// failures and 410 for an answer.
func TestProbe(t *testing.T) {
	var status atomic.Int64
	status.Store(http.StatusOK)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/v1/ingredients/") {
			_, _ = fmt.Fprint(w, `{"items":[{"id":"A"},{"id":"B"}]}`)
			return
		}
		w.WriteHeader(int(status.Load()))
	}))
	defer srv.Close()
	in, phases := io.Pipe()
	var out, stderr strings.Builder
	done := make(chan int)
	go func() { done <- RunProbe([]string{"200", srv.URL}, in, &out, &stderr) }()
	say := func(phase string, code int) {
		status.Store(int64(code))
		_, _ = fmt.Fprintln(phases, phase)
		time.Sleep(300 * time.Millisecond)
		_, _ = fmt.Fprintln(phases, paused)
		time.Sleep(100 * time.Millisecond)
	}
	say("one", http.StatusOK)
	say("two", http.StatusGone)
	say("three", http.StatusServiceUnavailable)
	_ = phases.Close()
	if code := <-done; code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	for _, want := range []string{`"Failed":0,"Statuses":{"200":`, `"Failed":0,"Statuses":{"410":`, `"three":{"Answered":0,"Failed":`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, out.String())
		}
	}
}
