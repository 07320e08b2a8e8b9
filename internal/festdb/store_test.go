package festdb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/storetest"
)

// TestChangedWithin: a running server notices within 250 ms.
func TestChangedWithin(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		server, importer := open(t, festdb.Options{Dir: dir}), open(t, festdb.Options{Dir: dir})
		hint := server.Changed(t.Context())
		var last fest.Serial
		for seed := range uint64(3) {
			last = storetest.Publish(t, importer, 5, seed, last).Serial
			time.Sleep(250 * time.Millisecond)
			synctest.Wait()
			select {
			case <-hint:
			default:
				t.Errorf("no hint 250 ms after release %d", last)
			}
		}
		time.Sleep(time.Hour)
		select {
		case <-hint:
			t.Error("a hint for nothing")
		default:
		}
	})
}

// TestStoreFilesDamagedOrLost: whatever happens to STREAM, CURRENT and the
// ledger one at a time, the same release is served under the same stream, and
// the next import succeeds.
func TestStoreFilesDamagedOrLost(t *testing.T) {
	harm := map[string]func(t *testing.T, path string){
		"lost": func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"flipped": func(t *testing.T, path string) {
			info, err := os.Stat(path)
			must(t, err)
			flip(t, path, info.Size()/2)
		},
		"empty": func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) },
		"cut": func(t *testing.T, path string) {
			info, err := os.Stat(path)
			must(t, err)
			must(t, os.Truncate(path, info.Size()/2))
		},
	}
	for _, name := range []string{"STREAM", "CURRENT", "ledger"} {
		for how, harm := range harm {
			t.Run(name+" "+how, func(t *testing.T) {
				dir := t.TempDir()
				s := open(t, festdb.Options{Dir: dir})
				one := storetest.Publish(t, s, 30, 1, 0)
				two := storetest.Publish(t, s, 30, 2, one.Serial)
				must(t, s.Close())
				harm(t, filepath.Join(dir, name))
				s = open(t, festdb.Options{Dir: dir})
				if s.Stream() != two.Stream {
					t.Errorf("stream %s, want %s", s.Stream(), two.Stream)
				}
				if diff := cmp.Diff(two, current(t, s)); diff != "" {
					t.Errorf("another release is served:\n%s", diff)
				}
				if name != "STREAM" && len(s.Problems()) == 0 {
					t.Error("no problem was reported")
				}
				// Nothing is removed while releases may be missing from the list.
				readAll(t, s, one.Content.Digest)
				readAll(t, s, two.Content.Digest)
				three := storetest.Publish(t, s, 30, 3, two.Serial)
				if three.Serial != two.Serial+1 {
					t.Errorf("serial %d after %d", three.Serial, two.Serial)
				}
				readAll(t, s, one.Content.Digest)
				must(t, s.Close())
				if diff := cmp.Diff(three, current(t, open(t, festdb.Options{Dir: dir}))); diff != "" {
					t.Errorf("after the next import another release is served:\n%s", diff)
				}
			})
		}
	}
}

// TestStoreAllLost: a store that lost both says that it is damaged, never that
// it is new.
func TestStoreAllLost(t *testing.T) {
	dir := t.TempDir()
	s := open(t, festdb.Options{Dir: dir})
	r := storetest.Publish(t, s, 30, 1, 0)
	must(t, os.Remove(filepath.Join(dir, "CURRENT")))
	must(t, os.Truncate(filepath.Join(dir, "ledger"), 20))
	for _, s := range []festdb.Store{s, open(t, festdb.Options{Dir: dir})} {
		_, err := s.Current(context.Background())
		if !errors.Is(err, festdb.ErrDamaged) || errors.Is(err, festdb.ErrNoRelease) {
			t.Errorf("error %v, want %v", err, festdb.ErrDamaged)
		}
		readAll(t, s, r.Content.Digest) // and removes nothing
	}
	must(t, os.Remove(filepath.Join(dir, "STREAM")))
	if _, err := festdb.Open(festdb.Options{Dir: dir}); !errors.Is(err, festdb.ErrDamaged) {
		t.Errorf("opening: error %v, want %v", err, festdb.ErrDamaged)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := festdb.Open(festdb.Options{Dir: dir, ReadOnly: true}); !errors.Is(err, festdb.ErrNoStore) {
		t.Errorf("read-only, nothing there: error %v, want %v", err, festdb.ErrNoStore)
	}
	if got := names(t, dir); len(got) > 0 {
		t.Errorf("%v was made", got)
	}
	if _, err := festdb.Open(festdb.Options{}); !errors.Is(err, festdb.ErrState) {
		t.Errorf("no directory: error %v, want %v", err, festdb.ErrState)
	}
	if _, err := festdb.Open(festdb.Options{Dir: dir, Retention: festdb.Retention{Contents: -1}}); !errors.Is(err, festdb.ErrState) {
		t.Errorf("negative retention: error %v, want %v", err, festdb.ErrState)
	}
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, nil, 0o600))
	if _, err := festdb.Open(festdb.Options{Dir: file}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file: error %v, want one that names it", err)
	}
}

