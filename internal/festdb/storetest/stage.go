package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

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
