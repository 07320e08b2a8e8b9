package festdb_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/storetest"
)

// faults lets steps fail from the n-th on (counted from 1, when armed).
type faults struct {
	mu    sync.Mutex
	err   error
	from  int
	to    int
	count int
	first string
	seen  map[string]bool
}

func (f *faults) before(op, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	f.seen[op] = true
	if f.err == nil || f.count < f.from || f.count > f.to {
		return nil
	}
	if f.first == "" {
		f.first = op + " " + filepath.Base(path)
	}
	return &fs.PathError{Op: op, Path: path, Err: f.err}
}

func (f *faults) arm(err error, from, to int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err, f.from, f.to, f.count, f.first = err, from, to, 0, ""
}

func open(t testing.TB, o festdb.Options) *festdb.Directory {
	t.Helper()
	s, err := festdb.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestFaultAtEveryStep lets every single step of an import fail, once and from
// there on, in the ways in which disks fail. Either the release is published,
// whole, or nothing changed; and when the disk is well again the next import
// succeeds and nothing is left behind.
func TestFaultAtEveryStep(t *testing.T) {
	for _, test := range []struct {
		errno   error
		lasting bool
	}{{syscall.EIO, false}, {syscall.ENOSPC, true}, {syscall.EROFS, true}} {
		t.Run(fmt.Sprintf("%s lasting=%v", test.errno, test.lasting), func(t *testing.T) {
			errno, lasting := test.errno, test.lasting
			dir := t.TempDir()
			f := &faults{}
			o := festdb.WithFault(festdb.Options{Dir: dir}, f.before)
			s := open(t, o)
			cur := storetest.Publish(t, s, 40, 1, 0)
			for n := 1; ; n++ {
				to := n
				if lasting {
					to = 1 << 30
				}
				f.arm(errno, n, to)
				got, err := storetest.TryPublish(t, s, 40, uint64(n+1), cur.Serial)
				failed := f.first
				now, curErr := s.Current(context.Background()) // reading needs nothing that fails
				if curErr != nil {
					t.Fatalf("step %d (%s): %v", n, failed, curErr)
				}
				switch {
				case err == nil || errors.Is(err, festdb.ErrNotDurable):
					if err != nil && failed != "syncdir "+filepath.Base(dir) {
						t.Errorf("step %d (%s): %v", n, failed, err)
					}
					if diff := cmp.Diff(got, now); diff != "" {
						t.Errorf("step %d (%s): published and not served:\n%s", n, failed, diff)
					}
				case !errors.Is(err, errno):
					t.Errorf("step %d (%s): error %v, want %v", n, failed, err, errno)
				case now.Serial != cur.Serial:
					t.Errorf("step %d (%s): error %v, yet release %d is served, not %d", n, failed, err, now.Serial, cur.Serial)
				}
				readAll(t, s, now.Content.Digest)
				f.arm(nil, 0, 0)
				next := storetest.Publish(t, s, 30, uint64(n+1000), now.Serial)
				if next.Serial <= now.Serial {
					t.Errorf("step %d: serial %d after %d", n, next.Serial, now.Serial)
				}
				cur = next
				if failed == "" {
					break // the import has fewer steps
				}
				if n > 200 {
					t.Fatal("an import never ends")
				}
			}
			for _, op := range festdb.Ops() {
				if !f.seen[op] {
					t.Errorf("no step %s was seen", op)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			wantClean(t, dir, 0)
		})
	}
}

// readAll opens a content and reads every entry.
func readAll(t testing.TB, s festdb.Store, digest fest.Digest) {
	t.Helper()
	c, err := s.Content(context.Background(), digest)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range c.Slices() {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// wantClean opens the store, which sweeps it, and compares its files with what
// the releases need. Of the files that say who writes, living may be there.
func wantClean(t testing.TB, dir string, living int) {
	t.Helper()
	s, err := festdb.Open(festdb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Releases(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	want := map[string]bool{"STREAM": true, "CURRENT": true, "ledger": true, "lock": true}
	sources := map[fest.Digest]bool{}
	for _, r := range list {
		want["content/"+string(r.Content.Digest)] = true
		sources[r.Source.Digest] = true
	}
	for _, name := range names(t, dir) {
		if strings.HasPrefix(name, "live/") && !strings.Contains(name, ".") && living > 0 {
			living--
			continue
		}
		source, isSource := strings.CutPrefix(name, "source/")
		source, _, _ = strings.Cut(source, ".")
		if !want[name] && (!isSource || !sources[fest.Digest(source)]) {
			t.Errorf("%s was left behind", name)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
}

// names lists the files of a store.
func names(t testing.TB, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// TestNotDurable: the release is published although its directory entry could
// not be synced, and the caller is told.
func TestNotDurable(t *testing.T) {
	dir := t.TempDir()
	broken := false
	s := open(t, festdb.WithFault(festdb.Options{Dir: dir}, func(op, path string) error {
		if broken && op == "syncdir" && path == dir {
			return syscall.EIO
		}
		return nil
	}))
	broken = true
	r, err := storetest.TryPublish(t, s, 20, 1, 0)
	if !errors.Is(err, festdb.ErrNotDurable) || !errors.Is(err, syscall.EIO) || r.Serial == 0 {
		t.Fatalf("release %d, %v; want a release and %v", r.Serial, err, festdb.ErrNotDurable)
	}
	if cur, err := s.Current(context.Background()); err != nil || cur.Serial != r.Serial {
		t.Errorf("current = %d, %v; want %d", cur.Serial, err, r.Serial)
	}
}

// TestSerialIsNeverGivenTwice: a publication that failed at its last step has
// left its serial in the ledger.
func TestSerialIsNeverGivenTwice(t *testing.T) {
	broken := false
	s := open(t, festdb.WithFault(festdb.Options{Dir: t.TempDir()}, func(op, path string) error {
		if broken && op == "rename" && filepath.Base(path) == "CURRENT" {
			return syscall.ENOSPC
		}
		return nil
	}))
	first := storetest.Publish(t, s, 20, 1, 0)
	broken = true
	for seed := range uint64(3) {
		if _, err := storetest.TryPublish(t, s, 20, 10+seed, first.Serial); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("error %v, want %v", err, syscall.ENOSPC)
		}
		if p := s.Problems(); len(p) != 1 || !strings.Contains(p[0].Error(), "never published") {
			t.Errorf("problems = %v, want the lines that do not count", p)
		}
	}
	broken = false
	next := storetest.Publish(t, s, 20, 2, first.Serial)
	if next.Serial != first.Serial+4 {
		t.Errorf("serial %d after three that failed after %d", next.Serial, first.Serial)
	}
	list, err := s.Releases(context.Background())
	if err != nil || len(list) != 2 || len(s.Problems()) != 0 {
		t.Errorf("%d releases, %v, problems %v; want 2 and none", len(list), err, s.Problems())
	}
}

// TestLockIsBusy: who cannot get the lock says so and changes nothing.
func TestLockIsBusy(t *testing.T) {
	dir := t.TempDir()
	s := open(t, festdb.Options{Dir: dir, LockTimeout: 30 * time.Millisecond})
	g, c, src := storetest.Seal(t, open(t, festdb.Options{Dir: dir}), 20, 1)
	defer func() { _ = g.Discard() }()
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if err := s.Disk().Sweep(context.Background()); !errors.Is(err, festdb.ErrLocked) {
		t.Errorf("error %v, want %v", err, festdb.ErrLocked)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := g.Publish(ctx, c, src, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Publish(context.Background(), c, src, 0); err != nil {
		t.Errorf("after the lock was free: %v", err)
	}
}
