package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/festtest"
)

// While releases are swapped under load, every answer is drawn from exactly
// one of them: headers, counts and every item of a body agree (P1).
func TestNoAnswerMixesReleases(t *testing.T) {
	files := [2]string{festtest.File(t, "mini/fest-utdrag-2026-09-08.xml"), festtest.File(t, "mini/fest-mini-ns.xml.gz")} // even, odd serials
	retrieved := [2]string{"2026-09-08T03:09:06", "2017-04-12T18:26:27.336Z"}
	ingredients := [2]int{5, 71}
	dir := filepath.Join(t.TempDir(), "data")
	publish := func(serial int) {
		r, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: files[serial%2], Approval: approval()})
		if err != nil || int(r.Release.Serial) != serial {
			t.Errorf("import %d: serial %d, %v", serial, r.Release.Serial, err)
		}
	}
	publish(1)
	s := start(t, app.Options{DataDir: dir})
	s.ready("1")

	var stop atomic.Bool
	var answers [2]atomic.Int64
	check := func(header http.Header, body []byte) {
		serial, err := strconv.Atoi(header.Get("FEST-Release"))
		if err != nil {
			t.Errorf("FEST-Release: %v", err)
			return
		}
		which := serial % 2
		answers[which].Add(1)
		var l struct {
			list
			Release struct {
				Serial        int    `json:"serial"`
				RetrievalDate string `json:"retrievalDate"`
			} `json:"release"`
		}
		if err := json.Unmarshal(body, &l); err != nil {
			t.Errorf("release %d: %v", serial, err)
			return
		}
		if l.Release.Serial != serial || l.Release.RetrievalDate != retrieved[which] || header.Get("FEST-Retrieved") != retrieved[which] ||
			l.Total != ingredients[which] || len(l.Items) != ingredients[which] {
			t.Errorf("an answer mixes releases: headers say %d, %s; body says %d, %s with %d of %d items",
				serial, header.Get("FEST-Retrieved"), l.Release.Serial, l.Release.RetrievalDate, len(l.Items), l.Total)
		}
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for !stop.Load() && !t.Failed() {
				resp, err := http.Get("http://" + s.Addr() + "/v1/ingredients?limit=100")
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK {
					t.Errorf("%s, %v", resp.Status, err)
					return
				}
				check(resp.Header, body)
			}
		})
	}
	const last = 12
	for serial := 2; serial <= last && !t.Failed(); serial++ {
		publish(serial)
		s.ready(strconv.Itoa(serial))
	}
	time.Sleep(50 * time.Millisecond) // some answers of the last release, too
	stop.Store(true)
	readers.Wait()
	if answers[0].Load() == 0 || answers[1].Load() == 0 {
		t.Errorf("answers of even and odd releases: %d and %d; want some of both", answers[0].Load(), answers[1].Load())
	}
}
