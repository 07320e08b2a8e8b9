package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// Backend is a store that begins empty.
type Backend struct {
	// Open gives another handle on the store, as another process or a restart
	// would have; the test closes it in the end. Mandatory.
	Open func(t testing.TB) festdb.Store
	// Damage flips a byte of a content as it is kept, so that opening or
	// reading it must fail. Mandatory.
	Damage func(t testing.TB, digest fest.Digest)
	// Advance moves the clock that retention goes by. Mandatory.
	Advance func(d time.Duration)
	// HintWithin is how soon Changed must hint. Zero: 250 ms and what a slow
	// machine adds.
	HintWithin time.Duration
	// Retention is what the stores were opened with. Contents must be below 10.
	Retention festdb.Retention
}

// Run checks every promise of the interface on stores from the factory.
func Run(t *testing.T, factory func(t testing.TB) Backend) {
	tests := []struct {
		name string
		run  func(*testing.T, Backend)
	}{
		{"Empty", empty},
		{"PublishAndRead", publishAndRead},
		{"RandomAccess", randomAccess},
		{"Restart", restart},
		{"OtherHandleSees", otherHandleSees},
		{"Conflict", conflict},
		{"LateImporterNeverOverwrites", lateImporter},
		{"ConcurrentImporters", concurrentImporters},
		{"GoingBack", goingBack},
		{"GoingBackToWhatIsGone", goingBackToNothing},
		{"DigestIsOfWhatTheFileSays", digests},
		{"SameContentAgain", sameContentAgain},
		{"DiscardIsIdempotentAndLeavesNothing", discard},
		{"DiscardMidway", discardMidway},
		{"WrongOrder", wrongOrder},
		{"WrongSource", wrongSource},
		{"CancelledStage", cancelledStage},
		{"EmptyDocument", emptyDocument},
		{"Changed", changed},
		{"RetentionByNumberAndAge", retention},
		{"RetentionKeepsOpenContent", retentionOpen},
		{"DamageFallsBack", damageFallsBack},
		{"DamageOfAll", damageOfAll},
		{"DamageNeverFallsBackToWhatWasRejected", rejectedNotServed},
		{"DamageIsMendedByImport", damageMended},
		{"ClosedStore", closedStore},
		{"Acts", acts},
		{"HeldForWeeks", heldForWeeks},
		{"ActsAreHinted", actsHinted},
		{"Causes", causes},
		{"CandidateIsKept", candidateKept},
		{"WhatLeaves", leaves},
		{"WhatLeftLater", leftLater},
		{"Histories", histories},
		{"OneLeads", oneLeads},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, factory(t)) })
	}
}

var ctx = context.Background()

func current(t testing.TB, s festdb.Store) fest.Release {
	t.Helper()
	r, err := s.Current(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error = %v, want %v", err, want)
	}
}

