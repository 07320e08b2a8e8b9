package endtoend_test

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// TestRequestsCostNoStatement asks a replica every kind of question, those
// among them that open releases of the past for the first time, in a moment in
// which it does not poll: PostgreSQL hears nothing (P5).
func TestRequestsCostNoStatement(t *testing.T) {
	e := expect(t, "first.zip", "second.zip")
	cluster, base := base(t)
	database := cluster.Database(t, name(base.database))
	own := store{copyDir(t, base.dir), database}
	importFile(t, own, "second.zip")
	keys, _ := e.differing(t, "first.zip", "second.zip")
	gone, changed := "/v1/"+keys[0], "/v1/"+keys[1]
	questions := map[string]int{
		changed: http.StatusOK, gone: http.StatusGone, gone + "?include=removed": http.StatusOK,
		changed + "?release=1": http.StatusOK, gone + "?release=1": http.StatusOK, changed + "?release=77": http.StatusNotFound,
		"/v1/drugs/no-such-id": http.StatusNotFound, "/v1/drugs?limit=5": http.StatusOK, "/v1/drugs?atc=N02BE01": http.StatusOK,
		"/v1/packages?itemNumber=000001": http.StatusOK, "/v1/drugs?nonsense=1": http.StatusBadRequest, "/v1/atc/N02": http.StatusOK,
		"/v1/releases": http.StatusOK, "/v1/releases/1": http.StatusOK, "/v1/releases/1/verdict": http.StatusOK,
		"/v1/releases/2/changes?from=1&limit=5": http.StatusOK, "/v1/releases/current": http.StatusOK, "/healthz": http.StatusOK, "/": http.StatusOK,
	}
	p := newProxy(t, database)
	var mu sync.Mutex
	var heard []frame
	last := time.Now()
	p.on(func(f frame) bool {
		if f.client && f.kind != 'X' { // but for a goodbye, anything
			mu.Lock()
			defer mu.Unlock()
			heard, last = append(heard, f), time.Now()
		}
		return true
	})
	// A poll may fall into the moment: then it is tried anew, with a server that
	// has opened nothing yet. A question that costs a statement always does.
	for try := 1; ; try++ {
		s := serve(t, store{copyDir(t, own.dir), p.url})
		s.serves(2, patience)
		eventually(t, "it has polled", patience, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(heard) > 0 && time.Since(last) > 500*time.Millisecond
		})
		mu.Lock()
		heard = nil
		mu.Unlock()
		for path, want := range questions {
			if a := s.get(path); a.status != want {
				t.Errorf("GET %s: %d, want %d: %.200s", path, a.status, want, a.body)
			}
		}
		mu.Lock()
		n := heard
		heard = nil
		mu.Unlock()
		s.kill()
		if len(n) == 0 {
			t.Logf("%d questions, no statement, at try %d", len(questions), try)
			return
		}
		if try == 8 {
			t.Fatalf("while it was asked, PostgreSQL heard each time, now %v", n)
		}
	}
}
