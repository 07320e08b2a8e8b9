package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

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