// wantContent reads a content both ways and compares every slice.
func wantContent(t testing.TB, s festdb.Store, digest fest.Digest, want []fest.Slice) {
	t.Helper()
	c, err := s.Content(ctx, digest)
	if err != nil {
		t.Fatal(err)
	}
	defer closing(t, c)
	if c.Digest() != digest || c.Len() != len(want) {
		t.Fatalf("content %s has %d entries, want %s with %d", c.Digest().Short(), c.Len(), digest.Short(), len(want))
	}
	var got []fest.Slice
	for e, err := range c.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	if !slices.EqualFunc(want, got, same) {
		t.Fatalf("entries differ (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func same(a, b fest.Slice) bool {
	return a.Catalogue == b.Catalogue && a.Context == b.Context && a.Line == b.Line && bytes.Equal(a.XML, b.XML)
}

func closing(t testing.TB, c interface{ Close() error }) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func discarding(t testing.TB, g festdb.Stage) {
	t.Helper()
	if err := g.Discard(); err != nil {
		t.Error(err)
	}
}

func empty(t *testing.T, b Backend) {
	s := b.Open(t)
	_, err := s.Current(ctx)
	wantErr(t, err, festdb.ErrNoRelease)
	list, err := s.Releases(ctx)
	if err != nil || len(list) != 0 {
		t.Errorf("releases = %v, %v; want none", list, err)
	}
	if s.Stream() == "" {
		t.Error("the store has no stream id")
	}
	if other := b.Open(t).Stream(); other != s.Stream() {
		t.Errorf("opened again the stream is %s, want %s", other, s.Stream())
	}
	_, err = s.Content(ctx, fest.Digest(fmt.Sprintf("%064d", 1)))
	wantErr(t, err, festdb.ErrNotKept)
	_, _, err = festdb.Newest(ctx, s, func(festdb.Record, festdb.Content) error { return nil })
	wantErr(t, err, festdb.ErrNoRelease)
}

func publishAndRead(t *testing.T, b Backend) {
	s := b.Open(t)
	g, c, src := Seal(t, s, 900, 1)
	defer discarding(t, g)
	wantContent(t, s, c.Digest, Slices(900, 1)) // sealed: readable for probes
	_, err := s.Current(ctx)
	wantErr(t, err, festdb.ErrNoRelease) // and not served
	c.Findings = []fest.Finding{{Rule: fest.RuleNamespaceLost, Severity: fest.SeverityNote, Count: 3, Text: "æøå \u2028"}}
	before := time.Now().Add(-time.Hour)
	r, err := g.Publish(ctx, c, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r.Serial == 0 || r.Stream != s.Stream() || r.PublishedAt.Before(before) {
		t.Errorf("release = %+v", r)
	}
	if diff := cmp.Diff(fest.Release{Serial: r.Serial, Stream: s.Stream(), PublishedAt: r.PublishedAt, Content: c, Source: src, Cause: fest.CauseImport}, r); diff != "" {
		t.Errorf("the release differs from what was published (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(r, current(t, s)); diff != "" {
		t.Errorf("current differs (-published +current):\n%s", diff)
	}
	list, err := s.Releases(ctx)
	if diff := cmp.Diff([]festdb.Record{{Release: r, Kept: true}}, list); err != nil || diff != "" {
		t.Errorf("releases: %v, differ:\n%s", err, diff)
	}
	discarding(t, g) // after Publish: what is served stays
	wantContent(t, s, c.Digest, Slices(900, 1))
}

func randomAccess(t *testing.T, b Backend) {
	s := b.Open(t)
	want := Slices(2500, 5)
	r := Publish(t, s, len(want), 5, 0)
	c, err := s.Content(ctx, r.Content.Digest)
	if err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for n := range 4 {
		readers.Go(func() {
			for k := range 1500 {
				i := (k*(n*37+61) + n*13) % len(want)
				got, err := c.Slice(i)
				if err != nil || !same(got, want[i]) {
					t.Errorf("entry %d: %v, differs:\n%s", i, err, cmp.Diff(want[i], got))
					return
				}
			}
		})
	}
	readers.Wait()
	for _, i := range []int{-1, len(want)} {
		if _, err := c.Slice(i); err == nil {
			t.Errorf("entry %d of %d was found", i, len(want))
		}
	}
	for e, err := range c.Slices() { // a loop may end early
		if err != nil || e.Line != want[0].Line {
			t.Errorf("first entry is at line %d, %v; want %d", e.Line, err, want[0].Line)
		}
		break
	}
	closing(t, c)
	closing(t, c)
	_, err = c.Slice(0)
	wantErr(t, err, fs.ErrClosed)
}

func restart(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 50, 1, 0)
	second := Publish(t, s, 60, 2, first.Serial)
	closing(t, s)
	s = b.Open(t)
	if diff := cmp.Diff(second, current(t, s)); diff != "" {
		t.Errorf("current after a restart differs:\n%s", diff)
	}
	wantContent(t, s, second.Content.Digest, Slices(60, 2))
	third := Publish(t, s, 70, 3, second.Serial)
	if third.Serial <= second.Serial || second.Serial <= first.Serial {
		t.Errorf("serials are %d, %d, %d: want them to grow", first.Serial, second.Serial, third.Serial)
	}
}

func otherHandleSees(t *testing.T, b Backend) {
	one, two := b.Open(t), b.Open(t)
	first := Publish(t, one, 50, 1, 0)
	second := Publish(t, two, 60, 2, current(t, two).Serial)
	if got := current(t, one); got.Serial != second.Serial || first.Serial >= second.Serial {
		t.Errorf("the first handle sees release %d after %d and %d", got.Serial, first.Serial, second.Serial)
	}
	wantContent(t, one, second.Content.Digest, Slices(60, 2))
}

func conflict(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 50, 1, 0)
	for _, expect := range []fest.Serial{0, first.Serial + 1} {
		_, err := TryPublish(t, s, 60, 2, expect)
		wantErr(t, err, festdb.ErrConflict)
	}
	if diff := cmp.Diff(first, current(t, s)); diff != "" {
		t.Errorf("a refused publication changed current:\n%s", diff)
	}
}

// lateImporter: sealed before another published, resumed after it.
func lateImporter(t *testing.T, b Backend) {
	one, two := b.Open(t), b.Open(t)
	base := Publish(t, one, 40, 1, 0)
	late, c, src := Seal(t, one, 50, 2)
	defer discarding(t, late)
	newer := Publish(t, two, 60, 3, base.Serial)
	_, err := late.Publish(ctx, c, src, base.Serial)
	wantErr(t, err, festdb.ErrConflict)
	discarding(t, late)
	if got := current(t, one); got.Serial != newer.Serial || got.Content.Digest != newer.Content.Digest {
		t.Errorf("release %d is served, want %d", got.Serial, newer.Serial)
	}
	_, err = one.Content(ctx, c.Digest)
	wantErr(t, err, festdb.ErrNotKept)
}

func concurrentImporters(t *testing.T, b Backend) {
	base := Publish(t, b.Open(t), 40, 1, 0)
	const importers = 6
	handles := make([]festdb.Store, importers)
	for i := range handles {
		handles[i] = b.Open(t)
	}
	var mu sync.Mutex
	var won []fest.Release
	var running sync.WaitGroup
	for i, s := range handles {
		running.Go(func() {
			r, err := TryPublish(t, s, 300+i, uint64(10+i), base.Serial)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won = append(won, r)
			case !errors.Is(err, festdb.ErrConflict):
				t.Errorf("importer %d: %v, want a conflict", i, err)
			}
		})
	}
	running.Wait()
	if len(won) != 1 {
		t.Fatalf("%d importers won, want one", len(won))
	}
	if diff := cmp.Diff(won[0], current(t, handles[0])); diff != "" {
		t.Errorf("current is not the winner's:\n%s", diff)
	}
	list, err := handles[0].Releases(ctx)
	if err != nil || len(list) != 2 {
		t.Errorf("%d releases, %v; want 2", len(list), err)
	}
	n := won[0].Content.Counts["ingredients"]
	wantContent(t, handles[0], won[0].Content.Digest, Slices(n, uint64(n-290)))
}

// goingBack publishes an old content again, without importing it.
func goingBack(t *testing.T, b Backend) {
	s := b.Open(t)
	old := Publish(t, s, 50, 1, 0)
	bad := Publish(t, s, 60, 2, old.Serial)
	g, err := s.Stage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discarding(t, g)
	back, err := g.Publish(ctx, old.Content, old.Source, bad.Serial)
	if err != nil {
		t.Fatal(err)
	}
	if back.Serial <= bad.Serial || back.Content.Digest != old.Content.Digest {
		t.Errorf("release %d has content %s, want a serial above %d and content %s", back.Serial, back.Content.Digest, bad.Serial, old.Content.Digest)
	}
	list, err := festdb.Candidates(ctx, s)
	var order []fest.Serial
	for _, r := range list {
		order = append(order, r.Serial)
	}
	if want := []fest.Serial{back.Serial, bad.Serial}; err != nil || !slices.Equal(order, want) {
		t.Errorf("candidates are %d, %v; want %d: each content once", order, err, want)
	}
	wantContent(t, s, back.Content.Digest, Slices(50, 1))
}

func goingBackToNothing(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 50, 1, 0)
	g, err := s.Stage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discarding(t, g)
	gone := first.Content
	gone.Digest = fest.Digest(fmt.Sprintf("%064d", 7))
	_, err = g.Publish(ctx, gone, first.Source, first.Serial)
	wantErr(t, err, festdb.ErrNotKept)
	if got := current(t, s); got.Serial != first.Serial {
		t.Errorf("release %d is served, want %d", got.Serial, first.Serial)
	}
}

