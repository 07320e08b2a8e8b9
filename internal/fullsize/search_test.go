//go:build !race

package fullsize_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/reference"
	"github.com/festd/festd/internal/sample"
	"github.com/festd/festd/internal/search"
)

// queries is how many are asked: what takes a minute of CPU.
const queries = 400

// The search finds in a register of full size what a look at every document
// finds, in the same order, and nothing is missed: what a word, a beginning of
// one or a word with a typo was taken from is among it.
func TestSearchIsTheLinearScan(t *testing.T) {
	entries := slices.Collect(sample.Full(1).Entries())
	ref := reference.NewSearch(entries, nil)
	snap := snapshotOf(t, entries)
	x := snap.Search()
	if x.Len() != ref.Len() || x.Len() < 40_000 {
		t.Fatalf("%d documents, the reference has %d", x.Len(), ref.Len())
	}
	states := make([]search.OfferState, len(x.Offers()))
	for i := range states {
		states[i].Market = search.NotStated
	}
	day := x.On(states)
	documents := make([]reference.Found, x.Len()) // resource and key, by number
	for i := range documents {
		it := snap.Item(cache.Index(x.Facts(uint32(i), day).Item))
		documents[i] = reference.Found{Resource: it.Resource, Key: string(it.Key)}
	}
	all := make([]int, queries)
	for i := range all {
		all[i] = i
	}
	each(t, all, func(i int) {
		rnd := rand.New(rand.NewPCG(2026, uint64(i)))
		drawn := ref.Draw(rnd)
		text, one := drawn.Text, true
		for i%3 == 0 && len(strings.Fields(text)) < 2+rnd.IntN(3) {
			text, one = text+" "+ref.Draw(rnd).Text, false
		}
		q, err := search.Parse(text)
		if err != nil {
			t.Error(err)
			return
		}
		want := ref.Find(text)
		res := x.Search(q, day, &search.Filter{}, 0, x.Len())
		var got reference.Answer
		found := false
		for _, h := range res.Hits {
			f := documents[h.Document]
			found = found || f == drawn.Of
			f.Match = h.Class.String()
			got.Found = append(got.Found, f)
		}
		for i, w := range q.Texts() {
			if slices.Contains(res.Missed, w) {
				got.Missing = append(got.Missing, i)
			}
		}
		if one && !found {
			t.Errorf("%q does not find %s/%s", text, drawn.Of.Resource, drawn.Of.Key)
		}
		if !slices.Equal(want.Found, got.Found) || !slices.Equal(want.Missing, got.Missing) {
			t.Errorf("%q: %d found, the reference has %d; the first hundred (-reference +search):\n%s", text, len(got.Found), len(want.Found),
				cmp.Diff(first(want), first(got)))
		}
	})
}

// first leaves the first hundred.
func first(a reference.Answer) reference.Answer {
	a.Found = a.Found[:min(len(a.Found), 100)]
	return a
}

// snapshotOf builds and opens the snapshot of a release.
func snapshotOf(t *testing.T, entries []*fest.Entry) *cache.Snapshot {
	t.Helper()
	b := cache.NewBuilder(cache.Options{TempDir: t.TempDir()})
	defer b.Discard()
	c := fest.Content{Digest: fest.Digest(strings.Repeat("ab", 32)), Document: fest.Document{RetrievalDate: "2026-09-08T03:09:06"}, Counts: fest.Counts{}}
	for i, e := range entries {
		p, err := b.Prepare(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Add(p, i); err != nil {
			t.Fatal(err)
		}
		c.Counts.Add(e)
	}
	path := filepath.Join(t.TempDir(), "snapshot")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.Finish(t.Context(), c, f), f.Close()); err != nil {
		t.Fatal(err)
	}
	snap, err := cache.OpenFile(path, fest.Release{Serial: 1, Stream: "test", Content: c}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(snap.Close)
	return snap
}
