package cache_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// marked is a release whose every answer names it.
func marked(t testing.TB, dir string, serial int) *cache.Snapshot {
	t.Helper()
	var entries []*fest.Entry
	for i := range 50 {
		id := fmt.Sprintf("I-%d", i)
		entries = append(entries, entry(fest.ClassIngredient, id, &fest.Ingredient{ID: fest.ID(id), Name: fest.Text(fmt.Sprintf("release %d", serial)), FullActiveSubstances: []fest.Ref{"I-0"}}))
	}
	path := filepath.Join(dir, fmt.Sprint(serial))
	if err := os.WriteFile(path, write(t, cache.Options{}, entries...), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := cache.OpenFile(path, release(fest.Serial(serial)), &closer{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Snapshots are swapped and unmapped under load: no answer mixes two of them,
// and no reader meets an unmapped file (that would be a crash).
func TestSwapUnderLoad(t *testing.T) {
	var served cache.Served
	dir := t.TempDir()
	served.Swap(marked(t, dir, 1))
	var stop atomic.Bool
	var answers atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var dst []cache.Index
			for n := 0; !stop.Load(); n++ {
				s := served.Acquire()
				want := fmt.Sprintf(`"name":"release %d"`, s.Release().Serial)
				dst = s.ByKey(dst[:0], fest.ResourceIngredients, fmt.Sprintf("I-%d", n%50))
				page, err := s.List(fest.ResourceIngredients, []cache.Query{{Filter: "name", Value: "release"}}, 0, 50)
				if len(dst) != 1 || err != nil || page.Total != 50 {
					t.Errorf("%d found, %d listed, %v", len(dst), page.Total, err)
				}
				for _, i := range append(dst, page.Items...) {
					it := s.Item(i)
					if !strings.Contains(string(it.JSON), want) {
						t.Errorf("release %d answers %s", s.Release().Serial, it.JSON)
					}
				}
				s.Close()
				answers.Add(1)
			}
		})
	}
	for serial := 2; serial < 60; serial++ {
		next := marked(t, dir, serial)
		if serial%3 == 0 { // a rollback: the same content under another serial
			again := next.WithRelease(next.Release())
			next.Close()
			next = again
		}
		served.Swap(next)
	}
	stop.Store(true)
	wg.Wait()
	served.Swap(nil)
	if served.Acquire() != nil {
		t.Error("something is served after nil")
	}
	if answers.Load() == 0 {
		t.Error("nobody asked")
	}
}

// The file is let go when the last reader of the last release of it is done.
func TestLastReaderUnmaps(t *testing.T) {
	x := &closer{}
	first, err := cache.OpenBytes(write(t, cache.Options{}, world()...), release(1), x)
	if err != nil {
		t.Fatal(err)
	}
	var served cache.Served
	served.Swap(first)
	reader := served.Acquire()
	second := reader.WithRelease(release(2))
	served.Swap(second)
	if x.closed != 0 {
		t.Fatal("closed under a reader")
	}
	if got := served.Acquire(); got.Release().Serial != 2 || got.Len(fest.ResourceDrugs) != 5 {
		t.Errorf("serial %d", got.Release().Serial)
	} else {
		got.Close()
	}
	reader.Close()
	if x.closed != 0 {
		t.Fatal("closed while another release serves it")
	}
	last := served.Acquire()
	served.Swap(nil)
	if x.closed != 0 {
		t.Fatal("closed under the last reader")
	}
	last.Close()
	if x.closed != 1 {
		t.Errorf("closed %d times, want once", x.closed)
	}
}

func BenchmarkAcquire(b *testing.B) {
	var served cache.Served
	s, err := cache.OpenBytes(write(b, cache.Options{}, world()...), release(1), nil)
	if err != nil {
		b.Fatal(err)
	}
	served.Swap(s)
	b.RunParallel(func(pb *testing.PB) {
		var dst []cache.Index
		for pb.Next() {
			s := served.Acquire()
			dst = s.ByKey(dst[:0], fest.ResourceDrugs, "D-PARACET")
			_ = s.Item(dst[0])
			s.Close()
		}
	})
}
