package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festdb/storetest"
)

// loads collects what a store says of its loads.
type loads struct {
	mu   sync.Mutex
	list []postgres.Load
}

func (l *loads) add(x postgres.Load) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, x)
}

func (l *loads) all() []postgres.Load {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]postgres.Load(nil), l.list...)
}

// publishSlices publishes a list of entries.
func publishSlices(t *testing.T, s festdb.Store, list []fest.Slice, n int, expect fest.Serial) fest.Release {
	t.Helper()
	g, err := s.Stage(t.Context())
	must(t, err)
	defer func() { must(t, g.Discard()) }()
	for _, e := range list {
		must(t, g.Add(e))
	}
	doc := storetest.Document(n)
	digest, err := g.Seal(doc)
	must(t, err)
	r, err := g.Publish(t.Context(), fest.Content{Digest: digest, Document: doc, Filter: fest.FilterPrescriber}, fest.Source{}, expect)
	must(t, err)
	return r
}

// fortnight changes some entries of a list, drops one and adds one, which moves
// all lines.
func fortnight(list []fest.Slice, seed uint64) []fest.Slice {
	next := append([]fest.Slice(nil), list[1:]...)
	fresh := storetest.Slices(len(next)/50+1, seed)
	for i, e := range fresh[1:] {
		at := (i*50 + int(seed)) % len(next)
		e.Line = next[at].Line
		next[at] = e
	}
	for i := range next {
		next[i].Line += 3
	}
	return append(next, fresh[0])
}

// TestUnchangedCostsNothing: entries that stand in several contents are kept,
// sent and fetched once, and every content reads as it was.
func TestUnchangedCostsNothing(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url})
	var did loads
	replica := open(t, postgres.Options{URL: url, Loaded: did.add})
	list := storetest.Slices(3000, 1)
	var releases []fest.Release
	var lists [][]fest.Slice
	var last fest.Serial
	for n := range 4 {
		r := publishSlices(t, s, list, n, last)
		releases, lists, last = append(releases, r), append(lists, list), r.Serial
		must(t, replica.Ping(t.Context()))
		wantSlices(t, readAll(t, replica, r.Content.Digest), list)
		list = fortnight(list, uint64(10+n))
	}
	changed := 3000/50 + 1
	if got := query[int64](t, url, "SELECT count(*) FROM fest.entry")[0]; got > int64(3000+3*changed) {
		t.Errorf("%d entries are kept, want at most %d", got, 3000+3*changed)
	}
	for i, l := range did.all() {
		if want := map[bool]int{true: 3000, false: changed}[i == 0]; l.Fetched > want || l.Err != nil {
			t.Errorf("load %d fetched %d of %d entries, want at most %d: %v", i, l.Fetched, l.Entries, want, l.Err)
		}
	}
	fresh := open(t, postgres.Options{URL: url})
	for i, r := range releases {
		wantSlices(t, readAll(t, fresh, r.Content.Digest), lists[i])
	}
}

func wantSlices(t *testing.T, got, want []fest.Slice) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d entries, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Catalogue != want[i].Catalogue || got[i].Context != want[i].Context || got[i].Line != want[i].Line || string(got[i].XML) != string(want[i].XML) {
			t.Fatalf("entry %d at line %d is not entry at line %d", i, got[i].Line, want[i].Line)
		}
	}
}

// TestRetentionRemovesEntries that stand in no content any more, and only them.
func TestRetentionRemovesEntries(t *testing.T) {
	t.Parallel()
	url, clock := database(t), &clock{}
	s := open(t, postgres.Options{URL: url, Now: clock.Now, Retention: festdb.Retention{Age: time.Hour, Contents: 2}})
	list := storetest.Slices(1000, 1)
	var last fest.Serial
	var kept [][]fest.Slice
	var releases []fest.Release
	for n := range 5 {
		r := publishSlices(t, s, list, n, last)
		releases, kept, last = append(releases, r), append(kept, list), r.Serial
		list = fortnight(list, uint64(n+5))
		clock.Advance(2 * time.Hour)
	}
	if got := query[int64](t, url, "SELECT count(*) FROM fest.content")[0]; got != 2 {
		t.Errorf("%d contents are kept, want 2", got)
	}
	wantNoLooseEntries(t, url)
	replica := open(t, postgres.Options{URL: url})
	for i := range releases {
		c, err := replica.Content(t.Context(), releases[i].Content.Digest)
		if i < 3 {
			if !errors.Is(err, festdb.ErrNotKept) {
				t.Errorf("release %d: error %v, want %v", releases[i].Serial, err, festdb.ErrNotKept)
			}
			continue
		}
		must(t, err)
		must(t, c.Close())
		wantSlices(t, readAll(t, replica, releases[i].Content.Digest), kept[i])
	}
	if got := query[int64](t, url, "SELECT count(*) FROM fest.audit WHERE action = 'retention'")[0]; got != 3 {
		t.Errorf("%d removals in the audit log, want 3", got)
	}
}

