package postgres_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/m30"
)

// importFile publishes an M30 file, without the gate and the snapshot.
func importFile(t testing.TB, s *postgres.Store, path string, expect fest.Serial) fest.Release {
	t.Helper()
	ctx := context.Background()
	f, err := m30.Open(path, m30.DefaultLimits())
	must(t, err)
	defer f.Close()
	r := m30.NewReader(f, m30.DefaultLimits())
	g, err := s.Stage(ctx)
	must(t, err)
	defer func() { must(t, g.Discard()) }()
	start := time.Now()
	for e, err := range r.Slices() {
		must(t, err)
		must(t, g.Add(e))
	}
	t.Logf("read and added: %v", time.Since(start))
	start = time.Now()
	digest, err := g.Seal(r.Document())
	must(t, err)
	t.Logf("sealed: %v", time.Since(start))
	start = time.Now()
	rel, err := g.Publish(ctx, fest.Content{Digest: digest, Document: r.Document(), Filter: fest.FilterPrescriber, Counts: fest.Counts{}}, fest.Source{}, expect)
	must(t, err)
	t.Logf("published: %v", time.Since(start))
	return rel
}

// TestMeasure is run by hand: FESTDB_MEASURE names a file of full size and the
// one of a fortnight later.
func TestMeasure(t *testing.T) {
	first, second := os.Getenv("FESTDB_MEASURE"), os.Getenv("FESTDB_MEASURE2")
	if first == "" {
		return
	}
	url := database(t)
	s := open(t, postgres.Options{URL: url, Loaded: func(l postgres.Load) { t.Logf("load: %+v", l) }})
	size := func() int64 {
		do(t, url, "VACUUM")
		return query[int64](t, url, "SELECT pg_database_size(current_database())")[0]
	}
	empty := size()
	a := importFile(t, s, first, 0)
	one := size()
	t.Logf("database: %d MB after the first", (one-empty)>>20)
	for _, q := range []string{
		"SELECT format('%s %s', relname, pg_size_pretty(pg_total_relation_size(oid))) FROM pg_class WHERE relnamespace = 'fest'::regnamespace AND relkind = 'r' AND pg_total_relation_size(oid) > 50000",
	} {
		t.Log(query[string](t, url, q))
	}
	b := importFile(t, s, second, a.Serial)
	two := size()
	t.Logf("growth by a fortnight: %d kB", (two-one)>>10)
	for _, q := range []string{
		"SELECT format('%s', count(*)) FROM fest.drugs WHERE atc = 'N02BE01'",
		"SELECT format('%s', count(*)) FROM fest.drugs(1)",
		"SELECT format('%s', count(id)) FROM fest.packages(1)",
		"SELECT format('%s', count(*)) FROM fest.packages(1) WHERE conditions IS NULL",
		"SELECT format('%s', count(*)) FROM fest.entries_of(1)",
	} {
		start := time.Now()
		got := query[string](t, url, q)
		t.Logf("%s: %v: %v", q, got, time.Since(start))
	}
	replica := open(t, postgres.Options{URL: url, Loaded: func(l postgres.Load) { t.Logf("load: %+v", l) }})
	for _, r := range []fest.Release{a, b} {
		start := time.Now()
		c, err := replica.Content(context.Background(), r.Content.Digest)
		must(t, err)
		t.Logf("replica has release %d: %v", r.Serial, time.Since(start))
		must(t, c.Close())
	}
	start := time.Now()
	g, err := replica.Stage(context.Background())
	must(t, err)
	_, err = g.Publish(context.Background(), a.Content, a.Source, b.Serial)
	must(t, err)
	t.Logf("rollback: %v", time.Since(start))
	must(t, g.Discard())
}
