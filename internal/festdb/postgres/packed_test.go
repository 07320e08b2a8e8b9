package postgres_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festdb/storetest"
)

// publishLeaving publishes a content with which something leaves.
func publishLeaving(t *testing.T, s festdb.Store, n int, seed uint64, expect fest.Serial) fest.Release {
	t.Helper()
	g, c, src := storetest.Seal(t, s, n, seed)
	defer func() { must(t, g.Discard()) }()
	must(t, g.Remove([]byte("what left")))
	r, err := g.Publish(t.Context(), c, src, expect)
	must(t, err)
	return r
}

// TestDiskTakesNothing: where the directories of a node are no directories any
// more, it has contents, and what left, in memory, whole; and writes them down
// when the disk is well again.
func TestDiskTakesNothing(t *testing.T) {
	t.Parallel()
	url, dir := database(t), t.TempDir()
	other := open(t, postgres.Options{URL: url})
	one := storetest.Publish(t, other, 200, 1, 0)
	var did loads
	s := open(t, postgres.Options{URL: url, Dir: dir, Loaded: did.add})
	readAll(t, s, one.Content.Digest)
	two := publishLeaving(t, other, 200, 2, one.Serial)
	must(t, s.Ping(t.Context()))
	for _, d := range []string{"content", "removed"} {
		must(t, os.RemoveAll(filepath.Join(dir, d)))
		must(t, os.WriteFile(filepath.Join(dir, d), nil, 0o600))
	}
	for range 2 { // the second time it is there already
		wantSlices(t, readAll(t, s, two.Content.Digest), storetest.Slices(200, 2))
	}
	if list := did.all(); len(list) != 2 || list[1].DiskErr == nil || list[1].Err != nil || !s.InMemory(two.Content.Digest) {
		t.Errorf("loads %+v, want the second into memory", list)
	}
	records, err := s.Releases(t.Context())
	if must(t, err); !records[0].Kept {
		t.Error("what is in memory is not kept")
	}
	wantLeft := func() {
		t.Helper()
		gone, err := s.Removed(t.Context())
		if err != nil || len(gone) != 1 || gone[0].Serial != two.Serial || string(gone[0].Data) != "what left" {
			t.Errorf("what left: %+v, %v", gone, err)
		}
	}
	wantLeft()
	wantLeft()
	if err := s.Persist(t.Context()); err == nil || !s.InMemory(two.Content.Digest) {
		t.Errorf("the disk took it: %v", err)
	}

	must(t, os.Remove(filepath.Join(dir, "content")))
	must(t, os.Remove(filepath.Join(dir, "removed")))
	must(t, os.Mkdir(filepath.Join(dir, "content"), 0o755))
	must(t, s.Persist(t.Context()))
	if kept, damaged := s.Disk().Kept(two.Content.Digest); !kept || damaged || s.InMemory(two.Content.Digest) {
		t.Errorf("on disk %v, damaged %v, in memory %v", kept, damaged, s.InMemory(two.Content.Digest))
	}
	must(t, s.Disk().Verify(t.Context(), two.Content.Digest))
	wantLeft()
	if list, damaged := s.Disk().Removals(); len(list) != 1 || len(damaged) != 0 {
		t.Errorf("on disk left %d, damaged %v", len(list), damaged)
	}
	wantSlices(t, readAll(t, s, two.Content.Digest), storetest.Slices(200, 2))
	if n := len(did.all()); n != 2 {
		t.Errorf("%d loads, want 2", n)
	}
}

// TestAdoptedByAnotherProcess: a store follows what a person had another one
// with the same directory adopt, and nothing else.
func TestAdoptedByAnotherProcess(t *testing.T) {
	t.Parallel()
	url, dir := database(t), t.TempDir()
	running := open(t, postgres.Options{URL: url, Dir: dir})
	storetest.Publish(t, running, 50, 1, 0)
	do(t, url, "SELECT fest.new_stream('test', 'restored')")
	fresh := open(t, postgres.Options{URL: url}) // of another node, which knows nothing
	next := storetest.Publish(t, fresh, 50, 2, current(t, fresh).Serial)
	command := open(t, postgres.Options{URL: url, Dir: dir})
	for name, s := range map[string]*postgres.Store{"running": running, "command": command} {
		if err := s.Ping(t.Context()); err == nil {
			t.Errorf("%s: the other stream is followed, and nobody decided so", name)
		}
	}
	must(t, command.Adopt(t.Context()))
	must(t, running.Ping(t.Context()))
	if got := current(t, running); got.Serial != next.Serial || got.Stream != next.Stream || running.Stream() != next.Stream {
		t.Errorf("release %d of stream %s, want %d of %s", got.Serial, got.Stream, next.Serial, next.Stream)
	}
	do(t, url, "SELECT fest.new_stream('test', 'once more')")
	if err := running.Ping(t.Context()); err == nil {
		t.Error("an adoption of before counts for the next other stream")
	}
}