// TestKilledWhileCreating kills the first import of a new store at every step.
func TestKilledWhileCreating(t *testing.T) {
	for step := 1; ; step++ {
		dir := filepath.Join(t.TempDir(), "data")
		out, err := child(t, "killed at a step", dir, 1, step).Output()
		done := strings.Contains(string(out), "child is done")
		if !done && !killed(err) {
			t.Fatalf("step %d: the child ended by itself: %v\n%s", step, err, out)
		}
		s := open(t, festdb.Options{Dir: dir})
		r, err := s.Current(context.Background())
		published := strings.Contains(string(out), "did sync ledger") && strings.Count(string(out), "did rename CURRENT") == 2
		if (err == nil) != published || err != nil && !errors.Is(err, festdb.ErrNoRelease) {
			t.Errorf("killed at step %d: release %d, %v; CURRENT was renamed: %v", step, r.Serial, err, published)
		}
		storetest.Publish(t, s, 20, 2, r.Serial)
		must(t, s.Close())
		wantClean(t, dir, 0)
		if done {
			return
		}
		if step > 200 {
			t.Fatal("an import never ends")
		}
	}
}

// TestSnapshotFiles: whole under their name or not there.
func TestSnapshotFiles(t *testing.T) {
	dir := t.TempDir()
	s := open(t, festdb.Options{Dir: dir})
	r := storetest.Publish(t, s, 20, 1, 0)
	d, digest := s.Disk(), r.Content.Digest
	path := d.SnapshotPath(digest, 3)
	p, err := d.CreateSnapshot(digest, 3)
	must(t, err)
	_, err = io.WriteString(p, "head, body")
	must(t, err)
	_, err = p.WriteAt([]byte("HEAD"), 0)
	must(t, err)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is there before it was committed: %v", err)
	}
	must(t, d.Sweep(context.Background())) // not of one who lives
	must(t, p.Commit())
	must(t, p.Discard()) // does nothing any more
	if b, err := os.ReadFile(path); err != nil || string(b) != "HEAD, body" {
		t.Errorf("%q, %v", b, err)
	}
	damaged, err := os.Stat(path)
	must(t, err)
	p, err = d.CreateSnapshot(digest, 3) // made again meanwhile
	must(t, err)
	must(t, p.Commit())
	must(t, d.DropSnapshot(digest, 3, damaged))
	now, err := os.Stat(path)
	if err != nil {
		t.Fatalf("the new one was dropped for the old: %v", err)
	}
	must(t, d.DropSnapshot(digest, 3, now))
	must(t, d.DropSnapshot(digest, 3, now))
	p, err = d.CreateSnapshot(digest, 3)
	must(t, err)
	must(t, p.Discard())
	must(t, p.Discard())
	if _, err := p.Write([]byte("x")); !errors.Is(err, festdb.ErrState) {
		t.Errorf("writing after Discard: error %v, want %v", err, festdb.ErrState)
	}
	if err := p.Commit(); !errors.Is(err, festdb.ErrState) {
		t.Errorf("committing after Discard: error %v, want %v", err, festdb.ErrState)
	}
	if _, err := d.CreateSnapshot("../x", 3); err == nil {
		t.Error("a digest that is a path was taken")
	}
	must(t, s.Close())
	wantClean(t, dir, 0)
}

// TestSourceFiles: kept under their own digest with their extension, verified
// when read.
func TestSourceFiles(t *testing.T) {
	ctx := context.Background()
	for name, ext := range map[string]string{"fest251.ZIP": "zip", "a.xml.gz": "xml.gz", "fest.xml": "xml", "noext": "bin", "x.y/z.tar": "tar", "q.æøå": "bin", "w.": "bin"} {
		s := open(t, festdb.Options{Dir: t.TempDir()})
		from, src := storetest.Source(t, 1)
		want, err := os.ReadFile(from)
		must(t, err)
		path := filepath.Join(t.TempDir(), filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.Rename(from, path))
		g, err := s.Stage(ctx)
		must(t, err)
		must(t, g.Source(path, src))
		must(t, os.Remove(path)) // it was opened
		digest, err := g.Seal(storetest.Document(1))
		must(t, err)
		_, err = g.Publish(ctx, fest.Content{Digest: digest, Document: storetest.Document(1)}, src, 0)
		must(t, err)
		must(t, g.Discard())
		f, err := s.Disk().Source(ctx, src.Digest)
		must(t, err)
		got, err := io.ReadAll(f)
		must(t, err)
		must(t, f.Close())
		if !bytes.Equal(want, got) || !strings.HasSuffix(f.Name(), string(src.Digest)+"."+ext) {
			t.Errorf("%s: %q is %q", name, f.Name(), got)
		}
		flip(t, f.Name(), 3)
		if _, err := s.Disk().Source(ctx, src.Digest); !errors.Is(err, festdb.ErrDamaged) {
			t.Errorf("damaged: error %v, want %v", err, festdb.ErrDamaged)
		}
		must(t, os.Remove(f.Name()))
		if _, err := s.Disk().Source(ctx, src.Digest); !errors.Is(err, festdb.ErrNotKept) {
			t.Errorf("gone: error %v, want %v", err, festdb.ErrNotKept)
		}
	}
}