func digests(t *testing.T, b Backend) {
	s := b.Open(t)
	base := Slices(300, 1)
	seal := func(list []fest.Slice, doc fest.Document) fest.Digest {
		t.Helper()
		g, err := s.Stage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer discarding(t, g)
		for _, e := range list {
			if err := g.Add(e); err != nil {
				t.Fatal(err)
			}
		}
		d, err := g.Seal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	edited := func(edit func([]fest.Slice) []fest.Slice) []fest.Slice { return edit(slices.Clone(base)) }
	doc := Document(1)
	noHelfo, emptyHelfo := doc, doc
	noHelfo.ValidFromDateHelfo, emptyHelfo.ValidFromDateHelfo = nil, new(fest.Date)
	want := seal(base, doc)
	lines := edited(func(l []fest.Slice) []fest.Slice {
		for i := range l {
			l[i].Line += 7
		}
		return l
	})
	if got := seal(lines, doc); got != want {
		t.Errorf("other line numbers: digest %s, want %s as before", got.Short(), want.Short())
	}
	seen := map[fest.Digest]string{want: "the original"}
	for name, got := range map[string]fest.Digest{
		"other HentetDato":    seal(base, Document(2)),
		"no Helfo date":       seal(base, noHelfo),
		"empty Helfo date":    seal(base, emptyHelfo),
		"one entry less":      seal(base[1:], doc),
		"two entries swapped": seal(edited(func(l []fest.Slice) []fest.Slice { l[3], l[4] = l[4], l[3]; return l }), doc),
		"other catalogue":     seal(edited(func(l []fest.Slice) []fest.Slice { l[3].Catalogue = "KatDose"; return l }), doc),
		"other context":       seal(edited(func(l []fest.Slice) []fest.Slice { l[3].Context = ""; return l }), doc),
		"byte moved from one entry to the next": seal(edited(func(l []fest.Slice) []fest.Slice {
			n := len(l[3].XML) - 1
			l[4].XML = append(slices.Clone(l[3].XML[n:]), l[4].XML...)
			l[3].XML = l[3].XML[:n]
			return l
		}), doc),
	} {
		if before, ok := seen[got]; ok {
			t.Errorf("%s: digest %s is that of %s", name, got.Short(), before)
		}
		seen[got] = name
	}
}

func sameContentAgain(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 80, 1, 0)
	g, c, _ := Seal(t, s, 80, 1)
	if c.Digest != first.Content.Digest {
		t.Errorf("the same entries give digest %s, want %s", c.Digest.Short(), first.Content.Digest.Short())
	}
	discarding(t, g)
	wantContent(t, s, first.Content.Digest, Slices(80, 1)) // discarding a no-op takes nothing away
	second := Publish(t, s, 80, 1, first.Serial)
	if second.Serial <= first.Serial {
		t.Errorf("published again the serial is %d, want above %d", second.Serial, first.Serial)
	}
}

