package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest/fetch"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/sample"
)

// shelf is a source without a network: one file, which takes a while to come.
type shelf struct {
	t         *testing.T
	mu        sync.Mutex // the clock of a bubble orders nothing for the race detector
	path      string
	takes     time.Duration
	asked     int
	brought   int
	confirmed fest.Digest
}

func (s *shelf) Fetch(context.Context) (fetch.Result, error) {
	s.mu.Lock()
	s.asked++
	path, takes, confirmed := s.path, s.takes, s.confirmed
	s.mu.Unlock()
	b, err := os.ReadFile(path)
	if err != nil {
		return fetch.Result{}, err
	}
	sum := sha256.Sum256(b)
	digest := fest.Digest(hex.EncodeToString(sum[:]))
	if digest == confirmed {
		return fetch.Result{NotModified: true}, nil
	}
	time.Sleep(takes)
	s.mu.Lock()
	s.brought++
	s.mu.Unlock()
	copied := filepath.Join(s.t.TempDir(), "fetched.zip")
	if err := os.WriteFile(copied, b, 0o600); err != nil {
		return fetch.Result{}, err
	}
	return fetch.Result{Path: copied, Source: fest.Source{Location: "shelf", Digest: digest, Size: int64(len(b))}}, nil
}

func (s *shelf) Confirm(r fetch.Result) error {
	s.mu.Lock()
	s.confirmed = r.Source.Digest
	s.mu.Unlock()
	return s.Discard(r)
}

// put says what the source has from now on, and how long it takes to come.
func (s *shelf) put(path string, takes time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.path, s.takes = path, takes
}

func (s *shelf) counts() (asked, brought int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked, s.brought
}

func (s *shelf) Discard(r fetch.Result) error { return os.Remove(r.Path) }

// polling is a process that leads, with a clock of its own.
type polling struct {
	*poller
	*shelf
	stop func()
}

// startPolling begins to look at the shelf as a process does that just started
// or became the leader.
func startPolling(t *testing.T, store store, s *shelf) *polling {
	t.Helper()
	o := &Options{Source: "https://example.org/fest251.zip", PublishWindow: "03:00-06:00", Filter: fest.FilterPrescriber, Gate: gate.Default()}
	log := slog.New(slog.DiscardHandler)
	f := &follower{
		opts: o, state: new(api.State), metrics: newMetrics(nil), log: log,
		loader: &loader{store: store, limits: m30.DefaultLimits(), log: log, metrics: newMetrics(nil)},
	}
	var err error
	f.refresher, err = cache.NewRefresher(cache.RefresherOptions{
		Load: func(context.Context) (*cache.Snapshot, error) { return nil, nil }, Served: new(cache.Served), Timeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.newPoller()
	if err != nil {
		t.Fatal(err)
	}
	p.download.fetcher = s
	return &polling{poller: p, shelf: s, stop: p.lead(t)}
}

// lead leads until the function that it returns is called.
func (p *poller) lead(t *testing.T) (lose func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { p.run(ctx); close(done) }()
	return func() { cancel(); <-done }
}

// bubble runs a test with a fake clock, at noon in Oslo, over a store.
func bubble(t *testing.T, test func(t *testing.T, s store, files []string)) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2027, 3, 3, 12, 0, 0, 0, oslo)
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for range 3 {
		path := filepath.Join(t.TempDir(), "fest251.zip")
		if err := data.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
		if data, err = data.Next(sample.Change{Reissue: 0.1}); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon))
		s, err := festdb.Open(festdb.Options{Dir: filepath.Join(t.TempDir(), "data")})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		test(t, s, files)
	})
}

// after lets the clock run on, and waits until all rest.
func after(d time.Duration) { time.Sleep(d); synctest.Wait() }

// published says what was published last, and when by the clock in Oslo.
func published(t *testing.T, s store) (fest.Serial, string) {
	t.Helper()
	rel, err := s.Current(t.Context())
	if errors.Is(err, festdb.ErrNoRelease) {
		return 0, ""
	}
	if err != nil {
		t.Fatal(err)
	}
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return rel.Serial, rel.PublishedAt.In(oslo).Format("02 15:04")
}

