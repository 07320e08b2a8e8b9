package storetest

import (
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