func discard(t *testing.T, b Backend) {
	s := b.Open(t)
	g, c, _ := Seal(t, s, 80, 1)
	for range 3 {
		discarding(t, g)
	}
	_, err := s.Content(ctx, c.Digest)
	wantErr(t, err, festdb.ErrNotKept)
	// Two hold the same content: the first to go must not take it away.
	one, c, src := Seal(t, s, 80, 1)
	two, _, _ := Seal(t, b.Open(t), 80, 1)
	defer discarding(t, two)
	discarding(t, one)
	wantContent(t, s, c.Digest, Slices(80, 1))
	if _, err := two.Publish(ctx, c, src, 0); err != nil {
		t.Error(err)
	}
}

func discardMidway(t *testing.T, b Backend) {
	s := b.Open(t)
	for _, n := range []int{0, 1, 700} {
		g, err := s.Stage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range Slices(n, 1) {
			if err := g.Add(e); err != nil {
				t.Fatal(err)
			}
		}
		discarding(t, g)
		discarding(t, g)
		wantErr(t, g.Add(Slices(1, 1)[0]), festdb.ErrState)
	}
	Publish(t, s, 30, 2, 0)
}

func wrongOrder(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 30, 1, 0)
	g, c, src := Seal(t, s, 40, 2)
	defer discarding(t, g)
	wantErr(t, g.Add(Slices(1, 1)[0]), festdb.ErrState)
	_, err := g.Seal(c.Document)
	wantErr(t, err, festdb.ErrState)
	other := c
	other.Digest = first.Content.Digest
	_, err = g.Publish(ctx, other, src, first.Serial)
	wantErr(t, err, festdb.ErrState)
	other = c
	other.RetrievalDate = "1999-01-01T00:00:00"
	_, err = g.Publish(ctx, other, src, first.Serial)
	wantErr(t, err, festdb.ErrState)
	r, err := g.Publish(ctx, c, src, first.Serial)
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Publish(ctx, c, src, r.Serial)
	wantErr(t, err, festdb.ErrState)
}

