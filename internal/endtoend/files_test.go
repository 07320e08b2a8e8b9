package endtoend_test

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/festd/festd/internal/pgtest"
	"github.com/festd/festd/internal/sample"
)

// Three releases of a tenth of the size: large enough that an import has
// stages to be killed in, small enough for many. The second and the third
// both follow the first.
const scale = 0.1

var scaled = sync.OnceValues(func() (map[string]*sample.Data, error) {
	first, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 7, Scale: scale})
	if err != nil {
		return nil, err
	}
	later := sample.Ordinary()
	later.Retrieved = first.Retrieved().AddDate(0, 0, 15)
	third, err := first.Next(later)
	if err != nil {
		return nil, err
	}
	return map[string]*sample.Data{"first.zip": first, "second.zip": first.Fortnight(), "third.zip": third}, nil
})

// extract is one of first.zip, second.zip and third.zip.
func extract(t *testing.T, name string) string {
	t.Helper()
	return made(t, name, func(path string) error {
		all, err := scaled()
		if err != nil {
			return err
		}
		return all[name].WriteFile(path)
	})
}

// contents knows what servers answer of each of the files: taken once from a
// server that was given nothing else.
type contents struct{ all map[string]answers }

var known struct {
	sync.Mutex
	contents
}

// expect is what is to be answered of these files.
func expect(t *testing.T, files ...string) *contents {
	t.Helper()
	known.Lock()
	defer known.Unlock()
	if known.all == nil {
		known.all = map[string]answers{}
	}
	for _, f := range files {
		if known.all[f] != nil {
			continue
		}
		s := store{dir: filepath.Join(t.TempDir(), "data")}
		importFile(t, s, f)
		srv := serve(t, s)
		srv.ready()
		all, _ := srv.everything()
		if n := len(all.items(t)); n < 1000 {
			t.Fatalf("%s has only %d items", f, n)
		}
		known.all[f] = all
		srv.kill()
	}
	return &known.contents
}

// of says of which file all that a server answers is; it fails where it is of
// none, or of more than one.
func (c *contents) of(s *server) string {
	s.t.Helper()
	got, release := s.everything()
	for file, want := range c.all {
		if maps.Equal(got, want) {
			return file
		}
	}
	items := got.items(s.t)
	for file, of := range c.all {
		want := of.items(s.t)
		missing, other := 0, 0
		for k, v := range want {
			switch text, ok := items[k]; {
			case !ok:
				missing++
			case text != v:
				other++
			}
		}
		s.t.Logf("compared with %s, of %d items %d are missing, %d are other, %d are new", file, len(want), missing, other, len(items)-(len(want)-missing))
	}
	s.t.Fatalf("release %s is not wholly one of %v", release, slices.Sorted(maps.Keys(c.all)))
	return ""
}

// differing gives two items by which a can be told from b: one that b lacks,
// and one that b has otherwise. want has what each answers of them.
func (c *contents) differing(t *testing.T, a, b string) (keys []string, want map[string]map[string]string) {
	t.Helper()
	inA, inB := c.all[a].items(t), c.all[b].items(t)
	var gone, changed string
	for _, k := range slices.Sorted(maps.Keys(inA)) {
		switch v, ok := inB[k]; {
		case !ok && gone == "":
			gone = k
		case ok && v != inA[k] && changed == "":
			changed = k
		}
	}
	if gone == "" || changed == "" {
		t.Fatalf("%s and %s are too much alike", a, b)
	}
	return []string{gone, changed}, map[string]map[string]string{a: inA, b: inB}
}

// base is a database with the first release in it, and a data directory beside
// it: to be copied, not used.
func base(t *testing.T) (*pgtest.Cluster, store) {
	t.Helper()
	cluster := pgtest.Shared(t)
	s := store{filepath.Join(shared(t), "base"), ""}
	s.database = pgtest.Database(t, "first", func(_ context.Context, url string) error {
		importFile(t, store{s.dir, url}, "first.zip")
		return nil
	})
	return cluster, s
}