// A start, or a change of leader, outside of the publish window does not
// publish; the first release of all waits for nothing.
func TestStartKeepsThePublishWindow(t *testing.T) {
	bubble(t, func(t *testing.T, s store, files []string) {
		shelf := &shelf{t: t, path: files[0]}
		p := startPolling(t, s, shelf)
		after(time.Minute)
		if serial, at := published(t, s); serial != 1 || at != "03 12:00" {
			t.Fatalf("the first release: serial %d at %s; want it at once", serial, at)
		}
		p.stop()

		shelf.put(files[1], 0)
		p = startPolling(t, s, shelf) // restarted at noon
		after(14 * time.Hour)
		serial, at := published(t, s)
		if _, brought := shelf.counts(); serial != 1 || brought != 1 {
			t.Fatalf("release %d at %s, %d files fetched; want nothing of a start at noon before the window", serial, at, brought)
		}
		p.stop()
		p = startPolling(t, s, shelf) // and another leader at 02:01
		after(4 * time.Hour)
		if serial, at := published(t, s); serial != 2 || at < "04 03:00" || at >= "04 06:00" {
			t.Fatalf("release %d at %s; want 2 in the window", serial, at)
		}
		p.stop()

		shelf.put(files[2], 0)
		p = startPolling(t, s, shelf) // 06:01
		after(21*time.Hour + 30*time.Minute)
		p.stop()
		p = startPolling(t, s, shelf) // 03:31, in the window
		after(time.Minute)
		if serial, at := published(t, s); serial != 3 || at < "05 03:00" || at >= "05 06:00" {
			t.Fatalf("release %d at %s; want 3 in the window", serial, at)
		}
		p.stop()
	})
}

// A fetch that outlasts the window publishes in the next one, and is not made
// twice, though the lead is lost and won meanwhile.
func TestLateFileWaits(t *testing.T) {
	bubble(t, func(t *testing.T, s store, files []string) {
		shelf := &shelf{t: t, path: files[0]}
		p := startPolling(t, s, shelf)
		after(time.Minute)
		shelf.put(files[1], 4*time.Hour)
		after(22 * time.Hour) // 10:01 on the next day
		serial, at := published(t, s)
		if _, brought := shelf.counts(); serial != 1 || brought != 2 {
			t.Fatalf("release %d at %s, %d files fetched; want the second to wait", serial, at, brought)
		}
		p.stop()
		p.stop = p.lead(t)
		after(24 * time.Hour)
		if serial, at := published(t, s); serial != 2 || at < "05 03:00" || at >= "05 06:00" {
			t.Fatalf("release %d at %s; want 2 in the next window", serial, at)
		}
		// The URL was asked once more, after what had waited.
		if asked, brought := shelf.counts(); brought != 2 || asked != 3 {
			t.Errorf("%d files fetched, asked %d times; want 2 and 3", brought, asked)
		}
		p.stop()
		p.close()
	})
}

// What waits is not published over something that a person published
// meanwhile: the URL is asked again.
func TestLateFileIsOvertaken(t *testing.T) {
	bubble(t, func(t *testing.T, s store, files []string) {
		shelf := &shelf{t: t, path: files[0]}
		p := startPolling(t, s, shelf)
		after(time.Minute)
		shelf.put(files[1], 4*time.Hour)
		after(22 * time.Hour)
		late := p.download.late
		if late == nil {
			t.Fatal("nothing waits")
		}
		if _, err := p.follower.loader.importFile(t.Context(), ImportOptions{Path: files[2], Filter: fest.FilterPrescriber}); err != nil {
			t.Fatal(err)
		}
		shelf.put(files[2], 0)
		after(24 * time.Hour)
		serial, at := published(t, s)
		if _, brought := shelf.counts(); serial != 2 || brought != 3 {
			t.Errorf("release %d at %s, %d files fetched; want what the person published, and the URL asked", serial, at, brought)
		}
		if _, err := os.Stat(late.got.Path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the overtaken file is still there: %v", err)
		}
		p.stop()
		shelf.put(files[1], 4*time.Hour)
		p.stop = p.lead(t)
		after(24 * time.Hour)
		waits := p.download.late
		p.stop()
		p.close()
		if waits == nil || p.download.late != nil {
			t.Fatalf("waiting: %v, after closing: %v", waits, p.download.late)
		}
		if _, err := os.Stat(waits.got.Path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("closing leaves the file: %v", err)
		}
	})
}