func wrongSource(t *testing.T, b Backend) {
	s := b.Open(t)
	path, src := Source(t, 1)
	src.Digest = fest.Digest(fmt.Sprintf("%064d", 9))
	g, err := s.Stage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discarding(t, g)
	err = g.Source(path, src)
	if err == nil {
		_, err = g.Seal(Document(1))
	}
	wantErr(t, err, festdb.ErrSource)
	g2, err := s.Stage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discarding(t, g2)
	wantErr(t, g2.Source(path+".gone", src), fs.ErrNotExist)
}

func cancelledStage(t *testing.T, b Backend) {
	s := b.Open(t)
	why := errors.New("the operator went home")
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	g, err := s.Stage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer discarding(t, g)
	list := Slices(400, 1)
	for i, e := range list {
		if i == 300 {
			cancel(why)
		}
		if err = g.Add(e); err != nil {
			break
		}
	}
	if err == nil {
		_, err = g.Seal(Document(1))
	}
	wantErr(t, err, why)
	discarding(t, g)
	Publish(t, s, 30, 2, 0)
}

func emptyDocument(t *testing.T, b Backend) {
	s := b.Open(t)
	r := Publish(t, s, 0, 1, 0)
	wantContent(t, s, r.Content.Digest, nil)
}

func changed(t *testing.T, b Backend) {
	one, two := b.Open(t), b.Open(t)
	within := b.HintWithin
	if within == 0 {
		within = 250*time.Millisecond + 5*time.Second
	}
	watch, cancel := context.WithCancel(ctx)
	defer cancel()
	hint := one.Changed(watch)
	var expect fest.Serial
	for seed := range uint64(3) {
		r := Publish(t, two, 40, seed, expect)
		deadline := time.After(within)
		for expect != r.Serial {
			select {
			case _, ok := <-hint:
				if !ok {
					t.Fatal("the channel was closed")
				}
				if got, err := one.Current(ctx); err == nil {
					expect = got.Serial
				}
			case <-deadline:
				t.Fatalf("no hint of release %d within %v", r.Serial, within)
			}
		}
	}
	cancel()
	for range hint { // must end
	}
	hint = one.Changed(ctx)
	closing(t, one)
	for range hint { // must end
	}
}

func retention(t *testing.T, b Backend) {
	s := b.Open(t)
	keep := b.Retention.Contents
	var releases []fest.Release
	var last fest.Serial
	publish := func(seed uint64) {
		t.Helper()
		r := Publish(t, s, 20, seed, last)
		releases, last = append(releases, r), r.Serial
	}
	wantKept := func(want int) {
		t.Helper()
		list, err := s.Releases(ctx)
		if err != nil || len(list) != len(releases) {
			t.Fatalf("%d releases, %v; want %d: the ledger keeps them all", len(list), err, len(releases))
		}
		for i, r := range list {
			if kept := i < want; r.Kept != kept {
				t.Errorf("after %d releases: release %d (number %d from the newest) kept = %v, want %v", len(list), r.Serial, i, r.Kept, kept)
			}
		}
		old := releases[0].Content.Digest
		if c, err := s.Content(ctx, old); want < len(releases) {
			wantErr(t, err, festdb.ErrNotKept)
		} else if err != nil {
			t.Error(err)
		} else {
			closing(t, c)
		}
	}
	for seed := range uint64(keep + 3) { // young: kept beyond the number
		publish(seed)
	}
	wantKept(keep + 3)
	b.Advance(b.Retention.Age + time.Hour)
	publish(50)
	wantKept(keep)
	b.Advance(b.Retention.Age / 4)
	publish(51)
	publish(52)
	wantKept(keep)
}