// TestLoadsTakeTurns: no more loads at once than there are slots in the
// cluster; what is on disk needs none.
func TestLoadsTakeTurns(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url})
	one := storetest.Publish(t, s, 300, 1, 0)
	var mu sync.Mutex
	now, peak := 0, 0
	options := func() postgres.Options {
		o := postgres.Options{URL: url, LoadSlots: 2, Loaded: func(postgres.Load) { mu.Lock(); now--; mu.Unlock() }}
		return postgres.WithFault(o, func(step string) error {
			if step == "load" {
				mu.Lock()
				now++
				peak = max(peak, now)
				mu.Unlock()
				time.Sleep(50 * time.Millisecond)
			}
			return nil
		})
	}
	var running sync.WaitGroup
	for range 6 {
		replica := open(t, options())
		running.Go(func() {
			c, err := replica.Content(context.Background(), one.Content.Digest)
			if err != nil {
				t.Error(err)
				return
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	if peak < 1 || peak > 2 {
		t.Errorf("%d loads at once, want 2 at most", peak)
	}
	// All slots taken by somebody who never ends.
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), "SELECT pg_advisory_lock($1, i) FROM generate_series(0, 3) i", 0x66657376)
	must(t, err)
	readAll(t, s, one.Content.Digest) // here already
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := open(t, postgres.Options{URL: url}).Content(ctx, one.Content.Digest); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want %v", err, context.DeadlineExceeded)
	}
}

// TestDamagedCopyIsReplaced: the database has what the local disk lost.
func TestDamagedCopyIsReplaced(t *testing.T) {
	t.Parallel()
	url, dir := database(t), t.TempDir()
	var did loads
	var log logs
	s := open(t, postgres.Options{URL: url, Dir: dir, Loaded: did.add, Logger: log.logger()})
	list := storetest.Slices(500, 1)
	one := publishSlices(t, s, list, 1, 0)
	flip(t, dir, one.Content.Digest)
	wantSlices(t, readAll(t, s, one.Content.Digest), list)
	if n := len(did.all()); n != 1 {
		t.Errorf("%d loads, want 1", n)
	}
	records, err := s.Releases(t.Context())
	if err != nil || records[0].Damaged || !records[0].Kept {
		t.Errorf("releases %+v, %v", records, err)
	}
}

// TestMendedInDatabase: importing the same again mends damage in the database.
func TestMendedInDatabase(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url})
	list := storetest.Slices(400, 1)
	one := publishSlices(t, s, list, 1, 0)
	for name, harm := range map[string]func(){
		"text":  func() { damage(t, url, one.Content.Digest) },
		"lines": func() { do(t, url, "UPDATE fest.content SET lines = '\\x00'") },
		"runs":  func() { do(t, url, "UPDATE fest.content SET first[1] = first[1] + 1") },
		"gone":  func() { do(t, url, "DELETE FROM fest.entry WHERE id = (SELECT max(id) FROM fest.entry)") },
	} {
		harm()
		replica := open(t, postgres.Options{URL: url})
		if _, err := replica.Content(t.Context(), one.Content.Digest); !errors.Is(err, festdb.ErrDamaged) {
			t.Errorf("%s: error %v, want %v", name, err, festdb.ErrDamaged)
		}
		if r, err := replica.Releases(t.Context()); err != nil || !r[0].Damaged {
			t.Errorf("%s: releases %+v, %v; want it damaged", name, r, err)
		}
		g, err := s.Stage(t.Context())
		must(t, err)
		for _, e := range list {
			must(t, g.Add(e))
		}
		_, err = g.Seal(one.Content.Document)
		must(t, err)
		must(t, g.Discard())
		wantSlices(t, readAll(t, replica, one.Content.Digest), list)
	}
}

// TestAudit: who and why are in the ledger and the audit log.
func TestAudit(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url})
	g, c, src := storetest.Seal(t, s, 20, 1)
	_, err := g.Publish(festdb.WithActor(t.Context(), festdb.Actor{Who: "Kari", Why: "approved: quarter"}), c, src, 0)
	must(t, err)
	must(t, g.Discard())
	got := query[string](t, url, "SELECT published_by || ': ' || reason FROM fest.release UNION ALL SELECT action || ' by ' || who || ': ' || why || ' via ' || client FROM fest.audit")
	if len(got) != 2 || got[0] != "Kari: approved: quarter" || got[1] != "publish by Kari: approved: quarter via festd import" {
		t.Errorf("ledger and audit log say %q", got)
	}
}
