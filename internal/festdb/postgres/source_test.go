package postgres_test

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festdb/storetest"
)

// sourceOf reads a file as it came from a node's local disk.
func sourceOf(t *testing.T, s *postgres.Store, digest fest.Digest) (string, error) {
	t.Helper()
	f, err := s.Disk().Source(context.Background(), digest)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	must(t, err)
	return string(b), nil
}

// TestSourceReachesOtherNodes: a file that one node imported is on every node
// that asks for it, byte for byte; what is damaged in the database is not
// handed on, and importing again mends it.
func TestSourceReachesOtherNodes(t *testing.T) {
	t.Parallel()
	url := database(t)
	one, two := open(t, postgres.Options{URL: url}), open(t, postgres.Options{URL: url})
	rel := storetest.Publish(t, one, 50, 1, 0)
	want, err := sourceOf(t, one, rel.Source.Digest)
	must(t, err)
	if _, err := sourceOf(t, two, rel.Source.Digest); !errors.Is(err, festdb.ErrNotKept) {
		t.Fatalf("before it was fetched: %v, want %v", err, festdb.ErrNotKept)
	}
	for range 2 { // the second time it is there
		must(t, two.FetchSource(context.Background(), rel.Source))
		if got, err := sourceOf(t, two, rel.Source.Digest); err != nil || got != want {
			t.Errorf("fetched %q, %v; want %q", got, err, want)
		}
	}

	do(t, url, "UPDATE fest.source_part SET bytes = set_byte(bytes, 0, get_byte(bytes, 0) # 64)")
	three := open(t, postgres.Options{URL: url})
	if err := three.FetchSource(context.Background(), rel.Source); !errors.Is(err, festdb.ErrSource) {
		t.Errorf("damaged in the database: %v, want %v", err, festdb.ErrSource)
	}
	if _, err := sourceOf(t, three, rel.Source.Digest); !errors.Is(err, festdb.ErrNotKept) {
		t.Errorf("what is damaged was kept: %v", err)
	}
	storetest.Publish(t, one, 50, 1, rel.Serial)
	must(t, three.FetchSource(context.Background(), rel.Source))
	if got, err := sourceOf(t, three, rel.Source.Digest); err != nil || got != want {
		t.Errorf("mended: %q, %v; want %q", got, err, want)
	}
}

// TestSourceRetention: the files of the newest releases stay, and those of
// what is held; an import under way keeps its own.
func TestSourceRetention(t *testing.T) {
	t.Parallel()
	url := database(t)
	s := open(t, postgres.Options{URL: url, Retention: festdb.Retention{Sources: 2}})
	var releases []fest.Release
	serial := fest.Serial(0)
	for seed := range uint64(4) {
		releases = append(releases, storetest.Publish(t, s, 20, seed+1, serial))
		serial = releases[seed].Serial
	}
	g, held, src := storetest.Seal(t, s, 20, 9)
	_, err := s.Record(context.Background(), fest.Act{Kind: fest.ActHold, By: "festd", Content: held.Digest, Candidate: &fest.Candidate{Content: held, Source: src, Baseline: serial}})
	must(t, err)
	must(t, g.Discard())
	loose, _, looseSource := storetest.Seal(t, s, 20, 10)
	defer loose.Discard()

	has := func(src fest.Source) bool {
		return query[int64](t, url, "SELECT count(*) FROM fest.source WHERE encode(digest, 'hex') = $1", string(src.Digest))[0] == 1
	}
	must(t, s.Prune(context.Background()))
	if !has(releases[0].Source) {
		t.Error("a young file was removed: it may be that of an import under way")
	}
	do(t, url, "UPDATE fest.source SET kept_at = kept_at - interval '2 hours' WHERE encode(digest, 'hex') <> $1", string(looseSource.Digest))
	must(t, s.Prune(context.Background()))
	for i, want := range []bool{false, false, true, true} {
		if got := has(releases[i].Source); got != want {
			t.Errorf("file of release %d is kept: %v, want %v", i+1, got, want)
		}
	}
	if !has(src) || !has(looseSource) {
		t.Errorf("kept: that of the held candidate %v, that of an import under way %v", has(src), has(looseSource))
	}
	fresh := open(t, postgres.Options{URL: url})
	if err := fresh.FetchSource(context.Background(), releases[0].Source); !errors.Is(err, festdb.ErrNotKept) {
		t.Errorf("a file that is gone: %v, want %v", err, festdb.ErrNotKept)
	}
	if rows := query[int64](t, url, "SELECT count(*) FROM fest.source_part p WHERE NOT EXISTS (SELECT FROM fest.source s WHERE s.digest = p.digest)"); rows[0] != 0 {
		t.Errorf("%d parts belong to no file", rows[0])
	}
}

// TestLargeSource: a file of several parts is put together in order.
func TestLargeSource(t *testing.T) {
	t.Parallel()
	url := database(t)
	one, two := open(t, postgres.Options{URL: url}), open(t, postgres.Options{URL: url})
	path, src := storetest.LargeSource(t, 5<<20+17)
	g, err := one.Stage(context.Background())
	must(t, err)
	defer g.Discard()
	must(t, g.Source(path, src))
	_, err = g.Seal(fest.Document{RetrievalDate: "2026-09-08T03:09:06"})
	must(t, err)
	must(t, os.Remove(path))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	must(t, two.FetchSource(ctx, src))
	if n := query[int64](t, url, "SELECT count(*) FROM fest.source_part")[0]; n != 6 {
		t.Errorf("%d parts, want 6", n)
	}
	_, err = sourceOf(t, two, src.Digest)
	must(t, err)
}
