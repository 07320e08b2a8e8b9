package app_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
)

// A request of the ops listener that would go on for long, as a profile of an
// hour, does not hold a server that stops.
func TestLongProfileDoesNotHoldTheStop(t *testing.T) {
	s := start(t, app.Options{DrainTimeout: 100 * time.Millisecond})
	s.ready("0")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.OpsAddr()+"/debug/pprof/goroutine?seconds=3600", nil)
		if err != nil {
			return
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	until(t, func() bool {
		return bytes.Contains(s.ops("/debug/pprof/goroutine?debug=2").body, []byte("serveDeltaProfile"))
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	asked := time.Now()
	_ = s.Stop(ctx) // says that it cut something off
	if took := time.Since(asked); took > 10*time.Second {
		t.Errorf("stopping took %v", took)
	}
	<-ended
}