// TestRetentionOfDerived: snapshots and sources of the newest contents stay.
func TestRetentionOfDerived(t *testing.T) {
	dir := t.TempDir()
	s := open(t, festdb.Options{Dir: dir, Retention: festdb.Retention{Snapshots: 2, Sources: 3}})
	var all []fest.Release
	var last fest.Serial
	for seed := range uint64(6) {
		r := storetest.Publish(t, s, 20, seed, last)
		for format := range 2 {
			p, err := s.Disk().CreateSnapshot(r.Content.Digest, format)
			must(t, err)
			must(t, p.Commit())
		}
		all, last = append(all, r), r.Serial
	}
	// Going back makes the oldest content the newest again.
	g, err := s.Stage(context.Background())
	must(t, err)
	back, err := g.Publish(context.Background(), all[0].Content, all[0].Source, last)
	must(t, err)
	must(t, g.Discard())
	must(t, s.Disk().Prune(context.Background()))
	order := []fest.Release{back, all[5], all[4], all[3], all[2], all[1]}
	for i, r := range order {
		for format := range 2 {
			_, err := os.Stat(s.Disk().SnapshotPath(r.Content.Digest, format))
			if kept, want := err == nil, i == 1; kept != want && i > 0 { // the oldest one's was removed before it came back
				t.Errorf("snapshot of release %d kept = %v, want %v", r.Serial, kept, want)
			}
		}
		f, err := s.Disk().Source(context.Background(), r.Source.Digest)
		if err == nil {
			must(t, f.Close())
		}
		if kept, want := err == nil, i < 3; kept != want && i > 0 {
			t.Errorf("source of release %d kept = %v, want %v: %v", r.Serial, kept, want, err)
		}
	}
}

// TestRetentionDoesNotCountDamaged: at least so many contents that can be
// served are kept.
func TestRetentionDoesNotCountDamaged(t *testing.T) {
	dir := t.TempDir()
	clock := &clock{now: time.Now()}
	s := open(t, festdb.Options{Dir: dir, Now: clock.Now, Retention: festdb.Retention{Contents: 3, Age: time.Hour}})
	var all []fest.Release
	var last fest.Serial
	publish := func(seed uint64) {
		r := storetest.Publish(t, s, 20, seed, last)
		all, last = append(all, r), r.Serial
	}
	for seed := range uint64(4) {
		publish(seed)
	}
	for _, r := range all[2:4] {
		flip(t, filepath.Join(dir, "content", string(r.Content.Digest)), 40)
		if _, err := s.Content(context.Background(), r.Content.Digest); !errors.Is(err, festdb.ErrDamaged) {
			t.Fatal(err)
		}
	}
	clock.Advance(2 * time.Hour)
	publish(9)
	for i, want := range []bool{true, true, true, true, true} { // whole are 4, 1 and 0
		if kept, _ := s.Disk().Kept(all[i].Content.Digest); kept != want {
			t.Errorf("content of release %d kept = %v, want %v", all[i].Serial, kept, want)
		}
	}
	publish(10)
	if kept, _ := s.Disk().Kept(all[0].Content.Digest); kept {
		t.Error("the fourth whole content is still kept")
	}
}

// TestNewestStops when its context ends.
func TestNewestStops(t *testing.T) {
	s := open(t, festdb.Options{Dir: t.TempDir()})
	one := storetest.Publish(t, s, 20, 1, 0)
	storetest.Publish(t, s, 20, 2, one.Serial)
	ctx, cancel := context.WithCancel(context.Background())
	tried := 0
	_, _, err := festdb.Newest(ctx, s, func(festdb.Record, festdb.Content) error {
		tried++
		cancel()
		return errors.New("too late")
	})
	if tried != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("tried %d, %v; want one and %v", tried, err, context.Canceled)
	}
}

// TestHugeEntry is beyond what a content file holds.
func TestHugeEntry(t *testing.T) {
	s := open(t, festdb.Options{Dir: t.TempDir()})
	g, err := s.Stage(context.Background())
	must(t, err)
	defer func() { _ = g.Discard() }()
	err = g.Add(fest.Slice{Catalogue: "KatDose", Line: 12, XML: make([]byte, 256<<20+1)})
	if !errors.Is(err, festdb.ErrTooLarge) || !strings.Contains(fmt.Sprint(err), "KatDose entry at line 12") {
		t.Errorf("error %v, want %v with catalogue and line", err, festdb.ErrTooLarge)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