// retentionOpen: what is being read stays readable.
func retentionOpen(t *testing.T, b Backend) {
	s := b.Open(t)
	first := Publish(t, s, 1500, 1, 0)
	c, err := s.Content(ctx, first.Content.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer closing(t, c)
	b.Advance(b.Retention.Age + time.Hour)
	last := first.Serial
	for seed := range uint64(b.Retention.Contents) {
		last = Publish(t, s, 20, seed+2, last).Serial
	}
	_, err = s.Content(ctx, first.Content.Digest)
	wantErr(t, err, festdb.ErrNotKept)
	n := 0
	for _, err := range c.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1500 {
		t.Errorf("%d entries, want 1500", n)
	}
}

func newest(t testing.TB, s festdb.Store) (festdb.Record, []error, error) {
	t.Helper()
	return festdb.Newest(ctx, s, func(_ festdb.Record, c festdb.Content) error {
		for _, err := range c.Slices() {
			if err != nil {
				return err
			}
		}
		return c.Close()
	})
}

func damageFallsBack(t *testing.T, b Backend) {
	s := b.Open(t)
	one := Publish(t, s, 500, 1, 0)
	two := Publish(t, s, 500, 2, one.Serial)
	three := Publish(t, s, 500, 3, two.Serial)
	b.Damage(t, three.Content.Digest)
	got, passed, err := newest(t, s)
	if err != nil || got.Serial != two.Serial {
		t.Fatalf("release %d, %v; want %d", got.Serial, err, two.Serial)
	}
	if len(passed) != 1 || !errors.Is(passed[0], festdb.ErrDamaged) {
		t.Errorf("passed over = %v, want one that is damaged", passed)
	}
	if cur := current(t, s); cur.Serial != three.Serial {
		t.Errorf("current is %d, want %d: damage does not publish", cur.Serial, three.Serial)
	}
	list, err := s.Releases(ctx)
	if err != nil || !list[0].Damaged || list[1].Damaged {
		t.Errorf("releases = %+v, %v; want the newest marked damaged", list, err)
	}
	// Who uses a content may refuse it, too, such as for its own file's damage.
	mine := errors.New("snapshot damaged")
	got, _, err = festdb.Newest(ctx, s, func(r festdb.Record, c festdb.Content) error {
		if r.Serial == two.Serial {
			return mine
		}
		return c.Close()
	})
	if err != nil || got.Serial != one.Serial {
		t.Errorf("release %d, %v; want %d", got.Serial, err, one.Serial)
	}
}

func damageOfAll(t *testing.T, b Backend) {
	s := b.Open(t)
	one := Publish(t, s, 100, 1, 0)
	two := Publish(t, s, 100, 2, one.Serial)
	b.Damage(t, one.Content.Digest)
	b.Damage(t, two.Content.Digest)
	_, passed, err := newest(t, s)
	wantErr(t, err, festdb.ErrDamaged)
	if errors.Is(err, festdb.ErrNoRelease) || len(passed) != 2 {
		t.Errorf("error %v, passed over %v: want both, and not as if nothing was published", err, passed)
	}
}

func damageMended(t *testing.T, b Backend) {
	s := b.Open(t)
	one := Publish(t, s, 500, 1, 0)
	b.Damage(t, one.Content.Digest)
	_, err := s.Content(ctx, one.Content.Digest)
	wantErr(t, err, festdb.ErrDamaged)
	g, c, _ := Seal(t, s, 500, 1)
	if c.Digest != one.Content.Digest {
		t.Fatalf("digest %s, want %s", c.Digest, one.Content.Digest)
	}
	discarding(t, g) // identical to the current one: nothing to publish
	wantContent(t, s, one.Content.Digest, Slices(500, 1))
	list, err := s.Releases(ctx)
	if err != nil || list[0].Damaged || !list[0].Kept {
		t.Errorf("release = %+v, %v; want it mended", list[0], err)
	}
}

func closedStore(t *testing.T, b Backend) {
	s := b.Open(t)
	closing(t, s)
	closing(t, s)
	_, err := s.Current(ctx)
	wantErr(t, err, fs.ErrClosed)
	_, err = s.Stage(ctx)
	wantErr(t, err, fs.ErrClosed)
}
