package cache_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

func TestOnce(t *testing.T) {
	type drugs struct{ n int }
	s := open(t, world()...)
	var calls atomic.Int32
	count := func(s *cache.Snapshot) (*drugs, error) {
		calls.Add(1)
		return &drugs{s.Len(fest.ResourceDrugs)}, nil
	}
	again := s.WithRelease(release(2)) // of the same content
	defer again.Close()
	got := make([]*drugs, 8)
	var wg sync.WaitGroup
	for i := range got {
		from := s
		if i%2 > 0 {
			from = again
		}
		wg.Go(func() { got[i], _ = cache.Once(from, count) })
	}
	wg.Wait()
	for _, d := range got {
		if d == nil || d != got[0] || d.n != s.Len(fest.ResourceDrugs) {
			t.Errorf("got %v", got)
		}
	}
	if calls.Load() != 1 {
		t.Errorf("made %d times", calls.Load())
	}
	other := open(t)
	if d, _ := cache.Once(other, count); d == got[0] || d.n != 0 {
		t.Errorf("of another content: %v", d)
	}
	type broken struct{}
	want := errors.New("broken")
	for range 2 {
		if _, err := cache.Once(s, func(*cache.Snapshot) (broken, error) { return broken{}, want }); !errors.Is(err, want) {
			t.Errorf("got %v", err)
		}
	}
}
